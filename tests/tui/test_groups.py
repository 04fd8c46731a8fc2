"""The list as groups: a row a script, with marks, filter, sort and the way into a group."""

from collections.abc import Sequence

from qiscus_tui.model.group_keys import GroupKey
from qiscus_tui.service.sessions.groups import Group, grouped
from qiscus_tui.tui.dialogs.choice import ChoiceDialog
from qiscus_tui.tui.listed import texts
from qiscus_tui.tui.widgets.cells import UNKNOWN
from tests.tui.conftest import BILLING
from tests.tui.demo_app import Running, at_sessions


def rows_of(here: Running) -> list[str]:
    """The lines of the groups, without the header's."""
    lines = here.lines()
    rules = [at for at, line in enumerate(lines) if line.startswith("─")]
    return [line for line in lines[rules[0] + 2 : rules[-1]] if line]


def groups_of(here: Running) -> Sequence[Group]:
    """The groups that the service makes of what is shown."""
    sessions = here.sessions
    keys, shown = sessions.view.request.keys, sessions.view.shown
    return grouped(sessions.view.listed, keys, sessions.list.moment(), shown)


def marked(here: Running) -> set[int]:
    return {*here.sessions.view.marks.positions()}


async def test_g_shows_the_list_as_groups_the_largest_first_and_g_shows_the_list() -> None:
    async with at_sessions(sessions=400) as here:
        before = here.lines()
        await here.press("g")
        groups = groups_of(here)
        assert here.lines()[1].startswith(f" 401 active in {len(groups)} groups · ")
        assert here.lines()[1].endswith("by client and network")
        assert here.lines()[2].endswith("all, largest first")
        assert sum(group.count for group in groups) == 401
        for row, group in zip(rows_of(here), groups, strict=False):
            assert row.split()[1] == f"{group.count}"
        assert here.group.values == groups[0].values
        await here.press("g")
        assert here.lines() == before


async def test_the_titles_fall_with_the_width_the_least_important_first() -> None:
    async with at_sessions(sessions=400, known=[BILLING]) as here:
        await here.press("g")
        for width, titles in (
            (200, "SESSIONS▼ PER DAY NEWEST LAST USED IN USE TO REVOKE EXPIRING CLIENT NETWORK"),
            (120, "SESSIONS▼ PER DAY LAST USED IN USE TO REVOKE EXPIRING CLIENT NETWORK"),
            (100, "SESSIONS▼ LAST USED TO REVOKE CLIENT NETWORK"),
            (80, "SESSIONS▼ LAST USED CLIENT NETWORK"),
            (60, "SESSIONS▼ LAST USED CLIENT NETWORK"),
        ):
            await here.resize(width, 24)
            keys = ("enter open", "G group by", "g list") if width == 200 else ()
            assert all(words in here.lines()[-1] for words in keys)
            assert " ".join(here.lines()[4].split("▏")[0].split()) == titles
            assert ("protected" if width > 60 else "■") in here.text()
            assert " %" in rows_of(here)[0] or width == 60
            assert "python-requests " in here.text(), "its name is cut"


# Marks.


async def test_space_marks_every_session_of_a_group_and_moves_down() -> None:
    async with at_sessions(sessions=400) as here:
        for key in ("g", "space", "space"):
            await here.press(key)
        first, second, third = groups_of(here)[:3]
        assert marked(here) == {*first.positions, *second.positions}
        assert f"{first.count + second.count} marked" in here.text()
        assert [row[1] for row in rows_of(here)[:3]] == ["✓", "✓", " "]
        assert here.group.values == third.values
        await here.press("k", "space")
        assert marked(here) == {*first.positions}
        await here.press("u", "home", "enter", "space", "g")
        assert [row[1] for row in rows_of(here)] == ["◐"], "some of them are marked"
        await here.press("space")
        assert rows_of(here)[0][1] == "✓"
        await here.press("escape", "slash", *"curl", "enter", "a")
        assert marked(here) == {*first.positions, *here.sessions.view.shown}
        assert {row[1] for row in rows_of(here)} == {"✓"}
        await here.press("u", "space", "i")
        assert marked(here) == {*here.sessions.view.shown} - {*groups_of(here)[0].positions}


