"""A while in front of a changing list, in accelerated time: neither memory nor tasks grow.

`QISCUS_TUI_SOAK=3600` is an hour; `-s` shows the figures.
"""

import asyncio
import gc
import os
import random
import sys
from statistics import median

from rich.cells import cached_cell_len

from qiscus_tui.store.config import Config, UiConfig
from tests.clocks import ManualClock
from tests.sandbox import USERS, DemoState
from tests.sandbox.state import Caller
from tests.tui.demo_app import Running, at_sessions

SECONDS = int(os.environ.get("QISCUS_TUI_SOAK", "60"))
RELOAD = 6
AGENTS = ("curl/8.5", "GuzzleHttp/7", "python-requests/2.31", "Mozilla/5.0 (X11; Linux x86_64)")
KEYS = ("j", "k", "space", "s", "pagedown", "home")
COME_AND_GO = 5
"""Sessions that begin and end between two readings."""
MOST_MORE = 100
"""Blocks of memory a reading: the tests' server keeps 60; a list that is kept has 250 and more."""


async def test_it_stays_as_it_began(clock: ManualClock) -> None:
    blocks: list[int] = []
    tasks: list[int] = []
    rng = random.Random(5)
    config = Config(ui=UiConfig(reload=float(RELOAD)))
    async with at_sessions(clock, sessions=40, config=config) as here:
        for second in range(1, SECONDS + 1):
            if second % RELOAD == 0:
                come_and_go(here.state, rng)
                await here.press(rng.choice(KEYS))
            await here.tick()
            if second % RELOAD == 0:
                blocks.append(in_use())
                tasks.append(len(asyncio.all_tasks()))
        assert is_right(here)
    sixth = max(1, len(blocks) // 6)
    print(f"blocks: {blocks}; tasks: {tasks}")
    # After the first sixth, while caches fill.
    assert median(blocks[-sixth:]) - median(blocks[sixth : 2 * sixth]) < MOST_MORE * len(blocks)
    assert tasks[-1] <= tasks[0]


def come_and_go(state: DemoState, rng: random.Random) -> None:
    """Some sessions begin, as many end; nobody's own."""
    user = USERS[state.credentials.email]
    for _ in range(COME_AND_GO):
        state.issue(user, Caller(rng.choice(AGENTS), f"10.2.{rng.randrange(4)}.{rng.randrange(9)}"))
    others = [one for one in state.sessions() if not (one.agent or "").startswith("qiscus-tui")]
    for gone in rng.sample(others, COME_AND_GO):
        state.end(gone.token)


def in_use() -> int:
    """Blocks of memory, without the 4,096 texts whose widths rich keeps: they only fill up."""
    cached_cell_len.cache_clear()
    gc.collect()
    return sys.getallocatedblocks()


def is_right(here: Running) -> bool:
    """Whether the list is that of the server, and no reading failed."""
    feed = here.sessions.feed
    return (
        feed.trouble is None and abs(len(feed.listed) - len(here.state.sessions())) <= COME_AND_GO
    )
