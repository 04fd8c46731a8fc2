"""New since the last visit: badge, count and filter, and what ends a visit."""

import contextlib
from collections.abc import Awaitable, Callable

import pytest

from tests.sandbox import Call
from tests.sandbox.calls import Fault
from tests.sandbox.state import Caller
from tests.sandbox.users import ADMIN
from tests.tui.demo_app import ADMIN as ADMIN_EMAIL
from tests.tui.demo_app import AGENT, Machine, Running


@pytest.fixture
async def visited(machine: Machine) -> Machine:
    """The first visit is over, and a stranger has come since."""
    async with machine.app() as here:
        await here.press("q")
    machine.state.issue(ADMIN, Caller("evil-bot/1.0", "198.18.0.1"))
    return machine


async def test_a_stranger_has_a_badge_is_counted_and_found(visited: Machine):
    async with visited.app() as here:
        assert "1 new" in here.lines()[1]
        (row,) = [line for line in here.lines() if "evil-bot" in line]
        assert "new · evil-bot 1" in row
        visited.state.issue(ADMIN, Caller("other-bot/2", "198.18.7.1"))  # while it is open
        await here.press("r")
        assert "2 new" in here.text()
        await here.press("slash", *"is:new", "enter")
        assert len(here.ids) == 2
        assert "2 of" in here.text()


async def crash(here: Running) -> None:
    here.app.call_later(lambda: 1 / 0)
    await here.pilot.pause()


async def end_by_signal(here: Running) -> None:
    here.app.leave(143)
    await here.settle()


@pytest.mark.parametrize(
    ("end", "is_ended"), [("q", True), (end_by_signal, False), (crash, False), ("no list", False)]
)
async def test_quitting_ends_a_visit_whose_list_came(
    visited: Machine, end: str | Callable[[Running], Awaitable[None]], is_ended: bool
):
    if end == "no list":
        visited.state.fail_next(Call.LIST, *[Fault(503)] * 9)
    with contextlib.suppress(ZeroDivisionError):
        async with visited.app() as here:
            await (here.press("q") if isinstance(end, str) else end(here))
    async with visited.app() as here:
        assert (" new" in here.lines()[1]) is not is_ended


async def test_switching_ends_the_visit_of_the_account_that_is_left(visited: Machine):
    await visited.log_in(AGENT)
    await visited.log_in(ADMIN_EMAIL)
    async with visited.app() as here:
        assert "1 new" in here.text()
        await here.press("A", "end", "enter")
        assert here.sessions.feed.account.user == AGENT
        await here.press("A", "home", "enter")
        assert here.sessions.feed.account.user == ADMIN_EMAIL
        assert " new" not in here.lines()[1]


async def test_a_visits_file_that_cannot_be_read_is_said_and_the_list_is_shown(visited: Machine):
    visited.local_files.paths.visits_file.write_text("{")
    async with visited.app() as here:
        assert "visits.json was damaged" in here.toasts
        assert "active" in here.text()


async def test_a_visit_that_cannot_be_kept_is_said_at_the_end(visited: Machine):
    async with visited.app() as here:
        visited.local_files.paths.visits_file.chmod(0o644)
        await here.press("q")
        (words,) = here.app.parting_words
        assert "visits.json" in words
        assert "\n  " in words, "it does not say what to do"
