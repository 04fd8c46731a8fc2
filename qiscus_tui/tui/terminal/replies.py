"""What the terminal answers, at the start and until it is left, and what is between it and us."""

import os
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from textual.message import Message

from qiscus_tui.tui.terminal.output import ANSWER, ANSWER_TIMEOUT, ASK, ScreenOutput

LEAVING_TIME = 0.5
"""Seconds that leaving waits at most for input that is still on its way."""

FOLLOW = "\x1b]11;?\x1b\\\x1b[?2031h"
"""Asks for the colour now, and for a report whenever the terminal turns light or dark."""

_LEVEL = r"([\da-fA-F]{1,4})"
_COLOUR = re.compile(rf"\x1b\]11;rgba?:{_LEVEL}/{_LEVEL}/{_LEVEL}\b.*", re.DOTALL)
_REPORT = re.compile(r"\x1b\[\?997;([12])n")
_SHARES = (0.299, 0.587, 0.114)
"""Of red, green and blue in how bright a colour looks."""

_QUERY_TERMINAL = f"\x1b[>c\x1b[c{ASK}"
"""Every terminal answers the second query; the first tells tmux and GNU screen apart."""
MOUSE_OFF = "\x1b[?1006l\x1b[?1002l\x1b[?1000l"
"""GNU screen holds Escape back until the next key while the mouse is on: there it is left alone."""
_FENCE = "\x1b[c"
_ATTRIBUTES = re.compile(r"\x1b\[\?[\d;]*c")
_KIND = re.compile(r"\x1b\[>(\d+)[\d;]*c")

SET_CLIPBOARD = "\x1b]52;"
"""How the sequence begins."""

_SCREEN_TAKES = 500
"""Characters that GNU screen passes on at once; it drops what is longer than 768."""


class Multiplexer(Enum):
    """A program that acts as our terminal, and draws on another one."""

    TMUX = auto()
    SCREEN = auto()


_MULTIPLEXERS = {"84": Multiplexer.TMUX, "83": Multiplexer.SCREEN}


@dataclass
class BackgroundIs(Message):
    """The terminal said what its background is: at the start, and when it changes."""

    light: bool


class TerminalReplies:
    """Asks the terminal, and handles its replies. They come by the thread that reads keys."""

    is_leaving = False
    """What is typed now is not for us."""

    def __init__(
        self,
        output: ScreenOutput,
        multiplexer: Multiplexer | None,
        post: Callable[[Message], object],
    ) -> None:
        """`post` gets what the app is to know."""
        self.multiplexer = multiplexer
        """The multiplexer between us and the terminal."""
        self.fence = threading.Event()
        """Nothing more comes from the terminal."""
        self._output = output
        self._post = post
        self._queried_at = 0.0
        self._unanswered_since: float | None = None
        """When the terminal was asked what it is; None once it answered."""
        self._answers_fast = False

    @property
    def owed(self) -> int:
        """Return how many answers are on their way."""
        since = self._unanswered_since
        is_asked = since is not None and time.monotonic() - since < ANSWER_TIMEOUT
        return self._output.owed + is_asked

    def query(self) -> None:
        """Ask what is to be known at the start."""
        self._queried_at = self._unanswered_since = time.monotonic()
        # The Linux console knows no question for the colour, and old ones would print it.
        follow = FOLLOW if os.environ.get("TERM") != "linux" else ""
        self._output.write(f"{follow}{_QUERY_TERMINAL}")

    def handle(self, reply: str) -> None:
        """Handle a reply."""
        if (light := is_light(reply)) is not None:
            self._post(BackgroundIs(light))
        elif kind := _KIND.fullmatch(reply):
            self.multiplexer = _MULTIPLEXERS.get(kind[1])
            if self.multiplexer is Multiplexer.SCREEN:
                self._output.write(MOUSE_OFF)
        elif reply == ANSWER:
            self._output.answered()
            if self.is_leaving and not self._answers_fast and not self._output.owed:
                self.fence.set()
        elif _ATTRIBUTES.fullmatch(reply):
            self._unanswered_since = None
            if self.is_leaving and self._answers_fast:
                self.fence.set()
            else:
                self._answers_fast = time.monotonic() - self._queried_at <= LEAVING_TIME

    def drain(self) -> None:
        """Have input read and dropped that the terminal sent before it stopped its reports.

        It answers in order, so its answer to a query comes last. A terminal that answers slowly
        is not queried: the answer itself would be left to the shell.
        """
        if self._answers_fast:
            self._unanswered_since = time.monotonic()
            self._output.write(_FENCE)
        self.fence.wait(ANSWER_TIMEOUT if self._output.owed else LEAVING_TIME)


def is_light(reply: str) -> bool | None:
    """Return whether a reply says that the background is light; None for any other reply."""
    if report := _REPORT.fullmatch(reply):
        return report[1] == "2"
    if (colour := _COLOUR.fullmatch(reply)) is None:
        return None
    levels = (int(digits, 16) / (16 ** len(digits) - 1) for digits in colour.groups())
    return sum(share * level for share, level in zip(_SHARES, levels, strict=True)) > 0.5


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
