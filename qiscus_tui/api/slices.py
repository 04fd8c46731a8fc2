"""Decodes a long list while it arrives, in slices short enough to keep the app responsive.

From a few KB on the text is cut between two objects, best where the next one begins with the
same key as the first, and each piece is decoded as a list of its own. A cut inside a string or
a nested value never parses, so such a piece is extended to a later cut. The rest at the end is
decoded together with the beginning of the list as one whole document: the answer counts only if
it is JSON to its last byte.
"""

import re
import sys
from collections.abc import Callable, Iterator
from typing import cast

from qiscus_tui.api.decode import decode_json
from qiscus_tui.api.memory import Memory, too_large
from qiscus_tui.api.pages import Page, find_page
from qiscus_tui.errors import Unreadable
from qiscus_tui.model.session import SessionRun

SLICE = 64 * 1024
"""Bytes that are decoded at once, some three hundred sessions; or half as many, as they come."""

_HEAD_LIMIT = 4096
_S = rb"[ \t\r\n]*"  # JSON's white space: what separates pieces is not decoded again
_KEY = _S + rb'"[^"\\]*"' + _S + rb":" + _S
_MEMBER = _KEY + rb'(?:"[^"\\]*"|[\w.+-]+|\{[^\[\]{}]*\})' + _S + rb","
_PAGE_OBJECT = rb"\{(?:" + _MEMBER + rb")*" + _S + rb'"data"' + _S + rb":" + _S
_KEYED = rb"\{(?:" + _MEMBER + rb")*" + _KEY
# The list is the body, or is at "data", at "data.<key>", or in a page object there.
_HEAD = re.compile(
    _S + rb"(?:" + _PAGE_OBJECT + rb"(?:" + _KEYED + rb"(?:" + _PAGE_OBJECT + rb")?)?)?\["
)
_BETWEEN = re.compile(rb"\}" + _S + rb"," + _S + rb"\{")
_FIRST_KEY = re.compile(_S + rb"\{" + _S + rb'("[^"\\]*")')
_CUT_HERE = "cut here"

NO_CUT = sys.maxsize
"""No `first_cut`, for an answer with several lists in it: it is decoded as a whole."""


Run = list[object] | SessionRun
"""Entries in a row: to be read one by one, or read already."""


def entries_of(piece: bytes, room: int) -> list[object]:
    """Return the entries of a JSON array. Raises Unreadable as `decode_json`."""
    return cast("list[object]", decode_json(piece, room))


class CutElsewhere(Exception):
    """The slices were taken from the wrong list: decode the answer as a whole."""


class SlicedList:
    """The body of a list answer, fed as it arrives."""

    def __init__(
        self,
        memory: Memory | None = None,
        first_cut: int | None = None,
        decode: Callable[[bytes, int], Run] = entries_of,
    ) -> None:
        """`first_cut`: bytes that must have arrived before the first cut, by default `SLICE`.

        `decode`: returns the entries of an array of so many bytes of memory at most.
        """
        self._decode = decode
        self._memory = memory or Memory()
        self._text = bytearray()
        self._head: bytes | None = None
        """The text before the first entry; None if it is not known yet, or unusable."""
        self._at = 0
        """Where the first entry that was not returned yet begins."""
        self._between = _BETWEEN
        """The text between two entries, by the beginning of the first one."""
        self._wanted = SLICE if first_cut is None else first_cut
        """Bytes that must have arrived before the next cut is tried."""
        self._given = False
        """Whether entries were returned."""
        self.document: object = None
        """What `finish` decoded."""

    def feed(self, piece: bytes) -> None:
        """Add a piece. Raises Unreadable if there is no room for it."""
        if len(self._text) + len(piece) > self._memory.room:
            raise too_large()
        self._text += piece

    def ready(self) -> Iterator[Run]:
        """Yield the entries that can be decoded so far, a slice at a time."""
        while len(self._text) - self._at >= self._wanted:
            if self._head is None and not self._find_head():
                self._wanted = NO_CUT
                return
            entries = self._next_slice()
            if entries is not None:
                yield entries

    def finish(self) -> Page:
        """Return the page, with the entries that `ready` did not yield.

        Raises Unreadable, and CutElsewhere if slices of another list were returned.
        """
        if not self._given:
            return find_page(self._decode_what_is_left())
        self._text[: self._at] = b'%b"%b",' % (self._head, _CUT_HERE.encode())
        self._decode_what_is_left()
        try:
            page = find_page(self.document)
        except Unreadable as error:
            raise CutElsewhere from error
        if not page.entries or page.entries[0] != _CUT_HERE:
            raise CutElsewhere
        del page.entries[0]
        return page

    def _decode_what_is_left(self) -> object:
        self.document = decode_json(self._text, self._memory.room)
        self._text = bytearray()
        return self.document

    def _find_head(self) -> bool:
        found = _HEAD.match(self._text, 0, _HEAD_LIMIT)
        if found is None:
            return False
        self._head = found[0]
        self._at = found.end()
        first = _FIRST_KEY.match(self._text, self._at)
        if first is not None:
            self._between = re.compile(_BETWEEN.pattern + rb"(?=" + _S + re.escape(first[1]) + b")")
        return True

    def _next_slice(self) -> Run | None:
        """Return the next entries; None if more of the text is needed."""
        start = self._at + max(self._wanted, min(len(self._text) - self._at, 2 * SLICE)) // 2
        between = self._between.search(self._text, start) or _BETWEEN.search(self._text, start)
        if between is not None:
            piece = b"[%b]" % self._text[self._at : between.start() + 1]
            try:
                entries = self._decode(piece, self._memory.room)
            except Unreadable:  # the cut was inside a string or a nested value
                pass
            else:
                self._at = between.end() - 1
                self._wanted = SLICE
                self._given = True
                self._forget()
                return entries
        # Twice as much each time, so that a text without a cut costs no more than reading it.
        self._wanted *= 2
        return None

    def _forget(self) -> None:
        """Free the text of the entries that were returned."""
        if self._at > 1 << 20:
            del self._text[: self._at]
            self._at = 0
