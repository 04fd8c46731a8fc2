"""The overview: what stands out, tokens per day, expiries ahead, top clients and networks."""

from collections.abc import Sequence
from functools import partial

from msgspec.structs import replace
from textual import events, on
from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.widgets import Static

from qiscus_tui.commands.command import Context, Scope
from qiscus_tui.model.text import counted, safe
from qiscus_tui.query import Moment
from qiscus_tui.service.overview import Overview, Sprawl, count_overview
from qiscus_tui.service.sessions.session_list import NO_SESSIONS
from qiscus_tui.tui.base_screen import HEIGHTS, BaseScreen
from qiscus_tui.tui.listed import texts
from qiscus_tui.tui.listed.feed import Feed
from qiscus_tui.tui.listed.view import ListView
from qiscus_tui.tui.listed.work import ListWork
from qiscus_tui.tui.widgets.bars import Chart, line_up
from qiscus_tui.tui.widgets.one_line import ALWAYS, Line, OneLine, Tone, piece
from qiscus_tui.tui.widgets.texts import Drawn, Notice

TALL = 30
"""Lines from which the days have a column of their own."""
WHAT_TO_PRESS = "Clean up: esc, {key[prune]}."
CURE = "If you can't change the script: qiscus-tui proxy."
NO_MATCH = ("No session matches the filter.", "esc goes back to the list, where / changes it.")
COUNTING = ("Counting the sessions…",)


