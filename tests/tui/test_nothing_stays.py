"""What was closed or read again leaves nothing behind: no task, no timer, no line, no list."""

import asyncio
import gc

from textual._styles_cache import StylesCache
from textual.timer import Timer
from textual.widget import Widget

from qiscus_tui.model.clock import DAY
from qiscus_tui.service.overview import Origins
from qiscus_tui.service.sessions.session_list import SessionList
from tests.sandbox.state import Caller
from tests.sandbox.users import ADMIN
from tests.tui.demo_app import Running, at_sessions

OPENED = ("question_mark", "enter", "o", "x", "P", "A", "L", "colon", "F", "l", "e", "G", "X")
"""Keys of the list that open something."""
KINDS = (Widget, Timer, StylesCache, SessionList, Origins)


async def opened_and_closed(here: Running) -> tuple[int, int]:
    """Open each once, while others log in and out; return the tasks, and what is left of it all."""
    for key in OPENED:
        await here.press(key)
        here.state.end(here.state.sessions()[0].token)
        here.state.issue(ADMIN, Caller("curl/8.5", "10.2.0.1"))
        here.sessions.reload()
        await here.settle()
        while here.app.screen is not here.sessions:
            await here.press("escape")
    counts: list[int] = []
    for _ in range(2):  # what was closed last may still be in hand
        for key in ("r", "question_mark", "escape"):
            await here.press(key)
        gc.collect()
        counts.append(sum(isinstance(one, KINDS) for one in gc.get_objects()))
    return len(asyncio.all_tasks()), min(counts)


async def test_what_was_closed_is_gone() -> None:
    async with at_sessions() as here:
        first = await opened_and_closed(here)
        assert await opened_and_closed(here) == first


async def test_a_screen_whose_widgets_are_gone_can_still_be_drawn() -> None:
    async with at_sessions() as here:
        for keys in (("j", "enter"), ("o",), ("A",)):
            await here.press(*keys)
            screen = here.app.screen
            assert screen is not here.sessions
            await screen.remove_children()
            here.clock.advance(10 * DAY)
            here.sessions.reload()  # which the screen in front follows
            await here.settle()
            assert here.app.screen is screen
            screen.dismiss()
            await here.settle()
        await here.sessions.preview.remove()
        here.sessions.draw()
        rows, listed = here.sessions.list, here.sessions.feed.listed
        await rows.table.remove()
        await rows.prepare(listed)
