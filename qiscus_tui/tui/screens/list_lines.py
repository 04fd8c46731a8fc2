"""What the lines around the list say, and which actions it allows, by feed and view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qiscus_tui.model.session import Current
from qiscus_tui.tui.commands.context import Context
from qiscus_tui.tui.screens import notices
from qiscus_tui.tui.screens.notices import NoticeText
from qiscus_tui.tui.widgets.one_line import Line, Tone
from qiscus_tui.tui.widgets.status import (
    Counts,
    Freshness,
    Identity,
    Shown,
    counts_line,
    filter_line,
    identity_line,
    progress_line,
    within_words,
)

if TYPE_CHECKING:
    from qiscus_tui.tui.feed import Feed
    from qiscus_tui.tui.list_view import ListView


def context(feed: Feed, view: ListView) -> Context:
    """Return what decides which actions are available now."""
    return Context(
        rows=len(view.shown),
        listed=len(view.listed),
        marked=view.marks.total,
        in_range=view.in_range > 0,
        loading=not feed.is_read,
        readonly=feed.account.readonly,
        stale=feed.is_stale,
        ended=feed.has_ended,
        busy=feed.is_busy,
        filter_error=view.filter_error.message if view.filter_error else "",
    )


def identity(feed: Feed) -> Line:
    """Return the first line: who, where, and how fresh."""
    whose = Identity(feed.account, feed.storage, feed.workspace.demo is not None)
    if not feed.is_read:
        return identity_line(whose, Freshness.MISSING if feed.is_missing else Freshness.LOADING, 0)
    return identity_line(whose, Freshness.STALE if feed.is_stale else Freshness.LIVE, feed.age)


def counts(feed: Feed, view: ListView) -> Line:
    """Return the second line: how many, or how far the loading is."""
    if not feed.is_read:
        words = "Not loaded" if feed.is_missing else notices.progress(feed.progress)
        return progress_line(words)
    line = counts_line(_counts(feed, view))
    tone = Tone.WARNING if feed.note.is_warning else Tone.GOOD
    return notices.with_note(line, feed.note.text, tone)


def _counts(feed: Feed, view: ListView) -> Counts:
    now, within, listed = feed.server_now, feed.workspace.config.ui.expiring, feed.listed
    own = None if view.own is None else view.own.expires_at
    return Counts(
        active=view.expiry_counts.active(now),
        expiring=view.expiry_counts.expiring(now, within),
        marks=view.marks,
        in_range=view.in_range,
        this_session=None if own is None else own - now,
        current_unknown=listed.current is Current.UNKNOWN,
        unreadable=listed.unreadable,
        moved=listed.moved,
        new=listed.new.count(1),
        expiring_within=within_words(within),
    )


def filtered(view: ListView) -> Line:
    """Return the third line: the filter, what it leaves, and the order."""
    return filter_line(
        Shown(
            view.typed,
            len(view.shown),
            len(view.listed),
            view.sorting.words,
            has_error=view.filter_error is not None,
        )
    )


def beside_filter(view: ListView) -> Line:
    """Return what is said beside the filter while it is typed."""
    if view.filter_error is not None:
        return notices.filter_fault(view.filter_error)
    return Line((), filtered(view).right)


def notice(feed: Feed, view: ListView, *, is_typing: bool) -> NoticeText:
    """Return what is said over the table: why the filter can't be read, or doubts."""
    if view.filter_error is not None and not is_typing:
        return notices.filter_trouble(view.filter_error, view.query.text.strip())
    return doubts(feed)


def doubts(feed: Feed) -> NoticeText:
    """Return what keeps the list from being the whole truth."""
    if feed.is_read and feed.trouble is not None:
        return notices.cut_off(feed.trouble, feed.storage)
    if feed.is_read and feed.hangs:
        return notices.HANGS
    return notices.doubts(feed.listed, readonly=feed.account.readonly)


def no_rows(feed: Feed, view: ListView) -> tuple[str, ...]:
    """Return why no row is shown, and what to do."""
    if not (feed.is_read and view.is_filtered):
        return no_list(feed)
    return notices.no_match(view.query.text) if view.filter_error else notices.NO_MATCH


def no_list(feed: Feed) -> tuple[str, ...]:
    """Return why there is no session at all, and what to do."""
    if feed.is_read:
        return notices.EMPTY
    if feed.trouble is None or feed.is_loading:
        return notices.SILENT if feed.hangs else notices.LOADING
    return notices.not_read(feed.trouble, feed.storage)
