"""Views of the configuration, and the list as it was shown last."""

from pathlib import Path

from qiscus_tui.model.group_keys import GroupKey
from qiscus_tui.query import SortKey
from qiscus_tui.service.sessions.groups import GroupFact
from qiscus_tui.store.config import Config, View
from qiscus_tui.tui.app import QiscusTui
from qiscus_tui.tui.dialogs.choice import ChoiceDialog
from qiscus_tui.tui.listed.view import Sorting
from tests.clocks import ManualClock
from tests.sandbox import demo_state
from tests.tui.demo_app import Running, at_sessions, from_environment, opened

VIEWS = Config(
    views={
        "crons": View("crons", "client:GuzzleHttp", ("network",), "newest", reverse=True),
        "leaving soon": View("leaving soon", "is:expiring", sort="expires"),
    }
)


def shown(here: Running) -> tuple[str, bool]:
    screen = here.sessions
    return screen.filter_bar.value, screen.list.is_grouped


async def test_a_digit_shows_the_view_in_that_place() -> None:
    async with at_sessions(config=VIEWS) as here:
        await here.press("1")
        view = here.sessions.view
        assert shown(here) == ("client:GuzzleHttp", True)
        assert view.request.keys == (GroupKey.NETWORK,)
        assert view.request.group_sorting == Sorting(GroupFact.NEWEST, reverse=True)
        assert view.groups
        assert "view: crons" in here.text()

        await here.press("2")
        assert shown(here) == ("is:expiring", False)
        assert here.sessions.view.request.sorting.key is SortKey.EXPIRES
        await here.press("9")
        assert "there is no view 9; V shows them all" in here.text()
        assert shown(here) == ("is:expiring", False)


async def test_v_lists_the_views_with_what_they_show() -> None:
    async with at_sessions(config=VIEWS, size=(80, 24)) as here:
        await here.press("V")
        assert isinstance(here.app.screen, ChoiceDialog)
        here.shows("client:GuzzleHttp · by network · newest", "is:expiring · expires")
        await here.press("down", "enter")
        assert shown(here) == ("is:expiring", False)
        await here.press("V", "escape")
        assert shown(here) == ("is:expiring", False)


async def test_without_views_the_keys_say_where_they_are_named() -> None:
    async with at_sessions() as here:
        for key in ("V", "1"):
            await here.press(key)
            assert "name one in config.toml as [view.NAME]" in here.toasts


async def test_the_last_sort_and_grouping_are_kept(clock: ManualClock, tmp_path: Path) -> None:
    state = demo_state(clock, sessions=40)
    workspace, account = from_environment(state, clock, tmp_path)
    async with opened(QiscusTui(workspace, account), state, clock) as here:
        await here.press("s", "G", "2", "s")
        await here.tick()
        asked = here.sessions.view.request
        left = asked.sorting, asked.keys, asked.group_sorting
        assert shown(here) == ("", True)

    async with opened(QiscusTui(workspace, account), state, clock) as here:
        asked = here.sessions.view.request
        assert (asked.sorting, asked.keys, asked.group_sorting) == left
        assert shown(here) == ("", False)  # it starts in the list, whatever was open last
        assert here.focus == "table"
        await here.tick()
        await here.pilot.press("s", "q")  # chosen just before leaving
        chosen = here.sessions.view.request.sorting

    async with opened(QiscusTui(workspace, account), state, clock) as here:
        assert here.sessions.view.request.sorting == chosen != left[0]
