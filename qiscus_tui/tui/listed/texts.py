"""What is said over the list: who and where, how many, which of them; doubts, why none is shown.

And which commands that allows.
"""

from msgspec import Struct

from qiscus_tui.commands.command import Context
from qiscus_tui.errors import LoginNeeded, QiscusTuiError
from qiscus_tui.model.account import Role, Storage
from qiscus_tui.model.clients import Known
from qiscus_tui.model.clock import MINUTE, ago, as_typed, countdown, read_words
from qiscus_tui.model.session import Current
from qiscus_tui.model.text import counted
from qiscus_tui.service.overview import Sprawl
from qiscus_tui.service.revocation.retention import offset_words
from qiscus_tui.service.sessions.session_list import BY_ID, SessionList
from qiscus_tui.tui.listed.feed import Feed
from qiscus_tui.tui.listed.view import LARGEST_FIRST, NEWEST_FIRST, ListView, keys_words
from qiscus_tui.tui.registry import KeyWords, is_available
from qiscus_tui.tui.widgets.one_line import ALWAYS, Line, Piece, Tone, piece

RANGE_KEYS = "{key[toggle_mark]} marks, esc drops"
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


def client_words(client: str, known: Known | None, *, current: bool, new: bool) -> str:
    """Return what a session is: ours, an integration by its label, new; else its client.

    `client` is a safe form; the label is the admin's own configuration.
    """
    words = ["this session"] if current else []
    if known is not None:
        words.append(f"{known.label}, protected" if known.protect else known.label)
    if new:
        words.append("new")
    if known is None:
        words.append(client or "no client named")
    return " · ".join(words)


def client_text(listed: SessionList, at: int) -> str:
    """Return the words of the session at this position of a list."""
    current, new = listed.sessions[at].current is True, bool(listed.new[at])
    return client_words(listed.clients[at], listed.labels[at], current=current, new=new)


