"""Counts, and filters that name a length of time, are right a second later too."""

import dataclasses

import pytest

from qiscus_tui.query import SortKey, parse, select
from qiscus_tui.store.config import Config, UiConfig
from qiscus_tui.tui.listed import work
from qiscus_tui.tui.listed.order import Sorting
from qiscus_tui.tui.sessions import shown_list
from tests.clocks import ManualClock
from tests.sandbox import Call, Fault
from tests.tui.demo_app import DAY, Running, at_sessions

SELDOM = Config(ui=UiConfig(reload=DAY))
"""The list is not read again while a test runs."""


async def filtered(here: Running, text: str) -> None:
    """Filter, and go back to the table."""
    await here.press("slash")
    here.sessions.filter_bar.show(text)
    await here.press("enter")


def holds(here: Running) -> bool:
    """Whether exactly what matches now is shown."""
    screen = here.sessions
    found = select(parse(screen.filter_bar.value), screen.feed.listed, screen.list.moment())
    return sorted(screen.table.order) == found


def times(here: Running) -> list[float]:
    """When the sessions end."""
    return [
        one.expires_at for one in here.sessions.feed.listed.sessions if one.expires_at is not None
    ]


@pytest.mark.parametrize(
    "text", ["is:expiring", "is:expired", "expires:<24h", "age:>29d", "idle:>29d", "-is:expired"]
)
async def test_a_filter_follows_the_time(clock: ManualClock, text: str) -> None:
    async with at_sessions(clock, sessions=200, config=SELDOM) as here:
        await filtered(here, text)
        shown = [len(here.ids)]
        for _ in range(24):
            await here.tick(1801)
            assert holds(here)
            assert f"{len(here.ids)} of 201" in here.lines()[2]
            shown.append(len(here.ids))
        assert len(set(shown)) > 1, "the data should have shown a change"


async def test_what_has_just_expired_leaves_within_the_second(clock: ManualClock) -> None:
    async with at_sessions(clock, sessions=200, config=SELDOM) as here:
        await filtered(here, "is:expiring")
        before = len(here.ids)
        await here.tick(min(times(here)) - here.sessions.feed.server_now - 1)
        assert len(here.ids) == before
        await here.tick(1)  # at the very moment
        assert len(here.ids) == before - 1


async def test_the_cursor_stays_on_its_session_and_hidden_marks_are_counted(
    clock: ManualClock,
) -> None:
    async with at_sessions(clock, sessions=200, config=SELDOM) as here:
        await filtered(here, "is:expiring")
        await here.press("S", "home", "space")  # the first to end is marked
        at = here.sessions.table.cursor_id
        await here.tick(min(times(here)) - here.sessions.feed.server_now)
        assert here.sessions.table.cursor_id == at
        assert "1 marked (1 hidden)" in here.text()


async def test_a_filter_that_names_no_time_is_not_looked_at_again(clock: ManualClock) -> None:
    async with at_sessions(clock, sessions=200, config=SELDOM) as here:
        await filtered(here, "curl")
        search = here.sessions.view.search
        await here.tick(DAY / 2)
        assert here.sessions.view.search is search


async def test_a_long_list_is_looked_at_again_once_a_minute(
    clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "AT_ONCE", 50)
    monkeypatch.setattr(shown_list, "AT_ONCE", 50)
    async with at_sessions(clock, sessions=200, config=SELDOM) as here:
        await filtered(here, "expires:<24h")
        await here.tick(60 - clock.now() % 60)
        search = here.sessions.view.search
        for _ in range(59):
            await here.tick()
            assert here.sessions.view.search is search
        await here.tick()
        assert here.sessions.view.search is not search
        assert holds(here)


async def test_a_clock_that_was_set_back_brings_sessions_back(clock: ManualClock) -> None:
    async with at_sessions(clock, sessions=200, config=SELDOM) as here:
        await filtered(here, "is:expired")
        await here.tick(7200)
        assert len(here.ids) > 0
        await here.tick(-7100)
        assert holds(here)


async def test_a_list_that_stays_for_days_is_counted_right(clock: ManualClock) -> None:
    async with at_sessions(clock, sessions=300, config=SELDOM) as here:
        here.state.fail_next(Call.LIST, *[Fault(403, b"{}")] * 9)
        for hours in (3, 9, 30, 60):
            await here.tick(hours * 3600)
            await here.tick()
            now = here.sessions.feed.server_now
            active = sum(end > now for end in times(here))
            expiring = sum(now < end <= now + DAY for end in times(here))
            assert f" {active} active · {expiring} expire within 24h" in here.lines()[1]


async def test_a_mark_that_changes_the_filter_takes_no_order_for_the_one_that_is_yet_to_come(
    clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with at_sessions(clock, sessions=200) as here:
        await filtered(here, "-is:marked")
        rows, feed = here.sessions.list, here.sessions.feed
        monkeypatch.setattr(work, "AT_ONCE", 0)  # a long list: sorted in a thread
        rows.sort(Sorting(SortKey.ID))
        rows.toggle_mark()
        rows.marks_changed()
        await rows.prepare(dataclasses.replace(feed.listed))  # the same sessions with other names
        assert here.ids[1:] == sorted(here.ids[1:])
        assert len(here.ids) == len(feed.listed) - 1
