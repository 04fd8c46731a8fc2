"""The text of a plan: what is to be revoked, what is kept and why."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from textual.content import Content

from qiscus_tui.model.session import Session
from qiscus_tui.model.text import counted
from qiscus_tui.service.revocation.plan import Exclusion, LeftOut, RevocationPlan
from qiscus_tui.service.revocation.plan_groups import TargetGroup
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.tui.revoke.group_lines import group_lines
from qiscus_tui.tui.revoke.session_lines import session_heading, session_lines

BOX = 104
"""Cells of the dialog's box, where there is room for them."""

AROUND = 7
"""Cells of its borders, padding and scrollbar."""

EACH = 12
"""Most sessions that are shown one by one; more are grouped."""

COMMAND_LINES = 4
"""Most lines of a command that are shown; all of it is copied."""

EXAMPLES = 3
"""Sessions shown for each reason to keep them."""


@dataclass(frozen=True)
class ShownPlan:
    """A plan, and what is shown of it besides."""

    plan: RevocationPlan
    groups: Sequence[TargetGroup] = ()
    """The groups of the targets; none where they are shown one by one."""
    emptied: Sequence[str] = ()
    """Names of the groups that the rules leave with no session."""
    command: Sequence[str] = ()
    """The words of the command line that does the same."""


def plan_lines(shown: ShownPlan, now: float, screen_width: int, gap: int = 1) -> Content:
    """Return what is to be revoked, what is kept and why, and the command that does the same.

    `now`: the server's time, epoch seconds; `screen_width`: cells of the screen; `gap`: blank
    lines between two parts.
    """
    width = text_width(screen_width)
    plan, parts = shown.plan, list[list[Content]]()
    count = len(plan.targets)
    if count and plan.retention is None and count <= EACH:
        title = _title(f"To revoke: {counted(count, 'session')}", "bold $error")
        sessions = [target.session for target in plan.targets]
        lines = session_lines(plan.listed, sessions, now, width)
        parts.append([title, session_heading(width), *lines])
    elif count:
        many = counted(len(shown.groups), "group")
        title = _title(f"To revoke: {counted(count, 'session')} in {many}", "bold $error")
        parts.append([title, *group_lines(shown.groups, now, width)])
    parts += kept_parts(plan, now, width)
    if warnings := plan.listed.unmatched_protection:
        parts.append([Content.styled(one, "$warning") for one in warnings])
    if count:
        parts.append(_command(shown.command, width))
    return parted(parts, gap)


def text_width(screen_width: int) -> int:
    """Return the cells of a line in the dialog, on a screen so wide."""
    return min(BOX, screen_width) - AROUND


def kept_parts(plan: RevocationPlan, now: float, width: int) -> list[list[Content]]:
    """Return what is kept and why: by an exclusion, by the filter that hides it, by the rules."""
    parts = list[list[Content]]()
    hidden = [left for left in plan.left_out if left.exclusion is Exclusion.HIDDEN]
    kept = [left for left in plan.left_out if left.exclusion is not Exclusion.HIDDEN]
    for heading, left_out in (("Kept", kept), ("Kept, hidden by the filter", hidden)):
        if left_out:
            title = _title(f"{heading}: {counted(len(left_out), 'session')}", "bold")
            parts.append([title, *_left_out(plan.listed, left_out, now, width)])
    if plan.kept:
        title = _title(f"Kept by the rules: {counted(len(plan.kept), 'session')}", "bold")
        parts.append([title, *(_muted(f"  {words}") for words in kept_words(plan))])
    return parts


def kept_words(plan: RevocationPlan) -> list[str]:
    """Return `the newest of 1 group`, `59 used within 24h`: what the rules keep, most first."""
    counts = Counter(one.why.words for one in plan.kept)
    reasons = {one.why.words: one.why for one in plan.kept}
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


def summary(plan: RevocationPlan) -> str:
    """Return `240 to revoke + 60 kept = 300`, and what the rules keep: `the newest of 1 group`."""
    revoked, kept = len(plan.targets), len(plan.kept) + len(plan.left_out)
    if not kept:
        return ""
    words = f"{revoked:,} to revoke + {kept:,} kept = {revoked + kept:,}"
    return f"{words}: {', '.join(kept_words(plan))}" if plan.kept else words


def parted(parts: Sequence[Sequence[Content]], gap: int = 1) -> Content:
    """Return the lines of each part, with so many blank lines between two."""
    return Content("\n" * (1 + gap)).join(Content("\n").join(lines) for lines in parts)


def _command(words: Sequence[str], width: int) -> list[Content]:
    """Return the command, in lines that a shell takes as one."""
    if not words:
        return [_muted("No command line does the same: too many are picked one by one.")]
    lines, line = list[str](), ""
    for word in words:
        if line and len(line) + len(word) + 3 > width - 2:
            lines.append(f"{line} \\")
            line = ""
        line = f"{line} {word}" if line else word
    lines.append(line)
    if len(lines) > COMMAND_LINES:
        said = sum(len(line.removesuffix(" \\").split()) for line in lines[: COMMAND_LINES - 1])
        lines[COMMAND_LINES - 1 :] = [f"… and {len(words) - said:,} more"]
    return [
        _muted("The same on the command line; = copies it:"),
        *(Content(f"  {one}") for one in lines),
    ]


def _left_out(
    listed: SessionList, left_out: Iterable[LeftOut], now: float, width: int
) -> list[Content]:
    by_reason: dict[str, list[Session]] = {}
    for left in left_out:
        reason = "" if left.exclusion is Exclusion.HIDDEN else left.reason
        reason = reason.removeprefix("current: ")
        by_reason.setdefault(reason, []).append(left.session)
    lines: list[Content] = []
    for reason, sessions in by_reason.items():
        if reason:
            lines.append(_muted(f"  {reason} · {len(sessions):,}"))
        lines += session_lines(listed, sessions[:EXAMPLES], now, width)
        if len(sessions) > EXAMPLES:
            lines.append(_muted(f"  … and {len(sessions) - EXAMPLES:,} more"))
    return lines


def _title(text: str, style: str) -> Content:
    return Content.styled(text, style)


def _muted(text: str) -> Content:
    return Content.styled(text, "$text-muted")
