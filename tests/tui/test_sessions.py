"""The sessions screen: reading, sorting, marking, revoking, and keeping its place."""

import pytest

from qiscus_tui.errors import StorageError
from qiscus_tui.tui.login.screen import LoginScreen
from qiscus_tui.tui.revoke.dialog import RevokeDialog
from qiscus_tui.tui.session.screen import DetailScreen
from tests.sandbox import Call, Fault
from tests.tui.conftest import marked_ids
from tests.tui.demo_app import at_sessions

# Lines and sizes.


async def test_every_line_ticks_and_fits_and_below_60x15_it_says_what_is_needed() -> None:
    async with at_sessions(dialect="current-mark") as here:
        assert here.lines()[0].split()[-4:] == ["DEMO", "●", "live,", "now"]
        await here.tick(2)
        here.shows("this session 29d 23:59:58", "● live, now")
        await here.tick(5)
        assert "● live, 5 s ago" in here.text()
        assert "this session · qiscus-tui  " in here.text()
        for width, height in (80, 24), (60, 15), (120, 40):
            await here.resize(width, height)
            assert len(here.lines()) == height
            assert "41 active" in here.text()
            assert here.lines()[-1].endswith("? help  q quit")
        await here.press("slash", "c")
        await here.resize(59, 14)
        assert here.text().strip() == "60x15 is needed, this is 59x14"
        await here.resize(80, 24)
        await here.press("u", "r", "l")  # the field keeps the keys
        assert here.value("#filter") == "curl"


# Sorting.


async def test_our_own_session_stands_first_in_every_order_and_the_cursor_keeps_its_own() -> None:
    async with at_sessions() as here:
        own = here.ids[0]
        await here.press("j", "j", "j")
        at = here.sessions.table.cursor_id
        await here.press("S")
        assert "oldest first" in here.text()
        await here.press("s")
        assert "last used first" in here.text()
        for _ in range(6):
            await here.press("s")
            assert here.ids[0] == own
            await here.press("S")
            assert here.ids[0] == own
            assert here.sessions.table.cursor_id == at
        header = next(line for line in here.lines() if "EXPIRES IN" in line)
        place = header.index("CLIENT"), here.lines().index(header)
        for words in ("by client", "by client, backwards"):
            await here.pilot.click(offset=place)
            await here.settle()
            assert here.lines()[2].endswith(words)


async def test_after_a_sort_the_view_is_at_the_top() -> None:
    async with at_sessions(sessions=300) as here:
        table = here.sessions.table
        await here.press("slash", *"-is", "colon", *"current", "enter")
        for key in ("s", "S", "s", "S", "s"):
            await here.press(key)
            assert (table.cursor_row, table.top_row) == (0, 0)
        await here.press("pagedown")
        at = table.cursor_id
        await here.press("S")
        assert (table.cursor_id, table.top_row) == (at, 0)
        await here.press("slash", "ctrl+u", "minus", *"id", "colon", *str(at), "enter")
        assert table.cursor_row > 0
        await here.press("S")
        assert (table.cursor_row, table.top_row) == (0, 0)
        await here.press("g")
        await here.press("end")
        await here.press("S")
        assert here.sessions.list.group_table.top_row == 0


# Reading.


async def test_the_list_is_read_again_by_the_clock_but_not_under_a_dialog() -> None:
    async with at_sessions() as here:
        before = here.state.calls[Call.LIST]
        await here.tick(59)
        assert here.state.calls[Call.LIST] == before
        await here.tick(1)
        assert here.state.calls[Call.LIST] == before + 1
        await here.press("F")
        await here.tick(600)
        assert here.state.calls[Call.LIST] == before + 1


async def test_keys_work_while_the_list_is_on_its_way() -> None:
    async with at_sessions() as here:
        here.sessions.feed.is_loading = True
        await here.press("r")
        assert "the list is being read already" in here.text()
        await here.press("j", "space", "slash", *"curl")
        assert here.value("#filter") == "curl"


# Revoking.


async def test_x_revokes_the_marked_and_says_so() -> None:
    async with at_sessions() as here:
        await here.press("j", "space", "space")
        wanted = set(marked_ids(here.sessions.view))
        await here.press("x")
        assert isinstance(here.app.screen, RevokeDialog)
        here.shows("Your 2 marked sessions", "Revoke 2 sessions")
        in_order = [one for one in here.ids if one in wanted]
        assert [one.id for one in here.app.screen._plan.targets] == in_order
        await here.press_slowly("y")
        assert isinstance(here.app.screen, RevokeDialog)
        assert not wanted & set(here.ids)  # the list behind is the one the result rests on
        counts = here.sessions.view.result
        assert counts.active(here.sessions.feed.server_now) == 39
        await here.press("enter")
        assert "2 revoked" in here.lines()[1]
        assert "39 active" in here.lines()[1]
        assert len(here.state.sessions()) == 39
        assert here.sessions.view.marks.total == 0


