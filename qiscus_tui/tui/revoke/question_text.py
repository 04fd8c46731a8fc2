"""The texts of the revoke question: what the plan does, and what can be added to it."""

from collections.abc import Iterator

from textual.content import Content
from textual.geometry import Size

from qiscus_tui.errors import QiscusTuiError
from qiscus_tui.model.account import Account
from qiscus_tui.model.session import Current
from qiscus_tui.model.text import counted
from qiscus_tui.service.revocation.plan import Exclusion, RevocationPlan
from qiscus_tui.service.revocation.plan_groups import emptied_words
from qiscus_tui.service.revocation.retention import offset_words
from qiscus_tui.tui.base.screen import ROOMY_HEIGHT
from qiscus_tui.tui.revoke.plan_text import ShownPlan, plan_lines, summary, text_width

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
    shown: ShownPlan, refusal: QiscusTuiError | None, now: float, size: Size, *, tries: bool
) -> tuple[Content, Content]:
    """Return what stands above the part that scrolls, and that part.

    What follows from a yes is at the end of the first; where that leaves the heading no room, it
    begins the second. `now`: the server's time, epoch seconds; `size`: of the screen; `tries`: one
    session goes first, as a trial.
    """
    above, follows = _lead(shown, refusal), _follows(shown.plan, refusal, tries=tries)
    is_roomy = size.height >= ROOMY_HEIGHT
    lines = plan_lines(shown, now, size.width, gap=1 if is_roomy else 0)
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
    warnings += words
    return Content.styled("\n".join(warnings), "bold $warning") if warnings else Content()


def toggles(plan: RevocationPlan) -> Iterator[tuple[str, str, bool]]:
    """Yield kind, words (empty where nothing can be added) and state of each toggle."""
    allowed = plan.allowed
    if plan.listed.current is Current.UNKNOWN:
        count = _count(plan, Exclusion.CURRENT_UNKNOWN)
        words = "revoke though one may be this program's own session"
    else:
        count = _count(plan, Exclusion.CURRENT)
        words = "also this program's own session; its next use makes a new token"
    yield "current", words if count or allowed.current else "", allowed.current
    for kind, exclusion, is_in, words in (
        ("protected", Exclusion.PROTECTED, allowed.protected, "also protected ones"),
        ("hidden", Exclusion.HIDDEN, allowed.hidden, "also hidden by the filter"),
    ):
        count = _count(plan, exclusion)
        counted = f"{words} ({count:,})" if count else words
        yield kind, counted if count or is_in else "", is_in


def _count(plan: RevocationPlan, exclusion: Exclusion) -> int:
    return sum(left.exclusion is exclusion for left in plan.left_out)
