"""What changed since the last check of an account, for scripts and monitoring."""

import asyncio
import enum
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from qiscus_tui import query
from qiscus_tui.errors import CannotTell, StorageError
from qiscus_tui.model.clients import OWN_PRODUCT
from qiscus_tui.model.clock import DAY, countdown
from qiscus_tui.model.group_keys import GroupKey
from qiscus_tui.model.masking import KnownSecrets, masked
from qiscus_tui.query import Moment, Query
from qiscus_tui.service.account.connection import Connection
from qiscus_tui.service.history import revoked_pairs
from qiscus_tui.service.metrics import Sample, ended, labels_of
from qiscus_tui.service.sessions.groups import Members, members_by, pairs_in, times_of
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.service.token.refresh import read_list, valid_token
from qiscus_tui.store.audit_records import AuditIntent
from qiscus_tui.store.state import Checked, Checks

CLIENTS = 20
"""Clients that have a line of their own in the metrics; the rest is `other`."""

WAY = "qiscus-tui refresh, or let check do so with --refresh"


class FindingKind(enum.Enum):
    """What was found; the value is for scripts."""

    NEW = "new"
    RETURNED = "returned"
    MAX_LIVE = "max_live"
    MAX_PER_DAY = "max_per_day"
    MIN_TTL = "min_ttl"


@dataclass(frozen=True)
class Finding:
    """Something to look at."""

    kind: FindingKind
    message: str
    count: int | None = None
    client: str | None = None
    network: str | None = None


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What the user wants to be told. One that is forgotten would never be found: none may be."""

    rule: Query | None
    """The filter that everything is narrowed by, but the token of our own; None without one."""
    new: bool
    max_live: int | None
    max_per_day: int | None
    min_ttl: float | None
    """Seconds."""
    refresh: bool
    """Whether a token of our own that is too short is renewed first."""

    @property
    def filter_text(self) -> str:
        """Return the filter as it was typed; empty without one."""
        return "" if self.rule is None else self.rule.text


@dataclass(frozen=True)
class Figures:
    """What the filter leaves of a list, in numbers. Times are epoch seconds, the server's clock."""

    live: int
    expiring: int
    issued_24h: int | None
    """None where the list has sessions, and no creation date."""
    oldest_at: float | None
    token_expires_at: float | None
    """When this program's own short-lived token expires; None without one."""
    by_client: Sequence[tuple[str, int]] = ()
    """Sessions by client, the largest first."""


def limit_findings(figures: Figures, limits: Limits, now: float) -> Iterator[Finding]:
    """Yield the limits that the list goes beyond. Raises CannotTell for one it can't answer."""
    most, per_day, ttl = limits.max_live, limits.max_per_day, limits.min_ttl
    if most is not None and figures.live > most:
        words = f"{figures.live:,} live sessions, more than {most:,}"
        yield Finding(FindingKind.MAX_LIVE, words, figures.live)
    if per_day is not None:
        issued = figures.issued_24h
        if issued is None:
            lacks = "the server lists no creation date, which --max-per-day needs"
            hint = "Leave it out, or limit all of them: --max-live N"
            raise CannotTell(f"Nothing was checked: {lacks}", hint)
        if issued > per_day:
            words = f"{issued:,} sessions in the last 24 hours, more than {per_day:,}"
            yield Finding(FindingKind.MAX_PER_DAY, words, issued)
    if ttl is not None:
        ends = figures.token_expires_at
        if ends is None:
            words = f"This program has no short-lived token stored: get one: {WAY}"
            yield Finding(FindingKind.MIN_TTL, words)
        elif ends - now < ttl:
            words = f"This program's own token expires in {countdown(ends - now)}: renew it: {WAY}"
            yield Finding(FindingKind.MIN_TTL, words)


def new_findings(pairs: Iterable[tuple[str, Members]], seen: Checked) -> Iterator[Finding]:
    """Yield the pairs that no earlier check saw."""
    for fingerprint, group in pairs:
        if fingerprint not in seen.pairs:
            words = f"{group.name}: never seen by a check before"
            yield Finding(FindingKind.NEW, words, group.count, *group.values)


