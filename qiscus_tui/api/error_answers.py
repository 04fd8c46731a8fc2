"""Turns an answer of the server into one of our errors."""

import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from functools import lru_cache
from http import HTTPStatus
from typing import cast

from qiscus_tui.api import contract
from qiscus_tui.api.contract import Authentication, Call
from qiscus_tui.api.decode import Fields, as_object, lenient
from qiscus_tui.errors import (
    PROXY_HINT,
    Blocked,
    Forbidden,
    LoginRefused,
    NamedTokenInvalid,
    NotQiscus,
    QiscusTuiError,
    ServerFault,
    ServerRefused,
    TokenExpired,
    TokenInvalid,
)
from qiscus_tui.model.clock import DAY
from qiscus_tui.model.masking import KnownSecrets
from qiscus_tui.model.text import safe

MAX_RETRY_AFTER = 60.0
"""The longest wait, in seconds, that a server may ask for; beyond it we give up."""

_LONGEST_REFUSAL = 65_536
"""Bytes; a longer answer is not a mere refusal."""

_LONGEST_QUOTED = 4000
"""Characters that are searched for secrets; only the first 200 of the result are shown."""


def error_words(body: object) -> tuple[str, ...]:
    """Return the texts of an error: `errors` (any shape), `detail`, `error.{message, detail}`."""
    fields = as_object(body)
    found: list[str] = []
    for name in (contract.ERRORS, contract.ERROR, contract.DETAIL, contract.MESSAGE):
        found.extend(_texts(fields.get(name)))
    return tuple(dict.fromkeys(found))


def is_refusal(body: object) -> bool:
    """Return whether a decoded answer says that the call failed, whatever its HTTP status.

    `detail` may be positive too: it counts only if it says that a token has ended.
    """
    for fields in _objects_with_the_result(body):
        if fields.get(contract.ERRORS) or fields.get(contract.ERROR):
            return True
        if any(_says_no(fields.get(name)) for name in contract.SUCCESS):
            return True
    if any(one in contract.FAILURE_WORDS for one in statuses_in(body)) or failed_status(body):
        return True
    said = _lowered(_texts(as_object(body).get(contract.DETAIL)))
    return contract.TOKEN_EXPIRED_WORDS in said or contract.INVALID_TOKEN_WORDS in said


def failed_status(body: object) -> int:
    """Return the status of 400 or more that a decoded answer has in it, 0 if it has none."""
    numbers = (one for one in statuses_in(body) if isinstance(one, int))
    return next((one for one in numbers if 400 <= one < 600), 0)


def statuses_in(body: object) -> list[int | str]:
    """Return what a decoded answer has as its status: numbers, and words in lower case."""
    found: list[int | str] = []
    for fields in _objects_with_the_result(body):
        for name in contract.STATUS:
            value = fields.get(name)
            if isinstance(value, str):
                text = _lowered([value.strip()])
                is_number = text.isascii() and text.isdecimal() and len(text) < 10
                found.append(int(text) if is_number else text)
            elif isinstance(value, int):
                found.append("failed" if value is False else value)
    return found


def _objects_with_the_result(body: object) -> Iterator[Fields]:
    """Yield the answer itself, and what it has beside `data` about its result."""
    fields = as_object(body)
    yield fields
    for name in (contract.META, contract.STATUS[0]):
        yield as_object(fields.get(name))


def _says_no(value: object) -> bool:
    if isinstance(value, str):
        return value.strip().lower() in {"false", "0", "no"}
    return value is not None and value in (False, 0)


def says_token_ended(status: int, body: bytes) -> bool:
    """Return whether an answer to a call with the short-lived token says that it has expired."""
    if status == HTTPStatus.UNAUTHORIZED:
        return True
    if len(body) > _LONGEST_REFUSAL:
        return False
    value = lenient(body)
    refuses = status >= 300 or is_refusal(value)
    return refuses and contract.TOKEN_EXPIRED_WORDS in _lowered(error_words(value))


def says_logged_out(status: int, value: object) -> bool:
    """Return whether an answer to a logout clearly says that its token has ended (204 does not)."""
    fields = as_object(value)
    if status != HTTPStatus.OK or not fields or is_refusal(fields):
        return False
    return not is_refusal(fields.get(contract.DATA))


def _lowered(words: Iterable[str]) -> str:
    return " ".join(words).lower().replace("_", " ")


def _texts(value: object, depth: int = 3) -> list[str]:
    if isinstance(value, str):
        return [value] if value.strip() else []
    if not depth:
        return []
    if isinstance(value, list):
        inner = cast("list[object]", value)
    else:
        fields = as_object(value)
        said = [fields[name] for name in (contract.MESSAGE, contract.DETAIL) if name in fields]
        inner = said or list(fields.values())  # such as {"token": ["is required"]}
    return [text for item in inner[:3] for text in _texts(item, depth - 1)]


