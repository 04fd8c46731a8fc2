"""Sends a colour to the terminal only when it changes.

Textual writes each piece of a line as colour, text, reset, even where the next piece has the same
colour: over a slow line that is a good part of all bytes. The colours wanted are kept here, and
sent to the terminal only when something is about to be drawn with them.
"""

import re

from msgspec import Struct
from msgspec.structs import replace

_SEQUENCE = re.compile(
    r"\x1b(?:\[(?P<colours>[\d;:]*)m"
    # Draws nothing, whatever the colours: cursor position, synchronised output.
    r"|(?P<neutral>\[\d*(?:;\d*)?H|\[\?2026[hl]))"
    # Between two lines of one frame, where the second sets its position itself.
    r"|\r?\n(?=\x1b\[\d+;\d+H)"
)

_LASTING_FLAGS = frozenset({1, 2, 3, 4, 5, 6, 7, 8, 9, 21, 51, 52, 53})
_FOREGROUND = frozenset({*range(30, 38), *range(90, 98)})
_BACKGROUND = frozenset({*range(40, 48), *range(100, 108)})


class _Look(Struct, frozen=True):
    foreground: str = "39"
    background: str = "49"
    flags: frozenset[int] = frozenset()


_PLAIN = _Look()


class SgrFilter:
    """Removes needless colours from the output, write by write. No write tears a sequence."""

    def __init__(self) -> None:
        self._wanted = _PLAIN
        self._sent: _Look | None = None
        """What the terminal has; None: unknown."""
        self._blind = False
        """A code is not understood here: everything passes until a reset."""
        self._known: dict[tuple[_Look, str], _Look | None] = {}

    def filter(self, text: str) -> str:
        """Return the text without colours that the terminal has already."""
        if "\x1b" not in text and self._wanted == self._sent:
            return text
        parts: list[str] = []
        place = 0
        for found in _SEQUENCE.finditer(text):
            if found.start() > place:
                parts.append(self._change())
                parts.append(text[place : found.start()])
            place = found.end()
            colours = found["colours"]
            if colours is not None:
                parts.append(self._want(colours))
            elif found["neutral"] is not None:
                parts.append(found[0])
        if place < len(text):
            parts.append(self._change())
            parts.append(text[place:])
        return "".join(parts)

    def _want(self, colours: str) -> str:
        """Note the colours wanted, and return what has to be sent anyway."""
        if self._blind and colours not in {"", "0"}:
            return f"\x1b[{colours}m"
        key = (self._wanted, colours)
        if key not in self._known:
            if len(self._known) > 4096:
                self._known.clear()
            self._known[key] = _look_after(self._wanted, colours)
        look = self._known[key]
        if look is None:
            before = self._change()
            self._blind, self._sent = True, None
            return f"{before}\x1b[{colours}m"
        self._wanted, self._blind = look, False
        return ""

    def _change(self) -> str:
        """Return what takes the terminal from what it has to what is wanted."""
        sent, wanted = self._sent, self._wanted
        if sent == wanted or self._blind:
            return ""
        self._sent = wanted
        if wanted == _PLAIN:
            return "\x1b[0m"
        if sent is None or not sent.flags <= wanted.flags:
            sent, codes = _PLAIN, ["0"]
        else:
            codes = []
        codes += [str(flag) for flag in sorted(wanted.flags - sent.flags)]
        if wanted.foreground != sent.foreground:
            codes.append(wanted.foreground)
        if wanted.background != sent.background:
            codes.append(wanted.background)
        return f"\x1b[{';'.join(codes)}m"


def _look_after(look: _Look, colours: str) -> _Look | None:
    """Return the look after these codes; None where one of them is not known here."""
    if ":" in colours:
        return None
    codes = [int(code or 0) for code in colours.split(";")]
    while codes:
        code = codes.pop(0)
        if code == 0:
            look = _PLAIN
        elif code in _LASTING_FLAGS:
            look = replace(look, flags=look.flags | {code})
        elif code in _FOREGROUND or code == 39:
            look = replace(look, foreground=str(code))
        elif code in _BACKGROUND or code == 49:
            look = replace(look, background=str(code))
        elif code in {38, 48}:
            size = {5: 2, 2: 4}.get(codes[0] if codes else 0, 0)
            if not size or len(codes) < size:
                return None
            colour = ";".join(str(part) for part in (code, *codes[:size]))
            del codes[:size]
            look = (
                replace(look, foreground=colour) if code == 38 else replace(look, background=colour)
            )
        else:
            return None
    return look
