"""The list as groups: a row a script, with marks, filter, sort and the way into a group."""

from collections.abc import Sequence

from qiscus_tui.model.clients import Known
from qiscus_tui.model.group_keys import GroupKey
from qiscus_tui.service.sessions.groups import Group, grouped
from qiscus_tui.tui.dialogs.choice import ChoiceDialog
from qiscus_tui.tui.listed import texts
from qiscus_tui.tui.revoke.dialog import RevokeDialog
from tests.clocks import ManualClock
from tests.tui.demo_app import Running, at_sessions

CRON = Known("billing cron", client="GuzzleHttp", protect=True)


def rows_of(running: Running) -> list[str]:
    """The lines of the groups, without the header's."""
    lines = running.lines()
    rules = [at for at, line in enumerate(lines) if line.startswith("─")]
    return [line for line in lines[rules[0] + 2 : rules[-1]] if line]


def groups_of(running: Running) -> Sequence[Group]:
    """The groups that the service makes of what is shown."""
    sessions = running.sessions
    keys, shown = sessions.view.request.keys, sessions.view.shown
    return grouped(sessions.view.listed, keys, sessions.list.moment(), shown)


def under_cursor(running: Running) -> Group:
    group = running.sessions.list.group_table.cursor_group
    assert group is not None
    return group


def marked(running: Running) -> set[int]:
    return {*running.sessions.view.marks.positions()}


async def test_g_shows_the_list_as_groups_the_largest_first_and_g_shows_the_list(
    clock: ManualClock,
) -> None:
    async with at_sessions(clock, sessions=400) as running:
        before = running.lines()
        await running.press("g")
        groups = groups_of(running)
        assert running.lines()[1].startswith(f" 401 active in {len(groups)} groups · ")
        assert running.lines()[1].endswith("by client and network")
        assert running.lines()[2].endswith("all, largest first")
        assert sum(group.count for group in groups) == 401
        for row, group in zip(rows_of(running), groups, strict=False):
            assert row.split()[1] == f"{group.count}"
        assert under_cursor(running).values == groups[0].values
        await running.press("g")
        assert running.lines() == before


async def test_the_titles_fall_with_the_width_the_least_important_first(
    clock: ManualClock,
) -> None:
    async with at_sessions(clock, sessions=400, known=[CRON]) as running:
        await running.press("g")
        for width, titles in (
            (200, "SESSIONS▼ PER DAY NEWEST LAST USED IN USE TO REVOKE EXPIRING CLIENT NETWORK"),
            (120, "SESSIONS▼ PER DAY LAST USED IN USE TO REVOKE EXPIRING CLIENT NETWORK"),
            (100, "SESSIONS▼ LAST USED TO REVOKE CLIENT NETWORK"),
            (80, "SESSIONS▼ LAST USED CLIENT NETWORK"),
            (60, "SESSIONS▼ LAST USED CLIENT NETWORK"),
        ):
            await running.pilot.resize_terminal(width, 24)
            await running.settle()
            assert " ".join(running.lines()[4].split("▏")[0].split()) == titles
            assert ("protected" if width > 60 else "■") in running.text()
            assert " %" in rows_of(running)[0] or width == 60
            assert "python-requests " in running.text(), "its name is cut"


# Marks.


async def test_space_marks_every_session_of_a_group_and_moves_down(clock: ManualClock) -> None:
    async with at_sessions(clock, sessions=400) as running:
        await running.press("g", "space", "space")
        first, second, third = groups_of(running)[:3]
        assert marked(running) == {*first.positions, *second.positions}
        assert f"{first.count + second.count} marked" in running.text()
        assert [row[1] for row in rows_of(running)[:3]] == ["✓", "✓", " "]
        assert under_cursor(running).values == third.values
        await running.press("k", "space")
        assert marked(running) == {*first.positions}
        await running.press("u", "home", "enter", "space", "g")
        assert [row[1] for row in rows_of(running)] == ["◐"], "some of them are marked"
        await running.press("space")
        assert rows_of(running)[0][1] == "✓"
        await running.press("u")
        assert rows_of(running)[0][1] == " "


