"""From a key to its frame, for what is done with a whole list: sort, mark, group, count, revoke."""

import re
import time
from collections import defaultdict
from collections.abc import Callable, Generator

from tests.benchmarks import programs
from tests.benchmarks.arriving import static_server
from tests.benchmarks.keys import settle, top_row
from tests.benchmarks.process import main_thread_seconds
from tests.benchmarks.table import Row
from tests.e2e.terminal import END, ESCAPE, HOME, PAGE_DOWN, PAGE_UP, Terminal

SIZES = (100_000, 300_000)
SORTS = 6
GOAL = "100 ms"

Took = defaultdict[str, list[float]]


def lists(runs: int) -> Generator[Row]:
    """The time of each at 100,000 and at 300,000, and what the program computed meanwhile."""
    for size in SIZES:
        took: Took = defaultdict(list)
        with static_server(size) as server:
            for _ in range(max(1, runs // 2)):
                with programs.sessions(server.sandbox, columns=120, rows=40) as terminal:
                    programs.wait_for_all(terminal, server.sandbox)
                    time.sleep(2)  # what follows a start is not a key's cost
                    _walk(terminal, took)
                    programs.quit_program(terminal)
        for what, values in took.items():
            goal = GOAL if size == SIZES[0] and not what.endswith("CPU") else ""
            yield Row(f"{size:,}: {what}", values, goal=goal)


def _walk(terminal: Terminal, took: Took) -> None:
    def timed(what: str, key: str, *wanted: tuple[str, Callable[[str], bool]]) -> None:
        settle(terminal)
        pid = terminal.process.pid
        before = main_thread_seconds(pid)
        terminal.send(key)
        for frame, is_there in wanted:
            came = terminal.wait_for(is_there)
            cpu = main_thread_seconds(pid) - before
            took[f"{what}{frame}"].append((came - terminal.typed_at) * 1000)
            took[f"{what}{frame}: CPU"].append(cpu * 1000)

    def moved() -> Callable[[str], bool]:
        before = top_row(terminal.text)
        return lambda text: top_row(text) != before

    opened = (" to the dialog", _shows("Cancel  n"))
    planned = (" to the plan", _shows("and press Enter"))
    for _ in range(SORTS):
        timed("sort to the rows", "s", ("", moved()))
    timed("mark all", "a", ("", _shows(r"[\d,]{5,} marked")))
    timed("x with all marked", "x", opened, planned)
    timed("esc", ESCAPE, ("", _gone("Cancel  n")))
    timed("invert", "i", ("", _gone(" marked")))
    timed("groups", "g", ("", _shows(r" in [\d,]+ groups")))
    timed("mark a group", " ", ("", _shows(r"[\d,]{5,} marked")))
    timed("unmark", "u", ("", _gone(" marked")))
    timed("page down in groups", PAGE_DOWN, ("", _first_group_moved(terminal)))
    timed("page up in groups", PAGE_UP, ("", _first_group_moved(terminal)))
    terminal.send(HOME)
    timed("x on the largest group, with rules", "x", opened, planned)
    terminal.send(ESCAPE)
    timed("back to the list", "g", ("", _gone(" groups")))
    timed(
        "overview", "o", ("", _shows("overview of all")), (" to its bars", _shows("ISSUED PER DAY"))
    )
    timed("back from the overview", ESCAPE, ("", _shows("EXPIRES IN")))
    terminal.send(END)


def _shows(pattern: str) -> Callable[[str], bool]:
    wanted = re.compile(pattern)
    return lambda text: wanted.search(text) is not None


def _gone(words: str) -> Callable[[str], bool]:
    return lambda text: words not in text


def _first_group_moved(terminal: Terminal) -> Callable[[str], bool]:
    before = _first_group(terminal.text)
    return lambda text: _first_group(text) != before


def _first_group(text: str) -> str:
    return text.split("\n")[5]
