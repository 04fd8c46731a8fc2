"""The three lines over the list: who and where, how many, and which of them are shown."""

from qiscus_tui.model.account import Role
from qiscus_tui.model.clock import MINUTE, ago, countdown
from qiscus_tui.model.session import Current
from qiscus_tui.model.text import counted
from qiscus_tui.service.overview import Sprawl
from qiscus_tui.tui.listed import notices
from qiscus_tui.tui.listed.feed import Feed
from qiscus_tui.tui.listed.groups import GroupView, keys_words
from qiscus_tui.tui.listed.order import ListView
from qiscus_tui.tui.widgets.one_line import ALWAYS, Line, Piece, Tone, piece

RANGE_KEYS = "{key[toggle_mark]} marks, esc drops"


def identity(feed: Feed) -> Line:
    """Return the first line; the app's name and code are left out first on a short width."""
    account, is_demo = feed.account, feed.workspace.demo is not None
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
        piece("DEMO" if is_demo else "", Tone.WARNING, ALWAYS),
        piece("read-only" if account.readonly else "", Tone.WARNING, ALWAYS, after="  "),
        piece("" if is_demo else feed.storage.badge, Tone.MUTED, 80, after="  "),
        _freshness(feed),
    ]
    return Line(_filled(left), _filled(right))


def _freshness(feed: Feed) -> Piece:
    if feed.is_missing:
        return piece("○ no list", Tone.WARNING, ALWAYS, after="  ")
    if not feed.is_read:
        return piece("○ loading", Tone.MUTED, ALWAYS, after="  ")
    age = age_words(feed.age)
    if feed.is_stale:
        return piece(f"○ stale, {age}", Tone.WARNING, ALWAYS, after="  ")
    # As wide as its longest words, so that nothing else comes and goes with them.
    return piece(f"{f'● live, {age}':>16}", Tone.GOOD, ALWAYS, after="  ")


