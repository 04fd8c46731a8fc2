"""What the list says about its state and what to do about it, and which commands that allows."""

from msgspec import Struct

from qiscus_tui.errors import LoginNeeded, QiscusTuiError
from qiscus_tui.model.account import Storage
from qiscus_tui.model.clock import read_words
from qiscus_tui.model.session import Current
from qiscus_tui.model.text import counted
from qiscus_tui.service.sessions.session_list import BY_ID, SessionList
from qiscus_tui.tui.commands.context import Context
from qiscus_tui.tui.commands.registry import KeyWords
from qiscus_tui.tui.listed.feed import Feed
from qiscus_tui.tui.listed.groups import GroupView
from qiscus_tui.tui.listed.order import ListView

LOADING = ("Loading the sessions…", "The keys work meanwhile; {key[quit]} quits.")
SILENT = ("The server does not answer yet.", "Still waiting; {key[quit]} quits.")
EMPTY = (
    "The server lists no live session.",
    "Every login makes one. {key[reload]} reads the list again.",
)
WITHOUT_OURS = (
    "The server lists no live session, not even the one of this program.",
    "So the list may be wrong: {key[reload]} reads it again.",
)
OLDER_REMAIN = (
    "Older sessions remain valid. If the password is new, end them: filter age:>1m, then a and x."
)
FROM_ENVIRONMENT = "The token comes from the environment: set a valid one there, and restart."
GROUPING = ("Grouping the sessions…",)
NO_GROUPS = ("{key[group_by]} groups by something else, {key[groups]} shows the list.",)
NO_MATCH = ("No session matches the filter.", "escape clears it, {key[filter]} changes it.")


def progress(received: int, total: int | None = None, rate: float = 0.0) -> str:
    """Return `Loading the sessions, 3.1 of 27.0 MB, 9.8 MB/s, 3 s left`, as far as it is known.

    In bytes, and bytes per second.
    """
    if not received:
        return "Loading the sessions…"
    return f"Loading the sessions, {read_words(received, total, rate)}"


def not_read(trouble: QiscusTuiError, storage: Storage, keys: KeyWords) -> tuple[str, ...]:
    """Return what the table shows where the first list could not be read."""
    if isinstance(trouble, LoginNeeded) and storage is Storage.ENVIRONMENT:
        return (trouble.message, FROM_ENVIRONMENT)
    return (trouble.message, trouble.hint, f"{keys['reload']} tries again.")


class NoticeText(Struct, frozen=True):
    """A sentence, and whether it is a warning. Empty: nothing to say."""

    text: str = ""
    is_warning: bool = True


HANGS = NoticeText(
    "The server does not answer. Nothing can be changed until the list is read again."
)


def cut_off(trouble: QiscusTuiError, storage: Storage, keys: KeyWords) -> NoticeText:
    """Return why the list is no longer the server's, and what to do."""
    again = keys["reload"]
    if not isinstance(trouble, LoginNeeded):
        return NoticeText(f"{trouble.message}. Nothing can be changed; {again} tries again.")
    remedy = f"{again} logs in again; nothing can be changed."
    if storage is Storage.ENVIRONMENT:
        remedy = FROM_ENVIRONMENT
    return NoticeText(f"Session ended: {trouble.message}. {remedy}")


def doubts(feed: Feed) -> NoticeText:
    """Return what keeps the list from being the whole truth, or its sessions from being revoked.

    The first of these that holds; the line over the table names the others by a word each.
    """
    listed, readonly, keys = feed.listed, feed.account.readonly, keys_in(feed)
    again = f"{keys['reload']} reads again."
    if feed.is_read and feed.trouble is not None:
        return cut_off(feed.trouble, feed.storage, keys)
    if feed.is_read and feed.hangs:
        return HANGS
    if listed.unreadable:
        return NoticeText(f"{unreadable_words(listed.unreadable)}. {again}")
    if not listed.complete:
        return NoticeText(f"The list is not whole: {listed.incomplete_because}. {again}")
    if listed.moved:
        return NoticeText(f"The list moved while it was read: a session may be missing. {again}")
    if listed.none_revocable:
        return NoticeText(f"The list has no token in full: nothing can be revoked. {BY_ID}")
    if listed.current is Current.UNKNOWN and listed.sessions:
        return NoticeText(
            "Can't tell which session is ours: any of these may be it, so revoking asks."
        )
    times = f"{listed.time_doubt}: times may be hours off." if listed.time_doubt else ""
    if readonly:
        words = "Read-only by config.toml: nothing can be changed from here."
        return NoticeText(f"{words} {times}".strip(), is_warning=bool(times))
    return NoticeText(times)


def keys_in(feed: Feed) -> KeyWords:
    """Return the keys as config.toml has them."""
    return KeyWords(feed.workspace.config.keys)


def unreadable_words(count: int) -> str:
    """`3 sessions could not be read and can't be shown`"""
    return f"{counted(count, 'session')} could not be read and can't be shown"


def filter_trouble(error: QiscusTuiError, shown_by: str) -> NoticeText:
    """Return why the filter can't be read, how to write it, and what is shown."""
    still = f"The list still shows: {shown_by}" if shown_by else "The list shows all."
    hint = error.hint if error.hint.endswith((".", "?")) else f"{error.hint}."
    return NoticeText(f"{error.message}. {hint} {still}")


def notice(feed: Feed, view: ListView, *, is_typing: bool) -> NoticeText:
    """Return what is said over the table: why the filter can't be read, or doubts."""
    if view.filter_error is not None and not is_typing:
        return filter_trouble(view.filter_error, view.query.text.strip())
    return doubts(feed)


def no_rows(feed: Feed, view: ListView, groups: GroupView | None = None) -> tuple[str, ...]:
    """Return why no row is shown, and what to do."""
    keys = keys_in(feed)
    if groups is not None and view.shown and groups.lacks is not None:
        return (groups.lacks, *map(keys.words, NO_GROUPS))
    if groups is not None and view.shown:
        return GROUPING
    no_match = tuple(map(keys.words, NO_MATCH))
    if feed.is_read and view.is_filtered and view.filter_error:
        return (f"No session matches {view.query.text}", *no_match[1:])
    if feed.is_read and view.is_filtered:
        return no_match
    if feed.is_read:
        return _empty(feed.listed, keys)
    if feed.trouble is None or feed.is_loading:
        return tuple(map(keys.words, SILENT if feed.hangs else LOADING))
    return not_read(feed.trouble, feed.storage, keys)


def _empty(listed: SessionList, keys: KeyWords) -> tuple[str, ...]:
    """Return why a list that was read has no session to show."""
    if listed.unreadable:
        return (f"{unreadable_words(listed.unreadable)}.",)
    if not listed.complete:
        return (f"No session in what was read of the list: {listed.incomplete_because}.",)
    return tuple(map(keys.words, WITHOUT_OURS if listed.current is Current.UNKNOWN else EMPTY))


def context(feed: Feed, view: ListView, groups: GroupView | None = None) -> Context:
    """Return what decides which commands are available now."""
    return Context(
        rows=0 if groups and groups.lacks else len(view.shown),
        listed=len(view.listed),
        has_views=bool(feed.workspace.config.views),
        grouped=groups is not None,
        marked=view.marks.total,
        in_range=view.in_range > 0,
        loading=not feed.is_read,
        readonly=feed.account.readonly,
        stale=feed.is_stale,
        ended=feed.has_ended,
        busy=feed.is_busy,
        filter_error=view.filter_error.message if view.filter_error else "",
    )