def returned_findings(
    listed: SessionList,
    pairs: Iterable[tuple[str, Members]],
    revoked: Mapping[str, AuditIntent],
    seen: Checked,
) -> Iterator[tuple[Finding, str, float]]:
    """Yield pairs that were revoked and are there again; with fingerprint and newest creation.

    Reported are those with sessions created since the last check that reported them. No clock is
    asked: a session that was not in the plan came after it, as the plan had all of its pair.
    """
    plans = {plan.plan_id: plan for plan in revoked.values()}
    ids_of = {plan_id: frozenset(plan.ids) for plan_id, plan in plans.items()}
    for fingerprint, group in pairs:
        plan = revoked.get(fingerprint)
        if plan is None:
            continue
        members = [listed.sessions[position] for position in group.positions]
        is_ours = (group.values[0] or "").startswith(OWN_PRODUCT)
        if is_ours and any(one.current for one in members):
            continue  # an older token of this program's own is no login of a script
        ids, reported = ids_of[plan.plan_id], seen.returned.get(fingerprint)
        again = [
            one
            for one in members
            if one.id not in ids
            and not one.current
            and (reported is None or one.created_at is None or one.created_at > reported)
        ]
        if again:
            words = f"{group.name}: was revoked (plan {plan.plan_id}), and logged in again"
            newest = max(one.created_at or 0.0 for one in again)
            finding = Finding(FindingKind.RETURNED, words, len(again), *group.values)
            yield finding, fingerprint, newest


def figures_of(
    listed: SessionList,
    at: Sequence[int],
    moment: Moment,
    token_expires_at: float | None = None,
    hide: Callable[[str], str] = str,
) -> Figures:
    """Return the numbers of the sessions at these positions. `hide` masks secrets in a name."""
    created = times_of(at, listed.facts.created_at)
    older = bisect_right(created, moment.server_now - DAY)
    clients = members_by(listed, (GroupKey.CLIENT,), at)
    return Figures(
        live=len(at),
        expiring=moment.count_expiring(times_of(at, listed.facts.expires_at)),
        issued_24h=len(created) - older if created or not at else None,
        oldest_at=created[0] if created else None,
        token_expires_at=token_expires_at,
        by_client=[(hide(one.name), one.count) for one in clients],
    )


@dataclass(frozen=True)
class CheckReport:
    """What a check saw, and what is remembered of it."""

    account: str
    server: str
    checked_at: float
    """Epoch seconds, the server's clock."""
    listed: SessionList
    figures: Figures
    findings: tuple[Finding, ...]
    filter_text: str
    """What all of it is narrowed by, fit to be shown; empty for the whole list."""
    seen: Checked
    compares: bool
    """Whether it is known what earlier checks saw; otherwise nothing can be new."""
    trouble: StorageError | None = None
    """Why it is not known what earlier checks saw."""

    @property
    def is_success(self) -> bool:
        """Return whether everything could be checked."""
        return self.listed.is_whole and self.trouble is None


