"""Sessions, and groups of sessions, as text tables."""

from collections.abc import Iterable, Iterator, Sequence

from qiscus_tui.cli.output.text_table import UNKNOWN, TextColumn, moment, text_table
from qiscus_tui.model.clients import shown
from qiscus_tui.model.clock import ago, countdown
from qiscus_tui.model.group_keys import GroupKey
from qiscus_tui.model.session import Current, Session
from qiscus_tui.model.text import safe
from qiscus_tui.service.sessions.groups import Group
from qiscus_tui.service.sessions.session_list import SessionList

COLUMNS = (
    TextColumn("EXPIRES IN", 5),
    TextColumn("ID", 6),
    TextColumn("CLIENT", 4, least=12),
    TextColumn("CREATED", 1),
    TextColumn("LAST USED", 2),
    TextColumn("IP", 3, least=15),
    TextColumn("USER", 0, least=12),
)
SHORT_ID = 12


def session_table(
    listed: SessionList, positions: Sequence[int], now: float, width: int | None = None
) -> Iterator[str]:
    """Yield a heading, and a line for each session.

    `now` is the server's time, epoch seconds; `width` is in cells, None for any.
    """
    rows = (_cells(listed, position, now) for position in positions)
    return text_table(COLUMNS, rows, width)


def _cells(listed: SessionList, position: int, now: float) -> tuple[str, ...]:
    session = listed.sessions[position]
    return (
        _expiry(session, now),
        session.id[:SHORT_ID],
        _client(listed, position),
        moment(session.created_at, is_utc=not listed.time_doubt),
        _ago(session.last_used_at, now),
        session.safe_ip or UNKNOWN,
        session.safe_user,
    )


def _ago(at: float | None, now: float) -> str:
    return UNKNOWN if at is None else ago(now - at)


def _expiry(session: Session, now: float) -> str:
    if session.expires_at is None:
        return UNKNOWN
    mark = "~" if session.expires_computed else ""
    return f"{mark}{countdown(session.expires_at - now)}"


def _client(listed: SessionList, position: int) -> str:
    session, known = listed.sessions[position], listed.labels[position]
    words = [listed.clients[position]]
    if session.current:
        words.insert(0, "this session")
    if known is not None:
        words.append(f"[{safe(known.label)}{', protected' if known.protect else ''}]")
    if not session.revocable:
        words.append("(can't be revoked)")
    return " · ".join(words[:2]) + ("" if len(words) < 3 else f" {' '.join(words[2:])}")


def remarks(listed: SessionList) -> Iterable[str]:
    """Yield the warnings about a list."""
    yield from listed.gaps
    if listed.time_doubt:
        yield f"{listed.time_doubt}: times may be hours off"
    if listed.expiry_doubt:
        yield listed.expiry_doubt
    if listed.current is Current.UNKNOWN:
        # A new token is recognised only if the server lists tokens.
        lists_tokens = any(session.token for session in listed.sessions)
        way = "; to get a new token: qiscus-tui refresh" if lists_tokens else ""
        yield f"Can't tell which session is this program's own{way}"


_FACTS = (
    TextColumn("COUNT", 9),
    TextColumn("SHARE", 6),
    TextColumn("PER DAY", 5),
    TextColumn("OLDEST", 2),
    TextColumn("NEWEST", 3),
    TextColumn("LAST USED", 4),
    TextColumn("EXPIRING", 1),
    TextColumn("NOTE", 7),
)


def group_table(
    listed: SessionList,
    keys: Sequence[GroupKey],
    groups: Sequence[Group],
    now: float,
    width: int | None = None,
) -> Iterator[str]:
    """Yield a heading, and a line for each group.

    `now` is the server's time, epoch seconds; `width` is in cells, None for any.
    """
    columns = [TextColumn(key.value.upper(), 8, least=10) for key in keys]
    rows = (
        (*map(shown, group.values), *_facts(group, now, is_utc=not listed.time_doubt))
        for group in groups
    )
    return text_table([*columns, *_FACTS], rows, width)


def _facts(group: Group, now: float, *, is_utc: bool) -> tuple[str, ...]:
    notes = ("this session" if group.current else "", group.protection_words)
    return (
        f"{group.count:,}",
        f"{group.share:.1%}",
        UNKNOWN if group.per_day is None else f"{group.per_day:,.1f}",
        moment(group.oldest_at, is_utc=is_utc),
        moment(group.newest_at, is_utc=is_utc),
        _ago(group.last_used_at, now),
        f"{group.expiring:,}" if group.expiring else "",
        ", ".join(filter(None, notes)),
    )
