"""What the list says about its state, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from rich.text import Text
from textual.widgets import Static

from qiscus_tui.errors import LoginNeeded, QiscusTuiError
from qiscus_tui.model.account import Storage
from qiscus_tui.model.session import Current
from qiscus_tui.model.text import counted, safe
from qiscus_tui.tui.widgets.one_line import ALWAYS, Line, Tone, piece

if TYPE_CHECKING:
    from qiscus_tui.service.sessions.session_list import SessionList

LOADING = ("Loading the sessions…", "The keys work meanwhile; q quits.")
SILENT = ("The server does not answer yet.", "Still waiting; q quits.")
EMPTY = ("No live session.", "Every login makes one. r reads the list again.")
OLDER_REMAIN = (
    "Older sessions remain valid. If the password is new, end them: filter age:>1m, then a and x."
)
FROM_ENVIRONMENT = "The token comes from the environment: set a valid one there, and restart."
GROUPING = ("Grouping the sessions…",)
NO_GROUPS = ("G groups by something else, g shows the list.",)
NO_MATCH = ("No session matches the filter.", "escape clears it, / changes it.")


def progress(read: int) -> str:
    """`Loading the sessions, 12,000 so far`."""
    return f"Loading the sessions, {read:,} so far" if read else "Loading the sessions…"


def not_read(trouble: QiscusTuiError, storage: Storage) -> tuple[str, ...]:
    """Return what the table shows where the first list could not be read."""
    if isinstance(trouble, LoginNeeded) and storage is Storage.ENVIRONMENT:
        return (trouble.message, FROM_ENVIRONMENT)
    return (trouble.message, trouble.hint, "r tries again.")


class NoticeText(Struct, frozen=True):
    """A sentence, and whether it is a warning. Empty: nothing to say."""

    text: str = ""
    is_warning: bool = True


HANGS = NoticeText(
    "The server does not answer. Nothing can be changed until the list is read again."
)


class Notice(Static):
    """A sentence over the table, as many lines as it takes; not there where it is empty."""

    ALLOW_SELECT = False

    DEFAULT_CSS = """
    Notice {
        height: auto;
        max-height: 4;
        padding: 0 1;
        color: $text-muted;
        &.-warning { color: $warning; }
        &.-warning:ansi { text-style: bold; }
    }
    """

    def __init__(self, *, id: str) -> None:
        super().__init__("", id=id, markup=False)
        self._said = NoticeText()
        self.display = False

    @property
    def said(self) -> NoticeText:
        """What it says."""
        return self._said

    def say(self, said: NoticeText) -> None:
        """Say something else; nothing is laid out where it is the same."""
        if said != self._said:
            self._said = said
            self.set_class(said.is_warning, "-warning")
            self.display = bool(said.text)
            self.update(Text(safe(said.text)))


def cut_off(trouble: QiscusTuiError, storage: Storage) -> NoticeText:
    """Return why the list is no longer the server's, and what to do."""
    if not isinstance(trouble, LoginNeeded):
        return NoticeText(f"{trouble.message}. Nothing can be changed; r tries again.")
    remedy = "r logs in again; nothing can be changed."
    if storage is Storage.ENVIRONMENT:
        remedy = FROM_ENVIRONMENT
    return NoticeText(f"Session ended: {trouble.message}. {remedy}")


def doubts(listed: SessionList, *, readonly: bool) -> NoticeText:
    """Return what keeps the list from being complete, or its sessions from being revoked.

    The first of these that holds; the line over the table names the others by a word each.
    """
    if listed.unreadable:
        return NoticeText(unreadable_words(listed.unreadable))
    if not listed.complete:
        why = listed.incomplete_because
        return NoticeText(f"The list is not whole: {why}. r reads again.")
    if listed.moved:
        return NoticeText(
            "The list moved while it was read: a session may be missing. r reads again."
        )
    if listed.current is Current.UNKNOWN and listed.sessions:
        return NoticeText(
            "Can't tell which session is ours: any of these may be it, so revoking asks."
        )
    times = f"{listed.time_doubt}: times may be hours off." if listed.time_doubt else ""
    if readonly:
        words = "Read-only by config.toml: nothing can be changed from here."
        return NoticeText(f"{words} {times}".strip(), is_warning=bool(times))
    return NoticeText(times)


def unreadable_words(count: int) -> str:
    """`3 sessions could not be read, and are not shown.`"""
    many = counted(count, "session")
    return f"{many} could not be read and can't be shown. r reads again."


def no_match(shown_by: str) -> tuple[str, ...]:
    """What is said where the part of a filter that can be read matches nothing."""
    return (f"No session matches {shown_by}", *NO_MATCH[1:])


def with_note(line: Line, note: str, tone: Tone) -> Line:
    """A line with what was done last at its right edge."""
    return Line(line.left, (piece(note, tone, ALWAYS),)) if note else line


def filter_trouble(error: QiscusTuiError, shown_by: str) -> NoticeText:
    """Return why the filter can't be read, how to write it, and what is shown."""
    still = f"The list still shows: {shown_by}" if shown_by else "The list shows all."
    hint = error.hint if error.hint.endswith((".", "?")) else f"{error.hint}."
    return NoticeText(f"{error.message}. {hint} {still}")
