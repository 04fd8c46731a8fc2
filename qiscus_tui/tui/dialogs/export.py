"""Export: the sessions shown, as CSV or JSON, into a new file that the user names."""

import asyncio
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from textual import on
from textual.widget import Widget

from qiscus_tui.errors import QiscusTuiError, UsageError
from qiscus_tui.model.text import counted, safe
from qiscus_tui.service.account.connection import Connection
from qiscus_tui.service.sessions.export import Export, ExportFormat, export_to, named_path
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.tui.dialogs.dialog import Dialog, DialogButton
from qiscus_tui.tui.widgets.fields import Field

SHOWN_EVERY = 0.2
"""Seconds between two drawings of how far it is."""


class ExportDialog(Dialog[str | None]):
    """Dismissed with the path that was written (safe text), or None."""

    AUTO_FOCUS = "#path"
    TITLE_TEXT = "Export"

    def __init__(self, listed: SessionList, order: Sequence[int], connection: Connection) -> None:
        super().__init__()
        self._listed = listed
        self._order = tuple(order)
        self._connection = connection
        self._is_writing = self._is_cancelled = False
        self._done = 0
        """Sessions written so far."""

    def compose_questions(self) -> Iterable[Widget]:
        yield Field(free_name(self._connection.clock.now()), id="path")

    def compose_buttons(self) -> Iterable[Widget]:
        yield DialogButton("Cancel  esc", id="cancel")
        yield DialogButton("Write  enter", id="write")

    def opened(self) -> None:
        self.say("heading", f"Export {counted(len(self._order), 'session')}")
        self.say(
            "lead",
            "Into a new file that only you can read; nothing is overwritten, no token is in it. "
            "The name's ending says how: .csv, or .json with every field.",
        )

    def action_cancel(self) -> None:
        """Close; while it is written, stop that."""
        if self._is_writing:
            self._is_cancelled = True
        else:
            self.close(None)

    @on(Field.Submitted)
    def action_write(self) -> None:
        """Write the file, or say why not."""
        if not self._connection.local_files.persistent:
            self.warn("The demo writes no files.")
        elif not self._is_writing:
            self._is_writing, self._is_cancelled = True, False
            self.run_worker(self._write)

    async def _write(self) -> None:
        shown = self.set_interval(SHOWN_EVERY, self._show_progress)
        try:
            path = named_path(self.query_one(Field).value)
            kind = _format(path)
            if kind is None:
                self.warn("The name must end in .csv or .json.")
                return
            secrets = (await self._connection.credentials()).secrets
            now = self._connection.server_now()
            what = Export(self._listed, self._positions(), secrets, now)
            await asyncio.to_thread(export_to, path, kind, what)
        except QiscusTuiError as error:
            self.say_trouble(error)
            return
        finally:
            shown.stop()
            self._is_writing = False
        self.close(safe(str(path)))

    def _positions(self) -> Iterator[int]:
        """Yield what is written, in the thread that writes it, until the user cancels."""
        for done, position in enumerate(self._order):
            if self._is_cancelled:
                raise UsageError("Cancelled: no file was written", "")
            self._done = done
            yield position

    def _show_progress(self) -> None:
        self.say("note", f"{self._done:,} of {len(self._order):,} written. esc cancels.")


def free_name(now: float) -> str:
    """Return the name of a file that is not there, with the day. `now`: epoch seconds."""
    name = time.strftime("~/sessions-%Y-%m-%d", time.localtime(now))
    names = (f"{name}{number}.csv" for number in ("", *(f"-{n}" for n in range(2, 100))))
    return next((one for one in names if not named_path(one).exists()), f"{name}.csv")


def _format(path: Path) -> ExportFormat | None:
    try:
        return ExportFormat(path.suffix.lower().removeprefix("."))
    except ValueError:
        return None
