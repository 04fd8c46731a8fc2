"""From a key to its frame: a filter, a page, and what is done with a whole list."""

import re
import time
from collections.abc import Callable

from tests.benchmarks import programs
from tests.benchmarks.heartbeat import beating
from tests.benchmarks.measured import Measured, cpu_seconds
from tests.e2e.terminal import ESCAPE, PAGE_DOWN, Terminal

WORDS = ("curl", "chrome", "10.2", "guzzle", "safari")
PAGES = 12
SORTS = 6
QUIET = 0.15
AFTER_START = 6.0
"""Seconds: what follows a start, such as what is loaded when there is time, is not a key's cost."""


def keys(runs: int, measured: Measured) -> None:
    """Filter key to frame, page down: time and bytes."""
    for size in (1_000, 100_000):
        with programs.list_server(size, "many") as server:
            for _ in range(max(1, runs // 3)):
                with programs.wide(server) as terminal:
                    time.sleep(AFTER_START)
                    _page(terminal, f"{size:,}: page down", measured)
                    _filter(terminal, f"{size:,}: filter key to frame", measured)


def _filter(terminal: Terminal, what: str, measured: Measured) -> None:
    terminal.send("/")
    for word in WORDS:
        for end in range(1, len(word) + 1):
            settle(terminal)
            so_far = re.compile(rf"/ {re.escape(word[:end])}(?!\S)")
            terminal.send(word[end - 1])
            shown = terminal.wait_for(lambda text, typed=so_far: bool(typed.search(text)))
            measured.add(what, (shown - terminal.typed_at) * 1000, goal="20 ms, p95 50")
        terminal.send("\x7f" * len(word))
        terminal.wait_for(lambda text, typed=word: f"/ {typed[0]}" not in text)
    terminal.send(ESCAPE)


def _page(terminal: Terminal, what: str, measured: Measured) -> None:
    for _ in range(PAGES):
        settle(terminal)
        terminal_moved = moved(terminal)
        terminal.send(PAGE_DOWN)
        shown = terminal.wait_for(terminal_moved)
        measured.add(what, (shown - terminal.typed_at) * 1000)
        settle(terminal)
        sent = terminal.bytes_between(terminal.typed_at, time.monotonic())
        measured.add(f"{what}, bytes", sent, "B")


def lists(runs: int, measured: Measured) -> None:
    """The time of what is done with 100,000, to the frame."""
    with programs.list_server(100_000, "demo, with zone") as server:
        for _ in range(max(1, runs // 2)):
            with programs.wide(server) as terminal:
                time.sleep(AFTER_START)
                _walk(terminal, measured)


def _walk(terminal: Terminal, measured: Measured) -> None:
    def timed(what: str, key: str, *wanted: tuple[str, Callable[[str], bool]]) -> None:
        settle(terminal)
        terminal.send(key)
        for frame, is_there in wanted:
            shown = terminal.wait_for(is_there)
            measured.add(f"{what}{frame}", (shown - terminal.typed_at) * 1000, goal="200 ms")

    opened = (" to the dialog", _shows("Cancel  n"))
    planned = (" to the plan", _shows("and press Enter"))
    for _ in range(SORTS):
        timed("sort", "s", ("", moved(terminal)))
    timed("mark all", "a", ("", _shows(r"[\d,]{5,} marked")))
    timed("x with all marked", "x", opened, planned)
    timed("esc", ESCAPE, ("", _gone("Cancel  n")))
    timed("invert", "i", ("", _gone(" marked")))
    timed("groups", "g", ("", _shows(r" in [\d,]+ groups")))
    timed("mark a group", " ", ("", _shows(r"[\d,]{5,} marked")))
    timed("unmark", "u", ("", _gone(" marked")))
    timed("x on the largest group, with rules", "x", opened, planned)
    terminal.send(ESCAPE)
    timed("back to the list", "g", ("", _gone(" groups · ")))
    bars = (" to its bars", _shows("ISSUED PER DAY"))
    timed("overview", "o", ("", _shows("overview of all")), bars)
    timed("back from the overview", ESCAPE, ("", _shows("EXPIRES IN")))


def reload(runs: int, measured: Measured) -> None:
    """An unchanged list of 100,000 that is read again: the longest gap, and the CPU."""
    with (
        programs.list_server(100_000, "many") as server,
        beating() as (command, longest),
        programs.wide(server, command) as terminal,
    ):
        longest(terminal)
        for _ in range(runs):
            before = cpu_seconds(terminal.process.pid)
            terminal.send("r")
            measured.add("100,000 read again: longest gap", longest(terminal), goal="200 ms")
            took = (cpu_seconds(terminal.process.pid) - before) * 1000
            measured.add("100,000 read again: CPU", took, goal="3 % of a minute")


def moved(terminal: Terminal) -> Callable[[str], bool]:
    """Whether the rows at the top are others than now."""
    before = _top_rows(terminal.text)
    return lambda text: _top_rows(text) != before


def _top_rows(text: str) -> list[str]:
    # The row of our own session may be pinned first.
    return re.findall(r"\b[0-9a-f]{8}\b", text)[1:3]


def _shows(pattern: str) -> Callable[[str], bool]:
    wanted = re.compile(pattern)
    return lambda text: wanted.search(text) is not None


def _gone(words: str) -> Callable[[str], bool]:
    return lambda text: words not in text


def settle(terminal: Terminal) -> None:
    """Wait until the last frame is out, and let a tick of the countdown pass by."""
    while terminal.chunks and time.monotonic() - terminal.chunks[-1][0] < QUIET:
        time.sleep(0.02)