async def test_what_ended_beside_the_plan_stays_said_over_the_list_as_a_warning() -> None:
    async with at_sessions(dialect="revoke-ends-another") as here:
        await here.press("j", "x")
        await here.press_slowly("y", "enter")
        assert here.app.screen is here.sessions
        note = here.sessions.feed.note
        assert (note.text, note.is_warning) == ("1 revoked · 1 other gone", True)


async def test_a_token_that_ended_during_a_plan_is_asked_for_once_the_result_was_read() -> None:
    async with at_sessions() as here:
        await here.press("j", "x")
        here.clock.advance(1)
        here.state.fail_next(Call.REVOKE, Fault(401, b"{}"))
        here.state.fail_next(Call.LIST, *[Fault(401, b"{}")] * 3)
        await here.press("y")
        assert isinstance(here.app.screen, RevokeDialog)
        await here.press("enter")
        assert isinstance(here.app.screen, LoginScreen)
        await here.press_slowly("escape")
        assert here.app.screen is here.sessions


async def test_x_is_for_the_row_where_no_mark_is_shown_and_says_so() -> None:
    async with at_sessions(sessions=200) as here:
        await here.press("j", "x")
        here.shows("This session", "Revoke 1 session")
        await here.press("escape")
        assert here.app.screen is here.sessions
        await here.press("slash", *"curl", "enter", "a", "slash", "ctrl+u", *"zzzz", "enter", "x")
        assert "Nothing to revoke" in here.text()
        assert not here.state.revoke_requests
        marked = here.sessions.view.marks.total
        before = here.sessions.table.sessions
        await here.press("escape", "slash", "ctrl+u", *"guzzle", "enter", "j", "x")
        under_cursor = here.sessions.table.cursor_id
        assert f"Your {marked} marked sessions are hidden by the filter." in here.words()
        assert "This is the session under the cursor." in here.words()
        await here.press_slowly("y")
        listed = {one.id: str(one.token) for one in before.sessions}
        assert here.state.revoke_requests == [listed[str(under_cursor)]]


async def test_revoke_all_goes_on_with_the_new_token() -> None:
    async with at_sessions() as here:
        await here.press("X")
        here.clock.advance(1)
        code = here.state.credentials.app_code
        await here.press(*(c if c.isalnum() else "minus" for c in code))
        await here.press_slowly("enter")
        await here.press_slowly("enter")
        assert "41 revoked" in here.lines()[1]
        assert "1 active" in here.lines()[1]


# Find, copy, refresh.


async def test_find_opens_the_tokens_session() -> None:
    async with at_sessions(sessions=200) as here:
        await here.press("slash", *"curl", "enter")
        hidden = next(
            s for s in here.sessions.feed.listed.sessions if s.id not in here.ids and not s.current
        )
        assert hidden.token is not None
        await here.press("g", "F")
        here.app.screen.query_one("#token").value = hidden.token  # pyright: ignore
        await here.press("enter")
        assert isinstance(here.app.screen, DetailScreen)
        assert hidden.id in here.text()
        await here.press("escape")
        assert not here.sessions.list.is_grouped
        assert here.sessions.table.cursor_id == hidden.id
        assert here.value("#filter") == ""


async def test_refresh_gets_a_new_token_reads_again_and_leaves_no_token_of_this_run_behind() -> (
    None
):
    async with at_sessions() as here:
        own, before = here.ids[0], len(here.state.sessions())
        here.clock.advance(5)
        await here.press("R")
        assert here.state.calls[Call.REFRESH] == 1
        assert here.ids[0] != own
        assert "token refreshed" in here.text()
        assert len(here.state.sessions()) == before


async def test_a_new_long_lived_token_that_cannot_be_stored_is_shown_and_left_on_the_terminal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(*_: object) -> None:
        raise StorageError("No space left on device")

    async with at_sessions() as here:
        monkeypatch.setattr("qiscus_tui.store.secrets.MemorySecrets.write", full)
        answer = b'{"data": {"auth": {"token": "QEXnew", "long_lived_token": "LLTnew"}}}'
        here.state.fail_next(Call.REFRESH, Fault(200, answer))
        here.clock.advance(5)
        await here.press("R")
        assert "LLTnew" in here.toasts
        assert "No space left" in here.toasts
        assert "LLTnew" in " ".join(here.app.parting_words)


async def test_the_screen_says_how_many_are_in_range_and_escape_drops_it_first() -> None:
    async with at_sessions() as here:
        await here.press("slash", *"-curl", "enter")
        await here.press("j", "v", "j", "j")
        assert "3 in range: space marks, esc drops" in here.lines()[1]
        await here.press("x")
        assert here.toasts == "A range is begun: space marks it, escape drops it."
        await here.press("escape")
        assert "in range" not in here.text()
        assert here.sessions.view.is_filtered
        await here.press("v", "j", "space")
        assert "2 marked" in here.lines()[1]
        assert "in range" not in here.text()
        await here.press("escape")
        assert not here.sessions.view.is_filtered
