"""Keys that come in one read act as if they were typed one by one."""

from textual import events
from textual.keys import _character_to_key

from qiscus_tui.tui.session.screen import DetailScreen
from qiscus_tui.tui.terminal.key_queue import KeyDone, KeyQueue
from tests.clocks import ManualClock
from tests.sandbox import Call
from tests.tui.demo_app import Running, at_sessions

NAMES = {"\t": "tab", "\r": "enter", "\x1b": "escape", " ": "space"}


def keys(text: str) -> list[events.Key]:
    return [events.Key(NAMES.get(c) or _character_to_key(c), c) for c in text]


async def burst(running: Running, text: str) -> None:
    """All of it before anything is looked at."""
    for key in keys(text):
        running.app.post_message(key)
    await running.settle()
    await running.pilot.pause(0.05)
    await running.settle()


async def test_what_follows_a_slash_is_the_filters_and_what_follows_enter_the_tables(
    clock: ManualClock,
) -> None:
    async with at_sessions(clock, sessions=400) as running:
        reads = running.state.calls[Call.LIST]
        await burst(running, "/curl\ra")
        assert running.value("#filter") == "curl"
        assert running.state.calls[Call.LIST] == reads
        assert 0 < len(running.ids) < 100
        assert running.sessions.table.mark_counts.total == len(running.ids)


async def test_what_follows_f_goes_into_the_dialog_and_r_reloads_nothing(
    clock: ManualClock,
) -> None:
    async with at_sessions(clock) as running:
        reads = running.state.calls[Call.LIST]
        await burst(running, "Frrraui")
        assert running.value("#token") == "rrraui"
        assert running.state.calls[Call.LIST] == reads
        assert not running.sessions.table.mark_counts.total


async def test_a_burst_never_confirms(clock: ManualClock) -> None:
    async with at_sessions(clock) as running:
        await burst(running, "jx" + "y\r" * 20)
        assert not running.state.revoke_requests


async def test_keys_behind_enter_are_the_detail_screens(clock: ManualClock) -> None:
    async with at_sessions(clock) as running:
        await burst(running, "\raia")
        assert isinstance(running.app.screen, DetailScreen)
        assert not running.sessions.table.mark_counts.total


async def test_a_paste_into_the_table_does_nothing_and_behind_a_slash_it_is_the_filters(
    clock: ManualClock,
) -> None:
    async with at_sessions(clock) as running:
        running.app.post_message(events.Paste("xyXauq"))
        await running.settle()
        assert not running.state.revoke_requests
        assert running.app.screen is running.sessions
        running.app.post_message(keys("/")[0])
        running.app.post_message(events.Paste("guzzle"))
        await running.settle()
        assert running.value("#filter") == "guzzle"


async def test_keys_that_are_left_when_the_app_ends_do_nothing(clock: ManualClock) -> None:
    delivered: list[events.Event] = []

    async def deliver(event: events.Event) -> None:
        delivered.append(event)

    async with at_sessions(clock) as running:
        queue = KeyQueue(running.app, deliver)
        for key in keys("jk"):
            await queue.queued(key)
    assert not running.app.screen_stack
    before = len(delivered)
    await queue.key_done(KeyDone(queue._number, 2))
    assert len(delivered) == before
