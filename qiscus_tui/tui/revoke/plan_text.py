"""The text of a revoke question: what goes, what is kept, what follows, what can be added."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from textual.content import Content
from textual.geometry import Size

from qiscus_tui.errors import QiscusTuiError
from qiscus_tui.model.account import Account
from qiscus_tui.model.session import Current, Session
from qiscus_tui.model.text import counted
from qiscus_tui.service.revocation.plan import Exclusion, LeftOut, RevocationPlan
from qiscus_tui.service.revocation.plan_groups import emptied_words
from qiscus_tui.service.revocation.retention import offset_words
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.tui.base.screen import ROOMY_HEIGHT
from qiscus_tui.tui.revoke.choices import EACH, ShownPlan
from qiscus_tui.tui.revoke.plan_lines import group_lines, muted, session_heading, session_lines

BOX = 104
"""Cells of the dialog's box, where there is room for them."""

AROUND = 7
"""Cells of its borders, padding and scrollbar."""

COMMAND_LINES = 4
"""Most lines of a command that are shown; all of it is copied."""

EXAMPLES = 3
"""Sessions shown for each reason to keep them."""

OWN_ENDS_ALONE = "This program's own session ends; its next use makes a new token."
OWN_ENDS = "This program's own session ends with them; its next use makes a new token."
OWN_UNKNOWN = (
    "Can't tell which session is this program's own: any of these may be it. "
    "If it ends, the next use makes a new token."
)
TRIAL = "One goes first, as a trial: no revoke was verified on this server yet."


def heading(plan: RevocationPlan, account: Account, chosen: str = "") -> str:
    """Return what was chosen, and how many sessions of whom are to be revoked."""
    count, first = len(plan.targets), f"{chosen}\n" if chosen else ""
    if not count:
        return f"{first}Nothing to revoke"
    whose = account.user or "this user"
    return f"{first}Revoke {counted(count, 'session')} of {whose} on {account.origin.netloc}"


def lead_and_lines(
    shown: ShownPlan,
    command: Sequence[str],
    refusal: QiscusTuiError | None,
    now: float,
    size: Size,
    *,
    tries: bool,
) -> tuple[Content, Content]:
    """Return what stands above the part that scrolls, and that part.

    What follows from a yes is at the end of the first; where that leaves the heading no room, it
    begins the second. `now`: the server's time, epoch seconds; `size`: of the screen; `tries`: one
    session goes first, as a trial.
    """
    above, follows = _lead(shown, refusal), _follows(shown.plan, refusal, tries=tries)
    is_roomy = size.height >= ROOMY_HEIGHT
    lines = plan_lines(shown, command, now, size.width, gap=1 if is_roomy else 0)
    if is_roomy:
        return _below(above, follows), lines
    return above, _below(Content("\n").join(follows.wrap(text_width(size.width))), lines)


def _below(*parts: Content) -> Content:
    return Content("\n").join(part for part in parts if part.plain)


def _lead(shown: ShownPlan, refusal: QiscusTuiError | None) -> Content:
    """Return what stays, and of which groups nothing does; or why nothing is revoked."""
    plan = shown.plan
    if refusal is not None:
        return Content("Nothing will be sent.")
    if plan.targets:
        emptied = Content.styled(emptied_words(shown.emptied), "bold $warning")
        return _below(Content.styled(summary(plan), "bold"), emptied)
    if not plan.selection.positions:
        return Content("No session matches.")
    return Content("Everything that was chosen is kept; the reasons are below.")


def _follows(plan: RevocationPlan, refusal: QiscusTuiError | None, *, tries: bool) -> Content:
    """Return what follows from a yes, and that it can't be undone."""
    count = len(plan.targets)
    if refusal is not None or not count:
        return Content()
    tokens = "this token" if count == 1 else "these tokens"
    words = f"What uses {tokens} stops working at once; this can't be undone."
    return Content(f"{words}\n{TRIAL}" if tries and count > 1 else words)


def note(plan: RevocationPlan, refusal: QiscusTuiError | None, *words: str) -> Content:
    """Return what happens to our own session, and whether ages can be trusted; or the refusal.

    `words`: a warning to be added.
    """
    if refusal is not None:
        return Content.assemble(
            (refusal.message, "bold $warning"), "\n", (refusal.hint, "$text-muted")
        )
    warnings: list[str] = []
    if plan.ends_current:
        warnings.append(OWN_ENDS_ALONE if len(plan.targets) == 1 else OWN_ENDS)
    elif plan.listed.current is Current.UNKNOWN:
        warnings.append(OWN_UNKNOWN)
    if plan.listed.time_doubt:
        warnings.append(f"{plan.listed.time_doubt}: times may be hours off.")
    if difference := offset_words(plan.listed.offset):
        warnings.append(f"{difference}: ages can't be trusted.")
    return Content.styled("\n".join((*warnings, *words)), "bold $warning")


