"""Keys that come in one read act as if they were typed one by one."""

from textual import events
from textual.keys import _character_to_key

from qiscus_tui.demo import Call
from qiscus_tui.tui.driver import LATE, TornReplies
from qiscus_tui.tui.screens.detail import DetailScreen
from tests.clocks import ManualClock
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


async def test_what_follows_a_slash_goes_into_the_filter(clock: ManualClock) -> None:
    async with at_sessions(clock, sessions=400) as running:
        reads = running.state.calls[Call.LIST]
        await burst(running, "/curl")
        assert running.value("#filter") == "curl"
        assert running.state.calls[Call.LIST] == reads
        assert 0 < len(running.ids) < 100


async def test_enter_ends_the_filter_and_the_next_keys_are_the_tables(clock: ManualClock) -> None:
    async with at_sessions(clock, sessions=400) as running:
        await burst(running, "/curl\ra")
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
        cursor = running.sessions.table.cursor_row
        await burst(running, "\rjjj")
        assert isinstance(running.app.screen, DetailScreen)
        assert running.sessions.table.cursor_row == cursor


async def test_a_paste_into_the_table_does_nothing(clock: ManualClock) -> None:
    async with at_sessions(clock) as running:
        running.app.post_message(events.Paste("xyXauq"))
        await running.settle()
        assert not running.state.revoke_requests
        assert running.app.screen is running.sessions


async def test_a_paste_behind_a_slash_is_the_filters(clock: ManualClock) -> None:
    async with at_sessions(clock) as running:
        running.app.post_message(keys("/")[0])
        running.app.post_message(events.Paste("guzzle"))
        await running.settle()
        assert running.value("#filter") == "guzzle"


def kept(torn: TornReplies, typed: list[events.Key]) -> list[str]:
    return [key.key for key in typed if not torn.is_piece(key)]


def test_a_reply_torn_behind_its_escape_is_no_key(clock: ManualClock) -> None:
    torn = TornReplies(clock.monotonic)
    assert kept(torn, keys("\x1b")) == ["escape"]
    clock.advance(0.5)
    assert kept(torn, keys("[?2026;2$y")) == []
    assert kept(torn, keys("j")) == ["j"]


def test_a_reply_torn_in_the_middle_is_no_key(clock: ManualClock) -> None:
    torn = TornReplies(clock.monotonic)
    begun = [events.Key("alt+left_square_bracket", "["), *keys("?2026")]
    assert kept(torn, begun) == []
    clock.advance(0.5)
    assert kept(torn, keys(";2$y")) == []
    assert kept(torn, keys("y")) == ["y"]


def test_keys_are_keys_again_when_a_reply_never_ends(clock: ManualClock) -> None:
    torn = TornReplies(clock.monotonic)
    assert kept(torn, [events.Key("alt+left_square_bracket", "["), *keys("?20")]) == []
    clock.advance(LATE + 1)
    assert kept(torn, keys("/9")) == ["slash", "9"]


def test_escape_and_then_ordinary_keys_pass(clock: ManualClock) -> None:
    torn = TornReplies(clock.monotonic)
    assert kept(torn, keys("\x1bj[/")) == ["escape", "j", "left_square_bracket", "slash"]