def error_for_answer(
    call: Call,
    status: int,
    headers: Mapping[str, str],
    body: object,
    *,
    now: float,
    secrets: Collection[str] = (),
) -> QiscusTuiError:
    """Return the error for a negative answer, by its status or its envelope.

    `body` is the decoded JSON, None if the answer was not JSON. `now` is epoch seconds.
    `secrets` are hidden in the texts that are quoted from the answer.
    """
    words = error_words(body)
    said = status_words(status)
    if status < 300 and (failed := failed_status(body)):
        said = f"{said}, but with the status {status_words(failed)} in it"
        status = failed
    elif status < 300:
        said = f"{said}, but says that it failed"
    if words:
        said = f"{said}: {quoted(words[0], secrets)}"
    lowered = _lowered(words)
    may_refuse_a_login = body is not None and (status in {400, 401, 403, 422} or status < 300)
    if call.name == contract.DEFAULT.login.name and may_refuse_a_login:
        return LoginRefused(f"The server refused the login ({said})")
    match call.authentication:
        case Authentication.SHORT_LIVED if (
            status == HTTPStatus.UNAUTHORIZED or contract.TOKEN_EXPIRED_WORDS in lowered
        ):
            return TokenExpired(
                f"The server rejected the short-lived token ({said})", status=status
            )
        case Authentication.LONG_LIVED if (
            call.name == contract.DEFAULT.revoke.name
            and "long" not in lowered
            and any(words in lowered for words in contract.GIVEN_TOKEN_WORDS)
        ):
            return NamedTokenInvalid(
                f"{call.action} failed: the server answered {said}", status=status
            )
        case Authentication.LONG_LIVED if (
            status == HTTPStatus.UNAUTHORIZED or contract.INVALID_TOKEN_WORDS in lowered
        ):
            return TokenInvalid(f"The server rejected the long-lived token ({said})")
        case Authentication.REST if status == HTTPStatus.UNAUTHORIZED:
            return TokenInvalid(
                f"The server rejected the app code and secret key ({said})",
                "Check both, and log in again: qiscus-tui login --rest --app-id APP",
            )
        case _:
            pass
    if status == HTTPStatus.FORBIDDEN:
        if body is None:
            return Blocked(f"{call.action} failed: the server answered {said}", status=status)
        return Forbidden(
            f"{call.action} is not allowed for this user's role ({said})", status=status
        )
    if status == HTTPStatus.TOO_MANY_REQUESTS or status >= 500:
        wait = retry_after(headers, now)
        return ServerFault(
            f"{call.action} failed: the server answered {said}",
            _wait_words(wait),
            status=status,
            retry_after=wait,
        )
    if body is None and status in {HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED}:
        return NotQiscus(
            f"{call.action} failed: {call.path} does not exist ({status}, not a Qiscus answer)",
            "Check the server address, then the path under [api] in config.toml.",
            status=status,
        )
    return ServerRefused(
        f"{call.action} failed: the server answered {said}",
        None if body is not None else PROXY_HINT,
        status=status,
    )


def quoted(value: object, secrets: Collection[str]) -> str:
    """Return the first text of a part of an answer in its safe form, without `secrets`."""
    text = next(iter(_texts(value)), "")
    return safe(KnownSecrets(secrets).hidden(text[:_LONGEST_QUOTED]), 200)


def redirected(call: Call, status: int) -> NotQiscus:
    """Return the error for a redirect: credentials are not sent elsewhere."""
    return NotQiscus(
        f"{call.action} failed: the server redirects ({status}), which is not followed",
        "If you trust the target, give its address as --server, or its path in config.toml.",
        status=status,
    )


def _wait_words(wait: float | None) -> str | None:
    if not wait:
        return None
    if wait > DAY:
        return "The server asks to wait longer than a day; contact its operator."
    return f"The server asks to wait {wait:,.0f} s; try again after that."


_LATEST = 4_102_444_800.0  # the year 2100: later dates are wrong, and could overflow


@lru_cache(maxsize=8)  # many answers come in one second
def http_date(text: str) -> float | None:
    """Return an HTTP date as epoch seconds, None if it is invalid or after the year 2100."""
    try:
        moment = parsedate_to_datetime(text)
        if moment.tzinfo is None:  # "-0000" means UTC from an unknown zone
            moment = moment.replace(tzinfo=UTC)
        seconds = moment.timestamp()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return seconds if 0 < seconds < _LATEST else None


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Return the seconds to wait by the `Retry-After` header (number or date), None without one.

    A date is relative to the answer's own `Date`; without one, to `now`.
    """
    text = headers.get("retry-after", "").strip()
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        moment, sent = http_date(text), http_date(headers.get("date", ""))
        asked = now if sent is None else sent  # by the same clock, however wrong it is
        return None if moment is None else max(0.0, moment - asked)
    return max(0.0, seconds) if math.isfinite(seconds) else None


def status_words(status: int) -> str:
    """Return an HTTP status as it is shown, such as `404 Not Found`."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
