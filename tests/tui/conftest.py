"""A tiny app around the table, and lists of sessions made by hand."""

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from msgspec.structs import replace
from textual import on
from textual.app import App, ComposeResult
from textual.message import Message
from textual.widget import Widget

from qiscus_tui.commands.command import Scope
from qiscus_tui.model.account import Account, Role, Storage, parse_origin
from qiscus_tui.model.clients import Known
from qiscus_tui.model.session import Session
from qiscus_tui.query import Moment, SortKey
from qiscus_tui.service.account.selection import SelectedAccount
from qiscus_tui.service.account.workspace import LocalFiles, Workspace
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.store.accounts import StoredAccount
from qiscus_tui.store.config import Config
from qiscus_tui.tui import registry
from qiscus_tui.tui.listed.feed import Feed
from qiscus_tui.tui.listed.view import ListView, ViewRequest, ViewResult
from qiscus_tui.tui.sessions.session_table import SessionTable
from qiscus_tui.tui.sessions.shown_list import ShownList
from qiscus_tui.tui.theme import DARK, THEMES
from qiscus_tui.tui.widgets.table import Sort
from tests.clocks import ManualClock
from tests.service import scripted
from tests.tui.demo_app import Machine

NOW = 1_792_000_000.0  # Wed 14 Oct 2026 17:46:40 UTC
DAY = 86_400
MOMENT = Moment(NOW, DAY)
CLIENTS = (
    ("GuzzleHttp 7", "10.2.0.7"),
    ("curl 8.5", "203.0.113.9"),
    ("Chrome 126 · Windows", "198.51.100.7"),
    ("Safari 17 · iPhone", "2001:db8:85a3::8a2e:370:7334"),
    ("python-requests 2.31", "192.0.2.44"),
)
BILLING = Known("billing cron", client="GuzzleHttp", protect=True)


def session(number: int, **fields: object) -> Session:
    """The session with this number; its id is the number in hex."""
    agent, ip = CLIENTS[number % len(CLIENTS)]
    created = NOW - 600 - number * 7_001
    values: dict[str, object] = {
        "id": f"{number:08x}{number % 65536:04x}",
        **dict.fromkeys(("revoke_with", "token"), f"token-{number}"),
        "created_at": created,
        "expires_at": created + 30 * DAY,
        "last_used_at": None if number % 3 == 2 else NOW - number * 977,
        "user_agent": agent,
        "ip": ip,
        "user": None,
    }
    return scripted.new_session(number, **{**values, **fields})


def listed(
    sessions: Sequence[Session], *, labels: Sequence[Known | None] = (), new: bytes = b""
) -> SessionList:
    """A snapshot of these sessions."""
    return dataclasses.replace(
        scripted.listed(sessions, read_at=NOW),
        clients=[session.safe_agent for session in sessions],
        labels=labels or [None] * len(sessions),
        new=new or bytes(len(sessions)),
    )


def many(count: int) -> SessionList:
    """`count` sessions, the first of them our own."""
    return listed([session(number, current=number == 0) for number in range(count)])


ACCOUNT = Account(
    parse_origin("omnichannel.qiscus.com"),
    "abcd-gzu41e4e4dv9fu3f",
    "a@b.c",
    app_name="Tech Corp.",
    role=Role.ADMIN,
)


def feed_on(
    clock: ManualClock, account: Account = ACCOUNT, storage: Storage = Storage.KEYRING
) -> Feed:
    """A feed whose list is on its way."""
    workspace = Workspace({}, Config(), LocalFiles.in_memory(), clock)
    selected = SelectedAccount(StoredAccount("here", account, storage), "the test")

    async def show(listed: SessionList) -> None:
        feed.take(listed)

    feed = Feed(workspace, selected, show, lambda: None)
    return feed


def marked_ids(view: ListView) -> tuple[str, ...]:
    """Ids of all marked sessions, hidden ones too, in the list's order."""
    return tuple(view.listed.sessions[at].id for at in view.marks.positions())


def view_of(sessions: SessionList, text: str = "") -> ListView:
    """What is shown of a list by a filter."""
    view = ListView()
    view.show(ViewRequest(sessions).find(view.result))
    view.type_filter(text, MOMENT)
    view.finish()
    return view


class WidgetApp(App[None]):
    """Nothing but some widgets, in our colours."""

    def __init__(self, *widgets: Widget) -> None:
        super().__init__()
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = DARK
        self.widgets = widgets

    def compose(self) -> ComposeResult:
        yield from self.widgets

    def lines(self) -> list[str]:
        """What stands on the screen, line by line."""
        width, height = self.size
        strips = self.screen._compositor.render_strips()
        assert len(strips) == height
        assert all(strip.cell_length == width for strip in strips)
        return [strip.text.rstrip() for strip in strips]


class TableApp(WidgetApp):
    """The list alone, with the sessions screen's bindings, keeping what its table posts."""

    CSS = "Screen { layout: vertical; }"
    BINDINGS = [*registry.bindings(Scope.SESSIONS)]  # noqa: RUF012 Textual's own form

    def __init__(self, sessions: SessionList, clock: ManualClock) -> None:
        self.list = ShownList(feed_on(clock), lambda: None)
        super().__init__(self.list)
        self.clock = clock
        self.view, self.table = self.list.view, self.list.table
        self.first = sessions
        self.told: list[Message] = []
        for name in ("toggle_mark", "mark_range", "mark_shown", "invert_shown", "unmark_all"):
            setattr(self, f"action_{name}", getattr(self.list, name))

    def on_mount(self) -> None:
        self.table.show_sort(Sort(SortKey.CREATED, descending=True))
        self.show(self.first, range(len(self.first)))
        self.table.focus()

    def show(self, sessions: SessionList, order: Sequence[int]) -> None:
        """Show a list whose sort and filter left these."""
        self.view.show(ViewResult(replace(self.view.request, listed=sessions), shown=order))
        self.table.show(sessions, order, self.view.marks)

    def show_order(self, order: Sequence[int]) -> None:
        """Show what another sort or filter leaves of the list."""
        self.view.result = replace(self.view.result, shown=order)
        self.table.show_order(order)

    @on(SessionTable.SortRequested)
    @on(SessionTable.Opened)
    def keep(self, message: Message) -> None:
        self.told.append(message)

    def action_mark_down(self) -> None:
        self.list.mark_and_move(1)

    def action_mark_up(self) -> None:
        self.list.mark_and_move(-1)


@pytest.fixture(autouse=True)
def utc(zone: Callable[[str], None]) -> None:
    zone("UTC")


@pytest.fixture
async def machine(clock: ManualClock, home: Path) -> Machine:
    """The admin is logged in here."""
    made = Machine(clock, home)
    await made.log_in()
    return made
