"""Which escape sequences Textual turns into an event.

Of any other it makes one key a character: `ESC [ 1 ; 2 X` would open "revoke all".
"""

import re

from textual._xterm_parser import XTermParser

_NO_KEYS = re.compile(
    r"\x1b\[(?:"
    r"20[01]~"  # a paste begins, ends
    r"|[IO]"  # the terminal has the focus, or lost it
    r"|<?[-\d;]+[mM]"  # mouse
    r"|48;[\d;:]+t"  # size
    r"|\?\d+;\d\$y"  # whether a mode is known
    r"|\d+;\d+R"  # where the cursor is
    r")"
)
_PARSER = XTermParser()


def is_understood(sequence: str) -> bool:
    """Return whether Textual understands a whole sequence: a key, the mouse, a reply it wants."""
    if _NO_KEYS.fullmatch(sequence):
        return True
    try:
        keys = _PARSER._sequence_to_key_events(sequence)  # pyright: ignore[reportPrivateUsage]
        return any(True for _ in keys)
    except (ValueError, OverflowError):  # such as a key release: ESC [ 120 ; 1 : 3 u
        return False
