"""The three lines over the list: who and where, how many, and which of them are shown."""

import enum

from msgspec import Struct
from msgspec.structs import replace

from qiscus_tui.model.account import Account, Role, Storage
from qiscus_tui.model.clock import MINUTE, ago, countdown
from qiscus_tui.model.session import Current
from qiscus_tui.model.text import counted
from qiscus_tui.tui.listed import notices
from qiscus_tui.tui.listed.feed import Feed
from qiscus_tui.tui.listed.groups import GroupView, keys_words
from qiscus_tui.tui.listed.marks import NO_MARKS, MarkCounts
from qiscus_tui.tui.listed.order import ListView
from qiscus_tui.tui.widgets.one_line import ALWAYS, Line, Piece, Tone, piece

RANGE_KEYS = "space marks, esc drops"


class Freshness(enum.Enum):
    """How current the list on screen is."""

    LOADING = "loading"
    """The first list is being read."""
    MISSING = "missing"
    """It could not be read, and nothing is being read."""
    LIVE = "live"
    STALE = "stale"
    """The server can't be reached; the last list is shown."""


class Identity(Struct, frozen=True):
    """Whose sessions these are, and where our secrets are stored."""

    account: Account
    storage: Storage
    demo: bool = False


class Counts(Struct, frozen=True):
    """How many sessions there are. None: not known."""

    active: int
    expiring: int
    marks: MarkCounts = NO_MARKS
    in_range: int = 0
    """Sessions of the range that is about to be marked."""
    this_session: float | None = None
    """Seconds until our own session ends."""
    current_unknown: bool = False
    """We hold a session and can't find it in the list."""
    unreadable: int = 0
    incomplete: bool = False
    """The list is not all that there is; the notice below says why."""
    moved: bool = False
    """The list moved while it was read: a session may be missing."""
    new: int = 0
    expiring_within: str = "24h"
    expired: int = 0
    """Listed, but no longer active."""
    groups: int | None = None
    """Groups shown; None where the sessions are."""
    filtered: int | None = None
    """Sessions that a filter leaves; None where there is none."""


class Shown(Struct, frozen=True):
    """What the filter shows, and how it is sorted."""

    filter: str
    shown: int
    total: int
    sort: str
    """In words, such as `newest first`."""
    has_error: bool = False
    """The filter can't be read."""


def identity(feed: Feed) -> Line:
    """Return the first line: who, where, and how fresh."""
    whose = Identity(feed.account, feed.storage, feed.workspace.demo is not None)
    if not feed.is_read:
        return identity_line(whose, Freshness.MISSING if feed.is_missing else Freshness.LOADING, 0)
    return identity_line(whose, Freshness.STALE if feed.is_stale else Freshness.LIVE, feed.age)


def counts(
    feed: Feed, view: ListView, groups: GroupView | None = None, like_this: str = ""
) -> Line:
    """Return the second line: how many, or how far the loading is; what was done last.

    `groups`: where they are shown in place of the sessions; `like_this`: how many there are of
    the group of the session under the cursor.
    """
    if not feed.is_read:
        loading = notices.progress(feed.progress, feed.progress_total)
        words = "Not loaded" if feed.is_missing else loading
        return progress_line(words, view.marks, view.in_range)
    known = _counts(feed, view)
    line = counts_line(known if groups is None else _of_groups(known, view, groups))
    right = piece(like_this, Tone.MUTED, 10)
    if groups is not None:
        right = piece(f"by {keys_words(groups.keys)}", Tone.MUTED, 40)
    if feed.note.text:
        tone = Tone.WARNING if feed.note.is_warning else Tone.GOOD
        right = piece(feed.note.text, tone, ALWAYS)
    return Line(line.left, _filled([right]))


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


def identity_line(identity: Identity, freshness: Freshness, age: float) -> Line:
    """Return the first line; the app's name and code are left out first on a short width.

    `age`: seconds since the list on screen was read.
    """
    account = identity.account
    whom = account.user or account.user_name
    left = [
        piece("qiscus-tui", Tone.STRONG, 20),
        piece(f"sessions of {whom}" if whom else "sessions", Tone.PLAIN, 90, after="   "),
        piece(account.app_name, Tone.MUTED, 30),
        piece(account.app_code, Tone.MUTED, 40),
        piece("" if account.role is Role.UNKNOWN else account.role.value, Tone.MUTED, 50),
        piece(account.origin.netloc, Tone.MUTED, 60),
    ]
    right = [
        piece("DEMO" if identity.demo else "", Tone.WARNING, ALWAYS),
        piece("read-only" if account.readonly else "", Tone.WARNING, ALWAYS, after="  "),
        piece("" if identity.demo else identity.storage.value, Tone.MUTED, 80, after="  "),
        _freshness(freshness, age),
    ]
    return Line(_filled(left), _filled(right))


