"""The revoke dialog until somebody says yes: what it shows, and what counts as a yes."""

from dataclasses import replace

import pytest
from textual import events
from textual.pilot import Pilot

from qiscus_tui.model.known import Known
from qiscus_tui.model.session import Current
from qiscus_tui.service.revocation.plan import Selection
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.tui.dialogs.question import BURST_IGNORED, TypedField
from qiscus_tui.tui.revoke.dialog import RevokeDialog
from tests.sandbox import Call
from tests.tui.dialogs_on_demo import DialogApp, Stage, settled, shown, stage, typed

CRON = Known("billing cron", client="GuzzleHttp", protect=True)


def dialog(
    on: Stage,
    positions: list[int],
    *,
    hidden: frozenset[int] = frozenset(),
    listed: SessionList | None = None,
) -> RevokeDialog:
    return RevokeDialog(
        on.connection, listed or on.listed, Selection(positions, "marked", hidden=hidden)
    )


def protected(on: Stage) -> list[int]:
    return [i for i, known in enumerate(on.listed.labels) if known is not None]


async def paste(pilot: Pilot[None], text: str) -> None:
    pilot.app.post_message(events.Paste(text))
    await pilot.pause()
    await pilot.pause()  # the question is drawn again after the paste


async def test_it_shows_what_goes_and_cancel_has_the_focus() -> None:
    on = await stage()
    async with DialogApp().run_test(size=(80, 24)) as pilot:
        app = await shown(pilot, dialog(on, on.other_positions(2)))
        text = app.text()
        assert "Revoke 2 sessions" in text
        for position in on.other_positions(2):
            assert on.listed.sessions[position].id[:8] in text
        assert app.focused is not None
        assert app.focused.id == "cancel"


async def test_y_revokes_and_the_verified_result_is_shown() -> None:
    on = await stage()
    before = on.live_ids()
    async with DialogApp().run_test(size=(80, 24)) as pilot:
        app = await shown(pilot, dialog(on, on.other_positions(2)), on.clock)
        await pilot.press("y")
        await settled(pilot)
        assert "2 revoked" in app.text()
        assert on.live_ids() == before - 2
        await pilot.press("enter")
        (report,) = app.answers
        assert report.words == "2 revoked"  # pyright: ignore[reportAttributeAccessIssue]


@pytest.mark.parametrize("key", ["n", "escape", "enter"])
async def test_nothing_is_sent_when_it_is_cancelled(key: str) -> None:
    on = await stage()
    async with DialogApp().run_test(size=(80, 24)) as pilot:
        app = await shown(pilot, dialog(on, on.other_positions(2)), on.clock)
        await pilot.press(key)
        await pilot.pause()
        assert app.answers == [None]
        assert not on.state.revoke_requests


@pytest.mark.parametrize("how", ["y", "tab enter", "click"])
async def test_confirming_is_dead_for_half_a_second_after_the_drawing(how: str) -> None:
    on = await stage()

    async def confirm(pilot: Pilot[None]) -> None:
        if how == "click":
            await pilot.click("#confirm")
        else:
            pilot.app.screen.query_one("#confirm").focus() if " " in how else None
            await pilot.press(how.rpartition(" ")[2])
        await settled(pilot)

    async with DialogApp().run_test(size=(80, 24)) as pilot:
        app = await shown(pilot, dialog(on, on.other_positions(2)))
        on.clock.advance(0.49)
        await confirm(pilot)
        assert not on.state.revoke_requests
        on.clock.advance(0.3)
        await confirm(pilot)
        assert len(on.state.revoke_requests) == 2
        assert "2 revoked" in app.text()


async def test_a_burst_of_keys_confirms_nothing() -> None:
    on = await stage()
    async with DialogApp().run_test(size=(80, 24)) as pilot:
        await shown(pilot, dialog(on, on.other_positions(2)), on.clock)
        await pilot.press("x", "y")
        await settled(pilot)
        assert not on.state.revoke_requests


