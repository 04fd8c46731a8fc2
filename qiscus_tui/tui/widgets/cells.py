"""The text of cells: fixed widths, signs and plain words, no colour.

Every text given is safe already; these functions only cut and pad it, by terminal cells, so that
wide characters never move the columns.
"""

import enum
import math
import re
import time
from functools import lru_cache

from rich.cells import cell_len, set_cell_size

from qiscus_tui.model.clock import DAY, HOUR, MINUTE, ago

MARK, SOME_MARKED, NOT_MARKED = "✓", "◐", " "
"""Of a session, or of all, some and none of a group's."""


class Badge(enum.Enum):
    """The state of a session as a sign, each of its own shape."""

    LIVE = "●"
    NOT_REVOCABLE = "○"
    PROTECTED = "■"
    EXPIRED = "×"


COUNTDOWN_WIDTH = 13
"""Cells of a countdown: the `~` of a computed expiry, then `29d 04:11:09`."""

UNKNOWN = "unknown"

SHARE_WIDTH = 5
"""Cells of ` 36 %`, up to `100 %`."""

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

# Terminals disagree about the width of these: skin tones, halves of flags, variation marks.
_UNSURE_WIDTH = re.compile("[\U0001f3fb-\U0001f3ff\U0001f1e6-\U0001f1ff\ufe0e\ufe0f]")


def fit(text: str, width: int) -> str:
    """Return `text` in exactly `width` cells: padded with spaces, or cut with `…`."""
    if text.isascii():
        length = len(text)
        if length <= width:
            return text + " " * (width - length)
        return f"{text[: width - 1]}…" if width > 0 else ""
    text = _UNSURE_WIDTH.sub("·", text)
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    return f"{set_cell_size(text, width - 1)}…" if width > 0 else ""


def fit_middle(text: str, width: int) -> str:
    """Return `text` in exactly `width` cells, cut in the middle: its end tells it from others."""
    if width_of(text) <= width or width < 3:
        return fit(text, width)
    text = _UNSURE_WIDTH.sub("·", text)
    head, tail = (width - 1) // 2, width - 1 - (width - 1) // 2
    end = next(text[at:] for at in range(len(text) + 1) if width_of(text[at:]) <= tail)
    return fit(f"{set_cell_size(text, head)}…{end}", width)


def width_of(text: str) -> int:
    """Return the number of cells that `text` takes; quickly where it is ASCII and our own dots."""
    is_plain = text.replace("·", " ").isascii()
    return len(text) if is_plain else cell_len(_UNSURE_WIDTH.sub("·", text))


def countdown_cell(expires_at: float | None, computed: bool, now: float, *, seconds: bool) -> str:
    """Return the time left in `COUNTDOWN_WIDTH` cells, each unit at its own place.

    `~` marks an expiry that the server did not give. Seconds are shown under a day,
    and up to 99 days where `seconds` is true.
    """
    if expires_at is None:
        return f" {UNKNOWN:<12}"
    sign = "~" if computed else " "
    left = math.ceil(expires_at - now)
    if left <= 0:
        return f"{sign}{'expired':<12}"
    days, rest = divmod(left, DAY)
    hours, rest = divmod(rest, HOUR)
    minutes, second = divmod(rest, MINUTE)
    if not days:
        return f"    {sign}{hours:02}:{minutes:02}:{second:02}"
    if days > 999:
        return f"{sign}{'>999d':<12}"
    if days > 99:  # a third digit takes the room of the seconds
        return f"{f'{sign}{days}d {hours:02}:{minutes:02}':<{COUNTDOWN_WIDTH}}"
    tail = f":{second:02}" if seconds else "   "
    return f"{f'{sign}{days}d':>4} {hours:02}:{minutes:02}{tail}"


def last_used_cell(last_used_at: float | None, now: float) -> str:
    """Return `3 h ago`, to the minute: nothing here changes every second."""
    if last_used_at is None:
        return UNKNOWN
    gone = now - last_used_at
    return "now" if gone < MINUTE else ago(gone)


def day_words(at: float, now: float) -> str:
    """Return `today`, `24 Oct` or, of another year, `Oct 2025`, in the local zone."""
    then, today = time.localtime(at), _local_day(now // MINUTE)
    if then[:3] == today:
        return "today"
    month = _MONTHS[then.tm_mon - 1]
    return f"{then.tm_mday} {month}" if then.tm_year == today[0] else f"{month} {then.tm_year}"


def created_cell(created_at: float | None, now: float) -> str:
    """Return `today 09:14` or `24 Oct 2026 16:02`, in the local zone; at most 17 cells."""
    return _moment(created_at, now, short=False)


def created_cell_short(created_at: float | None, now: float) -> str:
    """Return `today 09:14`, `24 Oct 16:02` or, `24 Oct 2025`; at most 12 cells."""
    return _moment(created_at, now, short=True)


def _moment(at: float | None, now: float, *, short: bool) -> str:
    if at is None:
        return UNKNOWN
    then = time.localtime(at)
    today = _local_day(now // MINUTE)
    clock = f"{then.tm_hour:02}:{then.tm_min:02}"
    if then[:3] == today:
        return f"today {clock}"
    day = f"{then.tm_mday:>2} {_MONTHS[then.tm_mon - 1]}"
    if not short:
        return f"{day} {then.tm_year} {clock}"
    return f"{day} {clock}" if then.tm_year == today[0] else f"{day} {then.tm_year}"


@lru_cache(maxsize=4)
def _local_day(minute: float) -> tuple[int, int, int]:
    moment = time.localtime(minute * MINUTE)
    return moment.tm_year, moment.tm_mon, moment.tm_mday


def share_text(share: float) -> str:
    """Return ` 36 %`; what is less than all is never said to be all."""
    return f"{min(round(100 * share), 100 if share >= 1 else 99):>3} %"
