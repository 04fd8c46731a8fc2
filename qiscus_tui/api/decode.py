"""JSON from a stranger: bounded, and never an exception of the decoder's own."""

import json
from typing import cast

import msgspec

from qiscus_tui.errors import Unreadable
from qiscus_tui.model.text import safe

MAX_NESTING = 32
"""Levels that an entry of a list may be nested."""

_decoder = msgspec.json.Decoder()


def decode_json(body: bytes | bytearray | memoryview) -> object:
    """The value of a JSON text. Raises Unreadable.

    What strict JSON forbids but servers send (NaN, huge numbers, lone surrogates) is read the
    slow way.
    """
    try:
        return cast("object", _decoder.decode(body))
    except RecursionError as error:
        raise Unreadable("The answer is nested too deeply") from error
    except (msgspec.DecodeError, UnicodeDecodeError):
        pass
    try:
        return cast("object", json.loads(bytes(body)))
    except RecursionError as error:
        raise Unreadable("The answer is nested too deeply") from error
    except ValueError as error:
        start = bytes(body[:60]).decode("utf-8", "replace").strip()
        if not start:
            raise Unreadable("The answer is empty") from error
        if start.startswith("<"):
            raise Unreadable("The answer is a web page, not JSON") from error
        raise Unreadable(f"The answer is not JSON; it begins with '{safe(start)}'") from error


def nesting_is_bounded(value: object, levels: int = MAX_NESTING) -> bool:
    """Whether a decoded value is nested at most `levels` deep."""
    if isinstance(value, dict):
        inner = cast("dict[str, object]", value).values()
    elif isinstance(value, list):
        inner = cast("list[object]", value)
    else:
        return True
    return levels > 0 and all(nesting_is_bounded(item, levels - 1) for item in inner)


def encode_json(value: object) -> bytes:
    """A request body. A lone surrogate in an exact token is sent as its escape."""
    return json.dumps(value, ensure_ascii=True, separators=(",", ":")).encode("ascii")