def counts_line(counts: Counts) -> Line:
    """Return the second line."""
    verb = "expires" if counts.expiring == 1 else "expire"
    expiring = f"{counts.expiring:,} {verb} within {counts.expiring_within}"
    is_empty = not (counts.active or counts.expired or counts.unreadable)
    if counts.current_unknown:
        words = "this session is not listed" if is_empty else "this session unknown"
        ours = piece(words, Tone.WARNING, 70)
    elif counts.this_session is None:
        ours = piece("", Tone.MUTED, 0)
    elif counts.this_session <= 0:
        ours = piece("this session expired", Tone.WARNING, 70)
    else:
        left = countdown(counts.this_session, to_the_second=True)
        ours = piece(f"this session {left}", Tone.MUTED, 20)
    unreadable = f"{counts.unreadable:,} unreadable" if counts.unreadable else ""
    return Line(
        _filled(
            [
                piece(f"{counts.active:,} active{_in_groups(counts)}", Tone.STRONG, ALWAYS),
                piece(expiring, Tone.WARNING if counts.expiring else Tone.MUTED, 30),
                piece(f"{counts.expired:,} expired" if counts.expired else "", Tone.MUTED, 25),
                piece(f"{counts.new:,} new" if counts.new else "", Tone.PLAIN, 50),
                *_marks(counts.marks, counts.in_range),
                piece(unreadable, Tone.BAD, 80),
                piece("not whole" if counts.incomplete else "", Tone.BAD, 80),
                piece("list moved" if counts.moved else "", Tone.BAD, 80),
                ours,
            ]
        )
    )


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
    many = len(groups.groups) if groups.is_made and not groups.lacks else None
    return replace(known, groups=many, filtered=found, this_session=None)


def _in_groups(counts: Counts) -> str:
    """Return ` in 23 groups`, with a filter `, 212 in 3 groups`."""
    if counts.groups is None:
        return ""
    words = counted(counts.groups, "group")
    return f" in {words}" if counts.filtered is None else f", {counts.filtered:,} in {words}"


def filter_line(shown: Shown) -> Line:
    """Return the third line: the filter, and what it leaves."""
    if shown.filter:
        tone = Tone.BAD if shown.has_error else Tone.PLAIN
        words = piece(f"/ {shown.filter}", tone, ALWAYS)
    else:
        words = piece("/ to filter", Tone.MUTED, 10)
    many = f"{shown.shown:,} of {shown.total:,}" if shown.shown != shown.total else "all"
    count = (piece(many, Tone.MUTED, 60),) if shown.total else ()
    return Line((words,), (*count, piece(shown.sort, Tone.MUTED, 50, after=", ")))


def age_words(age: float) -> str:
    """Return `10 s ago`, in steps of five seconds, so that the line is not sent every second."""
    return ago(age if age >= MINUTE else age // 5 * 5)


def progress_line(words: str, marks: MarkCounts = NO_MARKS, in_range: int = 0) -> Line:
    """Return what is shown in place of counts: `Loading the sessions, 12,000 so far`."""
    return Line(_filled([piece(words, Tone.PLAIN, ALWAYS), *_marks(marks, in_range)]))


def _marks(marks: MarkCounts, in_range: int) -> tuple[Piece, ...]:
    """Return `3 marked (1 hidden) · 5 in range: space marks, esc drops`."""
    words = f"{marks.total:,} marked" if marks.total else ""
    if marks.hidden:
        words += f" ({marks.hidden:,} hidden)"
    return (
        piece(words, Tone.MARKED, ALWAYS),
        piece(f"{in_range:,} in range" if in_range else "", Tone.KEY, ALWAYS),
        piece(RANGE_KEYS if in_range else "", Tone.MUTED, 90, after=": "),
    )


def within_words(seconds: float) -> str:
    """Return `24h`, `90m` or `7d`, as config.toml writes it."""
    whole = round(seconds)
    for unit, length in (("d", 86_400), ("h", 3600), ("m", 60)):
        if whole % length == 0 and (unit != "d" or whole > length):
            return f"{whole // length}{unit}"
    return f"{whole}s"


def _freshness(freshness: Freshness, age: float) -> Piece:
    match freshness:
        case Freshness.LOADING:
            return piece("○ loading", Tone.MUTED, ALWAYS, after="  ")
        case Freshness.MISSING:
            return piece("○ no list", Tone.WARNING, ALWAYS, after="  ")
        case Freshness.LIVE:
            words = f"● live, {age_words(age)}"
            # As wide as its longest words, so that nothing else comes and goes with them.
            return piece(f"{words:<16}", Tone.GOOD, ALWAYS, after="  ")
        case Freshness.STALE:
            return piece(f"○ stale, {age_words(age)}", Tone.WARNING, ALWAYS, after="  ")


def _filled(pieces: list[Piece]) -> tuple[Piece, ...]:
    return tuple(part for part in pieces if part.width)
