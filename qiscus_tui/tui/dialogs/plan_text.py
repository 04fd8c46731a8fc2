"""The text of a plan: what is to be revoked, what is kept and why."""

from collections import Counter
from collections.abc import Iterable, Sequence

from textual.content import Content

from qiscus_tui.model.durations import countdown
from qiscus_tui.model.session import Session
from qiscus_tui.service.revocation.plan import Exclusion, LeftOut, RevocationPlan
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.tui.widgets.cells import fit
from qiscus_tui.tui.widgets.columns import client_words

EACH = 12
"""Most sessions that are shown one by one; more are grouped by client."""

GROUPS = 40
"""Most clients that are shown; the rest is counted."""

EXAMPLES = 3
"""Sessions shown for each reason to keep them."""

CLIENT_WIDTH = 32


def sessions_word(count: int) -> str:
    """`1 session`, `1,284 sessions`."""
    return f"{count:,} session" if count == 1 else f"{count:,} sessions"


def plan_lines(plan: RevocationPlan, now: float) -> Content:
    """Return what is to be revoked, then what is kept. `now`: the server's time, epoch seconds."""
    lines: list[Content] = []
    if plan.targets:
        lines.append(_title(f"To revoke: {sessions_word(len(plan.targets))}", "bold $error"))
        lines += _sessions(plan.listed, [target.session for target in plan.targets], now, EACH)
    hidden = [left for left in plan.left_out if left.exclusion is Exclusion.HIDDEN]
    kept = [left for left in plan.left_out if left.exclusion is not Exclusion.HIDDEN]
    for heading, left_out in (("Kept", kept), ("Kept, hidden by the filter", hidden)):
        if not left_out:
            continue
        if lines:
            lines.append(Content())
        lines.append(_title(f"{heading}: {sessions_word(len(left_out))}", "bold"))
        lines += _left_out(plan.listed, left_out, now)
    return Content("\n").join(lines)


def session_line(listed: SessionList, session: Session, now: float) -> Content:
    """Return the line of one session: id, time left, client, address."""
    position = listed.positions[session.id]
    words = client_words(
        listed.clients[position],
        listed.labels[position],
        current=session.current is True,
        new=bool(listed.new[position]),
    )
    left = "unknown" if session.expires_at is None else countdown(session.expires_at - now)
    return Content.assemble(
        "  ",
        (session.id[:8], "$primary"),
        f"  {left:<9}  {fit(words, CLIENT_WIDTH)}  ",
        (session.safe_ip, "$text-muted"),
    )


def _sessions(
    listed: SessionList, sessions: Sequence[Session], now: float, each: int
) -> list[Content]:
    if len(sessions) <= each:
        return [session_line(listed, session, now) for session in sessions]
    counts = Counter(_group(listed, session) for session in sessions)
    shown = counts.most_common(GROUPS)
    lines = [_counted(count, words) for words, count in shown]
    rest = len(sessions) - sum(count for _, count in shown)
    if rest:
        lines.append(_counted(rest, f"of {len(counts) - len(shown):,} other clients"))
    return lines


def _group(listed: SessionList, session: Session) -> str:
    position = listed.positions[session.id]
    return client_words(
        listed.clients[position],
        listed.labels[position],
        current=session.current is True,
        new=False,
    )


def _left_out(listed: SessionList, left_out: Iterable[LeftOut], now: float) -> list[Content]:
    by_reason: dict[str, list[Session]] = {}
    for left in left_out:
        reason = "" if left.exclusion is Exclusion.HIDDEN else left.reason
        by_reason.setdefault(reason, []).append(left.session)
    lines: list[Content] = []
    for reason, sessions in by_reason.items():
        if reason:
            lines.append(_muted(f"  {reason} · {len(sessions):,}"))
        lines += [session_line(listed, session, now) for session in sessions[:EXAMPLES]]
        if len(sessions) > EXAMPLES:
            lines.append(_muted(f"  … and {len(sessions) - EXAMPLES:,} more"))
    return lines


def _title(text: str, style: str) -> Content:
    return Content.styled(text, style)


def _counted(count: int, words: str) -> Content:
    return Content.assemble((f"{count:>7,}", "bold"), f"  {words}")


def _muted(text: str) -> Content:
    return Content.styled(text, "$text-muted")
