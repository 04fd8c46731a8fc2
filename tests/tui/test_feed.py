"""The live list of an account, without any screen: reading, trouble, freshness, visits."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from qiscus_tui.errors import LoginNeeded, OutOfReach, QiscusTuiError
from qiscus_tui.service.account.connection import Connection, Progress
from qiscus_tui.service.account.workspace import LocalFiles
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.tui.listed.feed import Feed
from tests.clocks import ManualClock
from tests.sandbox import Call, Fault
from tests.service.conftest import Sandbox, sandbox_on


@dataclass
class Live:
    feed: Feed
    sandbox: Sandbox
    lists: list[SessionList]
    changes: list[bool]
    """Whether the list was being read, at each change."""


@pytest.fixture
async def live(clock: ManualClock) -> Live:
    sandbox = sandbox_on(clock, "plain", 24, LocalFiles.in_memory())
    lists: list[SessionList] = []
    changes: list[bool] = []

    async def prepare(listed: SessionList) -> None:
        lists.append(listed)
        feed.take(listed)

    def changed() -> None:
        changes.append(feed.is_loading)

    feed = Feed(sandbox.workspace, await sandbox.log_in(), prepare, changed)
    return Live(feed, sandbox, lists, changes)


def failing(error: QiscusTuiError) -> Callable[..., object]:
    async def read_list(*_: object, **__: object) -> SessionList:
        raise error

    return read_list


async def test_a_reading_brings_the_list_and_says_when_it_begins_and_ends(live: Live) -> None:
    feed = live.feed
    assert not feed.is_read
    assert await asyncio.gather(feed.reload(), feed.reload()) == [[], []]
    assert len(live.lists) == 1  # while it is read it is not read again
    assert feed.is_read
    assert not feed.is_stale
    assert len(feed.listed) == len(live.sandbox.state.sessions())
    assert live.changes[0]
    assert not live.changes[-1]


async def test_a_reading_that_fails_leaves_no_list_and_a_later_one_a_stale_one(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed = live.feed
    for has_list in (False, True):
        before = feed.listed
        with monkeypatch.context() as patched:
            patched.setattr(Connection, "read_list", failing(OutOfReach("No answer")))
            await feed.reload()
        assert feed.listed is before
        assert feed.is_stale
        assert feed.is_missing is not has_list
        assert not feed.has_ended
        await feed.reload()
        assert not feed.is_stale


async def test_it_is_due_after_a_while_but_not_where_a_login_is_needed(
    live: Live, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await live.feed.reload()
    assert not live.feed.is_due
    clock.advance(live.sandbox.workspace.config.ui.reload)
    assert live.feed.is_due
    monkeypatch.setattr(Connection, "read_list", failing(LoginNeeded("The session ended")))
    await live.feed.reload()
    clock.advance(live.sandbox.workspace.config.ui.reload)
    assert live.feed.has_ended
    assert not live.feed.is_due


async def test_a_reading_that_brings_nothing_for_its_whole_period_hangs(
    live: Live, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, answered = asyncio.Event(), asyncio.Event()
    progress: list[Progress] = []

    async def read_list(_: Connection, told: Progress, **_more: object) -> SessionList:
        progress.append(told)
        asked.set()
        await answered.wait()
        raise OutOfReach("No answer")

    monkeypatch.setattr(Connection, "read_list", read_list)
    reading = asyncio.create_task(live.feed.reload())
    await asked.wait()
    period = live.sandbox.workspace.config.ui.reload
    clock.advance(period - 1)
    assert not live.feed.hangs
    progress[0](2000, None)
    assert live.feed.progress == 2000
    clock.advance(period - 1)
    assert not live.feed.hangs
    clock.advance(1)
    assert live.feed.hangs
    answered.set()
    await reading
    assert not live.feed.hangs


async def test_a_new_login_goes_on_with_the_same_list(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    await live.feed.reload()
    with monkeypatch.context() as patched:
        patched.setattr(Connection, "read_list", failing(LoginNeeded("The session ended")))
        await live.feed.reload()
    old, listed = live.feed.connection, live.feed.listed
    assert live.feed.replace_connection(await live.sandbox.log_in()) is old
    assert not live.feed.has_ended
    assert live.feed.listed is listed
    await live.feed.reload()
    assert not live.feed.is_stale


async def test_a_refresh_is_busy_and_a_rejected_token_needs_a_login(live: Live) -> None:
    await live.feed.reload()
    busy: list[bool] = []
    live.feed.changed = lambda: busy.append(live.feed.is_busy)
    live.sandbox.clock.advance(5)
    await live.feed.refresh_token()
    assert busy == [True, False]
    live.sandbox.state.fail_next(Call.REFRESH, *[Fault(401)] * 9)
    live.sandbox.clock.advance(5)
    with pytest.raises(QiscusTuiError):
        await live.feed.refresh_token()
    assert not live.feed.is_busy
