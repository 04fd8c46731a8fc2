"""What a terminal answers when a program asks it something, and how late."""

import re
from dataclasses import dataclass

QUERY = re.compile(
    rb"\x1b\[0?c"  # primary attributes
    rb"|\x1b\[>0?c"  # secondary attributes
    rb"|\x1b\[>0?q"  # name and version
    rb"|\x1b\[\?(?P<mode>\d+)\$p"  # is a mode known, is it set
    rb"|\x1b\[\?u"  # kitty keyboard flags
    rb"|\x1b\[5n"  # is all well?
    rb"|\x1b\[6n"  # cursor position
    rb"|\x1b\[1[468]t"  # sizes
    rb"|\x1b\](?P<colour>1[01]);\?(?:\x07|\x1b\\)"  # foreground, background
    rb"|\x1b\[\?2048h"  # report the size now and at each change
    rb"|\x1b\[\?1000l"  # the mouse is off: what it said before is on its way all the same
)
"""Everything that asks for an answer."""


@dataclass(frozen=True)
class Manners:
    """How this terminal answers."""

    delay: float = 0.0
    """Seconds before the answer begins."""
    cut: int | None = None
    """After so many bytes of each answer the line stands still (negative: before the last ones)."""
    pause: float = 0.5
    """Seconds that it stands still there."""
    modern: bool = False
    """Knows synchronised output (mode 2026) and reports its size in band (mode 2048)."""

    is_xterm: bool = True
    """Says that it is xterm, of which programs know what it can do."""
    background: bytes = b"1c1c/1c1c/1c1c"
    """Its colours, as X11 writes them."""
    mouse: bytes = b""
    """What the mouse said before the terminal heard that it is off."""

    def pieces(self, answer: bytes) -> list[tuple[float, bytes]]:
        """The answer as it arrives: seconds from now, and what comes then."""
        if self.cut is None:
            return [(self.delay, answer)]
        return [
            (self.delay, answer[: self.cut]),
            (self.delay + self.pause, answer[self.cut :]),
        ]


PROMPT = Manners()
"""Answers at once, as a terminal on the same machine does."""


def answer(query: re.Match[bytes], manners: Manners, columns: int, rows: int) -> bytes:
    """The answer to what `QUERY` found."""
    asked = query[0]
    if query["mode"]:
        known = manners.modern and query["mode"] in {b"2026", b"2048"}
        return b"\x1b[?%s;%d$y" % (query["mode"], 2 if known else 0)
    if asked == b"\x1b[?1000l":
        return manners.mouse
    if query["colour"]:
        return b"\x1b]%s;rgb:%s\x1b\\" % (query["colour"], manners.background)
    if asked == b"\x1b[?2048h":
        return size_report(columns, rows) if manners.modern else b""
    return {
        b"\x1b[c": b"\x1b[?62;22;52c",
        b"\x1b[>c": b"\x1b[>41;390;0c" if manners.is_xterm else b"\x1b[>1;10;0c",
        b"\x1b[>q": b"\x1bP>|XTerm(390)\x1b\\" if manners.is_xterm else b"",
        b"\x1b[?u": b"\x1b[?0u",
        b"\x1b[5n": b"\x1b[0n",
        b"\x1b[6n": b"\x1b[1;1R",
        b"\x1b[14t": b"\x1b[4;%d;%dt" % (rows * 16, columns * 8),
        b"\x1b[16t": b"\x1b[6;16;8t",
        b"\x1b[18t": b"\x1b[8;%d;%dt" % (rows, columns),
    }[asked.replace(b"[0c", b"[c").replace(b">0", b">")]


def size_report(columns: int, rows: int) -> bytes:
    """The size, said in band."""
    return b"\x1b[48;%d;%d;%d;%dt" % (rows, columns, rows * 16, columns * 8)
