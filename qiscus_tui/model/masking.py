"""Hides secrets in texts and JSON values: whole, and pieces of them."""

import re
from collections.abc import Callable, Iterable, Set
from functools import cached_property
from typing import cast

from msgspec import Struct

from qiscus_tui.model.text import safe


class Unshown(Struct, frozen=True):
    """A frozen value of which a traceback, a failed test or Rich shows only the type."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"

    def __rich_repr__(self) -> list[tuple[str, object]]:
        return []


MASK = "[hidden]"
MAX_DEPTH = 32
"""Nesting beyond which a value is not searched."""

RUN = 8
"""Characters in a row of a secret that are hidden; a shorter secret is hidden as a whole."""

SHORTEST_TOKEN = 16
"""Characters; no token that is known of is shorter than 20."""

_PIECES = tuple(
    re.compile(rf"[{signs}]{{{SHORTEST_TOKEN},}}={{0,2}}", re.ASCII)
    for signs in (r"\w.~+/-", r"\w-")
)
"""What may be a token in a text such as `bot/1.0 (token=…)`."""

_ORDINARY = frozenset({"password"})
"""Words of ordinary errors, which reveal nothing about a password that contains them."""

_SECRET_NAME = re.compile("token|secret|key|password|otp", re.IGNORECASE)


def names_a_secret(name: str) -> bool:
    """Return whether a value with this name counts as a secret."""
    return _SECRET_NAME.search(name) is not None


class KnownSecrets:
    """Secrets that must not be shown, nor `RUN` or more characters in a row of one."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._secrets = frozenset(filter(None, texts))

    def occur_in(self, text: str) -> bool:
        """Return whether one of them, or a piece, is in the text."""
        return any(run in text for run in self._runs - _ORDINARY)

    def hidden(self, text: str) -> str:
        """Return the text with a mask for each. Slow: for a few thousand characters."""
        parts: list[str] = []
        at = 0
        for start, end in self._places(text):
            parts += text[at:start], MASK
            at = end
        return "".join((*parts, text[at:]))

    @cached_property
    def _runs(self) -> frozenset[str]:
        return frozenset(
            secret[at : at + RUN]
            for secret in self._secrets
            for at in range(max(1, len(secret) - RUN + 1))
        )

    def _places(self, text: str) -> list[tuple[int, int]]:
        """Return where they are: starts and ends, in order, without overlap."""
        found = sorted(
            (at, at + length)
            for length in {len(run) for run in self._runs}
            for at in range(len(text) - length + 1)
            if text[at : at + length] in self._runs
        )
        merged: list[tuple[int, int]] = []
        for start, end in found:
            if merged and start <= merged[-1][1]:
                merged[-1] = merged[-1][0], max(end, merged[-1][1])
            else:
                merged.append((start, end))
        return [(start, end) for start, end in merged if text[start:end] not in _ORDINARY]


def possible_tokens(text: str, shortest: int = SHORTEST_TOKEN) -> set[str]:
    """Return the parts of a text that are long enough for a token, of so many characters here."""
    words = "\n".join([word for word in text.split() if len(word) >= shortest])
    pieces = {piece for pattern in _PIECES for piece in pattern.findall(words)}
    unsigned = {piece.lstrip("-") for piece in pieces}
    return pieces | unsigned | {piece.rstrip("=") for piece in unsigned}


NOTHING_KNOWN = KnownSecrets(())


def masked(
    value: object,
    known: KnownSecrets = NOTHING_KNOWN,
    is_secret: Callable[[str], bool] = lambda _: False,
    depth: int = 0,
) -> object:
    """Return a copy of a JSON value without values of secret names and texts with known secrets.

    `is_secret` recognises further secrets, of which there may be many.
    """
    if isinstance(value, str):
        is_one = known.occur_in(value) or any(map(is_secret, (value, *possible_tokens(value))))
        return MASK if is_one else value
    if depth >= MAX_DEPTH and isinstance(value, dict | list):
        return MASK
    if isinstance(value, dict):
        return {
            str(masked(name, known, is_secret)): MASK
            if names_a_secret(name)
            else masked(inner, known, is_secret, depth + 1)
            for name, inner in cast("dict[str, object]", value).items()
        }
    if isinstance(value, list):
        items = cast("list[object]", value)
        return [masked(item, known, is_secret, depth + 1) for item in items]
    return value


_NAME = re.compile(r"_?[A-Za-z0-9]+(?:[_-][A-Za-z0-9]+)*")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_DIGIT_INSIDE = re.compile(r"[A-Za-z][0-9]+[a-z]")
_CHUNK = re.compile(r"""[^\s"'`<>()\[\]{},;:=|]+""")
_LONGEST_NAME = 48
_LONGEST_WORD = 16
_MOST_DIGITS = 2
_MOST_WORDS = 6
_MOST_SHORT_WORDS = 1
"""In a name with capitals."""
_LONGEST_MESSAGE = 200


# In names and messages for a ticket, by looks: only plain words are left.


def is_plain_name(text: str) -> bool:
    """Return whether it is made of words, as `last_used_at` or `userAgent`.

    A token, an address or a number is not.
    """
    if len(text) > _LONGEST_NAME or not _NAME.fullmatch(text) or _DIGIT_INSIDE.search(text):
        return False
    if not any(map(str.isalpha, text)):
        return False
    words = [word for word in _WORD.findall(text) if not word.isdigit()]
    if sum(map(str.isdigit, text)) > _MOST_DIGITS or max(map(len, words)) > _LONGEST_WORD:
        return False
    short = sum(len(word) <= 2 for word in words)
    return text.islower() or (len(words) <= _MOST_WORDS and short <= _MOST_SHORT_WORDS)


def shown_name(name: str, values: Set[str] = frozenset()) -> str:
    """Return the name of a field, or a mask where it may be a value; `values` are casefolded."""
    return name if is_plain_name(name) and name.casefold() not in values else MASK


def shown_message(text: str, values: Set[str] = frozenset()) -> str:
    """Return a message of a server with a mask for whatever is no plain word; bounded."""

    def shown(found: re.Match[str]) -> str:
        chunk = found[0]
        word = chunk.rstrip(".!?…")
        return chunk if not word or _is_harmless(word, values) else MASK + chunk[len(word) :]

    return safe(_CHUNK.sub(shown, text[: 4 * _LONGEST_MESSAGE]), _LONGEST_MESSAGE)


def _is_harmless(word: str, values: Set[str]) -> bool:
    if word.casefold() in values:
        return False
    if word.isdigit():
        return len(word) <= 3
    parts = [part for part in word.split("/") if part]
    return all(map(_is_word, parts))


def _is_word(part: str) -> bool:
    if is_plain_name(part) or not any(map(str.isalnum, part)):
        return True
    return not part.isascii() and part.isalpha() and len(part) <= _LONGEST_WORD