# The filter, and the way into a group.


async def test_the_filter_groups_what_it_leaves_and_escape_comes_back_from_a_group() -> None:
    async with at_sessions(sessions=400) as here:
        await here.press("g", "slash", *"age:<9d", "enter")
        groups = groups_of(here)
        found = sum(group.count for group in groups)
        assert here.lines()[1].startswith(f" 401 active, {found} in {len(groups)} groups")
        assert f"{found} of 401, largest first" in here.lines()[2]
        assert len(rows_of(here)) == len(groups)
        await here.press("j", "j")
        group = here.group
        await here.press("enter")
        assert {*here.sessions.view.shown} == {*group.positions}
        assert here.value("#filter") == f"age:<9d {group.filter_text} "
        assert here.focus == "table"
        await here.press("r", "slash", *"zzz")  # the list is read again meanwhile
        assert here.value("#filter").endswith(" zzz")
        await here.press("enter", "escape")
        assert here.sessions.list.is_grouped
        assert here.value("#filter") == "age:<9d"
        assert here.group.values == group.values
        assert here.focus == "groups"
        await here.press("slash", "ctrl+u", *"is:xx")
        await here.click_list()
        await here.press("enter")
        assert here.sessions.list.is_grouped
        assert "the filter has an error" in here.toasts
        await here.press("space", "x")
        assert not marked(here)
        assert here.app.screen is here.sessions
        await here.press("escape")
        assert here.sessions.list.is_grouped
        assert "all, largest first" in here.lines()[2]
        await here.press("escape")
        assert not here.sessions.list.is_grouped


async def test_keys_that_come_before_the_groups_have_their_place_do_not_scroll_them() -> None:
    async with at_sessions(sessions=400) as here:
        here.sessions.action_groups()
        here.sessions.list.toggle_mark()
        await here.settle()
        assert rows_of(here)[0][1] == "✓"


async def test_what_is_done_while_groups_are_made_in_a_thread_is_right() -> None:
    async with at_sessions(sessions=6000) as here:
        sessions = here.sessions
        await here.press("g", "space")
        count = len(marked(here))
        assert count == groups_of(here)[0].count
        assert rows_of(here)[0][1] == "✓"
        await here.press("r")
        assert len(marked(here)) == count
        assert rows_of(here)[0][1] == "✓"
        await here.press("u")
        sessions.filter_bar.show("curl")  # while it is looked for
        sessions.list.toggle_mark()
        assert marked(here) == {*groups_of(here)[0].positions}
        assert all("curl" in sessions.view.listed.clients[at] for at in marked(here))
        sessions.view.group_by([GroupKey.DAY])
        line = texts.counts(sessions.feed, sessions.view)  # none are made yet
        assert line.left[0].texts[0][0] == "6,001 active"


# Sorting and keys.


async def test_sorting_goes_through_each_column_and_the_keys() -> None:
    async with at_sessions(sessions=400, size=(120, 80)) as here:
        await here.press("g")
        words: list[str] = []
        for _ in range(7):
            words.append(here.lines()[2].rpartition(", ")[2])
            if words[-1] == "by client":
                for key in ("S", "S"):  # unknown values are last in both directions
                    groups = here.sessions.view.result.groups
                    clients = [group.values[0] for group in groups]
                    known = [name for name in clients if name is not None]
                    assert clients[: len(known)] == known
                    assert len(known) < len(clients)
                    await here.press(key)
            await here.press("s")
        assert words == [
            "largest first",
            "most per day first",
            "newest first",
            "oldest first",
            "last used first",
            "by client",
            "by network",
        ]
        await here.press("S")
        assert here.lines()[2].endswith("smallest first")
        assert "SESSIONS▲" in here.text()
        assert rows_of(here)[0].split()[1] == "1"


async def test_what_to_group_by_is_asked() -> None:
    async with at_sessions(sessions=400) as here:
        await here.press("G")
        assert isinstance(here.app.screen, ChoiceDialog)
        here.shows("client and network", "user", "label", "day")
        await here.press("4")
        assert isinstance(here.app.screen, ChoiceDialog)  # no session names a user
        await here.press("6")
        assert here.sessions.list.is_grouped
        assert here.lines()[1].endswith("by day")
        assert here.sessions.view.request.keys == (GroupKey.DAY,)
        assert "DAY" in here.lines()[4]
        await here.press("G", "k", "enter")
        assert here.lines()[1].endswith("by network")