async def test_marking_all_and_inverting_touch_what_the_filter_leaves(clock: ManualClock) -> None:
    async with at_sessions(clock, sessions=400) as running:
        await running.press("g", "slash", *"curl", "enter", "a")
        shown = {*running.sessions.view.shown}
        assert 0 < len(shown) < 401
        assert marked(running) == shown
        assert {row[1] for row in rows_of(running)} == {"✓"}
        await running.press("space", "i")
        assert marked(running) == {*groups_of(running)[0].positions}


# The filter, and the way into a group.


async def test_the_filter_groups_what_it_leaves_and_each_group_can_be_opened(
    clock: ManualClock,
) -> None:
    async with at_sessions(clock, sessions=400) as running:
        await running.press("g")
        groups = groups_of(running)  # each of them: tests/service/test_groups.py
        for row, group in ((0, groups[0]), (len(groups) - 1, groups[-1])):
            running.sessions.list.group_table.move_to(row)
            await running.press("enter")
            assert {*running.sessions.view.shown} == {*group.positions}, group.name
            await running.press("escape")
        await running.press("slash", *"guzzle", "enter")
        groups = groups_of(running)
        found = sum(group.count for group in groups)
        assert running.lines()[1].startswith(f" 401 active, {found} in {len(groups)} groups")
        assert f"{found} of 401, largest first" in running.lines()[2]
        assert len(rows_of(running)) == len(groups)
        await running.press("escape")
        assert running.sessions.list.is_grouped
        assert "all, largest first" in running.lines()[2]
        await running.press("escape")
        assert not running.sessions.list.is_grouped


async def test_enter_shows_the_group_s_sessions_and_escape_comes_back(clock: ManualClock) -> None:
    async with at_sessions(clock, sessions=400) as running:
        await running.press("g", "slash", *"age:<30d", "enter", "j", "j")
        group = under_cursor(running)
        await running.press("enter")
        assert {*running.sessions.view.shown} == {*group.positions}
        assert running.value("#filter") == f"age:<30d {group.filter_text} "
        assert running.focus == "table"
        await running.press("r", "slash", *"zzz")  # the list is read again meanwhile
        assert running.value("#filter").endswith(" zzz")
        await running.press("enter", "escape")
        assert running.sessions.list.is_grouped
        assert running.value("#filter") == "age:<30d"
        assert under_cursor(running).values == group.values
        assert running.focus == "groups"
        await running.press("slash", "ctrl+u", *"is:xx")
        await running.click_list()
        await running.press("enter")
        assert running.sessions.list.is_grouped
        assert "the filter has an error" in running.toasts
        await running.press("space", "x")
        assert not marked(running)
        assert running.app.screen is running.sessions


async def test_of_a_long_list_groups_are_made_in_a_thread_and_what_is_done_meanwhile_is_right(
    clock: ManualClock,
) -> None:
    async with at_sessions(clock, sessions=6000) as running:
        sessions = running.sessions
        await running.press("g", "space")
        count = len(marked(running))
        assert count == groups_of(running)[0].count
        assert rows_of(running)[0][1] == "✓"
        await running.press("r")
        assert len(marked(running)) == count
        assert rows_of(running)[0][1] == "✓"
        await running.press("u")
        sessions.filter_bar.show("curl")  # while it is looked for
        sessions.list.toggle_mark()
        assert marked(running) == {*groups_of(running)[0].positions}
        assert all("curl" in sessions.view.listed.clients[at] for at in marked(running))
        sessions.view.group_by([GroupKey.DAY])
        line = texts.counts(sessions.feed, sessions.view)  # none are made yet
        assert line.left[0].texts[0][0] == "6,001 active"