async def test_a_paste_confirms_nothing_and_makes_it_dead_again() -> None:
    on = await stage()
    async with DialogApp().run_test(size=(80, 24)) as pilot:
        await shown(pilot, dialog(on, on.other_positions(2)), on.clock)
        await paste(pilot, "y\ny\n")
        on.clock.advance(0.4)
        await pilot.press("y")
        await settled(pilot)
        assert not on.state.revoke_requests
        on.clock.advance(0.2)
        await pilot.press("y")
        await settled(pilot)
        assert len(on.state.revoke_requests) == 2


# What stays


async def test_it_says_what_stays_and_why() -> None:
    on = await stage(known=[CRON])
    positions = [protected(on)[0], on.own_position, *on.other_positions(1)]
    async with DialogApp().run_test(size=(80, 30)) as pilot:
        app = await shown(pilot, dialog(on, positions))
        assert "protected: billing cron · 1" in app.text()
        assert "this program's own session · 1" in app.text()
        assert "[ ] c" in app.text()
        assert "[ ] p" in app.text()
        assert "[ ] h" not in app.text()


async def test_what_the_filter_hides_is_listed_apart_and_stays_unless_asked() -> None:
    on = await stage()
    first, second = on.other_positions(2)
    async with DialogApp().run_test(size=(80, 24)) as pilot:
        app = await shown(pilot, dialog(on, [first, second], hidden=frozenset({second})), on.clock)
        assert "Kept, hidden by the filter: 1 session" in app.text()
        assert "Revoke 1 session" in app.text()
        await pilot.press("h")
        await pilot.pause()
        assert "[✓] h" in app.text()
        assert "Revoke 2 sessions" in app.text()
        await typed(pilot, on.clock, "tab")
        on.clock.advance(1)
        await pilot.press("y")
        await settled(pilot)
        assert len(on.state.revoke_requests) == 2


async def test_a_toggle_makes_it_dead_again() -> None:
    on = await stage(known=[CRON])
    positions = [protected(on)[0], *on.other_positions(1)]
    async with DialogApp().run_test(size=(80, 24)) as pilot:
        await shown(pilot, dialog(on, positions), on.clock)
        await pilot.press("p")
        on.clock.advance(0.3)
        await pilot.press("y")
        await settled(pilot)
        assert not on.state.revoke_requests


async def test_toggles_are_dead_at_first_too() -> None:
    on = await stage(known=[CRON])
    async with DialogApp().run_test(size=(80, 24)) as pilot:
        app = await shown(pilot, dialog(on, [*protected(on)[:1], *on.other_positions(1)]))
        await pilot.press("p")
        await pilot.pause()
        assert "[ ] p" in app.text()


async def test_where_it_cannot_be_read_it_says_so_and_confirms_nothing() -> None:
    on = await stage()
    async with DialogApp().run_test(size=(80, 24)) as pilot:
        app = await shown(pilot, dialog(on, on.other_positions(1)), on.clock)
        await pilot.resize_terminal(59, 14)
        await pilot.pause()
        assert "60x15 is needed, this is 59x14" in app.text()
        assert "Revoke 1" not in app.text()
        on.clock.advance(1)
        await pilot.press("y")
        await settled(pilot)
        await pilot.resize_terminal(60, 15)
        await pilot.pause()
        assert "Revoke 1 session" in app.text()
        assert app.focused is not None
        assert app.focused.id == "cancel"
        await pilot.press("y")
        await settled(pilot)
        assert not on.state.revoke_requests
        on.clock.advance(1)
        await pilot.press("y")
        await settled(pilot)
        assert len(on.state.revoke_requests) == 1


async def test_one_toggle_right_behind_another_counts() -> None:
    on = await stage(known=[CRON])
    positions = [protected(on)[0], on.own_position]
    async with DialogApp().run_test(size=(80, 24)) as pilot:
        app = await shown(pilot, dialog(on, positions), on.clock)
        await pilot.press("p", "c")
        await pilot.pause()
        assert "[✓] p" in app.text()
        assert "[✓] c" in app.text()
        await pilot.press("y")
        await settled(pilot)
        assert not on.state.revoke_requests


