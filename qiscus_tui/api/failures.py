"""From what the server answered, or did not, to an error of ours."""

import email.utils
import math
from collections.abc import Mapping
from http import HTTPStatus
from typing import cast

from qiscus_tui.api import contract
from qiscus_tui.api.contract import Authentication, Call
from qiscus_tui.errors import (
    Forbidden,
    LoginRefused,
    NotQiscus,
    QiscusTuiError,
    ServerFault,
    ServerRefused,
    TokenExpired,
    TokenInvalid,
    Unreadable,
)
from qiscus_tui.model.text import safe

MAX_RETRY_AFTER = 60.0
"""Seconds that a server may ask us to wait before we give up instead."""


def error_words(body: object) -> tuple[str, ...]:
    """What an error answer says: `errors` (text or object), `detail`, `error.{message, detail}`."""
    if not isinstance(body, dict):
        return ()
    fields = cast("dict[str, object]", body)
    found: list[str] = []
    for name in ("errors", "error", "detail", "message"):
        found.extend(_texts(fields.get(name)))
    return tuple(dict.fromkeys(found))


def is_refusal(body: object) -> bool:
    """Whether a decoded answer says no in its envelope, whatever its status."""
    return isinstance(body, dict) and bool(
        _texts(cast("dict[str, object]", body).get("errors"))
        or _texts(cast("dict[str, object]", body).get("error"))
    )


def _texts(value: object, depth: int = 0) -> list[str]:
    if isinstance(value, str):
        return [value] if value.strip() else []
    if depth == 2:
        return []
    if isinstance(value, dict):
        fields = cast("dict[str, object]", value)
        return [text for name in ("message", "detail") for text in _texts(fields.get(name), depth)]
    if isinstance(value, list):
        items = cast("list[object]", value)
        return [text for item in items[:3] for text in _texts(item, depth + 1)]
    return []


def failure(
    call: Call, status: int, headers: Mapping[str, str], body: object, *, now: float
) -> QiscusTuiError:
    """The error for an answer of status 400 and above (or an error in a 2xx envelope).

    `body` is the decoded JSON, None where the answer was not JSON. `now` is epoch seconds.
    """
    words = error_words(body)
    said = f"{_status_words(status)}: {safe(words[0], 200)}" if words else _status_words(status)
    lowered = " ".join(words).lower()
    by_short = call.authentication is Authentication.SHORT_LIVED
    by_long = call.authentication is Authentication.LONG_LIVED
    if by_short and (contract.TOKEN_EXPIRED_WORD in lowered or status == HTTPStatus.UNAUTHORIZED):
        return TokenExpired(f"The short-lived token has ended ({said})", status=status)
    if by_long and (status == HTTPStatus.UNAUTHORIZED or contract.INVALID_TOKEN_WORDS in lowered):
        return TokenInvalid(f"The server no longer takes the long-lived token ({said})")
    if call.authentication is Authentication.REST and status == HTTPStatus.UNAUTHORIZED:
        return TokenInvalid(f"The server does not take the app id and secret key ({said})")
    if call.name == contract.LOGIN.name and status in {400, 401, 403, 422} and body is not None:
        return LoginRefused(f"The server refused the login ({said})")
    if status == HTTPStatus.FORBIDDEN:
        return Forbidden(f"This user's role may not do that ({said})", status=status)
    if status == HTTPStatus.TOO_MANY_REQUESTS or status >= 500:
        wait = retry_after(headers, now)
        return ServerFault(
            f"{_what(call)} failed: the server answered {said}",
            None if wait is None else f"The server asks to wait {wait:,.0f} s; try again then.",
            status=status,
            retry_after=wait,
        )
    if status == HTTPStatus.NOT_FOUND and body is None:
        return NotQiscus(
            f"{_what(call)} failed: nothing at {call.path} (404, not a Qiscus answer)",
            "Check the server address; where it is right, the path under [api] in config.toml.",
            status=status,
        )
    return ServerRefused(f"{_what(call)} failed: the server answered {said}", status=status)


def redirected(call: Call, status: int) -> Unreadable:
    """The error for a redirect: credentials are not carried along."""
    return NotQiscus(
        f"{_what(call)} failed: the server redirects elsewhere ({status}), which is not followed",
        "Give the address that it redirects to as --server, if you trust it.",
        status=status,
    )


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds to wait by the `Retry-After` header (a number or a date), None without one."""
    text = headers.get("retry-after", "").strip()
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        try:
            moment = email.utils.parsedate_to_datetime(text)
        except (ValueError, TypeError, OverflowError, IndexError):
            return None
        seconds = moment.timestamp() - now
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _what(call: Call) -> str:
    return {
        "login": "Logging in",
        "logout": "Logging out",
        "refresh_token": "Refreshing the token",
        "revoke_token": "Revoking",
        "revoke_all_token": "Revoking all sessions",
        "active_token_list": "Listing the sessions",
        "profile": "Reading the profile",
    }.get(call.name, "The call")


def _status_words(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
