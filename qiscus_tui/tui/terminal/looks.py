"""How a cell looks, and the shortest codes that take the terminal from one look to another."""

from msgspec import Struct
from msgspec.structs import replace

_FLAGS = frozenset({1, 2, 3, 4, 5, 6, 7, 8, 9, 21, 51, 52, 53})
_SWITCHES_OFF = {
    22: frozenset({1, 2}),
    23: frozenset({3}),
    24: frozenset({4, 21}),
    25: frozenset({5, 6}),
    27: frozenset({7}),
    28: frozenset({8}),
    29: frozenset({9}),
}
_OFF = {1: 22, 2: 22, 3: 23, 4: 24, 7: 27, 9: 29}
"""How one flag goes without a reset; for the others not every terminal knows a way."""
_UNSEEN_ON_BLANKS = frozenset({1, 2, 3, 8})
_FOREGROUND = frozenset({*range(30, 38), *range(90, 98)})
_BACKGROUND = frozenset({*range(40, 48), *range(100, 108)})
_COLOUR_SIZES = {5: 2, 2: 4}


class Look(Struct, frozen=True):
    """Colours and flags, in the codes that set them."""

    foreground: str = "39"
    background: str = "49"
    flags: frozenset[int] = frozenset()


PLAIN = Look()


class Looks:
    """All looks that were used. Each is one object, which stands for itself in each table here."""

    def __init__(self) -> None:
        self._objects: dict[Look, Look] = {PLAIN: PLAIN}
        self._after: dict[tuple[int, str], Look | None] = {}
        self._blanks: dict[int, Look] = {}
        self._changes: dict[tuple[int, int], str] = {}

    def after(self, look: Look, codes: str) -> Look | None:
        """Return the look after these codes; None where one of them is not known here."""
        key = (id(look), codes)
        if key not in self._after:
            found = _after(look, codes)
            self._after[key] = None if found is None else self._objects.setdefault(found, found)
        return self._after[key]

    def on_blank(self, look: Look) -> Look:
        """Return what of a look is seen where there is no character."""
        key = id(look)
        if key not in self._blanks:
            bare = Look(background=look.background)
            found = bare if look.flags <= _UNSEEN_ON_BLANKS else look
            self._blanks[key] = self._objects.setdefault(found, found)
        return self._blanks[key]

    def change(self, sent: Look | None, wanted: Look) -> str:
        """Return what takes the terminal from a look (None: unknown) to another."""
        key = (id(sent), id(wanted))
        if key not in self._changes:
            self._changes[key] = _change(sent, wanted)
        return self._changes[key]


def _change(sent: Look | None, wanted: Look) -> str:
    if sent == wanted:
        return ""
    if wanted == PLAIN:
        return "\x1b[0m"
    whole = ["0", *_codes(PLAIN, wanted)]
    if sent is None:
        return f"\x1b[{';'.join(whole)}m"
    gone = sent.flags - wanted.flags
    if not gone <= _OFF.keys():
        return f"\x1b[{';'.join(whole)}m"
    off = {_OFF[flag] for flag in gone}
    kept = sent.flags.difference(*(_SWITCHES_OFF[code] for code in off))
    step = [*map(str, sorted(off)), *_codes(replace(sent, flags=kept), wanted)]
    return f"\x1b[{min(';'.join(step), ';'.join(whole), key=len)}m"


def _codes(sent: Look, wanted: Look) -> list[str]:
    codes = [str(flag) for flag in sorted(wanted.flags - sent.flags)]
    if wanted.foreground != sent.foreground:
        codes.append(wanted.foreground)
    if wanted.background != sent.background:
        codes.append(wanted.background)
    return codes


def _after(look: Look, colours: str) -> Look | None:
    codes = [int(code or 0) for code in colours.split(";")]
    while codes:
        code = codes.pop(0)
        if code == 0:
            look = PLAIN
        elif code in _FLAGS:
            look = replace(look, flags=look.flags | {code})
        elif code in _SWITCHES_OFF:
            look = replace(look, flags=look.flags - _SWITCHES_OFF[code])
        elif code in _FOREGROUND or code == 39:
            look = replace(look, foreground=str(code))
        elif code in _BACKGROUND or code == 49:
            look = replace(look, background=str(code))
        elif code in {38, 48}:
            size = _COLOUR_SIZES.get(codes[0] if codes else 0, 0)
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
