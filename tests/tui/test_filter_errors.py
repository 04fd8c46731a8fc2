"""A filter that can't be read: what is shown meanwhile, what is refused, what is said."""

import pytest
from rich.cells import cell_len

from tests.clocks import ManualClock
from tests.tui.demo_app import Running, at_sessions

CHOOSING = ["a", "i", "space", "v", "shift+down", "x", "P", "X", "e"]


async def typed(running: Running, text: str) -> None:
    """Type a filter, as fingers do."""
    names = {
        " ": "space",
        ":": "colon",
        ">": "greater_than_sign",
        "-": "minus",
        '"': "quotation_mark",
    }
    await running.press("slash", "ctrl+u", *(names.get(key, key) for key in text))


@pytest.mark.parametrize("wrong", ["is:expi", "age:>", "age>7d", "clint:x", "-is:", "or"])
async def test_the_list_stays_as_it_was_before_the_word_was_begun(
    clock: ManualClock, wrong: str
) -> None:
    async with at_sessions(clock, sessions=300) as running:
        await typed(running, "client:curl")
        before = running.ids
        assert 0 < len(before) < 300
        await running.press("enter")
        await typed(running, f"client:curl {wrong}")
        assert running.ids == before
        await running.press("enter")
        assert running.focus == "filter"
        await running.click_list()
        assert running.ids == before


@pytest.mark.parametrize("more", [" -curl", " clint:x", " is:current"])
async def test_words_behind_the_error_count_when_it_is_corrected(
    clock: ManualClock, more: str
) -> None:
    async with at_sessions(clock, sessions=300) as running:
        await typed(running, "client:curl")
        before = running.ids
        await typed(running, f"client:curl age:x{more}")
        assert running.ids == before
        await running.click_list()
        assert "The list still shows: client:curl" in running.words()
        await typed(running, "client:curl -curl")
        assert running.ids == []


async def test_nothing_that_is_shown_can_be_chosen_until_it_is_corrected(
    clock: ManualClock,
) -> None:
    async with at_sessions(clock, sessions=300) as running:
        await typed(running, "client:curl is:expi")
        await running.click_list()
        for key in CHOOSING:
            await running.press(key)
            assert running.app.screen is running.sessions
            assert "'expi' is not a state" in running.toasts
            running.app.clear_notifications()
        assert running.sessions.table.mark_counts.total == 0
        await typed(running, "client:curl")
        await running.press("enter", "a")
        assert running.sessions.table.mark_counts.total == len(running.ids)
        assert not running.toasts


async def test_marks_of_before_are_not_revoked_while_the_filter_has_an_error(
    clock: ManualClock,
) -> None:
    async with at_sessions(clock) as running:
        await running.press("j", "space")
        await typed(running, "age:>")
        await running.click_list()
        await running.press("x")
        assert running.app.screen is running.sessions
        assert "age:> needs a duration" in running.toasts
        await running.press("escape", "x")
        assert running.app.screen is not running.sessions


async def test_the_error_is_said_once_with_what_was_meant(clock: ManualClock) -> None:
    async with at_sessions(clock, size=(160, 40)) as running:
        await typed(running, "client:curl is:expi")
        assert running.words().count("'expi' is not a state") == 1
        assert "is:expiring or is:expired" in running.words()
        await running.click_list()
        assert running.words().count("'expi' is not a state, at character 16") == 1
        assert "is:expiring or is:expired" in running.words()
        assert "The list still shows: client:curl" in running.words()


async def test_no_match_beside_an_error_names_the_words_that_count(clock: ManualClock) -> None:
    async with at_sessions(clock) as running:
        await typed(running, "client:nobody age:>")
        await running.press("enter")
        assert "No session matches client:nobody" in running.words()
        assert "age:> needs a duration" in running.words()


async def test_a_word_is_typed_behind_the_filter_of_a_bar(clock: ManualClock) -> None:
    async with at_sessions(clock, sessions=300) as running:
        running.sessions.filter_by("client:curl")
        await running.settle()
        some = running.ids
        await running.press("slash", *"zzz")
        assert running.value("#filter") == "client:curl zzz"
        await running.press("backspace", "backspace", "backspace", "backspace")
        assert running.ids == some


@pytest.mark.parametrize("key", ["enter", "shift+tab", "down"])
async def test_a_correction_behind_enter_is_typed_and_runs_no_command(
    clock: ManualClock, key: str
) -> None:
    async with at_sessions(clock) as running:
        await typed(running, "client:curl age:>")
        await running.press(key, "l", "u", "x", "q")
        assert running.app.screen is running.sessions
        assert running.value("#filter") == "client:curl age:>luxq"
        await running.press("escape")
        assert running.focus == "table"


@pytest.mark.parametrize("before", ["curl", "漢字", "ｃｕｒｌ 漢"])
async def test_the_sign_of_an_error_stands_under_its_word(clock: ManualClock, before: str) -> None:
    async with at_sessions(clock, size=(120, 40)) as running:
        await running.press("slash")
        running.sessions.filter_bar.show(f"{before} is:expi")
        await running.settle()
        line = next(line for line in running.lines() if "is:expi" in line)
        rule = next(line for line in running.lines() if "↑" in line)
        assert cell_len(rule.split("↑")[0]) == cell_len(line.split("expi")[0])


async def test_up_shows_the_filter_before_and_not_the_same_again(clock: ManualClock) -> None:
    async with at_sessions(clock) as running:
        for text in ("guzzle", "curl"):
            await typed(running, text)
            await running.press("enter")
        await running.press("slash", "up")
        assert running.value("#filter") == "guzzle"
