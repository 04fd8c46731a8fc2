"""What an earlier run did not finish."""

from collections.abc import Callable

from msgspec import Struct

from qiscus_tui.model.text import counted, safe
from qiscus_tui.model.timestamps import rfc3339
from qiscus_tui.service.account.storage import LocalFiles
from qiscus_tui.store.audit import CutShort
from qiscus_tui.store.audit_records import AuditKind
from qiscus_tui.store.journal import JournalEntry, JournalState

SEE_THE_LIST = "See which of them ended: qiscus-tui sessions"


class Notice(Struct, frozen=True):
    """Something that an earlier run did not finish."""

    message: str
    """What happened, as safe text."""
    hint: str
    """What to do."""
    acknowledge: Callable[[], None]
    """Call it once the user has seen it, so that it is not shown again. Raises StorageError."""

    @property
    def text(self) -> str:
        """Message and hint, one below the other."""
        return f"{self.message}\n{self.hint}"


def notices(local_files: LocalFiles) -> list[Notice]:
    """Return what crashed or lost its terminal, unless acknowledged. Raises StorageError."""
    crashed = [entry for entry in local_files.journal.unfinished() if entry.crashed]
    programs = {entry.process for entry in crashed}
    found = [_of_revoke_all(local_files, entry) for entry in crashed]
    for cut in local_files.audit.plans_cut_short():
        if cut.intent.kind is AuditKind.REVOKE_ALL and cut.intent.process in programs:
            local_files.audit.acknowledge(cut.intent.plan_id)  # the journal knows more of it
        else:
            found.append(_of_plan(local_files, cut))
    return found


def _of_revoke_all(local_files: LocalFiles, entry: JournalEntry) -> Notice:
    name = safe(entry.account_name, 100)
    when = f"begun {rfc3339(entry.at)}," if entry.at else "whose journal entry is damaged,"
    begun = f"A revoke-all of {name}, {when} was cut short"
    match entry.state:
        case JournalState.PENDING:
            message = f"{begun}; it is not known whether it took effect"
            hint = (
                "See what is listed: qiscus-tui sessions. If the server rejects the token, "
                "log in again: qiscus-tui login"
            )
        case JournalState.STORED:
            message = f"{begun} after its new token was stored; the result was not checked"
            hint = "See what is listed: qiscus-tui sessions"
    return Notice(message, hint, lambda: local_files.journal.clear(entry.account_key))


def _of_plan(local_files: LocalFiles, cut: CutShort) -> Notice:
    intent = cut.intent
    sessions = counted(len(intent.ids), "session")
    message = (
        f"The {intent.kind.value} plan {safe(intent.plan_id, 40)} of {sessions} "
        f"({safe(intent.account, 100)}, begun {rfc3339(intent.time)}) was cut short"
    )
    return Notice(
        message + _reached(cut), SEE_THE_LIST, lambda: local_files.audit.acknowledge(intent.plan_id)
    )


def _reached(cut: CutShort) -> str:
    """Return how far a plan was when it was cut short, as the end of the sentence."""
    if cut.reached is not None:
        return f": {reached_words(cut.reached.sent, cut.reached.answered)}"
    if cut.outcomes:
        return f", with {counted(cut.outcomes, 'outcome')} recorded"
    return "; it is not known how many were sent"


def reached_words(sent: int, answered: int) -> str:
    """`428 were sent, and 420 of them were answered`."""
    return f"{sent:,} {_were(sent)} sent, and {answered:,} of them {_were(answered)} answered"


def _were(count: int) -> str:
    return "was" if count == 1 else "were"
