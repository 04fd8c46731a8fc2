"""Decodes untrusted JSON: bounded, and with errors of our own only."""

import json
import math
import re
from typing import cast

import msgspec

from qiscus_tui.errors import Unreadable

Fields = dict[str, object]

MAX_NESTING = 32
"""Levels of nesting in an entry of the list, at most."""

MAX_VALUES = 4_000_000
"""Values in an answer, at most: `[],` is 3 bytes of JSON and 80 of memory."""

_MAX_WIDE = 32 * 1024 * 1024
"""Bytes of a text that is not ASCII which the slow decoder takes eight times."""

_decoder = msgspec.json.Decoder()
_BOM = "\ufeff"
_SURROGATES = re.compile(
    rb"\\(?:\\|u[dD][89abAB]..\\u[dD][c-fC-F]..|(?P<lone>u[dD][89a-fA-F][0-9a-fA-F]{2}))"
)
"""An escaped backslash, an escaped pair of surrogates, or a lone one."""


def check_bounds(body: bytes | bytearray) -> None:
    """Raise Unreadable if the value of a JSON text would take too much memory."""
    if body.count(b",") > MAX_VALUES:
        raise Unreadable(f"The answer has more than {MAX_VALUES:,} values and was not read further")


def decode_json(body: bytes | bytearray) -> object:
    """Return the value of a JSON text. Raises Unreadable, without quotes: it may hold secrets.

    Invalid JSON that servers do send (lone surrogates, invalid UTF-8, NaN, endless digits) goes
    to the slow decoder: invalid bytes become lone surrogates, endless digits text, NaN null.
    Escapes of lone surrogates become U+FFFD.
    """
    check_bounds(body)
    try:
        return cast("object", _decoder.decode(body))
    except RecursionError as error:
        raise Unreadable("The answer is nested too deeply") from error
    except (msgspec.MsgspecError, UnicodeDecodeError):
        pass
    if len(body) > _MAX_WIDE and not body.isascii():
        raise Unreadable(f"The answer is damaged JSON of more than {_MAX_WIDE // 1_048_576} MB")
    text = str(without_lone_surrogates(body), "utf-8", "surrogateescape").removeprefix(_BOM)
    try:
        return cast(
            "object",
            json.loads(
                text, parse_int=_integer, parse_float=_finite, parse_constant=lambda _: None
            ),
        )
    except RecursionError as error:
        raise Unreadable("The answer is nested too deeply") from error
    except ValueError as error:
        raise Unreadable(_what_it_is(text)) from error


def without_lone_surrogates(body: bytes | bytearray) -> bytes | bytearray:
    """Return a JSON text with U+FFFD in place of each escape of half a character."""
    return _SURROGATES.sub(lambda found: rb"\ufffd" if found["lone"] else found[0], body)


def lenient(body: bytes) -> object:
    """Return the JSON value of a body; `{}` if it is empty, None if it is not JSON."""
    if not body.strip():
        return {}
    try:
        return decode_json(body)
    except Unreadable:
        return None


def _what_it_is(text: str) -> str:
    start = text[:200].lstrip()
    if not start:
        return "The answer is empty"
    if start.startswith("<"):
        return "The answer is a web page, not JSON"
    if start.startswith(("{", "[")):
        return "The answer is damaged JSON: it is cut off or invalid"
    return "The answer is not JSON"


def _integer(digits: str) -> int | str:
    try:
        return int(digits)
    except ValueError:  # past Python's limit of 4,300 digits
        return digits


def _finite(digits: str) -> float | None:
    number = float(digits)
    return number if math.isfinite(number) else None


def as_object(value: object) -> Fields:
    """Return a decoded object; an empty one of any other value."""
    return cast("Fields", value) if isinstance(value, dict) else {}


def nesting_is_bounded(value: object, levels: int = MAX_NESTING) -> bool:
    """Return whether a decoded value is nested at most `levels` deep."""
    if isinstance(value, dict):
        inner = cast("dict[str, object]", value).values()
    elif isinstance(value, list):
        inner = cast("list[object]", value)
    else:
        return True
    return levels > 0 and all(nesting_is_bounded(item, levels - 1) for item in inner)


def encode_json(value: object) -> bytes:
    """Return a request body. A lone surrogate in an exact token is sent as its escape."""
    return json.dumps(value, ensure_ascii=True, separators=(",", ":")).encode("ascii")
