"""The sessions screen: reading, sorting, marking, revoking, and keeping its place."""

import pytest

from qiscus_tui.errors import StorageError
from qiscus_tui.tui.login.screen import LoginScreen
from qiscus_tui.tui.revoke.dialog import RevokeDialog
from qiscus_tui.tui.session.screen import DetailScreen
from tests.clocks import ManualClock
from tests.sandbox import Call, Fault
from tests.tui.conftest import marked_ids
from tests.tui.demo_app import at_sessions

# Lines and sizes.


async def test_the_lines_read_as_drawn_and_tick(clock: ManualClock) -> None:
    async with at_sessions(clock, sessions=1283, size=(130, 30)) as running:
        await running.press("j", "space")
        identity, counts, shown = running.lines()[:3]
        assert identity.startswith(" qiscus-tui   sessions of admin@demo.example · Demo Corp.")
        assert identity.split()[-4:] == ["DEMO", "●", "live,", "now"]
        assert counts.startswith(" 1,284 active · ")
        assert "expire within 24h · 1 marked · this session 30d 00:00:00" in counts
        assert shown.endswith("all, newest first")
        await running.tick(2)
        assert "this session 29d 23:59:58" in running.text()
        assert "● live, now" in running.text()
        await running.tick(5)
        assert "● live, 5 s ago" in running.text()


async def test_every_line_fits_in_every_size_and_below_60x15_it_says_what_is_needed(
    clock: ManualClock,
) -> None:
    async with at_sessions(clock, dialect="current-mark") as running:
        assert "this session · qiscus-tui  " in running.text()
        for width, height in (80, 24), (60, 15), (120, 40):
            await running.pilot.resize_terminal(width, height)
            await running.settle()
            assert len(running.lines()) == height
            assert "41 active" in running.text()
            assert running.lines()[-1].endswith("? help  q quit")
        await running.press("slash", "c")
        await running.pilot.resize_terminal(59, 14)
        await running.settle()
        assert running.text().strip() == "60x15 is needed, this is 59x14"
        await running.pilot.resize_terminal(80, 24)
        await running.settle()
        await running.press("u", "r", "l")  # the field keeps the keys
        assert running.value("#filter") == "curl"


# Sorting.


async def test_our_own_session_stands_first_in_every_order_and_the_cursor_keeps_its_own(
    clock: ManualClock,
) -> None:
    async with at_sessions(clock) as running:
        own = running.ids[0]
        await running.press("j", "j", "j")
        at = running.sessions.table.cursor_id
        await running.press("S")
        assert "oldest first" in running.text()
        await running.press("s")
        assert "last used first" in running.text()
        for _ in range(6):
            await running.press("s")
            assert running.ids[0] == own
            await running.press("S")
            assert running.ids[0] == own
            assert running.sessions.table.cursor_id == at
        header = next(line for line in running.lines() if "EXPIRES IN" in line)
        place = header.index("CLIENT"), running.lines().index(header)
        for words in ("by client", "by client, backwards"):
            await running.pilot.click(offset=place)
            await running.settle()
            assert running.lines()[2].endswith(words)


async def test_after_a_sort_the_view_is_at_the_top(clock: ManualClock) -> None:
    async with at_sessions(clock, sessions=300) as running:
        table = running.sessions.table
        await running.press("slash", *"-is", "colon", *"current", "enter")
        for key in ("s", "S", "s", "S", "s"):
            await running.press(key)
            assert (table.cursor_row, table.top_row) == (0, 0)
        await running.press("pagedown")
        at = table.cursor_id
        await running.press("S")
        assert (table.cursor_id, table.top_row) == (at, 0)
        await running.press("slash", "ctrl+u", "minus", *"id", "colon", *str(at), "enter")
        assert table.cursor_row > 0
        await running.press("S")
        assert (table.cursor_row, table.top_row) == (0, 0)
        await running.press("g")
        await running.press("end")
        await running.press("S")
        assert running.sessions.list.group_table.top_row == 0


# Reading.


async def test_the_list_is_read_again_by_the_clock_but_not_under_a_dialog(
    clock: ManualClock,
) -> None:
    async with at_sessions(clock) as running:
        before = running.state.calls[Call.LIST]
        await running.tick(59)
        assert running.state.calls[Call.LIST] == before
        await running.tick(1)
        assert running.state.calls[Call.LIST] == before + 1
        await running.press("F")
        await running.tick(600)
        assert running.state.calls[Call.LIST] == before + 1


async def test_keys_work_while_the_list_is_on_its_way(clock: ManualClock) -> None:
    async with at_sessions(clock) as running:
        running.sessions.feed.is_loading = True
        await running.press("r")
        assert "the list is being read already" in running.text()
        await running.press("j", "space", "slash", *"curl")
        assert running.value("#filter") == "curl"


# Revoking.


async def test_x_revokes_the_marked_and_says_so(clock: ManualClock) -> None:
    async with at_sessions(clock) as running:
        await running.press("j", "space", "space")
        wanted = set(marked_ids(running.sessions.view))
        await running.press("x")
        assert isinstance(running.app.screen, RevokeDialog)
        assert "Your 2 marked sessions" in running.text()
        assert "Revoke 2 sessions" in running.text()
        in_order = [one for one in running.ids if one in wanted]
        assert [one.id for one in running.app.screen._plan.targets] == in_order
        clock.advance(1)
        await running.press("y")
        assert isinstance(running.app.screen, RevokeDialog)
        assert not wanted & set(running.ids)  # the list behind is the one the result rests on
        counts = running.sessions.view.result
        assert counts.active(running.sessions.feed.server_now) == 39
        await running.press("enter")
        assert "2 revoked" in running.lines()[1]
        assert "39 active" in running.lines()[1]
        assert len(running.state.sessions()) == 39
        assert running.sessions.view.marks.total == 0