async def test_of_a_group_without_an_expiry_it_is_unknown_how_many_expire() -> None:
    async with at_sessions(dialect="patchy") as here:
        for text, is_unknown in (("is:undated", True), ("-is:undated", False)):
            here.sessions.filter_by(text)
            here.sessions.action_groups()
            await here.settle()
            table = here.sessions.list.group_table
            (expiring,) = (one for one in table.columns if one.title == "EXPIRING")
            rows = map(table.row_at, range(len(groups_of(here))))
            assert {expiring.text(row, 8) == UNKNOWN for row in rows} == {is_unknown}


async def test_a_list_that_cannot_be_grouped_so_says_why() -> None:
    async with at_sessions(dialect="bare") as here:
        await here.press("g")
        here.shows("The server lists no client", "G groups by something else, g shows the list.")
        await here.press("space", "enter", "x", "S", "s")
        assert here.app.screen is here.sessions
        assert not marked(here)


# The list behind them.


async def test_the_cursor_stays_on_its_group_and_goes_to_the_first_where_none_was_shown() -> None:
    async with at_sessions(sessions=400) as here:
        await here.press("g", "j", "j")
        values = here.group.values
        for at in groups_of(here)[0].positions:
            here.state.end(str(here.sessions.view.listed.sessions[at].token))
        await here.press("r")
        assert here.group.values == values
        assert here.sessions.list.group_table.cursor_row == 1
        await here.press("end")
        last = here.group.name
        await here.press("g", "r", "g")
        assert here.group.name == last
        await here.press("home")
        first = here.group.name
        await here.press("slash", *"zzz", "enter", "slash", "ctrl+u", "enter")
        assert here.group.name == first != last


# What can't act says why; what is protected or ours says so.


async def test_rows_say_what_is_ours_protected_in_use_today_and_what_x_would_revoke() -> None:
    async with at_sessions(sessions=400, known=[BILLING], size=(120, 90)) as here:
        await here.press("g")
        protected = [row for row in rows_of(here) if row.endswith("protected")]
        assert protected
        assert all("■" in row and "billing cron" in row for row in protected)
        assert not any(row.endswith("some protected") for row in protected)
        (own,) = (row for row in rows_of(here) if "this session" in row)
        assert own.split()[1] == "1"
        await here.press("c")
        assert here.toasts == "This needs a session: enter shows those of the group."
        for row in range(3):  # GuzzleHttp, what is protected, and another
            count, in_use = here.group.count, here.group.in_use
            words = rows_of(here)[row].split(" ago ", 1)[1].split()
            assert words[0] == f"{in_use}"
            await here.press("x")
            if words[1] == "0":
                assert "Nothing to revoke" in here.text()
            else:
                kept = count - int(words[1])
                assert f"{words[1]} to revoke + {kept} kept = {count}" in here.words()
            await here.press("escape", "j")


async def test_from_150_columns_the_newest_of_the_group_stands_beside_them() -> None:
    async with at_sessions(sessions=400, size=(150, 40)) as here:
        await here.press("g")
        for _ in range(2):
            of_group = here.group.positions
            sessions = here.sessions.view.listed.sessions
            newest = max((sessions[at] for at in of_group), key=lambda one: one.created_at or 0)
            here.shows(
                "The newest of the group", f"Id          {newest.id}", f"newest of {len(of_group)}"
            )
            await here.press("j")
        await here.press("tab", "g")
        assert "The newest of the group" not in here.text()


async def test_x_asks_for_the_group_where_nothing_is_marked_that_is_shown() -> None:
    async with at_sessions(sessions=400) as here:
        await here.press("g", "end", "space", "up", "space", "home", "x")
        words = "2 marked before; the group under the cursor is not in it (u unmarks)"
        assert words in here.words()
        await here.press("escape", "slash", *"guzzle", "enter", "x")
        assert "marked sessions are hidden by the filter" in here.words()
        assert f"This is the group {here.group.name}" in here.words()
        assert "to revoke +" in here.words()
