"""The text of a revoke question: what goes, what is kept, what follows; sessions and groups.

`now`: the server's time, epoch seconds.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TypeVar

from textual.content import Content

from qiscus_tui.model.account import Account
from qiscus_tui.model.clock import HOUR, countdown
from qiscus_tui.model.session import Session
from qiscus_tui.model.text import counted
from qiscus_tui.service.revocation.plan import RevocationPlan, by_reason
from qiscus_tui.service.revocation.retention import offset_words
from qiscus_tui.service.sessions.groups import Group
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.tui.dialogs.dialog import trouble
from qiscus_tui.tui.listed.texts import client_text
from qiscus_tui.tui.registry import KeyWords
from qiscus_tui.tui.revoke.choices import ShownPlan
from qiscus_tui.tui.widgets.cells import UNKNOWN, day_words, last_used_cell, width_of
from qiscus_tui.tui.widgets.table import UNBOUND, Column, fit_columns, row_parts, title_parts

MOST = 40
"""Most groups that are shown; the rest is counted."""

BOX = 104
"""Cells of the dialog's box, where there is room for them."""

AROUND = 7
"""Cells of its borders, padding and scrollbar."""

COMMAND_LINES = 4
"""Most lines of a command that are shown; all of it is copied."""

ROOMY = 80
"""Cells of a line from which there is room for a column more."""

EXAMPLES = 3
"""Sessions shown for each reason to keep them."""

FOLLOWS = "What uses a revoked token stops working at once; this can't be undone."
TRIAL = "One goes first, as a trial: no revoke was verified on this server yet."


def text_width(screen_width: int) -> int:
    """Return the cells of a line in the dialog, on a screen so wide."""
    return min(BOX, screen_width) - AROUND


def joined(lines: Iterable[Content], between: str = "\n") -> Content:
    """Return those that are not empty below each other."""
    return Content(between).join(line for line in lines if line.plain)


def parted(parts: Iterable[Iterable[Content]]) -> Content:
    """Return the lines of each part, with a blank line between two."""
    return joined(map(joined, parts), "\n\n")


def heading(plan: RevocationPlan, account: Account, name: str, chosen: str = "") -> str:
    """Return what was chosen, and how much of it is revoked, of whom.

    `name` is the account's on this machine.
    """
    count, whose = len(plan.targets), account.user_words(name)
    # Where some are kept, the sum below counts them.
    what = "sessions" if count < len(plan.selection.positions) else counted(count, "session")
    words = f"Revoke {what} of {whose} on {account.origin.netloc}" if count else "Nothing to revoke"
    return f"{chosen}\n{words}" if chosen else words


def lead(shown: ShownPlan) -> Content:
    """Return what stays, and of which groups nothing does; or why nothing is revoked."""
    plan = shown.plan
    if shown.refusal is not None:
        return Content("Nothing will be sent.")
    if not plan.selection.positions:
        return Content("No session matches.")
    emptied = Content.styled(shown.emptied, "bold $warning")
    return joined([Content.styled(summary(plan), "bold"), emptied])


def summary(plan: RevocationPlan) -> str:
    """Return `240 to revoke + 60 kept = 300`, and what the rules keep: `the newest of 1 group`."""
    revoked, kept = len(plan.targets), len(plan.kept) + len(plan.left_out)
    if not kept:
        return ""
    words = f"{revoked:,} to revoke + {kept:,} kept = {revoked + kept:,}"
    return f"{words}: {', '.join(kept_words(plan))}" if plan.kept else words


def kept_words(plan: RevocationPlan) -> list[str]:
    """Return `the newest of 1 group`, `59 used within 24h`: what the rules keep, most first."""
    whys = [one.why for one in plan.kept if one.why is not None]
    counts, reasons = Counter(why.words for why in whys), {why.words: why for why in whys}
    words = [
        f"{count:,} {why}" if reasons[why].is_judged else f"{count:,} in doubt ({why})"
        for why, count in counts.most_common()
        if not reasons[why].is_newest
    ]
    newest = sum(why.is_newest for why in reasons.values())
    if plan.retention is None or not newest:
        return words
    most = plan.retention.rules.keep_newest
    return [f"the newest{'' if most == 1 else f' {most}'} of {counted(newest, 'group')}", *words]


def note(shown: ShownPlan, keys: KeyWords, words: str) -> Content:
    """Return what happens to our own session, and whether ages can be trusted; or the refusal.

    `words`: a warning to be added; empty for none.
    """
    plan = shown.plan
    if shown.refusal is not None:
        return trouble(shown.refusal, keys)
    warnings = [plan.own_words] if plan.own_words else []
    if plan.selection.filters or plan.retention is not None:
        warnings += [f"{gap}: the plan is made of what was read." for gap in plan.listed.gaps]
    if plan.listed.time_doubt:
        warnings.append(f"{plan.listed.time_doubt}: times may be hours off.")
    if difference := offset_words(plan.listed.offset):
        warnings.append(f"{difference}: ages can't be trusted.")
    return Content.styled("\n".join(filter(None, (*warnings, words))), "bold $warning")


