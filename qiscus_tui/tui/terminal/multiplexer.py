"""Terminal multiplexers: which one draws for us, and how a sequence gets through it."""

from collections.abc import Mapping
from enum import Enum, auto

SET_CLIPBOARD = "\x1b]52;"
"""How the sequence begins."""

_SCREEN_TAKES = 500
"""Characters that GNU screen passes on at once; it drops what is longer than 768."""


class Multiplexer(Enum):
    """A program that acts as our terminal, and draws on another one."""

    TMUX = auto()
    SCREEN = auto()


def multiplexer_in(environ: Mapping[str, str]) -> Multiplexer | None:
    """Return what the environment names. The terminal's own answer is better, once it came."""
    if environ.get("TMUX"):
        return Multiplexer.TMUX
    return Multiplexer.SCREEN if environ.get("STY") else None


def wrapped(sequence: str, multiplexer: Multiplexer | None) -> str:
    """Return the sequence in the form that passes through the multiplexer."""
    match multiplexer:
        case None:
            return sequence
        case Multiplexer.TMUX:  # bare for `set-clipboard on`, wrapped for `allow-passthrough on`
            doubled = sequence.replace("\x1b", "\x1b\x1b")
            return f"{sequence}\x1bPtmux;{doubled}\x1b\\"
        case Multiplexer.SCREEN:
            starts = range(0, len(sequence), _SCREEN_TAKES)
            pieces = (sequence[start : start + _SCREEN_TAKES] for start in starts)
            return "".join(f"\x1bP{piece}\x1b\\" for piece in pieces)