def additions(plan: RevocationPlan) -> Iterator[tuple[str, str, bool]]:
    """Yield kind, words and state of what can be added to the plan; no words: nothing can."""
    allowed, counts = plan.allowed, dict.fromkeys(Exclusion, 0)
    for left in plan.left_out:
        counts[left.exclusion] += 1
    if plan.listed.current is Current.UNKNOWN:
        exclusion, words = (
            Exclusion.CURRENT_UNKNOWN,
            "revoke though one may be this program's own session",
        )
    else:
        exclusion = Exclusion.CURRENT
        words = "also this program's own session; its next use makes a new token"
    yield "current", words if counts[exclusion] or allowed.current else "", allowed.current
    for kind, exclusion, is_in, words in (
        ("protected", Exclusion.PROTECTED, allowed.protected, "also protected ones"),
        ("hidden", Exclusion.HIDDEN, allowed.hidden, "also hidden by the filter"),
    ):
        with_count = f"{words} ({counts[exclusion]:,})" if counts[exclusion] else words
        yield kind, with_count if counts[exclusion] or is_in else "", is_in


def plan_lines(
    shown: ShownPlan, command: Sequence[str], now: float, screen_width: int, gap: int = 1
) -> Content:
    """Return what is to be revoked, what is kept and why, and the command that does the same.

    `now`: the server's time, epoch seconds; `screen_width`: cells of the screen; `gap`: blank
    lines between two parts.
    """
    width = text_width(screen_width)
    plan, parts = shown.plan, list[list[Content]]()
    count = len(plan.targets)
    if count and plan.retention is None and count <= EACH:
        title = Content.styled(f"To revoke: {counted(count, 'session')}", "bold $error")
        sessions = [target.session for target in plan.targets]
        lines = session_lines(plan.listed, sessions, now, width)
        parts.append([title, session_heading(width), *lines])
    elif count:
        many = f"{counted(count, 'session')} in {counted(len(shown.groups), 'group')}"
        title = Content.styled(f"To revoke: {many}", "bold $error")
        parts.append([title, *group_lines(shown.groups, now, width)])
    parts += kept_parts(plan, now, width)
    parts.append([Content.styled(one, "$warning") for one in plan.listed.unmatched_protection])
    if count:
        parts.append(_command(command, width))
    return parted(parts, gap)


def text_width(screen_width: int) -> int:
    """Return the cells of a line in the dialog, on a screen so wide."""
    return min(BOX, screen_width) - AROUND


def kept_parts(plan: RevocationPlan, now: float, width: int) -> list[list[Content]]:
    """Return what is kept and why: by an exclusion, by the filter that hides it, by the rules."""
    parts = list[list[Content]]()
    hidden = [left for left in plan.left_out if left.exclusion is Exclusion.HIDDEN]
    kept = [left for left in plan.left_out if left.exclusion is not Exclusion.HIDDEN]
    for words, left_out in (("Kept", kept), ("Kept, hidden by the filter", hidden)):
        if left_out:
            title = Content.styled(f"{words}: {counted(len(left_out), 'session')}", "bold")
            parts.append([title, *_left_out(plan.listed, left_out, now, width)])
    if plan.kept:
        title = Content.styled(f"Kept by the rules: {counted(len(plan.kept), 'session')}", "bold")
        parts.append([title, *(muted(f"  {words}") for words in kept_words(plan))])
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


def parted(parts: Iterable[Sequence[Content]], gap: int = 1) -> Content:
    """Return the lines of each part that has any, with so many blank lines between two."""
    return Content("\n" * (1 + gap)).join(Content("\n").join(lines) for lines in parts if lines)


def _command(words: Sequence[str], width: int) -> list[Content]:
    """Return the command, in lines that a shell takes as one."""
    if not words:
        return [muted("No command line does the same: too many are picked one by one.")]
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
    title = muted("The same on the command line; = copies it:")
    return [title, *(Content(f"  {one}") for one in lines)]


def _left_out(
    listed: SessionList, left_out: Iterable[LeftOut], now: float, width: int
) -> list[Content]:
    by_reason: dict[str, list[Session]] = {}
    for left in left_out:
        reason = "" if left.exclusion is Exclusion.HIDDEN else left.reason
        by_reason.setdefault(reason.removeprefix("current: "), []).append(left.session)
    lines: list[Content] = []
    for reason, sessions in by_reason.items():
        if reason:
            lines.append(muted(f"  {reason} · {len(sessions):,}"))
        lines += session_lines(listed, sessions[:EXAMPLES], now, width)
        if len(sessions) > EXAMPLES:
            lines.append(muted(f"  … and {len(sessions) - EXAMPLES:,} more"))
    return lines
