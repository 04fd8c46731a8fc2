"""From a key to its frame: the filter and the page, at 1,000 and at 100,000 sessions."""

import re
import time
from collections.abc import Generator

from tests.benchmarks import programs
from tests.benchmarks.table import Row
from tests.e2e.terminal import ESCAPE, PAGE_DOWN, Terminal

WORDS = ("curl", "chrome", "10.2", "guzzle", "safari")
PAGES = 12


def keys(runs: int) -> Generator[Row]:
    """Filter key to frame, page down: time and bytes."""
    for size in (1_000, 100_000):
        filtered: list[float] = []
        paged: list[float] = []
        sizes: list[float] = []
        with programs.sandbox(size) as server:
            for _ in range(max(1, runs // 3)):
                with programs.sessions(server, columns=120, rows=40) as terminal:
                    programs.wait_for_all(terminal, server)
                    _page(terminal, paged, sizes)
                    _filter(terminal, filtered)
                    programs.quit_program(terminal)
        yield Row(f"{size:,}: filter key to frame", filtered)
        yield Row(f"{size:,}: page down", paged)
        yield Row(f"{size:,}: page down, bytes", sizes, "B")


def _filter(terminal: Terminal, filtered: list[float]) -> None:
    terminal.send("/")
    for word in WORDS:
        for end in range(1, len(word) + 1):
            settle(terminal)
            so_far = re.compile(rf"/ {re.escape(word[:end])}(?!\S)")
            terminal.send(word[end - 1])
            came = terminal.wait_for(lambda text, typed=so_far: bool(typed.search(text)))
            filtered.append((came - terminal.typed_at) * 1000)
        for _ in word:
            terminal.send("\x7f")
        terminal.wait_for(lambda text, typed=word: f"/ {typed[0]}" not in text)
    terminal.send(ESCAPE)


def _page(terminal: Terminal, paged: list[float], sizes: list[float]) -> None:
    for _ in range(PAGES):
        settle(terminal)
        before = top_row(terminal.text)
        terminal.send(PAGE_DOWN)
        came = terminal.wait_for(lambda text, top=before: top_row(text) != top)
        paged.append((came - terminal.typed_at) * 1000)
        settle(terminal)
        sizes.append(terminal.bytes_between(terminal.typed_at, time.monotonic()))


def top_row(text: str) -> str:
    """The id of the row at the top: the first eight hex digits on the screen."""
    ids = re.findall(r"\b[0-9a-f]{8}\b", text)
    # The row of our own session may be pinned first.
    return " ".join(ids[1:3])


def settle(terminal: Terminal) -> None:
    """Wait until the last frame is out, and let a tick of the countdown pass by."""
    quiet = 0.15
    while terminal.chunks and time.monotonic() - terminal.chunks[-1][0] < quiet:
        time.sleep(0.02)