async def test_a_toggle_is_pressed_by_click_and_by_space() -> None:
    on = await stage(known=[CRON])
    async with DialogApp().run_test(size=(80, 24)) as pilot:
        app = await shown(pilot, dialog(on, protected(on)[:1]), on.clock)
        assert "Nothing to revoke" in app.text()
        await pilot.click("#allow-protected")
        assert "[✓] p" in app.text()
        on.clock.advance(1)
        app.screen.query_one("#allow-protected").focus()
        await pilot.press("space")
        await pilot.pause()
        assert "[ ] p" in app.text()


async def test_the_own_session_goes_only_by_its_toggle_which_says_what_follows() -> None:
    on = await stage()
    async with DialogApp().run_test(size=(80, 24)) as pilot:
        app = await shown(pilot, dialog(on, [on.own_position]), on.clock)
        assert "Nothing to revoke" in app.text()
        await pilot.press("y")
        await settled(pilot)
        assert not on.state.revoke_requests
        await typed(pilot, on.clock, "c")
        await pilot.pause()
        assert "its next use makes a new token" in app.text()
        on.clock.advance(1)
        await pilot.press("y")
        await settled(pilot)
        assert "1 revoked" in app.text()
    assert (await on.connection.credentials()).short_lived is None


async def test_while_the_own_session_is_unknown_it_says_so_and_needs_the_toggle() -> None:
    on = await stage()
    unknown = replace(on.listed, current=Current.UNKNOWN)
    async with DialogApp().run_test(size=(80, 24)) as pilot:
        app = await shown(pilot, dialog(on, on.other_positions(2), listed=unknown), on.clock)
        assert "Can't tell which session is this program's own" in app.text()
        assert "Nothing to revoke" in app.text()
        await pilot.press("c")
        await pilot.pause()
        assert "Revoke 2 sessions" in app.text()
        assert "Can't tell which session is this program's own" in app.text()


async def test_a_read_only_account_is_said_and_cannot_confirm() -> None:
    on = await stage(readonly=True)
    async with DialogApp().run_test(size=(80, 24)) as pilot:
        app = await shown(pilot, dialog(on, on.other_positions(2)), on.clock)
        assert "read-only" in app.text()
        assert "remove readonly from" in app.text()
        assert not app.screen.query_one("#confirm").display
        await pilot.press("y")
        await settled(pilot)
        assert not on.state.calls[Call.REVOKE]


# Many


async def test_many_are_grouped_by_client_and_confirmed_by_their_number() -> None:
    on = await stage(sessions=80)
    async with DialogApp().run_test(size=(80, 24)) as pilot:
        app = await shown(pilot, dialog(on, on.other_positions(60)), on.clock)
        assert "To revoke: 60 sessions" in app.text()
        assert "Type 60 and press Enter" in app.text()
        await pilot.press("y")
        await settled(pilot)
        assert not on.state.revoke_requests
        await typed(pilot, on.clock, "6", "1", "enter")
        await settled(pilot)
        assert not on.state.revoke_requests
        await typed(pilot, on.clock, "backspace", "0", "enter")
        await settled(pilot)
        assert "60 revoked" in app.text()


async def test_the_number_cannot_be_pasted() -> None:
    on = await stage(sessions=80)
    async with DialogApp().run_test(size=(80, 24)) as pilot:
        app = await shown(pilot, dialog(on, on.other_positions(60)), on.clock)
        app.screen.query_one(TypedField).focus()
        await paste(pilot, "60")
        assert app.screen.query_one(TypedField).value == ""
        assert "Not pasted: type it." in app.text()


