"""The terminal's background: how to ask for it, and what the answers mean.

The answer comes among the replies that `input_filter` takes out of the input, before the first
frame where the line is fast. A terminal that does not answer delays nothing.
"""

import re
from typing import Protocol, runtime_checkable

FOLLOW = "\x1b]11;?\x1b\\\x1b[?2031h"
"""Asks for the colour now, and for a report whenever the terminal turns light or dark."""

_LEVEL = r"([\da-fA-F]{1,4})"
_COLOUR = re.compile(rf"\x1b\]11;rgba?:{_LEVEL}/{_LEVEL}/{_LEVEL}\b.*", re.DOTALL)
_REPORT = re.compile(r"\x1b\[\?997;([12])n")
_SHARES = (0.299, 0.587, 0.114)
"""Of red, green and blue in how bright a colour looks."""


@runtime_checkable
class FollowsBackground(Protocol):
    """An app that can be as light or dark as the terminal."""

    @property
    def follows_background(self) -> bool:
        """Whether to ask the terminal."""
        ...

    def background_is(self, *, light: bool) -> None:
        """Handle what the terminal says: at the start, and when it changes."""
        ...


def is_light(reply: str) -> bool | None:
    """Return whether a reply says that the background is light; None for any other reply."""
    if report := _REPORT.fullmatch(reply):
        return report[1] == "2"
    if (colour := _COLOUR.fullmatch(reply)) is None:
        return None
    levels = (int(digits, 16) / (16 ** len(digits) - 1) for digits in colour.groups())
    return sum(share * level for share, level in zip(_SHARES, levels, strict=True)) > 0.5
