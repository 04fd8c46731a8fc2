"""The overview: tokens issued per day, expiries ahead, top clients and networks."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.widgets import Static

from qiscus_tui.model.text import safe
from qiscus_tui.model.turns import AT_ONCE, at_once, in_turns
from qiscus_tui.service.overview.counting import Overview, counted_in_steps
from qiscus_tui.service.sessions.session_list import NO_SESSIONS
from qiscus_tui.tui.base.action_bar import ActionBar
from qiscus_tui.tui.base.screen import HEIGHTS, BaseScreen, TooSmall
from qiscus_tui.tui.commands import registry
from qiscus_tui.tui.commands.command import Scope
from qiscus_tui.tui.commands.context import Context
from qiscus_tui.tui.screens import list_lines
from qiscus_tui.tui.screens.notices import Notice
from qiscus_tui.tui.widgets.chart import Chart, Fit
from qiscus_tui.tui.widgets.one_line import ALWAYS, Line, OneLine, Tone, piece

if TYPE_CHECKING:
    from qiscus_tui.service.sessions.session_list import SessionList
    from qiscus_tui.tui.feed import Feed
    from qiscus_tui.tui.list_view import ListView

TALL = 30
"""Lines from which the days have a column of their own."""
COUNTING = ("Counting the sessions…",)


class OverviewScreen(BaseScreen[str]):
    """Bars of all sessions of the list, which it follows. Dismissed with the filter of a bar."""

    CSS_PATH = "overview.tcss"
    VERTICAL_BREAKPOINTS = [*HEIGHTS, (TALL, "-tall")]  # noqa: RUF012 Textual's own form
    AUTO_FOCUS = ""  # what is not shown yet can't take it, and keys would wait for that
    SCOPE = Scope.OVERVIEW
    SHOWS_LIST = True
    HOW_BACK = "enter filters it by this bar, esc goes back to it"
    BINDINGS: ClassVar[list[BindingType]] = [*registry.bindings(Scope.OVERVIEW)]

    def __init__(self, feed: Feed, view: ListView) -> None:
        super().__init__()
        self._feed = feed
        self._view = view
        self._asked = NO_SESSIONS
        self._overview: Overview | None = None
        self._said: tuple[str, ...] = ()
        self.identity = OneLine(id="overview-identity")
        self.counts = OneLine(id="overview-counts")
        self.title_line = OneLine(id="overview-title")
        self.notice = Notice(id="overview-notice")
        self.days = Chart("ISSUED PER DAY", id="chart-days")
        self.expiries = Chart("EXPIRIES AHEAD", id="chart-expiries")
        self.clients = Chart("TOP CLIENTS", id="chart-clients")
        self.networks = Chart("TOP NETWORKS", id="chart-networks")
        self.action_bar = ActionBar(id="overview-actions")

    def compose(self) -> ComposeResult:
        yield TooSmall()
        yield self.identity
        yield self.counts
        yield self.title_line
        yield self.notice
        yield Static(classes="rule")
        with Container(id="charts"):
            yield self.days
            yield self.expiries
            yield self.clients
            yield self.networks
        yield Static("", id="no-charts", markup=False)
        yield Static(classes="rule")
        yield self.action_bar

    def on_mount(self) -> None:
        """Count, and follow the list from now on."""
        self._feed.subscribe(self.draw_soon)
        self.set_interval(1, self.draw)
        self.draw()

    def on_unmount(self) -> None:
        """Follow the list no more."""
        self._feed.unsubscribe(self.draw_soon)

    def on_resize(self, event: events.Resize) -> None:
        """Align the bars for another arrangement of the charts."""
        self._align()

    # Following the list.

    def draw(self) -> None:
        """Draw what the list says, and count it where it is another."""
        super().draw()
        feed, listed, now = self._feed, self._feed.listed, self._feed.server_now
        self.identity.show_line(list_lines.identity(feed))
        self.counts.show_line(list_lines.counts(feed, self._view))
        self.notice.say(list_lines.doubts(feed))
        self.action_bar.show_commands(Scope.OVERVIEW, self.context)
        turned = self._overview is not None and not self._overview.holds(now)
        if listed is not self._asked or turned:
            self._count(listed, now)
        elif self._overview is not None:
            self.expiries.show_bars(self._overview.expiries(now))
            self._align()
        self._draw_title()
        self._draw_where_no_charts_are()

    def _count(self, listed: SessionList, now: float) -> None:
        self._asked, self._overview = listed, None
        steps = counted_in_steps(listed, now)
        if len(listed) <= AT_ONCE:
            self._show(at_once(steps))
        else:
            self.run_worker(self._count_in_turns(steps), group="count", exclusive=True)

    async def _count_in_turns(self, steps: Generator[None, None, Overview]) -> None:
        self._show(await in_turns(steps))
        self._draw_where_no_charts_are()

    def _show(self, overview: Overview) -> None:
        self._overview = overview
        self.days.show_bars(overview.days)
        self.expiries.show_bars(overview.expiries(self._feed.server_now))
        self.clients.show_bars(overview.clients)
        self.networks.show_bars(overview.networks)
        self._align()

    # Drawing.

    def _align(self) -> None:
        """Charts above each other have their bars at the same place."""
        tall = self.app.size.height >= TALL
        left, right = ([self.days], [self.expiries, self.clients, self.networks])
        if not tall:
            left, right = [self.days, self.clients], [self.expiries, self.networks]
        for column in (left, right):
            needs = [chart.needs for chart in column]
            shared = Fit(max(one.label for one in needs), max(one.number for one in needs))
            for chart in column:
                chart.show_fit(shared)

    def _draw_title(self) -> None:
        count = len(self._asked)
        many = "1 session" if count == 1 else f"all {count:,} sessions" if count else ""
        self.title_line.show_line(
            Line(
                (
                    piece("overview", Tone.STRONG, ALWAYS),
                    *((piece(many, Tone.PLAIN, 50, after=" of "),) if many else ()),
                ),
                (piece("esc back to the list", Tone.MUTED, 20),),
            )
        )

    def _draw_where_no_charts_are(self) -> None:
        """Words in place of the charts, where there is nothing to draw."""
        is_counted = bool(self._asked.sessions) and self.days.bar is not None
        words = COUNTING if self._asked.sessions else list_lines.no_list(self._feed)
        said = () if is_counted else words
        if said != self._said:  # an update lays the whole screen out again
            self._said = said
            self.query_one("#no-charts", Static).update("\n".join(map(safe, said)))
            self.set_class(bool(said), "-empty")
        if is_counted and self.focused is None:
            self.set_focus(self.days, scroll_visible=False)

    # Actions.

    @property
    def context(self) -> Context:
        return list_lines.context(self._feed, self._view)

    @on(Chart.Opened)
    async def _opened(self) -> None:
        await self.run_command("open_bar")

    def action_open_bar(self) -> None:
        """Show in the list what the bar under the cursor counts."""
        bar = self.focused.bar if isinstance(self.focused, Chart) else None
        if bar is None:
            return
        if bar.filter:
            self.dismiss(bar.filter)
        else:
            words = f'No filter can ask for "{bar.label}".'
            self.notify(words, severity="warning", markup=False)

    def action_next_chart(self) -> None:
        """Go to the next chart."""
        self.focus_next(Chart)

    def action_previous_chart(self) -> None:
        """Go to the chart before."""
        self.focus_previous(Chart)