async def test_a_token_that_ended_during_a_plan_is_asked_for_once_the_result_was_read(
    clock: ManualClock,
) -> None:
    async with at_sessions(clock) as running:
        await running.press("j", "x")
        clock.advance(1)
        running.state.fail_next(Call.REVOKE, Fault(401, b"{}"))
        running.state.fail_next(Call.LIST, *[Fault(401, b"{}")] * 3)
        await running.press("y")
        assert isinstance(running.app.screen, RevokeDialog)
        await running.press("enter")
        assert isinstance(running.app.screen, LoginScreen)
        clock.advance(1)
        await running.press("escape")
        assert running.app.screen is running.sessions


async def test_x_without_marks_is_for_the_row_and_hidden_marks_are_left_out_unless_asked(
    clock: ManualClock,
) -> None:
    async with at_sessions(clock, sessions=200) as running:
        await running.press("j", "x")
        assert "This session" in running.text()
        assert "Revoke 1 session" in running.text()
        await running.press("escape")
        assert running.app.screen is running.sessions
        assert not running.state.revoke_requests
        await running.press("space", "slash", *"nothing-at-all", "enter", "x")
        assert "hidden" in running.text()
        assert "Nothing to revoke" in running.text()


async def test_where_all_marks_are_hidden_x_says_so_and_asks_for_the_row(
    clock: ManualClock,
) -> None:
    async with at_sessions(clock, sessions=200) as running:
        await running.press("slash", *"curl", "enter", "a", "slash", *["backspace"] * 5)
        marked = running.sessions.view.marks.total
        before = running.sessions.table.sessions
        await running.press(*"guzzle", "enter", "j", "x")
        under_cursor = running.sessions.table.cursor_id
        assert f"Your {marked} marked sessions are hidden by the filter." in running.words()
        assert "This is the session under the cursor." in running.words()
        clock.advance(1)
        await running.press("y")
        listed = {one.id: str(one.token) for one in before.sessions}
        assert running.state.revoke_requests == [listed[str(under_cursor)]]


async def test_revoke_all_goes_on_with_the_new_token(clock: ManualClock) -> None:
    async with at_sessions(clock) as running:
        await running.press("X")
        clock.advance(1)
        code = running.state.credentials.app_code
        await running.press(*(c if c.isalnum() else "minus" for c in code))
        clock.advance(1)
        await running.press("enter")
        clock.advance(1)
        await running.press("enter")
        assert "41 revoked" in running.lines()[1]
        assert "1 active" in running.lines()[1]


# Find, copy, refresh; palette and footer.


async def test_find_opens_the_tokens_session(clock: ManualClock) -> None:
    async with at_sessions(clock, sessions=200) as running:
        await running.press("slash", *"curl", "enter")
        hidden = next(
            s
            for s in running.sessions.feed.listed.sessions
            if s.id not in running.ids and not s.current
        )
        assert hidden.token is not None
        await running.press("F")
        running.app.screen.query_one("#token").value = hidden.token  # pyright: ignore
        await running.press("enter")
        assert isinstance(running.app.screen, DetailScreen)
        assert hidden.id in running.text()
        await running.press("escape")
        assert running.sessions.table.cursor_id == hidden.id
        assert running.value("#filter") == ""


async def test_refresh_gets_a_new_token_reads_again_and_leaves_no_token_of_this_run_behind(
    clock: ManualClock,
) -> None:
    async with at_sessions(clock) as running:
        own, before = running.ids[0], len(running.state.sessions())
        clock.advance(5)
        await running.press("R")
        assert running.state.calls[Call.REFRESH] == 1
        assert running.ids[0] != own
        assert "token refreshed" in running.text()
        assert len(running.state.sessions()) == before


async def test_a_new_long_lived_token_that_cannot_be_stored_is_shown_and_left_on_the_terminal(
    clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StorageError("No space left on device")

    async with at_sessions(clock) as running:
        monkeypatch.setattr("qiscus_tui.store.secrets.MemorySecrets.write", full)
        answer = b'{"data": {"auth": {"token": "QEXnew", "long_lived_token": "LLTnew"}}}'
        running.state.fail_next(Call.REFRESH, Fault(200, answer))
        clock.advance(5)
        await running.press("R")
        assert "LLTnew" in running.toasts
        assert "No space left" in running.toasts
        assert "LLTnew" in " ".join(running.app.parting_words)


async def test_an_id_is_copied_a_command_of_the_palette_runs_and_the_footer_can_be_clicked(
    clock: ManualClock,
) -> None:
    async with at_sessions(clock) as running:
        await running.press("c")
        assert running.app.clipboard == running.ids[0]
        assert "sent to the terminal" in running.toasts
        assert "copied" not in running.toasts
        await running.press("colon", *"invert", "enter")
        assert running.sessions.view.marks.total == 41
        line = running.lines()[-1]
        await running.pilot.click(offset=(line.index("filter"), len(running.lines()) - 1))
        await running.settle()
        assert running.focus == "filter"


async def test_the_screen_says_how_many_are_in_range_and_escape_drops_it_first(
    clock: ManualClock,
) -> None:
    async with at_sessions(clock) as running:
        await running.press("slash", *"-curl", "enter")
        await running.press("j", "v", "j", "j")
        assert "3 in range: space marks, esc drops" in running.lines()[1]
        await running.press("x")
        assert running.toasts == "A range is begun: space marks it, escape drops it."
        await running.press("escape")
        assert "in range" not in running.text()
        assert running.sessions.view.is_filtered
        await running.press("v", "j", "space")
        assert "2 marked" in running.lines()[1]
        assert "in range" not in running.text()
        await running.press("escape")
        assert not running.sessions.view.is_filtered
