"""What the lines around the list say, and which actions it allows, by feed and view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from qiscus_tui.model.session import Current
from qiscus_tui.tui.commands.context import Context
from qiscus_tui.tui.listed.group_sorting import keys_words
from qiscus_tui.tui.sessions import notices
from qiscus_tui.tui.sessions.notices import NoticeText
from qiscus_tui.tui.sessions.status import (
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
from qiscus_tui.tui.widgets.one_line import Line, Tone, piece

if TYPE_CHECKING:
    from qiscus_tui.tui.listed.feed import Feed
    from qiscus_tui.tui.listed.groups import GroupView
    from qiscus_tui.tui.listed.order import ListView


def context(feed: Feed, view: ListView, groups: GroupView | None = None) -> Context:
    """Return what decides which actions are available now."""
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


def identity(feed: Feed) -> Line:
    """Return the first line: who, where, and how fresh."""
    whose = Identity(feed.account, feed.storage, feed.workspace.demo is not None)
    if not feed.is_read:
        return identity_line(whose, Freshness.MISSING if feed.is_missing else Freshness.LOADING, 0)
    return identity_line(whose, Freshness.STALE if feed.is_stale else Freshness.LIVE, feed.age)


def counts(
    feed: Feed, view: ListView, groups: GroupView | None = None, like_this: str = ""
) -> Line:
    """Return the second line: how many, or how far the loading is.

    `groups`: where they are shown in place of the sessions; `like_this`: how many there are of
    the group of the session under the cursor.
    """
    if not feed.is_read:
        words = "Not loaded" if feed.is_missing else notices.progress(feed.progress)
        return progress_line(words, view.marks, view.in_range)
    known = _counts(feed, view)
    line = counts_line(known if groups is None else _of_groups(known, view, groups))
    if groups is not None:
        words = piece(f"by {keys_words(groups.keys)}", Tone.MUTED, 40)
        line = Line(line.left, (words,))
    elif like_this:
        line = Line(line.left, (piece(like_this, Tone.MUTED, 10),))
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
        incomplete=not listed.complete,
        moved=listed.moved,
        new=listed.new.count(1),
        expiring_within=within_words(within),
        expired=view.expiry_counts.total - view.expiry_counts.active(now),
    )


def _of_groups(known: Counts, view: ListView, groups: GroupView) -> Counts:
    found = len(view.shown) if view.is_filtered else None
    many = len(groups.groups) if groups.grouped_by and not groups.lacks else None
    return replace(known, groups=many, filtered=found, this_session=None)


def filter_lines(view: ListView, groups: GroupView | None = None) -> tuple[Line, Line]:
    """Return the third line, and what is said beside the filter while it is typed."""
    line = filtered(view, groups)
    return line, Line((), line.right)


def filtered(view: ListView, groups: GroupView | None = None) -> Line:
    """Return the third line: the filter, what it leaves, and the order."""
    return filter_line(
        Shown(
            view.typed,
            len(view.shown),
            len(view.listed),
            (groups or view).sorting.words,
            has_error=view.filter_error is not None,
        )
    )


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


def no_rows(feed: Feed, view: ListView, groups: GroupView | None = None) -> tuple[str, ...]:
    """Return why no row is shown, and what to do."""
    if groups is not None and view.shown:
        return notices.GROUPING if groups.lacks is None else (groups.lacks, *notices.NO_GROUPS)
    if not (view.is_filtered and feed.is_read):
        return no_list(feed)
    return notices.no_match(view.query.text) if view.filter_error else notices.NO_MATCH


def no_list(feed: Feed) -> tuple[str, ...]:
    """Return why there is no session at all, and what to do."""
    if feed.is_read:
        return notices.EMPTY
    if feed.trouble is None or feed.is_loading:
        return notices.SILENT if feed.hangs else notices.LOADING
    return notices.not_read(feed.trouble, feed.storage)
