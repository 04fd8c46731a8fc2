"""The memory that one answer may take: estimated before decoding, counted per session.

A few KB of gzip can be gigabytes once decoded: `[],` is 3 bytes of JSON and 80 of a Python list.
The program itself takes 40 to 95 MB; the total is below 512 MB.
"""

from typing import cast

from qiscus_tui.errors import Unreadable
from qiscus_tui.model.session import Session

MOST = 360 * 1024 * 1024
"""Bytes that an answer may take in total."""

_SMALL = 256 * 1024
"""Bytes of JSON that need no check: they take some MB at most."""

# Bytes that Python needs at most, measured with 3.11 to 3.13.
_SESSION = 1000
_OBJECT = 208
_LIST = 80
_VALUE = 160  # with its key, and its place in the object


def decoded_size(text: bytes | bytearray) -> int:
    """Return about how many bytes the value of a JSON text takes at most."""
    values = _VALUE * text.count(b",") + _OBJECT * text.count(b"{") + _LIST * text.count(b"[")
    # One wide character makes every character of its string take 4 bytes.
    is_plain = text.isascii() and b"\\u" not in text
    return values + len(text) * (2 if is_plain else 4)


def check_decodable(text: bytes | bytearray, room: int) -> None:
    """Raise Unreadable if the value of the JSON text may take more than `room` bytes."""
    if len(text) > min(_SMALL, room) and len(text) + decoded_size(text) > room:
        raise too_large()


def too_large() -> Unreadable:
    """Return the error for an answer that would take too much."""
    return Unreadable(
        f"The answer would take more than {MOST // 1_048_576:,} MB of memory "
        "and was not read further",
        "The server lists more sessions, or more about them, than this program can hold.",
    )


class Memory:
    """The memory that one reading of the list has taken so far."""

    def __init__(self) -> None:
        self._kept = 0

    @property
    def room(self) -> int:
        """Bytes that may still be taken."""
        return MOST - self._kept

    def keep(self, session: Session) -> None:
        """Count a session. Raises Unreadable if there is no room for it."""
        size = _SESSION
        for text in (session.token, session.user_agent, session.ip, session.user):
            if text is not None:
                size += _size_of_text(text)
        if session.revoke_with is not session.token and isinstance(session.revoke_with, str):
            size += _size_of_text(session.revoke_with)
        if session.extra is not None:
            size += _size_of(session.extra)
        self._kept += size
        if self._kept > MOST:
            raise too_large()


def _size_of_text(text: str) -> int:
    """Return the size with that of the safe form and the search text."""
    return 2 * len(text) if text.isascii() else 12 * len(text)


def _size_of(value: object) -> int:
    if isinstance(value, str):
        return _VALUE + _size_of_text(value)
    if isinstance(value, dict):
        fields = cast("dict[str, object]", value)
        return _OBJECT + sum(_size_of_text(name) + _size_of(one) for name, one in fields.items())
    if isinstance(value, list):
        return _LIST + sum(map(_size_of, cast("list[object]", value)))
    return _VALUE
