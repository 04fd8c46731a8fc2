"""What was done from this machine, by the audit log; and what an earlier run did not finish."""

import contextlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass
from typing import NamedTuple

from msgspec import Struct

from qiscus_tui.errors import StorageError
from qiscus_tui.model.account import Account
from qiscus_tui.model.clock import local_time
from qiscus_tui.model.text import counted, safe
from qiscus_tui.service.account.workspace import LocalFiles
from qiscus_tui.store.accounts import StoredAccount
from qiscus_tui.store.audit_records import (
    GONE,
    NOT_SENT,
    AuditAccess,
    AuditAction,
    AuditCutShort,
    AuditGroup,
    AuditIntent,
    AuditKind,
    AuditOutcome,
    AuditRecord,
    AuditSummary,
    AuditTokensStored,
)
from qiscus_tui.store.state import remembered_ids

LOOK_THERE = "See in the list which of them ended"


class OutcomeGroup(NamedTuple):
    """Sessions of a plan with the same outcome, for the same reason."""

    outcome: str
    reason: str
    ids: tuple[str, ...]


def by_outcome(outcomes: Iterable[tuple[str, str, str]]) -> list[OutcomeGroup]:
    """Return sessions, each `(id, outcome, reason)`, by outcome and reason.

    First what was sent and is not gone, then what was not sent, then what is gone; the most
    frequent first.
    """
    together: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for session_id, outcome, reason in outcomes:
        together[outcome, reason].append(session_id)
    groups = [OutcomeGroup(*kind, tuple(ids)) for kind, ids in together.items()]
    return sorted(
        groups, key=lambda one: (one.outcome in GONE, one.outcome == NOT_SENT, -len(one.ids))
    )


@dataclass(frozen=True)
class PastPlan:
    """One plan of the audit log, with its result; or a login, refresh or logout."""

    intent: AuditAction
    account: str
    """The account's name on this machine; the recorded one where it was forgotten here."""
    outcomes: tuple[AuditOutcome, ...]
    counts: Mapping[str, int] | None
    """Sessions by outcome; None where the plan was not finished."""
    reached: AuditCutShort | None = None
    """How far it was when it was cut short, if that was recorded."""
    are_tokens_stored: bool = False
    """Whether the new tokens of a revoke-all are on the disk."""
    others_ended: int = 0
    """Sessions that ended beside it."""

    @property
    def title(self) -> str:
        """Return `revoke plan 0a1b2c3d`, or `login 0a1b2c3d`."""
        noun = "" if isinstance(self.intent, AuditAccess) else " plan"
        return f"{self.intent.kind.value}{noun} {safe(self.intent.plan_id, 40)}"

    @property
    def words(self) -> str:
        """Return how it ended: `2 revoked · 1 failed`, `issued 3fa9c01b0001`."""
        if isinstance(self.intent, AuditAccess):
            return _access_words(self.intent)
        if self.counts is None and self.reached is not None:
            sent = f"{self.reached.sent:,} of {len(self.intent.ids):,} sent"
            return f"cut short: {sent}, {self.reached.answered:,} answered"
        if self.counts is None:
            return "its end was not recorded"
        parts = [f"{n:,} {name.replace('_', ' ')}" for name, n in self.counts.items() if n]
        if self.others_ended:
            parts.append(f"{counted(self.others_ended, 'other')} ended")
        return " · ".join(parts) or "done"

    @property
    def error(self) -> str:
        """Return why a login, refresh or logout failed; empty where it did not."""
        if isinstance(self.intent, AuditAccess):
            return self.intent.error
        is_logout = self.intent.kind is AuditKind.LOGOUT
        failed = (one.reason for one in self.outcomes if is_logout and one.outcome == "failed")
        return next(failed, "")

    @property
    def who(self) -> str:
        """Return `root (sudo by ann) from 203.0.113.9`: who did it."""
        intent, words = self.intent, safe(self.intent.os_user)
        if intent.sudo_user:
            words += f" (sudo by {safe(intent.sudo_user)})"
        return f"{words} from {safe(intent.ssh_client)}" if intent.ssh_client else words

    @property
    def groups(self) -> tuple[AuditGroup, ...]:
        """Return where its sessions came from, the largest first; none in older records."""
        return self.intent.groups if isinstance(self.intent, AuditIntent) else ()

    @property
    def whence(self) -> str:
        """Return `GuzzleHttp · 10.2.0.0/24 and 3 more`; empty where it is not recorded."""
        names = [group.name for group in self.groups]
        more = f" and {len(names) - 1:,} more" if len(names) > 1 else ""
        return names[0] + more if names else ""

    @property
    def outcomes_together(self) -> list[OutcomeGroup]:
        """Return its sessions by outcome and reason, also those of which none was recorded."""
        outcomes = [(one.session_id, one.outcome, one.reason) for one in self.outcomes]
        if self.counts is None:
            known = {one.session_id for one in self.outcomes}
            outcomes += ((one, "not_recorded", "") for one in self.intent.ids if one not in known)
        return by_outcome(outcomes)


