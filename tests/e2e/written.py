"""What may stand among the bytes that the program writes, and what may not."""

import re
import unicodedata

_OWN = re.compile(
    r"\x1b\[[\d;:]*[mHGCLMr]"  # colours, the cursor's place, rows that move
    r"|\x1b\[\?[\d;]+[hl]"  # modes
    r"|\x1b\[\?\d+\$p"  # is a mode known?
    r"|\x1b\[[<>=]\d*u"  # kitty's keyboard
    r"|\x1b\[>?c|\x1b\[5n"  # who is there, is all shown?
    r"|\x1b\]11;\?\x1b\\"  # on which background?
)
_HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
"""Controls, invisible formats (bidi, zero width, tags), surrogates, line separators."""


def foreign(raw: bytes) -> list[str]:
    """Every control or invisible character that is in no sequence of the program's own."""
    whole = raw[: raw.rfind(b"\x1b")]  # the last sequence may still be on its way
    text = _OWN.sub("", whole.decode())
    return [
        ascii(text[max(0, place - 12) : place + 24])
        for place, character in enumerate(text)
        if unicodedata.category(character) in _HIDDEN and character not in "\r\n"
    ]