def plan_lines(
    shown: ShownPlan,
    command: Sequence[str] | None,
    copy_key: str,
    now: float,
    width: int,
    *,
    tries: bool,
) -> Content:
    """Return what follows from a yes, what goes, what is kept and why, the command for the same.

    `command`: None where there can't be any. `tries`: one session goes first, as a trial.
    """
    plan, count = shown.plan, len(shown.plan.targets)
    parts = list[Sequence[Content]]()
    if count and shown.refusal is None:
        words = f"{FOLLOWS}\n{TRIAL}" if tries and count > 1 else FOLLOWS
        parts.append(Content(words).wrap(width))
    if count:
        lines = (
            group_lines(shown.groups, now, width)
            if shown.groups
            else session_lines(plan.listed, plan.targets, now, width)
        )
        parts.append([Content.styled("To revoke", "bold $error"), *lines])
    parts.append(left_out_lines(plan, now, width))
    parts.append([Content.styled(one, "$warning") for one in plan.listed.unmatched_protection])
    if count and command is not None:
        parts.append(_command(command, copy_key, width))
    return parted(parts)


def left_out_lines(plan: RevocationPlan, now: float, width: int) -> list[Content]:
    """Return what is kept though no rule keeps it, and why: the filter hides it, for one."""
    lines: list[Content] = []
    for reason, left_out in by_reason(plan.left_out).items():
        lines.append(muted(f"  {reason} · {len(left_out):,}"))
        some = [left.session for left in left_out[:EXAMPLES]]
        lines += some_lines(plan.listed, some, len(left_out), now, width)[1:]
    return [Content.styled("Kept", "bold"), *lines] if lines else []


def some_lines(
    listed: SessionList, some: Sequence[Session], count: int, now: float, width: int
) -> list[Content]:
    """Return titles, a line for each of some sessions, and how many of `count` are left."""
    lines = session_lines(listed, some, now, width)
    if count > len(some):
        lines.append(muted(f"  … and {count - len(some):,} more"))
    return lines


def _command(words: Sequence[str], copy_key: str, width: int) -> list[Content]:
    """Return the command, as far as some lines hold it."""
    if not words:
        return [muted("No command line does the same: too many are picked one by one.")]
    lines = Content(" ".join(words)).wrap(width - 2)
    if len(lines) > COMMAND_LINES:
        lines[COMMAND_LINES:] = [Content("…")]
    title = muted(f"The same on the command line; {copy_key} copies it:")
    return [title, *(Content("  ") + line for line in lines)]


# Sessions and groups, in columns.

Row = TypeVar("Row")
STYLES = {
    "header": "$text-muted",
    "row": "",
    "muted": "$text-muted",
    "bar": "$primary",
    "soon": "bold $warning",
}
"""The styles of a table as those of a text."""


def muted(text: str) -> Content:
    """Return a line that matters less."""
    return Content.styled(text, "$text-muted")


def _table(
    columns: Sequence[Column[Row]], rows: Sequence[Row], longest: Sequence[int], width: int
) -> list[Content]:
    """Return a line of titles, and one for each row. `longest`: cells of each column's texts."""
    placed = fit_columns(columns, longest, width)
    lines = [title_parts(placed), *(row_parts(placed, row) for row in rows)]
    return [Content.assemble(*((text, STYLES[name]) for text, name in line)) for line in lines]


def session_lines(
    listed: SessionList, sessions: Sequence[Session], now: float, width: int
) -> list[Content]:
    """Return the titles, and a line for each.

    The widths depend on `width` alone, so that the columns of several lists line up.
    """

    def left(one: Session, _: int) -> str:
        return UNKNOWN if one.expires_at is None else countdown(one.expires_at - now)

    def client(one: Session, _: int) -> str:
        return client_text(listed, listed.positions[one.id])

    def use_style(one: Session) -> str:
        is_hot = one.last_used_at is not None and now - one.last_used_at < HOUR
        return "soon" if is_hot else "row"

    columns: list[Column[Session]] = [
        Column("ID", lambda one, _: one.id[:8], 8, 90, style="bar"),
        Column("EXPIRES IN", left, 10, 80, is_number=True),
        Column("CLIENT", client, 30, 70, least=12),
        Column(
            "LAST USED", lambda one, _: last_used_cell(one.last_used_at, now), 10, style=use_style
        ),
        Column("IP", lambda one, _: one.safe_ip, 39, 60, least=15, style="muted"),
    ]
    return _table(columns, sessions, [UNBOUND] * len(columns), width)


def group_lines(groups: Sequence[Group], now: float, width: int) -> list[Content]:
    """Return the titles, a line for each group, and what is not shown of them."""

    def created(group: Group, _: int) -> str:
        oldest, newest = group.oldest_at, group.newest_at
        if oldest is None or newest is None:
            return UNKNOWN
        begin, end = day_words(oldest, now), day_words(newest, now)
        return begin if begin == end else f"{begin}–{end}"

    def in_use(group: Group, _: int) -> str:
        return f"{group.used_last_hour:,} in use" if group.used_last_hour else ""

    columns: list[Column[Group]] = [
        Column("SESSIONS", lambda one, _: f"{one.count:,}", UNBOUND, 90, is_number=True),
        Column("GROUP", lambda one, _: one.name, UNBOUND, 70, least=12),
        *([Column("CREATED", created, UNBOUND, style="muted")] if width > ROOMY else []),
        Column("LAST USED", lambda one, _: last_used_cell(one.last_used_at, now), 10, 80),
    ]
    if any(group.used_last_hour for group in groups):
        columns.append(Column("LAST HOUR", in_use, UNBOUND, 85, style="soon"))
    some = groups[:MOST]
    longest = [max((width_of(one.text(group, 0)) for group in some), default=0) for one in columns]
    lines = _table(columns, some, longest, width)
    if others := groups[MOST:]:
        words = counted(len(others), "more group")
        used = sum(group.used_last_hour for group in others)
        hot = (f", {used:,} in use" if used else "", STYLES["soon"])
        lines.append(Content.assemble(muted(f"  … and {words}"), hot))
    return lines
