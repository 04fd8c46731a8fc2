"""The detail screen: everything that is known, and no token."""

from dataclasses import replace

import msgspec

from qiscus_tui.model.text import safe
from qiscus_tui.store.config import Config, UiConfig
from qiscus_tui.tui.session.screen import DetailScreen
from tests.tui.conftest import marked_ids
from tests.tui.demo_app import at_sessions


async def test_it_shows_what_is_known_ticks_and_says_how_old_the_list_is() -> None:
    async with at_sessions(config=Config(ui=UiConfig(reload=600))) as here:
        await here.press("j", "enter")
        screen, session = here.app.screen, here.sessions.table.cursor_session
        assert isinstance(screen, DetailScreen)
        assert session is not None
        assert session.token is not None
        before = here.text()
        for expected in (session.id, session.safe_ip, "Created", "Expires", "days left"):
            assert expected in before
        assert f"ends with {session.token[-4:]}" in before
        assert session.token[-5:] not in before
        assert "as listed now" in here.lines()[0]
        here.clock.advance(1)
        screen.second()
        await here.settle()
        assert here.text() != before
        here.clock.advance(130)
        screen.second()
        await here.settle()
        assert "as listed 2 min ago" in here.lines()[0]
        await here.press("c")
        assert here.app.clipboard == session.id
        await here.press("escape")
        assert here.app.screen is here.sessions


async def test_unknown_fields_are_shown_in_the_same_columns_and_secrets_in_them_are_not() -> None:
    async with at_sessions(dialect="extra", size=(120, 60)) as here:
        await here.press("j", "enter")
        session = here.session
        assert session.extra
        text, lines = here.text(), here.lines()
        assert "Other fields, as the server sent them" in text
        assert all(safe(name) in text for name in session.extra)
        known = next(line for line in lines if line.strip().startswith("Created"))
        unknown = next(line for line in lines if line.strip().startswith("device_secret"))
        assert unknown.index("[hidden]") == known.index(known.split()[1])


async def test_the_token_of_another_session_is_hidden_wherever_it_stands() -> None:
    async with at_sessions(size=(120, 60)) as here:
        listed = here.sessions.feed.listed
        sessions = list(listed.sessions)
        other = sessions[listed.positions[here.ids[1]]].token
        assert other is not None
        position = listed.positions[here.ids[0]]
        sessions[position] = msgspec.structs.replace(sessions[position], extra={"after": other})
        here.sessions.list.show_at_once(replace(listed, sessions=sessions))
        await here.press("home", "enter")
        assert "[hidden]" in here.text()
        assert other not in here.text()


async def test_an_unknown_end_leaves_no_hole_for_a_countdown() -> None:
    async with at_sessions(dialect="bare", size=(80, 24)) as here:
        await here.press("j", "enter")
        lines = here.lines()
        (at,) = (i for i, line in enumerate(lines) if "expiry unknown" in line)
        assert lines[at].startswith("  expiry unknown")
        assert lines[at + 2].startswith("  Id ")


async def test_space_marks_the_session_shown_and_no_other() -> None:
    async with at_sessions() as here:
        await here.press("slash", *"-is:marked", "enter", "j", "j")
        table = here.sessions.table
        shown = str(table.cursor_id)
        await here.press("enter")
        for presses in range(1, 4):
            await here.press("space")
            marked = [*marked_ids(here.sessions.view)]
            assert marked == ([shown] if presses % 2 else [])
            assert shown in here.text()
            assert ("marked" in here.lines()[0]) is bool(marked)


async def test_revoking_from_there_asks_for_that_one() -> None:
    async with at_sessions() as here:
        await here.press("a", "j", "enter", "j", "x")
        here.shows("Revoke 1 session", here.ids[2][:8])
        await here.press_slowly("y")
        await here.press("enter")
        assert here.app.screen is here.sessions
        assert "1 revoked" in here.lines()[1]


async def test_our_own_session_stays_out_unless_asked_and_is_not_called_unknown_then() -> None:
    async with at_sessions() as here:
        await here.press("enter", "x")
        here.shows("Nothing to revoke", "this program's own session")
        await here.press_slowly("c")
        await here.press_slowly("y")
        await here.press("enter")
        assert "1 revoked" in here.lines()[1]
        assert "this session" not in here.text()
        assert "Can't tell" not in here.text()


async def test_a_row_and_all_fields_are_copied_by_name_and_no_secret() -> None:
    async with at_sessions(dialect="extra") as here:
        await here.press("j", "colon", *"copy the session's row", "enter")
        session = here.session
        assert here.app.clipboard.startswith(f"{session.id}\t")
        assert session.safe_ip in here.app.clipboard.split("\t")
        assert "Row sent to the terminal" in here.toasts
        row = here.app.clipboard
        await here.press("enter", "colon", *"copy the session's row", "enter")
        assert here.app.clipboard == row
        await here.press("colon", *"copy all fields", "enter")
        assert f"Id: {session.id}\n" in here.app.clipboard
        assert "device_secret: [hidden]" in here.app.clipboard
        assert str(session.token) not in here.app.clipboard
