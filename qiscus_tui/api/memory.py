"""The memory that one answer may take: estimated before decoding, counted per session.

A few KB of gzip can be gigabytes once decoded: `[],` is 3 bytes of JSON and 80 of a Python list.
The program itself takes 40 to 95 MB; the total is below 512 MB.
"""

import contextlib
from collections.abc import Generator, Sequence
from typing import cast

from qiscus_tui.errors import Unreadable
from qiscus_tui.model.session import Session, SessionOrigin, SessionRun

MOST = 390 * 1024 * 1024
"""Bytes that an answer may take, together with the list that is still held while it is read."""

_SHARE_OF_A_LIST = 0.74
"""Of these, what one list may take: it must be possible to read it again while it is held."""

_SMALL = 256 * 1024
"""Bytes of JSON that need no check: they take some MB at most."""

# Bytes that Python needs at most, measured with 3.11 to 3.13.
_SESSION = 520
_ROW = 250  # of it: a session's place in the columns
_ORIGIN = 300
_TEXT = 150
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
    """The memory that one reading of the list has taken so far.

    A list that is read again shares the sessions that did not change with the list that is still
    held: they cost little more, and both lists together stay below `MOST`.
    """

    def __init__(self, held: int = 0) -> None:
        """`held`: bytes that the list takes which is still held."""
        self._list = _Tally(int(MOST * _SHARE_OF_A_LIST))
        self._new = _Tally(MOST - held) if held else self._list

    @property
    def room(self) -> int:
        """Bytes that may still be taken."""
        return min(self._list.room, self._new.room)

    @property
    def size(self) -> int:
        """Bytes that the list takes, with what it shares."""
        return self._list.taken

    @contextlib.contextmanager
    def attempt(self) -> Generator[None]:
        """Count nothing of what is kept within, if it fails."""
        before = self._list.taken, self._new.taken
        try:
            yield
        except BaseException:
            for tally, taken in zip((self._list, self._new), before, strict=True):
                tally.go_back(taken)
            raise

    def keep(self, new: SessionRun, shared: Sequence[Session] = ()) -> None:
        """Count new sessions, and shared ones. Raises Unreadable if there is no room for them."""
        self._list.add(new)
        if self._new is not self._list:
            self._list.add(SessionRun.of(shared))
            self._new.add(new)
            self._new.taken += _ROW * len(shared)
        if self.room < 0:
            raise too_large()


class _Tally:
    """Bytes taken of those that may be."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._texts: set[str] = set()
        """Those that are counted: equal texts are the same objects."""
        self._origins: set[SessionOrigin] = set()
        """Those that are counted: their sessions have the same search text."""
        self.taken = 0

    @property
    def room(self) -> int:
        return self._most - self.taken

    def add(self, run: SessionRun) -> None:
        taken = _SESSION * len(run.sessions)
        tokens = "".join([one.token for one in run.sessions if one.token is not None])
        taken += len(tokens) if tokens.isascii() else 4 * len(tokens)
        for origin in {*run.origins}.difference(self._origins):
            taken += self._size_of_origin(origin)
        for session in run.sessions:
            if session.revoke_with is not session.token and isinstance(session.revoke_with, str):
                taken += _size_of_text(session.revoke_with)
            if session.extra is not None:
                taken += _size_of(session.extra)
        self.taken += taken

    def _size_of_origin(self, origin: SessionOrigin) -> int:
        self._origins.add(origin)
        size = _ORIGIN
        for text in origin:
            if text is not None:
                size += _size_of_shown(text)
                if text not in self._texts:
                    self._texts.add(text)
                    size += _TEXT + _size_of_text(text)
        return size

    def go_back(self, taken: int) -> None:
        """Begin again from so many bytes; an origin of before may then be counted twice."""
        self.taken = taken
        self._origins.clear()
        self._texts.clear()


def _size_of_text(text: str) -> int:
    """Return the size of a text with that of its safe form."""
    return len(text) if _is_plain(text) else 8 * len(text)


def _size_of_shown(text: str) -> int:
    """Return the size of a text's safe form in a search text."""
    return len(text) if _is_plain(text) else 4 * len(text)


def _is_plain(text: str) -> bool:
    """Return whether its safe form is the text itself, of one byte a character."""
    return text.isascii() and text.isprintable()


def _size_of(value: object) -> int:
    if isinstance(value, str):
        return _VALUE + _size_of_text(value)
    if isinstance(value, dict):
        fields = cast("dict[str, object]", value)
        return _OBJECT + sum(_size_of_text(name) + _size_of(one) for name, one in fields.items())
    if isinstance(value, list):
        return _LIST + sum(map(_size_of, cast("list[object]", value)))
    return _VALUE
