"""Readers of single settings. Each returns the value or raises ValueError."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from qiscus_tui.errors import AddressError
from qiscus_tui.model.account import Origin, Storage, parse_origin
from qiscus_tui.model.addresses import named_network
from qiscus_tui.model.clients import client_name_error

_PATH = re.compile(r"/[!-~]*")
_FORBIDDEN_IN_PATH = ("//", "\\", "@", "..", "?", "#", "%", "://")
_LONGEST = 200

Value = TypeVar("Value")


THEMES = (
    *("auto", "qiscus-dark", "qiscus-light", "qiscus-ansi-dark", "qiscus-ansi-light"),
    *("ansi-dark", "ansi-light", "atom-one-dark", "atom-one-light", "catppuccin-frappe"),
    *("catppuccin-latte", "catppuccin-macchiato", "catppuccin-mocha", "dracula", "flexoki"),
    *("gruvbox", "monokai", "nord", "rose-pine", "rose-pine-dawn", "rose-pine-moon"),
    *("solarized-dark", "solarized-light", "textual-dark", "textual-light", "tokyo-night"),
)
"""Names of the app's themes, for checks that don't load it."""


STORAGE: Mapping[str, Storage | None] = {
    "auto": None,
    **{one.value: one for one in Storage if one.stores_logins},
}
"""Where a new login can be stored, by name; None for the best place found."""


REQUIRED = {"optional": False, "required": True}
"""Whether a reason is required, by name."""


def one_of(values: Mapping[str, Value]) -> Callable[[str], Value]:
    """Return a reader of one of these words."""

    def read(text: str) -> Value:
        if text not in values:
            *names, last = values
            raise ValueError(f"must be {', '.join(names)} or {last}")
        return values[text]

    return read


def origin(text: str) -> Origin | None:
    """Return a server address; None if empty."""
    try:
        return parse_origin(text) if text else None
    except AddressError as error:
        raise ValueError(f"is not valid: {error.message} ({error.hint})") from error


def absolute_file(text: str) -> Path | None:
    """Return an absolute path; None if empty."""
    if not text:
        return None
    path = Path(text)
    if not path.is_absolute():
        raise ValueError("must be an absolute path, starting with /")
    if not text.isprintable():
        raise ValueError("must not contain control characters")
    return path


def proxy(text: str) -> str | None:
    """Return `http://host:port`, maybe with user and password; None if empty."""
    if not text:
        return None
    problem = "must be like http://host:port"
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        raise ValueError(problem) from None  # the cause would repeat a password
    if parts.scheme not in {"http", "https"} or not parts.hostname or not text.isprintable():
        raise ValueError(problem)
    return text


def label(text: str) -> str:
    """Return a short text that is valid in a header."""
    if len(text) > 60 or not text.isascii() or not text.isprintable():
        raise ValueError("must be at most 60 plain characters (ASCII)")
    return text


def client_name(text: str) -> str:
    """Return the name of a client without its version; may be empty."""
    if problem := client_name_error(text):
        raise ValueError(problem)
    return text


def network(text: str) -> str:
    """Return a network as written: as after `ip:` in a filter; may be empty."""
    try:
        _ = text and named_network(text)
    except ValueError as error:
        raise ValueError("must be an address or a network such as 10.2 or 10.2.0.0/16") from error
    return text.strip()


def api_path(text: str) -> str | None:
    """Return a path that can't lead off the server; None if empty."""
    if not text:
        return None
    bad = next((part for part in _FORBIDDEN_IN_PATH if part in text), None)
    if bad is not None:
        raise ValueError(f"must be a plain path; it has '{bad}'")
    if not _PATH.fullmatch(text) or len(text) > _LONGEST:
        raise ValueError("must be a path such as /api/v2/auth/revoke_token")
    return text


def field_name(text: str) -> str:
    """Return the name of a field."""
    if not text.strip() or len(text) > 60 or not text.isascii() or not text.isprintable():
        raise ValueError("must be the name of a field, such as token")
    return text


_KEY = re.compile(r"[!-+\--~]|f([1-9]|1[0-2])|ctrl\+[defgknprtuvwxy]")
"""Without the comma, which parts keys, without the keys of ctrl that multiplexers and terminals
take for themselves, and without ctrl+l."""


def key(text: str) -> str:
    """Return a key of the app, or several with commas between them."""
    if not all(map(_KEY.fullmatch, text.split(","))):
        raise ValueError(
            "must be a key, such as d, D, f5 or ctrl+r, but none that terminals or multiplexers "
            "take, such as ctrl+a; several with commas"
        )
    return text
