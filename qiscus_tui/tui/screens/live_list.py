"""The sessions screen's part that reads the list: at first, by `r`, by the clock, after a login."""

from __future__ import annotations

import asyncio
import gc
from dataclasses import replace
from typing import TYPE_CHECKING

from textual.message import Message

from qiscus_tui.errors import LoginNeeded, QiscusTuiError
from qiscus_tui.model.account import Storage
from qiscus_tui.model.session import Current
from qiscus_tui.service.account_selection import SelectedAccount
from qiscus_tui.tui.commands.command import Scope
from qiscus_tui.tui.commands.context import Context
from qiscus_tui.tui.screens import notices
from qiscus_tui.tui.screens.attendance import Attendance
from qiscus_tui.tui.screens.notices import NoticeText
from qiscus_tui.tui.screens.passing_time import PassingTime
from qiscus_tui.tui.widgets.one_line import Tone
from qiscus_tui.tui.widgets.status import (
    Counts,
    Freshness,
    Identity,
    counts_line,
    within_words,
)

if TYPE_CHECKING:
    from qiscus_tui.model.account import Account
    from qiscus_tui.service.account.login import LoggedIn
    from qiscus_tui.service.connection import Connection
    from qiscus_tui.service.workspace import Workspace


class LiveList(PassingTime):
    """A list that is read again and again, and says how far it can be believed."""

    class Settled(Message):
        """The first reading is over, well or not."""

    def __init__(self, workspace: Workspace, opening: SelectedAccount | LoggedIn) -> None:
        """`opening`: an account to be connected, or a login that was just made."""
        super().__init__(workspace)
        self._choice = opening if isinstance(opening, SelectedAccount) else None
        self.connection: Connection | None = (
            None if isinstance(opening, SelectedAccount) else opening.connection
        )
        self._notes = () if isinstance(opening, SelectedAccount) else opening.notes
        self.trouble: QiscusTuiError | None = None
        self._attendance = Attendance(workspace)
        self._is_read = False
        self._is_loading = False
        self._is_settled = False
        self._is_changing = False
        self._progress = 0
        self._tried_at = workspace.clock.now()
        self._heard_at = workspace.clock.monotonic()
        self._hung = False
        self._note = ""
        self._note_tone = Tone.GOOD
        self._note_stays = False

    def on_mount(self) -> None:
        """The first frame comes before the network."""
        self.table.show_sort(self.view.sorting.shown)
        self.draw_lines()
        self.table.focus(scroll_visible=False)
        self.set_interval(1, self.second)
        self.call_after_refresh(self._painted)

    def _painted(self) -> None:
        for note in self._notes:
            self.notify(note, markup=False, timeout=10)
        self.reload()

    # What is known.

    @property
    def account(self) -> Account:
        """Whose sessions these are."""
        if self.connection is not None:
            return self.connection.account
        if self._choice is None:
            raise AssertionError("neither connected nor chosen")
        return self._choice.account

    @property
    def storage(self) -> Storage:
        """Where our secrets live."""
        if self.connection is not None:
            return self.connection.storage
        return self._choice.stored.storage if self._choice else Storage.THIS_RUN

    @property
    def context(self) -> Context:
        """What decides which actions there are now."""
        return Context(
            rows=len(self.table.order),
            listed=len(self.listed),
            marked=self.table.mark_counts.total,
            loading=not self._is_read,
            readonly=self.account.readonly,
            stale=self._is_stale,
            ended=isinstance(self.trouble, LoginNeeded),
            busy=self._is_changing,
            filter_error=self.filter_error,
        )

    @property
    def _is_stale(self) -> bool:
        """Whether what is listed is not the server's any more, or may not be."""
        return self.trouble is not None or self._hangs

    @property
    def _hangs(self) -> bool:
        """Whether a reading has brought nothing for longer than the time between two of them."""
        silent = self.workspace.clock.monotonic() - self._heard_at
        return self._is_loading and silent >= self.workspace.config.ui.reload

    # Reading.

    def reload(self) -> None:
        """Read the list, unless it is being read."""
        if not self._is_loading:
            self._is_loading = True
            self._tried_at = self.workspace.clock.now()
            self._heard_at = self.workspace.clock.monotonic()
            self.draw_lines()
            self.run_worker(self._load(), group="load")

    async def _load(self) -> None:
        try:
            if self.connection is None and self._choice is not None:
                self.connection = await asyncio.to_thread(self.workspace.connect, self._choice)
            if self.connection is not None:
                self._attendance.begin(self.connection)
                if not self._is_read:
                    self._name_quickly(self.connection)
                await self.take_list(await self.connection.read_list(self._progressed))
                is_first = not self._is_read
                self.succeeded()
                if is_first:
                    self.run_worker(self._name_fully(self.connection), group="names")
                for words in await self._attendance.note(self.connection):
                    self.app.notify(words, severity="warning", markup=False)
        except QiscusTuiError as error:
            self._failed(error)
        finally:
            self._is_loading = False
            self._progress = 0
        self.draw_lines()
        if not self._is_settled:
            self._is_settled = True
            self.post_message(self.Settled())

    def _name_quickly(self, connection: Connection) -> None:
        """The first list comes without the names that take long to find."""
        from qiscus_tui.service.sessions.user_agents import quick_name

        connection.reader = replace(connection.reader, names=quick_name)

    async def _name_fully(self, connection: Connection) -> None:
        """Find the clients' full names while the list is on screen, and show them."""
        from qiscus_tui.service.sessions.user_agents import ClientNames, client_name

        await asyncio.to_thread(client_name, "curl/8")  # loads what names clients
        connection.reader = replace(connection.reader, names=ClientNames())
        listed = self.listed
        named = await connection.reader.named(listed)
        if self.listed is listed:  # else a newer one came, with its names
            await self.take_list(named)
            self.draw_lines()

    def _progressed(self, read: int) -> None:
        self._progress = read
        self._heard_at = self.workspace.clock.monotonic()
        if not self._is_read:
            self.draw_counts()

    def succeeded(self) -> None:
        """The list on screen is the server's."""
        if not self._is_read:
            gc.freeze()  # what was loaded stays: the collector need not look at it again
        self._is_read = True
        self.trouble = None

    async def end_visit(self) -> None:
        """The screen is left in good order: what it lists is no news the next time.

        Raises StorageError.
        """
        if self._is_read:
            await self._attendance.end(self.listed)

    def _failed(self, error: QiscusTuiError) -> None:
        self.trouble = error
        if isinstance(error, LoginNeeded):
            self.log_in_again(error)

    def log_in_again(self, why: LoginNeeded) -> None:
        """Ask for a login over this screen, which stays behind it."""
        from qiscus_tui.tui.screens.login import LoginScreen

        if isinstance(self.app.screen, LoginScreen):
            return
        if not self.is_watched:
            return  # a dialog is open and tells it; the next reading asks
        if self.storage is Storage.ENVIRONMENT:
            words = f"{why.message}\n{notices.FROM_ENVIRONMENT}"
            self.notify(words, severity="error", markup=False)
            return  # a login would not be used
        self.app.push_screen(
            LoginScreen(self.workspace, self._logged_in, again=self.account, why=why)
        )

    def _logged_in(self, done: LoggedIn) -> None:
        old, self.connection = self.connection, done.connection
        if old is not None:
            self.run_worker(self._leave(old), group="close")
        self.trouble = None
        if self.app.screen is not self:
            self.app.pop_screen()
        self._notes = done.notes
        self._painted()

    async def _leave(self, old: Connection) -> None:
        from qiscus_tui.service.account.switching import leave

        note = await leave(old)  # a token of this run only is replaced: it ends
        if note:
            self.app.notify(note, markup=False)

    # The clock.

    def second(self) -> None:
        """A second went by: draw what changed, and read again when it is time."""
        self.keep_up()
        if self._hangs != self._hung:
            self._hung = self._hangs
            self.draw_lines()
        self.draw_identity()
        self.draw_counts()
        waited = self.workspace.clock.now() - self._tried_at
        due = waited >= self.workspace.config.ui.reload
        if due and self.is_watched and not isinstance(self.trouble, LoginNeeded):
            self.reload()

    # Drawing.

    def say(self, note: str, tone: Tone = Tone.GOOD, *, stays: bool = False) -> None:
        """Show what was done last, until something else is done, or (`stays`) said."""
        self._note, self._note_tone, self._note_stays = note, tone, stays
        self.draw_counts()

    def action_begins(self) -> None:
        if self._note and not self._note_stays:
            self.say("")

    def draw_lines(self) -> None:
        self.draw_identity()
        self.draw_counts()
        self.draw_filter()
        self.table.show_notice(*self._where_no_rows_are())
        scope = Scope.FILTER if self.has_class("-filtering") else Scope.SESSIONS
        self.action_bar.show_commands(scope, self.context)
        self.drawn.publish(None)

    def _where_no_rows_are(self) -> tuple[str, ...]:
        is_hidden = self._is_read and self.view.is_filtered
        if is_hidden and self.filter_error:
            return notices.no_match(self.view.query.text)
        return notices.NO_MATCH if is_hidden else self.where_no_list_is()

    def where_no_list_is(self) -> tuple[str, ...]:
        """Why there is no session to show, and what to do."""
        if self._is_read:
            return notices.EMPTY
        if self.trouble is None or self._is_loading:
            return notices.SILENT if self._hangs else notices.LOADING
        return notices.not_read(self.trouble, self.storage)

    def draw_identity(self) -> None:
        """The first line: who, where, and how fresh."""
        identity = Identity(self.account, self.storage, self.workspace.demo is not None)
        age = self.workspace.clock.now() - self.listed.read_at
        line = self.identity
        if not self._is_read:
            failed = self.trouble is not None and not self._is_loading
            line.show_identity(identity, Freshness.MISSING if failed else Freshness.LOADING)
        elif self._is_stale:
            line.show_identity(identity, Freshness.STALE, age)
        else:
            line.show_identity(identity, Freshness.LIVE, age)

    def draw_counts(self) -> None:
        """The second line: how many, or how far the loading is."""
        line = self.counts
        if not self._is_read:
            failed = self.trouble is not None and not self._is_loading
            line.show_progress("Not loaded" if failed else notices.progress(self._progress))
            return
        line.show_line(notices.with_note(counts_line(self._counts()), self._note, self._note_tone))

    def _counts(self) -> Counts:
        now, within = self.server_now(), self.workspace.config.ui.expiring
        own = None if self.view.own is None else self.view.own.expires_at
        return Counts(
            active=self.expiry_counts.active(now),
            expiring=self.expiry_counts.expiring(now, within),
            marks=self.table.mark_counts,
            this_session=None if own is None else own - now,
            current_unknown=self.listed.current is Current.UNKNOWN,
            unreadable=self.listed.unreadable,
            moved=self.listed.moved,
            new=self.listed.new.count(1),
            expiring_within=within_words(within),
        )

    def doubts(self) -> NoticeText:
        if self.trouble is not None and self._is_read:
            return notices.cut_off(self.trouble, self.storage)
        if self._hangs and self._is_read:
            return notices.HANGS
        return notices.doubts(self.listed, readonly=self.account.readonly)
