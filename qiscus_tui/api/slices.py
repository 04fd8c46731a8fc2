"""Decodes a long list while it arrives, in slices short enough to keep the keys alive.

From a few KB on the text is cut between two objects and each piece is decoded as a list of its
own. A cut inside a string or a nested value never parses, so such a piece is extended to the
next cut. What is left at the end is decoded together with the list's beginning as one whole
document: nothing counts unless the text was JSON to its last byte.
"""

import re
from collections.abc import Iterator

import msgspec

from qiscus_tui.api.decode import decode_json
from qiscus_tui.api.pages import Page, find_page
from qiscus_tui.errors import Unreadable

SLICE = 32 * 1024
"""Bytes that are decoded at once; about a hundred sessions."""

_HEAD_LIMIT = 4096
_GIVE_UP_AFTER = 64
"""Extensions of one piece after which the rest is decoded whole."""

_MEMBER = rb'\s*"[^"\\]*"\s*:\s*(?:"[^"\\]*"|[\w.+-]+|\{[^\[\]{}]*\})\s*,'
_PAGE_OBJECT = rb"\{(?:" + _MEMBER + rb')*\s*"data"\s*:\s*'
# The list is the body, or stands under "data", under "data.<key>", or in a page object there.
_HEAD = re.compile(
    rb"\s*(?:" + _PAGE_OBJECT + rb"(?:\{(?:" + _MEMBER + rb')*\s*"[^"\\]*"\s*:\s*'
    rb"(?:" + _PAGE_OBJECT + rb")?)?)?\["
)
_BETWEEN = re.compile(rb"\}\s*,\s*\{")
_CUT_HERE = "cut here"

_piece_decoder = msgspec.json.Decoder(list[object])


class SlicedList:
    """The body of a list answer, fed as it arrives."""

    def __init__(self) -> None:
        self._text = bytearray()
        self._head = b""
        self._at = 0
        """Where the first entry that was not given out yet begins."""
        self.document: object = None
        """What `finish` decoded."""
        self._given = False
        """Whether entries were given out."""
        self._slicing: bool | None = None
        """None: not known yet."""

    def feed(self, piece: bytes) -> None:
        """Add what arrived."""
        self._text += piece

    def ready(self) -> Iterator[list[object]]:
        """The entries that can be decoded so far, a slice at a time."""
        if self._slicing is None and len(self._text) >= SLICE:
            found = _HEAD.match(self._text, 0, _HEAD_LIMIT)
            self._slicing = found is not None
            self._head = found[0] if found else b""
            self._at = len(self._head)
        while self._slicing and len(self._text) - self._at >= SLICE:
            entries = self._next_slice()
            if entries is None:
                return
            yield entries

    def finish(self) -> Page:
        """The page, with the entries that `ready` did not give. Raises Unreadable."""
        self.document = self._document()
        page = find_page(self.document)
        if self._given:
            if not page.entries or page.entries[0] != _CUT_HERE:
                raise Unreadable("The answer holds several lists, and which one is not clear")
            del page.entries[0]
        return page

    def _document(self) -> object:
        if not self._given:
            return decode_json(self._text)
        rest = self._text[self._at :]
        return decode_json(b'%b"%b",%b' % (self._head, _CUT_HERE.encode(), rest))

    def _next_slice(self) -> list[object] | None:
        end = self._at + SLICE // 2
        for _ in range(_GIVE_UP_AFTER):
            between = _BETWEEN.search(self._text, end)
            if between is None:
                return None
            try:
                piece = b"[%b]" % self._text[self._at : between.start() + 1]
                entries = _piece_decoder.decode(piece)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                end = between.start() + 1
                continue
            self._at = between.end() - 1
            self._given = True
            self._forget()
            return entries
        self._slicing = False
        return None

    def _forget(self) -> None:
        """What was given out need not be kept."""
        if self._at > 1 << 20:
            del self._text[: self._at]
            self._at = 0