# Sorting and keys.


async def test_sorting_goes_through_each_column_and_the_keys(clock: ManualClock) -> None:
    async with at_sessions(clock, sessions=400, size=(120, 80)) as running:
        await running.press("g")
        words: list[str] = []
        for _ in range(7):
            words.append(running.lines()[2].rpartition(", ")[2])
            if words[-1] == "by client":
                for key in ("S", "S"):  # unknown values are last in both directions
                    groups = running.sessions.view.result.groups
                    clients = [group.values[0] for group in groups]
                    known = [name for name in clients if name is not None]
                    assert clients[: len(known)] == known
                    assert len(known) < len(clients)
                    await running.press(key)
            await running.press("s")
        assert words == [
            "largest first",
            "most per day first",
            "newest first",
            "oldest first",
            "last used first",
            "by client",
            "by network",
        ]
        await running.press("S")
        assert running.lines()[2].endswith("smallest first")
        assert "SESSIONS▲" in running.text()
        assert rows_of(running)[0].split()[1] == "1"
        x = running.lines()[4].index("LAST USED")
        await running.pilot.click("#groups", offset=(x, 0))
        await running.settle()
        assert running.lines()[2].endswith("last used first")
        await running.pilot.click("#groups", offset=(5, 2))
        group = under_cursor(running)
        await running.pilot.click("#groups", offset=(5, 2), times=2)
        await running.settle()
        assert {*running.sessions.view.shown} == {*group.positions}


async def test_what_to_group_by_is_asked(clock: ManualClock) -> None:
    async with at_sessions(clock, sessions=400) as running:
        await running.press("G")
        assert isinstance(running.app.screen, ChoiceDialog)
        for words in ("client and network", "user", "label", "day"):
            assert words in running.text()
        await running.press("4")
        assert isinstance(running.app.screen, ChoiceDialog)  # no session names a user
        await running.press("6")
        assert running.sessions.list.is_grouped
        assert running.lines()[1].endswith("by day")
        assert running.sessions.view.request.keys == (GroupKey.DAY,)
        assert "DAY" in running.lines()[4]
        await running.press("l")
        assert "Only groups by client and network can be named" in running.toasts
        await running.press("G", "k", "enter")
        assert running.lines()[1].endswith("by network")


async def test_a_list_that_cannot_be_grouped_so_says_why(clock: ManualClock) -> None:
    async with at_sessions(clock, dialect="bare") as running:
        await running.press("g")
        assert "The server lists no client" in running.text()
        assert "G groups by something else, g shows the list." in running.text()
        await running.press("space", "enter", "x", "S", "s")
        assert running.app.screen is running.sessions
        assert not marked(running)


# The list behind them.


async def test_the_cursor_stays_on_its_group_when_the_list_is_read_again(
    clock: ManualClock,
) -> None:
    async with at_sessions(clock, sessions=400) as running:
        await running.press("g", "j", "j")
        values = under_cursor(running).values
        largest = groups_of(running)[0]
        listed = running.sessions.view.listed
        tokens = [listed.sessions[at].token for at in largest.positions]
        for token in tokens:
            assert token is not None
            running.state.end(token)
        await running.press("r")
        assert under_cursor(running).values == values
        assert running.sessions.list.group_table.cursor_row == 1


# What can't act says why; what is protected or ours says so.


async def test_our_own_and_protected_groups_are_named_in_words(clock: ManualClock) -> None:
    async with at_sessions(clock, sessions=400, known=[CRON], size=(120, 90)) as running:
        await running.press("g")
        protected = [row for row in rows_of(running) if row.endswith("protected")]
        assert protected
        assert all("■" in row and "billing cron" in row for row in protected)
        (own,) = (row for row in rows_of(running) if "this session" in row)
        assert own.split()[1] == "1"
        await running.press("c")
        assert running.toasts == "This needs a session: enter shows those of the group."