def age_words(age: float) -> str:
    """Return `10 s ago`, in steps of five seconds, so that the line is not sent every second."""
    return ago(age if age >= MINUTE else age // 5 * 5)


def counts(feed: Feed, view: ListView, groups: GroupView | None = None) -> Line:
    """Return the second line: how many, or how far the loading is; what was done last.

    `groups`: where they are shown in place of the sessions.
    """
    if not feed.is_read:
        words = (
            "Not loaded"
            if feed.is_missing
            else notices.progress(feed.progress, feed.progress_total, feed.rate)
        )
        return Line(_filled([piece(words, Tone.PLAIN, ALWAYS), *_marks(feed, view)]))
    right = piece("" if groups is None else f"by {keys_words(groups.keys)}", Tone.MUTED, 40)
    if feed.note.text:
        tone = Tone.WARNING if feed.note.is_warning else Tone.GOOD
        right = piece(feed.note.text, tone, ALWAYS)
    return Line(_filled(_counted(feed, view, groups)), _filled([right]))


def _counted(feed: Feed, view: ListView, groups: GroupView | None) -> list[Piece]:
    listed, now, within = feed.listed, feed.server_now, feed.workspace.config.ui.expiring
    active = view.expiry_counts.active(now)
    expired, new = view.expiry_counts.total - active, listed.new.count(1)
    expiring = view.expiry_counts.expiring(now, within)
    verb = "expires" if expiring == 1 else "expire"
    soon = f"{expiring:,} {verb} within {within_words(within)}"
    return [
        piece(f"{active:,} active{_in_groups(view, groups)}", Tone.STRONG, ALWAYS),
        piece(soon, Tone.WARNING if expiring else Tone.MUTED, 30),
        piece(f"{expired:,} expired" if expired else "", Tone.MUTED, 25),
        piece(f"{new:,} new" if new else "", Tone.PLAIN, 50),
        *_marks(feed, view),
        piece(f"{listed.unreadable:,} unreadable" if listed.unreadable else "", Tone.BAD, 80),
        piece("" if listed.complete else "not whole", Tone.BAD, 80),
        piece("list moved" if listed.moved else "", Tone.BAD, 80),
        _our_own(feed, view, groups),
    ]


def _in_groups(view: ListView, groups: GroupView | None) -> str:
    """Return ` in 23 groups`, with a filter `, 212 in 3 groups`."""
    if groups is None or not groups.is_made or groups.lacks:
        return ""
    words = counted(len(groups.groups), "group")
    return f", {len(view.shown):,} in {words}" if view.is_filtered else f" in {words}"


def _our_own(feed: Feed, view: ListView, groups: GroupView | None) -> Piece:
    listed, own = feed.listed, view.own
    if listed.current is Current.UNKNOWN:
        is_empty = not (listed.sessions or listed.unreadable)
        words = "this session is not listed" if is_empty else "this session unknown"
        return piece(words, Tone.WARNING, 70)
    if groups is not None or own is None or own.expires_at is None:
        return piece("", Tone.MUTED, 0)
    left = own.expires_at - feed.server_now
    if left <= 0:
        return piece("this session expired", Tone.WARNING, 70)
    return piece(f"this session {countdown(left, to_the_second=True)}", Tone.MUTED, 20)


def _marks(feed: Feed, view: ListView) -> tuple[Piece, ...]:
    """Return `3 marked (1 hidden) · 5 in range: space marks, esc drops`."""
    marks, in_range = view.marks, view.in_range
    range_keys = notices.keys_in(feed).words(RANGE_KEYS)
    words = f"{marks.total:,} marked" if marks.total else ""
    if marks.hidden:
        words += f" ({marks.hidden:,} hidden)"
    return (
        piece(words, Tone.MARKED, ALWAYS),
        piece(f"{in_range:,} in range" if in_range else "", Tone.KEY, ALWAYS),
        piece(range_keys if in_range else "", Tone.MUTED, 90, after=": "),
    )


def within_words(seconds: float) -> str:
    """Return `24h`, `90m` or `7d`, as config.toml writes it."""
    whole = round(seconds)
    for unit, length in (("d", 86_400), ("h", 3600), ("m", 60)):
        if whole % length == 0 and (unit != "d" or whole > length):
            return f"{whole // length}{unit}"
    return f"{whole}s"


def filtered(
    view: ListView, groups: GroupView | None = None, sprawl: Sprawl | None = None, prune: str = "P"
) -> Line:
    """Return the third line: the filter, what it leaves, and the order.

    Without a filter `sprawl`, what made much of the list, and `prune`, the key that cures it;
    empty where nothing can be changed.
    """
    words = [piece("/ to filter", Tone.MUTED, 10)]
    if view.typed:
        tone = Tone.BAD if view.filter_error is not None else Tone.PLAIN
        words = [piece(f"/ {view.typed}", tone, ALWAYS)]
    elif sprawl is not None:
        made, often, unused = sprawl_words(sprawl)
        words = [
            piece(made, Tone.PLAIN, 90),
            piece(often, Tone.PLAIN, 20, after=", "),
            piece(unused, Tone.WARNING, 70, after="; "),
            Piece(((prune, Tone.KEY), (" prunes" if prune else "", Tone.MUTED)), 80),
        ]
    shown, total = len(view.shown), len(view.listed)
    many = f"{shown:,} of {total:,}" if shown != total else "all"
    count = (piece(many, Tone.MUTED, 60),) if total else ()
    sort = (groups or view).sorting.words
    return Line(_filled(words), (*count, piece(sort, Tone.MUTED, 50, after=", ")))


def sprawl_words(sprawl: Sprawl) -> tuple[str, str, str]:
    """Return `GuzzleHttp from 10.2.0.0/24 made 36 %`, `15 a day`, `441 not used for 24 h`."""
    group, unused = sprawl.group, sprawl.unused
    client, network = group.values
    whence = f"{client or 'An unknown client'} from {network or 'an unknown network'}"
    often = ""
    if group.per_day is not None:
        often = f"{round(group.per_day):,}" if group.per_day >= 1 else "less than one"
    return (
        f"{whence} made {round(100 * group.share)} %",
        f"{often} a day" if often else "",
        f"{unused:,} not used for 24 h" if unused else "",
    )


def _filled(pieces: list[Piece]) -> tuple[Piece, ...]:
    return tuple(part for part in pieces if part.width)