def identity(feed: Feed) -> Line:
    """Return the first line; the app's name and code are left out first on a short width."""
    account, is_demo = feed.account, feed.workspace.demo is not None
    whom = account.user_words(feed.account_name)
    left = [
        piece("qiscus-tui", Tone.STRONG, 20),
        piece(f"sessions of {whom}", Tone.PLAIN, 90, after="   "),
        piece(account.app_name, Tone.MUTED, 30),
        piece("" if whom == account.app_code else account.app_code, Tone.MUTED, 40),
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


def counts(feed: Feed, view: ListView, in_range: int = 0) -> Line:
    """Return the second line: how many, or how far the loading is; what was done last.

    `in_range`: rows that are about to be marked.
    """
    if not feed.is_read:
        words = (
            "Not loaded"
            if feed.is_missing
            else progress(feed.progress, feed.progress_total, feed.rate)
        )
        return Line(_filled([piece(words, Tone.PLAIN, ALWAYS), *_marks(feed, view, in_range)]))
    request = view.request
    right = piece(f"by {keys_words(request.keys)}" if request.is_grouped else "", Tone.MUTED, 40)
    if feed.note.text:
        tone = Tone.WARNING if feed.note.is_warning else Tone.GOOD
        right = piece(feed.note.text, tone, ALWAYS)
    return Line(_filled(_counted(feed, view, in_range)), _filled([right]))


def _counted(feed: Feed, view: ListView, in_range: int) -> list[Piece]:
    listed, now, within = feed.listed, feed.server_now, feed.workspace.config.ui.expiring
    active, expiring = view.result.active(now), view.result.expiring(now, within)
    expired, new = len(view.listed) - active, listed.new.count(1)
    verb = "expires" if expiring == 1 else "expire"
    soon = f"{expiring:,} {verb} within {as_typed(within)}"
    if view.listed.sessions and not view.result.ends:
        soon = "expiry unknown"
    return [
        piece(f"{active:,} active{_in_groups(view)}", Tone.STRONG, ALWAYS),
        piece(soon, Tone.WARNING if expiring else Tone.MUTED, 30),
        piece(f"{expired:,} expired" if expired else "", Tone.MUTED, 25),
        piece(f"{new:,} new" if new else "", Tone.PLAIN, 50),
        *_marks(feed, view, in_range),
        piece(f"{listed.unreadable:,} unreadable" if listed.unreadable else "", Tone.BAD, 80),
        piece("" if listed.complete else "not whole", Tone.BAD, 80),
        piece("list moved" if listed.moved else "", Tone.BAD, 80),
        _our_own(feed, view),
    ]


def _in_groups(view: ListView) -> str:
    """Return ` in 23 groups`, with a filter `, 212 in 3 groups`."""
    if view.groups is None:
        return ""
    words = counted(len(view.groups), "group")
    return f", {len(view.shown):,} in {words}" if view.is_filtered else f" in {words}"


def _our_own(feed: Feed, view: ListView) -> Piece:
    listed, own = feed.listed, view.own
    if listed.current is Current.UNKNOWN:
        is_empty = not (listed.sessions or listed.unreadable)
        words = "this session is not listed" if is_empty else "this session unknown"
        return piece(words, Tone.WARNING, 70)
    if view.request.is_grouped or own is None or own.expires_at is None:
        return piece("", Tone.MUTED, 0)
    left = own.expires_at - feed.server_now
    if left <= 0:
        return piece("this session expired", Tone.WARNING, 70)
    return piece(f"this session {countdown(left, to_the_second=True)}", Tone.MUTED, 20)


def _marks(feed: Feed, view: ListView, in_range: int) -> tuple[Piece, ...]:
    """Return `3 marked (1 hidden) · 5 in range: space marks, esc drops`."""
    range_keys = keys_in(feed).words(RANGE_KEYS)
    words = f"{total:,} marked" if (total := view.marks.total) else ""
    if hidden := view.hidden_marks:
        words += f" ({hidden:,} hidden)"
    return (
        piece(words, Tone.MARKED, ALWAYS),
        piece(f"{in_range:,} in range" if in_range else "", Tone.KEY, ALWAYS),
        piece(range_keys if in_range else "", Tone.MUTED, 90, after=": "),
    )


def filtered(feed: Feed, view: ListView, sprawl: Sprawl | None = None) -> Line:
    """Return the third line: the filter, what it leaves, and the order.

    Without a filter `sprawl`, what made much of the list, and the key that cures it.
    """
    words = [piece("/ to filter", Tone.MUTED, 10)]
    sorting, importance = view.request.sorting_shown, 50
    if view.typed:
        tone = Tone.BAD if view.filter_error is not None else Tone.PLAIN
        words = [piece(f"/ {view.typed}", tone, ALWAYS)]
    elif sprawl is not None:
        made, often, unused = sprawl_words(sprawl)
        cure = ((keys_in(feed)["prune"], Tone.KEY), (" prunes", Tone.MUTED))
        words = [
            piece(made, Tone.PLAIN, 90),
            piece(often, Tone.PLAIN, 20, after=", "),
            piece(unused, Tone.WARNING, 70, after="; "),
            Piece(cure if can_prune(feed, view) else (), 80),
        ]
        if sorting not in (NEWEST_FIRST, LARGEST_FIRST):
            importance = 75  # it was chosen, and its column may not be shown
    shown, total = len(view.shown), len(view.listed)
    many = f"{shown:,} of {total:,}" if shown != total else "all"
    count = (piece(many, Tone.MUTED, 60),) if total else ()
    sort = piece(sorting.words, Tone.MUTED, importance, after=", ")
    return Line(_filled(words), (*count, sort))


def can_prune(feed: Feed, view: ListView) -> bool:
    """Return whether a prune of what is shown could revoke anything."""
    return not view.listed.none_revocable and is_available("prune", context(feed, view))


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
    if feed.is_read and feed.trouble is not None:
        return cut_off(feed.trouble, feed.storage, keys)
    if feed.is_read and feed.hangs:
        return HANGS
    if listed.gaps:
        return NoticeText(f"{listed.gaps[0]}. {keys['reload']} reads again.")
    if listed.none_revocable:
        return NoticeText(f"The list has no token in full: nothing can be revoked. {BY_ID}")
    if listed.current is Current.UNKNOWN and listed.sessions:
        return NoticeText(
            "Can't tell which session is ours: any of these may be it, so revoking asks."
        )
    times = f"{listed.time_doubt}: times may be hours off." if listed.time_doubt else ""
    if difference := offset_words(listed.offset):
        times = f"{difference}: ages can't be trusted. {times}".strip()
    if readonly:
        words = "Read-only by config.toml: nothing can be changed from here."
        return NoticeText(f"{words} {times}".strip(), is_warning=bool(times))
    return NoticeText(times)


def keys_in(feed: Feed) -> KeyWords:
    """Return the keys as config.toml has them."""
    return KeyWords(feed.workspace.config.keys)


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


def no_rows(feed: Feed, view: ListView) -> tuple[str, ...]:
    """Return why no row is shown, and what to do."""
    keys = keys_in(feed)
    if view.lacks is not None and view.shown:
        return (view.lacks, *map(keys.words, NO_GROUPS))
    if view.request.is_grouped and view.shown:
        return GROUPING
    no_match = tuple(map(keys.words, NO_MATCH))
    if feed.is_read and view.is_filtered and view.filter_error:
        return (f"No session matches {view.query.text}", *no_match[1:])
    if feed.is_read and view.is_filtered:
        return no_match
    if feed.is_read and (feed.listed.unreadable or not feed.listed.complete):
        return (f"{feed.listed.gaps[0]}.",)
    if feed.is_read:
        is_without_ours = feed.listed.current is Current.UNKNOWN
        return tuple(map(keys.words, WITHOUT_OURS if is_without_ours else EMPTY))
    if feed.trouble is None or feed.is_loading:
        return tuple(map(keys.words, SILENT if feed.hangs else LOADING))
    return not_read(feed.trouble, feed.storage, keys)


def context(feed: Feed, view: ListView, *, in_range: bool = False) -> Context:
    """Return what decides which commands are available now."""
    return Context(
        rows=0 if view.lacks else len(view.shown),
        listed=len(view.listed),
        has_views=bool(feed.workspace.config.views),
        grouped=view.request.is_grouped,
        marked=view.marks.total,
        in_range=in_range,
        loading=not feed.is_read,
        readonly=feed.account.readonly,
        stale=feed.is_stale,
        ended=feed.has_ended,
        busy=feed.is_busy,
        filter_error=view.filter_error.message if view.filter_error else "",
    )