async def check(
    connection: Connection, checks: Checks, limits: Limits, expiring: float
) -> CheckReport:
    """Read the list, and hold it against the limits, the audit log and earlier checks.

    Nothing is remembered yet. Raises what `read_list` and `valid_token` raise, and CannotTell for a
    filter that the list can't answer.
    """
    if limits.refresh and limits.min_ttl is not None:
        await valid_token(connection, limits.min_ttl)
    if limits.rule is not None and limits.rule.asks_for_new:
        connection.mark_new_since_last_visit()
    listed = await read_list(connection)
    trouble: StorageError | None = None
    earlier: Checked | None = None
    try:
        earlier = await asyncio.to_thread(checks.seen, connection.account.key, limits.filter_text)
    except StorageError as error:  # the limits are checked all the same
        trouble = error
    revoked = await asyncio.to_thread(revoked_pairs, connection.local_files, connection.account)
    held = await connection.credentials()
    own, is_token = KnownSecrets(held.secrets), listed.lists_token

    def hide(text: str) -> str:
        return str(masked(text, own, is_token))

    moment = Moment(connection.server_now(), expiring)
    ends = held.short_lived.expires_at if held.short_lived else None

    def compared() -> tuple[Figures, tuple[Finding, ...], Checked]:
        at = _chosen(listed, limits, moment)
        figures = figures_of(listed, at, moment, ends, hide)
        return figures, *_found(listed, at, figures, limits, moment, revoked, earlier)

    figures, findings, seen = await asyncio.to_thread(compared)
    return CheckReport(
        connection.name,
        str(connection.account.origin),
        moment.server_now,
        listed,
        figures,
        tuple(
            replace(one, message=hide(one.message), client=one.client and hide(one.client))
            for one in findings
        ),
        hide(limits.filter_text),
        seen,
        compares=earlier is not None,
        trouble=trouble,
    )


def _found(
    listed: SessionList,
    at: Sequence[int],
    figures: Figures,
    limits: Limits,
    moment: Moment,
    revoked: Mapping[str, AuditIntent],
    earlier: Checked | None,
) -> tuple[tuple[Finding, ...], Checked]:
    """Return what was found in these sessions, and what is remembered of them."""
    now, pairs = moment.server_now, pairs_in(listed, at)
    returned = [*returned_findings(listed, pairs, revoked, earlier or Checked())]
    new = new_findings(pairs, earlier) if limits.new and earlier is not None else ()
    findings = (*new, *(one for one, _, _ in returned), *limit_findings(figures, limits, now))
    return findings, Checked(
        {fingerprint: now for fingerprint, _ in pairs},
        {fingerprint: newest for _, fingerprint, newest in returned},
    )


def _chosen(listed: SessionList, limits: Limits, moment: Moment) -> Sequence[int]:
    """Return what the filter leaves. Raises CannotTell for what the list can't answer."""
    rule = limits.rule
    by_age = rule is not None and rule.depends_on_clock
    if listed.time_doubt and (by_age or limits.max_per_day is not None):
        what = f"Nothing was checked: {listed.time_doubt}: ages can't be trusted"
        raise CannotTell(what, "Leave ages out, or get a new token of our own: qiscus-tui refresh")
    if rule is None:
        return range(len(listed))
    chosen = query.select(rule, listed, moment)
    doubt = "" if chosen else query.unanswerable(rule, listed.sessions)
    if doubt:
        raise CannotTell(f"Nothing was checked: {doubt}", "Choose by something that it lists.")
    return chosen


# For Prometheus


def samples_of(report: CheckReport) -> list[Sample]:
    """Return the numbers of a check; numbers of a part would mislead, and are left out."""
    labels, figures = labels_of(report.account, report.filter_text), report.figures
    samples = ended("check", labels, report.checked_at, success=report.is_success)
    if not report.is_success:
        return samples
    numbers = {
        "qiscus_sessions_live": figures.live,
        "qiscus_sessions_expiring": figures.expiring,
        "qiscus_sessions_issued_24h": figures.issued_24h,
        "qiscus_token_expires_timestamp_seconds": figures.token_expires_at,
    }
    if figures.oldest_at is not None:
        age = max(0.0, report.checked_at - figures.oldest_at)
        numbers["qiscus_sessions_oldest_age_seconds"] = age
    samples += [Sample(name, one, labels) for name, one in numbers.items() if one is not None]
    clients = Counter[str]()
    for number, (client, count) in enumerate(figures.by_client):
        clients[client if number < CLIENTS else "other"] += count
    kinds = Counter(one.kind for one in report.findings)
    return [
        *samples,
        *(
            Sample("qiscus_sessions_by_client", count, {**labels, "client": client})
            for client, count in clients.items()
        ),
        *(
            Sample("qiscus_check_findings", kinds[kind], {**labels, "kind": kind.value})
            for kind in FindingKind
        ),
    ]