def past_plans(
    records: Iterable[AuditRecord], accounts: Iterable[StoredAccount] = ()
) -> list[PastPlan]:
    """Return the plans, newest first, under the names of this machine's `accounts`."""
    names = {
        (stored.account.name, stored.account.app_code, str(stored.account.origin)): stored.name
        for stored in accounts
    }
    intents: dict[str, AuditAction] = {}
    outcomes: defaultdict[str, list[AuditOutcome]] = defaultdict(list)
    ends: dict[str, AuditSummary] = {}
    reached: dict[str, AuditCutShort] = {}
    with_tokens: set[str] = set()
    for record in records:
        match record:
            case AuditIntent():  # written again where the log was rotated in the middle of a plan
                intents.setdefault(record.plan_id, record)
            case AuditAccess():
                intents[record.plan_id] = record
                outcomes[record.plan_id] += _access_outcomes(record)
            case AuditOutcome():
                outcomes[record.plan_id].append(record)
            case AuditSummary():
                ends[record.plan_id] = record
            case AuditCutShort():
                reached[record.plan_id] = record
            case AuditTokensStored():
                with_tokens.add(record.plan_id)
            case _:
                pass
    plans = [
        PastPlan(
            intent,
            names.get((intent.account, intent.app_id, intent.server), intent.account),
            tuple(outcomes[one]),
            ends[one].counts if one in ends else None,
            reached.get(one),
            one in with_tokens,
            ends[one].others_ended if one in ends else 0,
        )
        for one, intent in intents.items()
    ]
    plans.sort(key=lambda plan: plan.intent.time)
    return plans[::-1]


def recorded_plans(local_files: LocalFiles) -> tuple[list[PastPlan], int]:
    """Return the plans of the audit log, newest first, and how many lines could not be read.

    Raises StorageError.
    """
    content = local_files.audit.read()
    accounts: tuple[StoredAccount, ...] = ()
    with contextlib.suppress(StorageError):  # what was recorded is known all the same
        accounts = local_files.book.all()
    return past_plans(content.records, accounts), content.unreadable


_ACCESS_OUTCOME = {AuditKind.LOGIN: "issued", AuditKind.REFRESH: "issued"}


def _access_words(access: AuditAccess) -> str:
    if access.error:
        return f"failed: {access.error}"
    if access.kind is AuditKind.KNOWN:
        return access.rule
    if access.kind is AuditKind.LOGIN and not access.ids:  # by a long-lived token or a secret key
        return "stored"
    return " ".join((_ACCESS_OUTCOME.get(access.kind, "ended"), *access.ids))


def _access_outcomes(access: AuditAccess) -> list[AuditOutcome]:
    outcome = "failed" if access.error else _ACCESS_OUTCOME.get(access.kind, "ended")
    return [
        AuditOutcome(access.time, access.plan_id, one, outcome, access.error) for one in access.ids
    ]


# What is known of an account


def seen_before(files: LocalFiles, account: Account, ids: Set[str]) -> Set[str]:
    """Return those of these ids that were listed to this account, or revoked from it, before.

    None where that can't be read.
    """
    if not ids:
        return frozenset()
    with contextlib.suppress(StorageError):
        found = {
            one for intent in files.audit.intents() if intent.is_of(account) for one in intent.ids
        }
        return ids & found.union(remembered_ids(files.paths, account.key))
    return frozenset()


def revoked_pairs(files: LocalFiles, account: Account) -> dict[str, AuditIntent]:
    """Return the newest plan of this account after which no session of a pair was left.

    Only what was seen to be gone counts. Raises StorageError.
    """
    intents: dict[str, AuditIntent] = {}
    revoked: dict[str, AuditIntent] = {}
    for record in files.audit.read_plans():
        match record:
            case AuditIntent():
                if record.is_of(account):
                    intents[record.plan_id] = record
            case AuditSummary() if record.plan_id in intents:
                revoked |= dict.fromkeys(record.pairs, intents[record.plan_id])
            case _:
                pass
    return revoked


# What an earlier run did not finish


class UnfinishedRun(Struct, frozen=True):
    """Something that an earlier run did not finish."""

    message: str
    """What happened, as safe text."""
    hint: str
    """Where to look, without a dot: the command line adds its command."""
    acknowledge: Callable[[], None]
    """Call it once the user has seen it, so that it is not shown again. Raises StorageError."""


def unfinished_runs(local_files: LocalFiles) -> list[UnfinishedRun]:
    """Return what crashed or lost its terminal, unless acknowledged. Raises StorageError."""
    abandoned = local_files.audit.abandoned()
    if not abandoned:
        return []  # as nearly always: the whole log need not be read
    plans, _ = recorded_plans(local_files)
    return [
        _unfinished(local_files, plan)
        for plan in reversed(plans)
        if plan.counts is None and plan.intent.plan_id in abandoned
    ]


def _unfinished(local_files: LocalFiles, plan: PastPlan) -> UnfinishedRun:
    intent = plan.intent
    begun = f"{safe(plan.account, 100)}, begun {local_time(intent.time)}"
    message = f"The {plan.title} of {counted(len(intent.ids), 'session')} ({begun}) was cut short"
    hint = LOOK_THERE
    if intent.kind is AuditKind.REVOKE_ALL and not plan.are_tokens_stored:
        hint = "If the server rejects the token, log in again; else see what is listed"
    return UnfinishedRun(
        message + _reached(plan), hint, lambda: local_files.audit.acknowledge(intent.plan_id)
    )


def _reached(plan: PastPlan) -> str:
    """Return how far a plan was when it was cut short, as the end of the sentence."""
    if plan.are_tokens_stored:
        return " after its new token was stored; the result was not checked"
    if plan.intent.kind is AuditKind.REVOKE_ALL:
        return "; it is not known whether it took effect"
    if plan.reached is not None:
        return f": {reached_words(plan.reached.sent, plan.reached.answered)}"
    if plan.outcomes:
        return f", with {counted(len(plan.outcomes), 'outcome')} recorded"
    return "; it is not known how many were sent"


def reached_words(sent: int, answered: int) -> str:
    """`428 were sent, and 420 of them were answered`."""
    return f"{sent:,} {_were(sent)} sent, and {answered:,} of them {_were(answered)} answered"


def _were(count: int) -> str:
    return "was" if count == 1 else "were"
