"""The detail screen: everything that is known, and no token."""

from dataclasses import replace

import msgspec

from qiscus_tui.model.text import safe
from qiscus_tui.store.config import Config, UiConfig
from qiscus_tui.tui.session.screen import DetailScreen
from tests.clocks import ManualClock
from tests.tui.conftest import marked_ids
from tests.tui.demo_app import at_sessions


async def test_it_shows_what_is_known_ticks_and_says_how_old_the_list_is(
    clock: ManualClock,
) -> None:
    async with at_sessions(clock, config=Config(ui=UiConfig(reload=600))) as running:
        await running.press("j", "enter")
        screen, session = running.app.screen, running.sessions.table.cursor_session
        assert isinstance(screen, DetailScreen)
        assert session is not None
        assert session.token is not None
        before = running.text()
        for expected in (session.id, session.safe_ip, "Created", "Expires", "days left"):
            assert expected in before
        assert f"ends with {session.token[-4:]}" in before
        assert session.token[-5:] not in before
        assert "as listed now" in running.lines()[0]
        clock.advance(1)
        screen.second()
        await running.settle()
        assert running.text() != before
        clock.advance(130)
        screen.second()
        await running.settle()
        assert "as listed 2 min ago" in running.lines()[0]
        await running.press("c")
        assert running.app.clipboard == session.id
        await running.press("escape")
        assert running.app.screen is running.sessions


async def test_unknown_fields_are_shown_in_the_same_columns_and_secrets_in_them_are_not(
    clock: ManualClock,
) -> None:
    async with at_sessions(clock, dialect="extra", size=(120, 60)) as running:
        await running.press("j", "enter")
        session = running.sessions.table.cursor_session
        assert session is not None
        assert session.extra
        text, lines = running.text(), running.lines()
        assert "Other fields, as the server sent them" in text
        assert all(safe(name) in text for name in session.extra)
        known = next(line for line in lines if line.strip().startswith("Created"))
        unknown = next(line for line in lines if line.strip().startswith("device_secret"))
        assert unknown.index("[hidden]") == known.index(known.split()[1])


async def test_the_token_of_another_session_is_hidden_wherever_it_stands(
    clock: ManualClock,
) -> None:
    async with at_sessions(clock, size=(120, 60)) as running:
        listed = running.sessions.feed.listed
        sessions = list(listed.sessions)
        other = sessions[listed.positions[running.ids[1]]].token
        assert other is not None
        position = listed.positions[running.ids[0]]
        sessions[position] = msgspec.structs.replace(sessions[position], extra={"after": other})
        running.sessions.list.show_at_once(replace(listed, sessions=sessions))
        await running.press("home", "enter")
        assert "[hidden]" in running.text()
        assert other not in running.text()


async def test_an_unknown_end_leaves_no_hole_for_a_countdown(clock: ManualClock) -> None:
    async with at_sessions(clock, dialect="bare", size=(80, 24)) as running:
        await running.press("j", "enter")
        lines = running.lines()
        (at,) = (i for i, line in enumerate(lines) if "expiry unknown" in line)
        assert lines[at].startswith("  expiry unknown")
        assert lines[at + 2].startswith("  Id ")


async def test_space_marks_the_session_shown_and_no_other(clock: ManualClock) -> None:
    async with at_sessions(clock) as running:
        await running.press("slash", *"-is:marked", "enter", "j", "j")
        table = running.sessions.table
        shown = str(table.cursor_id)
        await running.press("enter")
        for presses in range(1, 4):
            await running.press("space")
            marked = [*marked_ids(running.sessions.view)]
            assert marked == ([shown] if presses % 2 else [])
            assert shown in running.text()
            assert ("marked" in running.lines()[0]) is bool(marked)


async def test_revoking_from_there_asks_for_that_one(clock: ManualClock) -> None:
    async with at_sessions(clock) as running:
        await running.press("a", "j", "enter", "j", "x")
        assert "Revoke 1 session" in running.text()
        assert running.ids[2][:8] in running.text()
        clock.advance(1)
        await running.press("y")
        await running.press("enter")
        assert running.app.screen is running.sessions
        assert "1 revoked" in running.lines()[1]


async def test_our_own_session_stays_out_unless_asked_and_is_not_called_unknown_then(
    clock: ManualClock,
) -> None:
    async with at_sessions(clock) as running:
        await running.press("enter", "x")
        assert "Nothing to revoke" in running.text()
        assert "this program's own session" in running.text()
        clock.advance(1)
        await running.press("c")
        clock.advance(1)
        await running.press("y")
        await running.press("enter")
        assert "1 revoked" in running.lines()[1]
        assert "this session" not in running.text()
        assert "Can't tell" not in running.text()


async def test_a_row_and_all_fields_are_copied_by_name_and_no_secret(clock: ManualClock) -> None:
    async with at_sessions(clock, dialect="extra") as running:
        await running.press("j", "colon", *"copy the session's row", "enter")
        session = running.sessions.table.cursor_session
        assert session is not None
        assert running.app.clipboard.startswith(f"{session.id}\t")
        assert session.safe_ip in running.app.clipboard.split("\t")
        assert "Row sent to the terminal" in running.toasts
        row = running.app.clipboard
        await running.press("enter", "colon", *"copy the session's row", "enter")
        assert running.app.clipboard == row
        await running.press("colon", *"copy all fields", "enter")
        assert f"Id: {session.id}\n" in running.app.clipboard
        assert "device_secret: [hidden]" in running.app.clipboard
        assert str(session.token) not in running.app.clipboard