async def test_to_revoke_is_what_x_plans_and_in_use_what_was_used_today(
    clock: ManualClock,
) -> None:
    async with at_sessions(clock, sessions=400, known=[CRON]) as running:
        await running.press("g")
        for row in range(3):  # GuzzleHttp, what is protected, and another
            count, in_use = under_cursor(running).count, under_cursor(running).in_use
            words = rows_of(running)[row].split(" ago ", 1)[1].split()
            assert words[0] == f"{in_use}"
            await running.press("x")
            if words[1] == "0":
                assert "Nothing to revoke" in running.text()
            else:
                kept = count - int(words[1])
                assert f"{words[1]} to revoke + {kept} kept = {count}" in running.words()
            await running.press("escape", "j")


async def test_from_150_columns_the_newest_of_the_group_stands_beside_them(
    clock: ManualClock,
) -> None:
    async with at_sessions(clock, sessions=400, size=(150, 40)) as running:
        await running.press("g")
        for _ in range(2):
            of_group = under_cursor(running).positions
            sessions = running.sessions.view.listed.sessions
            newest = max((sessions[at] for at in of_group), key=lambda one: one.created_at or 0)
            assert "The newest of the group" in running.text()
            assert f"Id          {newest.id}" in running.text()
            assert f"newest of {len(of_group)}" in running.text()
            await running.press("j")
        await running.press("tab", "g")
        assert "The newest of the group" not in running.text()


async def test_x_asks_for_the_group_or_for_what_is_marked(clock: ManualClock) -> None:
    async with at_sessions(clock, sessions=400) as running:
        await running.press("g", "j", "x")
        assert isinstance(running.app.screen, RevokeDialog)
        await running.press("escape", "k", "space", "x")
        assert isinstance(running.app.screen, RevokeDialog)
        await running.press("escape", "u", "g")
        await running.press("slash", *"curl", "enter", "end", "space", "up", "space")
        await running.press("slash", *["backspace"] * 5, "enter", "g", "home", "x")
        assert (
            "2 marked before; the group under the cursor is not in it (u unmarks)"
            in running.words()
        )


async def test_where_the_filter_hides_all_marks_x_is_for_the_group(clock: ManualClock) -> None:
    async with at_sessions(clock, sessions=400) as running:
        await running.press("slash", *"curl", "enter", "a", "slash", *["backspace"] * 5)
        await running.press(*"guzzle", "enter", "g", "x")
        name = under_cursor(running).name
        assert "marked sessions are hidden by the filter" in running.words()
        assert f"This is the group {name}" in running.words()
        assert "to revoke +" in running.words()


async def test_the_cursor_goes_back_to_no_group_of_long_ago(clock: ManualClock) -> None:
    async with at_sessions(clock, sessions=400) as running:
        await running.press("g", "end")
        last = under_cursor(running).name
        await running.press("g", "r", "g")
        assert under_cursor(running).name == last
        await running.press("home")
        first = under_cursor(running).name
        await running.press("slash", *"zzz", "enter")
        await running.press("slash", "ctrl+u", "enter")
        assert under_cursor(running).name == first != last


async def test_footer_and_palette_are_those_of_the_groups_and_a_found_token_leaves_them(
    clock: ManualClock,
) -> None:
    async with at_sessions(clock, size=(160, 40)) as running:
        await running.press("g")
        assert "enter open" in running.lines()[-1]
        assert "G group by" in running.lines()[-1]
        x = running.lines()[-1].index("g list")
        await running.pilot.click("#actions", offset=(x, 0))
        await running.settle()
        assert not running.sessions.list.is_grouped
        await running.press("g", "colon", *"plain list", "enter")
        assert not running.sessions.list.is_grouped
        token = running.state.sessions()[3].token
        await running.press("g", "F", *token, "enter")
        assert not running.sessions.list.is_grouped
        session = running.sessions.table.cursor_session
        assert session is not None
        assert session.token == token