async def test_a_wrong_number_leaves_the_warning_in_sight() -> None:
    on = await stage(sessions=80)
    async with DialogApp().run_test(size=(80, 24)) as pilot:
        all_of_them = [on.own_position, *on.other_positions(60)]
        app = await shown(pilot, dialog(on, all_of_them), on.clock)
        await typed(pilot, on.clock, "c")
        on.clock.advance(0.6)
        await typed(pilot, on.clock, "6", "enter")
        await settled(pilot)
        assert "That is not the number: type 61 to revoke them." in app.flat()
        assert "own session ends with them" in app.flat()
        assert not on.state.revoke_requests


async def test_a_number_that_comes_as_a_burst_confirms_nothing() -> None:
    on = await stage(sessions=80)
    async with DialogApp().run_test(size=(80, 24)) as pilot:
        app = await shown(pilot, dialog(on, on.other_positions(60)), on.clock)
        await pilot.press("6", "0", "enter")
        await settled(pilot)
        assert not on.state.revoke_requests
        assert [said.message for said in app._notifications] == [BURST_IGNORED]
        await typed(pilot, on.clock, "enter")
        await settled(pilot)
        assert len(on.state.revoke_requests) == 60


async def test_a_number_typed_early_is_kept_and_confirmed_by_a_later_enter_alone() -> None:
    on = await stage(sessions=80)
    async with DialogApp().run_test(size=(80, 24)) as pilot:
        app = await shown(pilot, dialog(on, on.other_positions(60)))
        await pilot.press("6", "0", "enter")
        await settled(pilot)
        assert not on.state.revoke_requests
        assert app.screen.query_one(TypedField).value == "60"
        on.clock.advance(1)
        await pilot.press("enter")
        await settled(pilot)
        assert len(on.state.revoke_requests) == 60


async def test_n_cancels_from_the_number_too() -> None:
    on = await stage(sessions=80)
    async with DialogApp().run_test(size=(80, 24)) as pilot:
        app = await shown(pilot, dialog(on, on.other_positions(60)), on.clock)
        await typed(pilot, on.clock, "6", "n")
        await pilot.pause()
        assert app.answers == [None]


# Looks


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 15)])
@pytest.mark.parametrize("count", [1, 12, 60])
async def test_the_buttons_are_on_the_screen_at_every_size(
    size: tuple[int, int], count: int
) -> None:
    on = await stage(sessions=100, known=[CRON])
    positions = [*on.other_positions(count), on.own_position]
    async with DialogApp().run_test(size=size) as pilot:
        app = await shown(pilot, dialog(on, positions, hidden=frozenset(positions[:1])))
        *_, buttons, border = app.text().rstrip().splitlines()
        assert "Cancel  n" in buttons
        assert "╯" in border


async def test_the_body_scrolls_by_keys_while_cancel_keeps_the_focus() -> None:
    on = await stage(sessions=100)
    async with DialogApp().run_test(size=(60, 15)) as pilot:
        app = await shown(pilot, dialog(on, on.other_positions(12)))
        last = on.listed.sessions[on.other_positions(12)[-1]].id[:8]
        assert last not in app.text()
        await pilot.press("end")
        await pilot.pause()
        assert last in app.text()
        await pilot.press("home", "j", "pagedown", "k", "pageup")
        await pilot.pause()
        assert app.focused is not None
        assert app.focused.id == "cancel"


async def test_hostile_agents_are_shown_in_their_safe_form() -> None:
    on = await stage(sessions=60)
    hostile = [i for i, s in enumerate(on.listed.sessions) if s.safe_agent != s.user_agent]
    marked = [i for i, s in enumerate(on.listed.sessions) if "[" in s.safe_agent]
    assert hostile
    assert marked
    for positions in (hostile[:12], marked[:12], hostile + marked):
        async with DialogApp().run_test(size=(80, 40)) as pilot:
            app = await shown(pilot, dialog(on, positions))
            assert app.text().replace("\n", "").isprintable()
            assert "To revoke" in app.text()