class OverviewScreen(BaseScreen[str]):
    """Bars of what the list shows, which it follows. Dismissed with the filter that a bar makes."""

    CSS_PATH = "screen.tcss"
    VERTICAL_BREAKPOINTS = [*HEIGHTS, (TALL, "-tall")]  # noqa: RUF012 Textual's own form
    AUTO_FOCUS = ""  # what is not shown yet can't take it, and keys would wait for that
    SCOPE = Scope.OVERVIEW
    SHOWS_LIST = True

    def __init__(self, feed: Feed, view: ListView) -> None:
        super().__init__()
        self._feed = feed
        self._view = view
        self._listed = NO_SESSIONS
        self._shown: Sequence[int] | None = None
        """Positions that the filter leaves; None: all."""
        self._overview: Overview | None = None
        self._work = ListWork(partial(self.run_worker, group="count"))
        self.identity = OneLine(id="overview-identity")
        self.counts = OneLine(id="overview-counts")
        self.title_line = OneLine(id="overview-title")
        self.notice = Notice(id="overview-notice")
        self.sentence = Notice(id="overview-sprawl")
        self.days = Chart("ISSUED PER DAY", id="chart-days")
        self.expiries = Chart("EXPIRIES AHEAD", id="chart-expiries")
        self.clients = Chart("TOP CLIENTS", id="chart-clients", has_shares=True)
        self.networks = Chart("TOP NETWORKS", id="chart-networks", has_shares=True)
        self._no_charts = Drawn(id="no-charts")

    def compose_body(self) -> ComposeResult:
        yield self.identity
        yield self.counts
        yield self.title_line
        yield self.notice
        yield self.sentence
        yield Static(classes="rule")
        with Container(id="charts"):
            yield self.days
            yield self.expiries
            yield self.clients
            yield self.networks
        yield self._no_charts

    def on_mount(self) -> None:
        """Count, and follow the list from now on."""
        self.follow_clock()
        self.draw()

    def on_resize(self, event: events.Resize) -> None:
        """Align the bars for another arrangement of the charts."""
        self._align()

    # Following the list.

    def draw(self) -> None:
        """Draw what the list shows, and count it where that is something else."""
        super().draw()
        feed, now = self._feed, self._feed.server_now
        self.draw_age()
        self.counts.show_line(texts.counts(feed, self._view))
        doubt = texts.doubts(feed)
        self.notice.say(doubt.text, is_warning=doubt.is_warning)
        self.show_commands()
        overview = self._overview
        is_other = self._view.listed is not self._listed or self._filtered is not self._shown
        if is_other or (overview is not None and not overview.holds(now)):
            self._count()
        self._draw_charts()
        self._draw_title()
        self._draw_sentence()
        self._draw_where_no_charts_are()

    def draw_age(self) -> bool:
        return self.identity.show_line(texts.identity(self._feed))

    @property
    def _filtered(self) -> Sequence[int] | None:
        return self._view.shown if self._view.is_filtered else None

    def _count(self) -> None:
        """Count what is shown. Until that is done, the bars of before stay."""
        feed = self._feed
        self._listed, self._shown = self._view.listed, self._filtered
        moment = Moment(feed.server_now, feed.workspace.config.ui.expiring)
        count = partial(count_overview, self._listed, moment, self._shown)
        self._work.do(len(self._listed), count, self._show)

    def _show(self, overview: Overview) -> None:
        self._overview = overview
        self.draw_soon()

    # Drawing.

    def _draw_charts(self) -> None:
        if (overview := self._overview) is not None:
            self.days.show_bars(overview.days)
            self.expiries.show_bars(overview.expiries(self._feed.server_now))
            self.clients.show_bars(overview.clients)
            self.networks.show_bars(overview.networks)
            self._align()

    def _align(self) -> None:
        """Charts above each other have their bars at the same place."""
        tall = self.app.size.height >= TALL
        left, right = ([self.days], [self.expiries, self.clients, self.networks])
        if not tall:
            left, right = [self.days, self.clients], [self.expiries, self.networks]
        line_up(left)
        line_up(right)

    def _draw_title(self) -> None:
        text = self._view.query.text.strip() if self._view.is_filtered else ""
        total = len(self._listed)
        many = f" of {counted(total, 'session')}" if total else ""
        if total > 1 and self._listed.is_whole:
            many = f" of all {total:,} sessions"
        if total and self._shown is not None:
            many = f" of {len(self._shown):,} of {total:,} sessions"
        self.title_line.show_line(
            Line(
                (
                    piece(f"overview{many}", Tone.STRONG, ALWAYS),
                    *((piece(f"/ {text}", Tone.PLAIN, 50, after="   "),) if text else ()),
                ),
                (piece("esc back to the list", Tone.MUTED, 20),),
            )
        )

    def _draw_sentence(self) -> None:
        """Name the script that made most, and what to press."""
        sprawl = None if self._overview is None else self._overview.sprawl
        words = ""
        if sprawl is not None:
            is_all = self._shown is None and self._listed.is_whole
            words = sprawl_words(sprawl, is_all=is_all)
            if texts.can_prune(self._feed, self._view):
                words += f" {texts.keys_in(self._feed).words(WHAT_TO_PRESS)}"
            if not self.has_class("-short"):
                words += f" {CURE}"
        self.sentence.say(words, is_warning=True)

    def _draw_where_no_charts_are(self) -> None:
        """Words in place of the charts, where there is nothing to draw."""
        is_counted = self._overview is not None and bool(self._counted)
        words = texts.no_rows(self._feed, self._view)
        if self._view.is_filtered and self._view.filter_error is None and self._feed.is_read:
            words = NO_MATCH  # the list's own words name keys that do something else here
        said = () if is_counted else COUNTING if self._counted else words
        self._no_charts.show(lambda _: Content("\n".join(map(safe, said))))
        self.set_class(bool(said), "-empty")
        if is_counted and self.focused is None:
            self.set_focus(self.days, scroll_visible=False)

    @property
    def _counted(self) -> int:
        return len(self._listed if self._shown is None else self._shown)

    # Actions.

    @property
    def context(self) -> Context:
        return replace(texts.context(self._feed, self._view), rows=len(self._view.shown))

    @on(Chart.Opened)
    async def _opened(self) -> None:
        await self.run_command("open_bar")

    def action_open_bar(self) -> None:
        """Show in the list what the bar under the cursor counts of it."""
        bar = self.focused.bar if isinstance(self.focused, Chart) else None
        if bar is None:
            return
        if bar.filter:
            before = self._view.query.text.strip() if self._view.is_filtered else ""
            self.dismiss(f"{before} {bar.filter}".strip())
        else:
            words = f'No filter can match "{bar.label}".'
            self.notify(words, severity="warning", markup=False)

    def action_next_chart(self) -> None:
        """Go to the next chart."""
        self.focus_next(Chart)

    def action_previous_chart(self) -> None:
        """Go to the chart before."""
        self.focus_previous(Chart)


def sprawl_words(sprawl: Sprawl, *, is_all: bool) -> str:
    """Return `GuzzleHttp from 10.2.0.0/24 made 36 % of all, 15 a day; 441 not used for 24 h.`."""
    made, often, unused = texts.sprawl_words(sprawl)
    words = f"{made} of {'all' if is_all else 'these'}"
    words += f", {often}" if often else ""
    return f"{words}; {unused}." if unused else f"{words}."
