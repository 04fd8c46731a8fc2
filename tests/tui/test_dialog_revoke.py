"""The revoke dialog until somebody says yes: what it shows, and what counts as a yes."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from textual.widgets import Input

from qiscus_tui.model.clock import DAY
from qiscus_tui.model.session import Current
from qiscus_tui.service.revocation.plan import Selection
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.tui.dialogs.question import BURST_IGNORED, TypedField
from qiscus_tui.tui.revoke.choices import PlanChoices
from qiscus_tui.tui.revoke.dialog import RevokeDialog
from qiscus_tui.tui.revoke.revoke_all import RevokeAllDialog
from tests.clocks import ManualClock
from tests.sandbox import Call, demo_state
from tests.tui.conftest import BILLING
from tests.tui.demo_app import at_login
from tests.tui.dialogs_on_demo import Stage, asked, stage


def dialog(
    on: Stage,
    positions: Sequence[int],
    *,
    hidden: frozenset[int] = frozenset(),
    listed: SessionList | None = None,
) -> RevokeDialog:
    choices = PlanChoices(Selection(positions, of_marks=True, hidden=hidden))
    return RevokeDialog(on.connection, listed or on.listed, choices)


def protected(on: Stage) -> list[int]:
    return [i for i, known in enumerate(on.listed.labels) if known is not None]


async def test_it_shows_what_goes_and_y_revokes_it_and_shows_the_verified_result() -> None:
    on = await stage()
    before = len(on.state.sessions())
    async with asked(on, dialog(on, on.other_positions(2))) as here:
        assert "Revoke 2 sessions" in here.text()
        assert ASKED not in here.text()  # no reason is required
        for position in on.other_positions(2):
            assert on.listed.sessions[position].id[:8] in here.text()
        assert here.focus == "cancel"
        await here.press("y")
        assert "2 revoked" in here.text()
        assert len(on.state.sessions()) == before - 2
        await here.press("enter")
        (report,) = here.answers
        assert report.words == "2 revoked"  # pyright: ignore[reportAttributeAccessIssue]


async def test_nothing_is_sent_when_it_is_cancelled() -> None:
    on = await stage()
    async with asked(on, dialog(on, on.other_positions(2))) as here:
        for key in ("n", "escape", "enter"):
            await here.press(key)
            assert here.answers.pop() is None
            assert not on.sent
            await here.show(dialog(on, on.other_positions(2)))


@pytest.mark.parametrize("how", ["y", "tab enter", "click"])
async def test_confirming_is_dead_for_half_a_second_after_the_drawing(how: str) -> None:
    on = await stage()
    async with asked(on, dialog(on, on.other_positions(2))) as here:
        for passed, sent in ((0.49, 0), (0.3, 2)):
            here.clock.advance(passed)
            if how == "click":
                await here.pilot.click("#confirm")
            elif " " in how:
                here.app.screen.query_one("#confirm").focus()
            await here.burst(*how.split()[-1:] if how != "click" else ())
            assert on.sent == sent
        assert "2 revoked" in here.text()


async def test_a_burst_a_paste_and_a_change_confirm_nothing_and_make_it_dead_again() -> None:
    on = await stage(known=[BILLING])
    positions = [protected(on)[0], on.own_position, *on.other_positions(1)]
    async with asked(on, dialog(on, positions)) as here:
        await here.burst("p")
        assert "[ ] p" in here.text()  # toggles are dead at first too
        here.clock.advance(1)
        await here.burst("x", "y")
        assert not on.sent
        await here.paste("y\ny\n")
        here.clock.advance(0.4)
        await here.burst("y")
        assert not on.sent
        here.clock.advance(1)
        await here.burst("p", "c")  # one right behind the other counts
        here.shows("[✓] p", "[✓] c")
        here.clock.advance(0.3)
        await here.burst("y")
        assert not on.sent
        await here.press("y")
        assert on.sent == 3


async def test_it_says_what_stays_and_why() -> None:
    on = await stage(known=[BILLING])
    first, second, third = [at for at in on.other_positions(60) if at not in protected(on)][:3]
    positions = [protected(on)[0], on.own_position, first, second]
    several = dialog(on, positions, hidden=frozenset({second}))
    async with asked(on, several, size=(80, 40)) as here:
        here.shows(
            "protected: billing cron · 1",
            "this program's own session · 1",
            "[ ] c",
            "hidden by the filter · 1",
            "1 to revoke + 3 kept = 4",
        )
        await here.press("h")
        here.shows("[✓] h", "2 to revoke + 2 kept = 4")
        await here.pilot.click("#change-allow_protected")
        here.shows("[✓] p", "3 to revoke + 1 kept = 4")
        here.app.screen.query_one("#change-allow_protected").focus()
        await here.press("space")
        here.shows("[ ] p", "2 to revoke + 2 kept = 4")
        await here.press("y")
        assert on.sent == 2
    async with asked(on, dialog(on, [third])) as here:
        assert not any(box in here.text() for box in ("[ ] c", "[ ] p", "[ ] h"))


async def test_where_it_cannot_be_read_it_says_so_and_confirms_nothing() -> None:
    on = await stage()
    async with asked(on, dialog(on, on.other_positions(1))) as here:
        await here.pilot.resize_terminal(59, 14)
        await here.press("y")
        assert "60x15 is needed, this is 59x14" in here.text()
        assert "Revoke 1" not in here.text()
        await here.pilot.resize_terminal(60, 15)
        await here.burst("y")
        assert "Revoke 1 session" in here.text()
        assert here.focus == "cancel"
        assert not on.sent
        await here.press("y")
        assert on.sent == 1


async def test_the_own_session_goes_only_by_its_toggle_which_says_what_follows() -> None:
    on = await stage()
    async with asked(on, dialog(on, [on.own_position])) as here:
        assert "Nothing to revoke" in here.text()
        await here.press("y")
        assert not on.sent
        await here.press("c")
        assert "its next use makes a new token" in here.text()
        await here.press("y")
        assert "1 revoked" in here.text()
    assert (await on.connection.credentials()).short_lived is None


async def test_while_the_own_session_is_unknown_it_says_so_and_needs_the_toggle() -> None:
    on = await stage()
    unknown = replace(on.listed, current=Current.UNKNOWN)
    async with asked(on, dialog(on, on.other_positions(2), listed=unknown)) as here:
        for heading in ("Nothing to revoke", "Revoke 2 sessions"):
            here.shows(heading, "Can't tell which session is this program's own")
            await here.press("c")


# Many: by their number.


async def test_many_are_grouped_and_confirmed_by_typing_their_number() -> None:
    on = await stage(sessions=80)
    async with asked(on, dialog(on, [on.own_position, *on.other_positions(60)])) as here:
        field = here.app.screen.query_one("#number", TypedField)
        here.shows("60 to revoke + 1 kept = 61", "Type 60 and press Enter")
        await here.burst("6", "0", "enter")
        assert field.value == "60"  # typed early, it is kept
        assert [said.message for said in here.app._notifications] == []
        here.clock.advance(1)
        await here.press("backspace", "backspace")
        await here.burst("6", "0", "enter")
        assert [said.message for said in here.app._notifications] == [BURST_IGNORED]
        await here.press("c", "y")
        assert field.value == ""  # it is 61 now
        here.clock.advance(1)
        await here.paste("61\n")
        assert field.value == "61"
        await here.burst("enter")  # it is asked again after a paste
        assert not on.sent
        await here.press("backspace", "enter")
        assert "That is not the number: type 61 to revoke them." in here.words()
        assert "own session ends too" in here.words()
        assert not on.sent
        await here.press("1")
        assert "That is not the number" not in here.words(), "it is by now"
        assert "own session ends too" in here.words()
        await here.press("enter")
        assert "61 revoked" in here.text()
    async with asked(on, dialog(on, on.other_positions(60))) as here:
        await here.press("6", "n")
        assert here.answers == [None]


# A reason, where the configuration requires it.

ASKED = "Reason (for the audit log):"
EMPTY = "The reason is empty: nothing was sent. Say why in a few words."
WHY = "leaked: n y c = 1"
Opened = tuple[RevokeDialog | RevokeAllDialog, list[str]]
Opening = Callable[[Stage], Opened]


def few(on: Stage) -> Opened:
    """The dialog, and the keys that would confirm it without a reason."""
    return dialog(on, on.other_positions(2)), ["y"]


def many(on: Stage) -> Opened:
    return dialog(on, on.other_positions(101)), [*"101", "enter"]


def everything(on: Stage) -> Opened:
    code = on.connection.account.app_code
    return RevokeAllDialog(on.connection, on.listed), [*code, "enter"]


def recorded(on: Stage) -> str:
    return on.connection.local_files.audit.intents()[-1].reason


@pytest.mark.parametrize("opened", [few, everything])
async def test_a_read_only_account_is_said_and_cannot_confirm(opened: Opening) -> None:
    on = await stage(readonly=True)
    question, keys = opened(on)
    async with asked(on, question) as here:
        here.shows("read-only", "remove readonly from")
        assert "Type the app code" not in here.text()
        assert not any(one.display for one in question.query("#confirm"))
        await here.press(*keys)
        assert not on.state.calls[Call.REVOKE] + on.state.calls[Call.REVOKE_ALL]


@pytest.mark.parametrize("opened", [few, many, everything])
async def test_a_reason_is_asked_for_where_it_is_required(opened: Opening) -> None:
    on = await stage(sessions=120)
    on.connection.needs_reason = True
    question, keys = opened(on)
    async with asked(on, question, size=(80, 24)) as here:
        calls = on.state.calls
        assert ASKED in here.text()
        await here.press(*keys)
        assert EMPTY in here.words()
        await here.press("space", "enter", *WHY)  # every key is only text
        assert here.app.screen.query_one("#reason", Input).value == f" {WHY}"
        assert EMPTY not in here.words()
        assert not calls[Call.REVOKE] + calls[Call.REVOKE_ALL]
        await here.press("enter")
        assert calls[Call.REVOKE] + calls[Call.REVOKE_ALL] > 0
        assert recorded(on) == WHY
        assert ASKED not in here.text()


async def test_a_reason_confirms_nothing_is_in_the_command_line_and_holds_no_token() -> None:
    on = await stage()
    on.connection.needs_reason = True
    short = (await on.connection.credentials()).short_lived
    assert short is not None
    question, _ = few(on)
    async with asked(on, question, size=(120, 40)) as here:
        field = here.app.screen.query_one("#reason", Input)
        assert "--reason" not in here.text()
        await here.press("y")
        await here.paste("leaked, y\ny\n")
        await here.burst("enter")
        assert field.value == "leaked, y"
        assert "--reason 'leaked, y'" in here.text()
        await here.burst("y", "enter")
        assert BURST_IGNORED in [note.message for note in here.app._notifications]
        field.value = "x" * 201
        await here.press("enter")
        assert "The reason has 201 characters" in here.words()
        assert not on.sent
        field.value = f"leaked {short.token}"
        await here.press("enter")
        assert on.sent == 2
        assert short.token not in question.context.command
        assert "[hidden]" in recorded(on)
        assert short.token not in recorded(on)


# Where the server's clock is not ours.


async def test_what_was_marked_by_age_is_refused_where_the_clocks_differ_by_days() -> None:
    difference = "The server's clock is 3.5 days ahead of this machine's"
    clock = ManualClock()
    state = demo_state(ManualClock(clock.now() + 3.5 * DAY), sessions=40)
    async with at_login(clock, state=state) as here:
        await here.press("enter", "slash", *"age", "colon", "greater_than_sign", *"7d", "enter")
        await here.press("a", "escape", "x")
        assert difference in here.words()
        assert "--allow-clock-offset" in here.words()
        assert "What uses a revoked token stops working" not in here.words()
        await here.press_slowly("y")
        assert here.app.screen is not here.sessions
        assert state.calls[Call.REVOKE] == 0
        await here.press("escape", "u", "x")
        assert difference in here.words()
        assert "--allow-clock-offset" not in here.words()
        await here.press_slowly("y")
        assert state.calls[Call.REVOKE] == 1


# Looks


@pytest.mark.parametrize("count", [12, 60])
async def test_the_buttons_are_on_the_screen_at_every_size_and_the_body_scrolls(count: int) -> None:
    on = await stage(sessions=100, known=[] if count == 12 else [BILLING])
    positions = [on.own_position, *on.other_positions(count)]
    async with asked(on, dialog(on, positions, hidden=frozenset(positions[1:2]))) as here:
        drawn: list[str] = []
        for size in ((120, 40), (80, 24), (120, 40), (60, 15)):
            await here.pilot.resize_terminal(*size)
            await here.pilot.pause()
            drawn.append(here.text())
            *_, buttons, border = here.text().rstrip().splitlines()
            assert "Cancel  n" in buttons
            assert "╯" in border
        assert drawn[0] == drawn[2]
        if count == 12:
            last = on.listed.sessions[positions[-1]].id[:8]
            assert last not in here.text()
            await here.press("end")
            assert last in here.text()
            await here.press("home", "j", "pagedown", "k", "pageup")
            assert here.focus == "cancel"


@pytest.mark.parametrize("height", [15, 20, 24])
async def test_what_is_warned_of_does_not_cover_what_would_be_revoked(height: int) -> None:
    on = await stage(sessions=60, known=[BILLING])
    on.connection.needs_reason = True
    doubts = {
        "current": Current.UNKNOWN,
        "time_doubt": "The zone of its times is unknown",
        "offset": 9 * DAY,
    }
    positions = [*protected(on)[:3], *on.other_positions(20)]
    several = dialog(
        on, positions, hidden=frozenset(positions[-1:]), listed=replace(on.listed, **doubts)
    )
    async with asked(on, several, size=(60, height)) as here:
        await here.press("c")
        here.shows(" to revoke + ", "Revoke sessions of", "Cancel  n")
