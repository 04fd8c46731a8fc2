"""How cost grows with the list: each row has its ratio to the row before, which has fewer sessions.

The model, filter, sort, groups and plans in this process; the app as a whole process.
"""

import gc
import time
from collections.abc import Callable, Generator, Sequence

from msgspec.structs import replace

from qiscus_tui.model.durations import DAY
from qiscus_tui.model.group_keys import USUAL_KEYS
from qiscus_tui.model.ids import fingerprint
from qiscus_tui.model.retention_rules import Retention
from qiscus_tui.model.retention_rules import RetentionRules as Rules
from qiscus_tui.query import Moment, SortKey, order, parse, select
from qiscus_tui.service.revocation.plan import Allowed, Selection, make_plan
from qiscus_tui.service.sessions.groups import grouped
from qiscus_tui.service.sessions.session_list import SessionList
from tests.benchmarks import programs
from tests.benchmarks.arriving import static_server
from tests.benchmarks.groups import NOW, demo_list
from tests.benchmarks.keys import settle, top_row
from tests.benchmarks.process import cpu_seconds, main_thread_seconds, memory_mib
from tests.benchmarks.table import Row
from tests.e2e.terminal import PAGE_DOWN, Terminal

SIZES = (1_000, 10_000, 100_000, 300_000)
MODEL_SIZES = (*SIZES, 1_000_000)
SEEDED = 10_000
"""Sessions that the demo makes; more are these again, a second earlier each time."""

MOMENT = Moment(NOW, DAY)
RULES = Retention(USUAL_KEYS, Rules(keep_newest=1, keep_used_within=DAY))


def growth(runs: int) -> Generator[Row]:
    """CPU at each size, and memory; no more than 10 x (3 x, 3.3 x) and a little for n log n."""
    measured: dict[str, list[tuple[int, list[float], str]]] = {}
    for size in MODEL_SIZES:
        for what, took in _model(size, max(1, runs // 3)):
            measured.setdefault(what, []).append((size, took, "ms"))
    for size in SIZES:
        for what, value, unit in _app(size):
            measured.setdefault(what, []).append((size, [value], unit))
    for what, rows in measured.items():
        before: Sequence[float] = ()
        for size, values, unit in rows:
            yield Row(f"{what}, {size:,}", values, unit, base=before)
            before = values


def _model(size: int, runs: int) -> Generator[tuple[str, list[float]]]:
    listed = _list_of(size)
    gc.collect()
    gc.freeze()
    works: dict[str, Callable[[], object]] = {
        "filter a word": lambda: select(parse("chrome"), listed, MOMENT),
        "filter idle:>7d": lambda: select(parse("idle:>7d"), listed, MOMENT),
        "sort by creation": lambda: order(listed, SortKey.CREATED),
        "sort by client": lambda: order(listed, SortKey.CLIENT),
        "sort by id": lambda: order(listed, SortKey.ID),
        "groups": lambda: grouped(listed, USUAL_KEYS, MOMENT),
        "plan with rules": lambda: make_plan(
            listed, Selection(range(size), "all"), Allowed(), RULES, MOMENT
        ),
    }
    for what, work in works.items():
        yield what, [_cpu(work) for _ in range(runs)]
    gc.unfreeze()


def _list_of(size: int) -> SessionList:
    base = demo_list(min(size, SEEDED))
    names = {one.user_agent: name for one, name in zip(base.sessions, base.clients, strict=True)}
    sessions = [
        one
        if not again
        else replace(
            one, id=fingerprint(f"{one.id}{again}"), created_at=_ago(one.created_at, again)
        )
        for again in range(size // len(base))
        for one in base.sessions
    ]
    clients = [names[one.user_agent] for one in sessions]
    search = [
        f"{name} {one.safe_agent}".casefold() for name, one in zip(clients, sessions, strict=True)
    ]
    return SessionList(
        sessions, clients, [None] * size, bytes(size), base.current, 0, NOW, 0.0, search=search
    )


def _ago(at: float | None, seconds: float) -> float | None:
    return None if at is None else at - seconds


def _cpu(work: Callable[[], object]) -> float:
    began = time.thread_time()
    work()
    return (time.thread_time() - began) * 1000


def _app(size: int) -> Generator[tuple[str, float, str]]:
    with static_server(size) as server, programs.sessions(server.sandbox, 120, 40) as terminal:
        programs.wait_for_all(terminal, server.sandbox)
        pid = terminal.process.pid
        yield "on screen: CPU", (cpu_seconds(pid) or 0.0) * 1000, "ms"
        time.sleep(2)
        for what, key in (("page down: CPU", PAGE_DOWN), ("sorted rows: CPU", "s")):
            yield what, _cpu_of_key(terminal, key), "ms"
        yield "memory", (memory_mib(pid) or (0.0, 0.0))[0], "MiB"
        programs.quit_program(terminal)


def _cpu_of_key(terminal: Terminal, key: str) -> float:
    settle(terminal)
    before, shown = main_thread_seconds(terminal.process.pid), top_row(terminal.text)
    terminal.send(key)
    terminal.wait_for(lambda text: top_row(text) != shown)
    return (main_thread_seconds(terminal.process.pid) - before) * 1000
