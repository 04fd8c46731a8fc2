"""What a check finds in a list, and its numbers for Prometheus. Pure."""

import enum
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from qiscus_tui.model.clock import DAY, countdown
from qiscus_tui.query import Moment
from qiscus_tui.service.sessions.groups import Group
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.store.audit_records import AuditIntent
from qiscus_tui.store.state import Checked

CLIENTS = 20
"""Clients that have a line of their own; the rest is `other`."""

_HELP = {
    "qiscus_sessions_live": "Live sessions.",
    "qiscus_sessions_expiring": "Live sessions that expire soon.",
    "qiscus_sessions_issued_24h": "Live sessions that were created in the last 24 hours.",
    "qiscus_sessions_oldest_age_seconds": "Age of the oldest live session.",
    "qiscus_sessions_by_client": "Live sessions by client, the 20 largest and other.",
    "qiscus_check_success": "Whether the last check succeeded.",
    "qiscus_check_timestamp_seconds": "When the last check ended.",
}


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

    new: bool
    max_live: int | None
    max_per_day: int | None
    min_ttl: float | None
    """Seconds."""


@dataclass(frozen=True)
class Figures:
    """A list in numbers. Times are epoch seconds on the server's clock."""

    live: int
    expiring: int
    issued_24h: int
    oldest_at: float | None
    token_expires_at: float | None
    """When this program's own short-lived token expires; None without one."""
    by_client: Sequence[tuple[str, int]] = ()
    """Sessions by client, the largest first."""


def limit_findings(figures: Figures, limits: Limits, now: float) -> Iterator[Finding]:
    """Yield the limits that the list goes beyond."""
    most, per_day, ttl = limits.max_live, limits.max_per_day, limits.min_ttl
    if most is not None and figures.live > most:
        words = f"{figures.live:,} live sessions, more than {most:,}"
        yield Finding(FindingKind.MAX_LIVE, words, figures.live)
    if per_day is not None and figures.issued_24h > per_day:
        words = f"{figures.issued_24h:,} sessions in the last 24 hours, more than {per_day:,}"
        yield Finding(FindingKind.MAX_PER_DAY, words, figures.issued_24h)
    if ttl is not None:
        ends = figures.token_expires_at
        if ends is None:
            yield Finding(FindingKind.MIN_TTL, "This program has no short-lived token stored")
        elif ends - now < ttl:
            words = f"This program's own token expires in {countdown(ends - now)}"
            yield Finding(FindingKind.MIN_TTL, words)


def new_findings(pairs: Iterable[tuple[str, Group]], seen: Checked | None) -> Iterator[Finding]:
    """Yield the pairs that no earlier check saw; none at the first check."""
    for fingerprint, group in pairs:
        if seen is not None and fingerprint not in seen.pairs:
            words = f"{group.name}: never seen by a check before"
            yield _of_group(FindingKind.NEW, group, group.count, words)


def returned_findings(
    listed: SessionList,
    pairs: Iterable[tuple[str, Group]],
    revoked: Mapping[str, AuditIntent],
    seen: Checked,
) -> Iterator[tuple[Finding, str, float]]:
    """Yield pairs that were revoked and are there again; with fingerprint and newest creation.

    Reported are those with sessions created since the last check that reported them. No clock is
    asked: a session that was not in the plan came after it, as the plan had all of its pair.
    """
    for fingerprint, group in pairs:
        plan = revoked.get(fingerprint)
        if plan is None:
            continue
        ids, reported = frozenset(plan.ids), seen.returned.get(fingerprint)
        again = [
            one
            for one in (listed.sessions[position] for position in group.positions)
            if one.id not in ids
            and not one.current
            and (reported is None or one.created_at is None or one.created_at > reported)
        ]
        if again:
            words = f"{group.name}: was revoked (plan {plan.plan_id}), and logged in again"
            newest = max(one.created_at or 0.0 for one in again)
            finding = _of_group(FindingKind.RETURNED, group, len(again), words)
            yield finding, fingerprint, newest


def figures_of(
    listed: SessionList, now: float, expiring: float, token_expires_at: float | None
) -> Figures:
    """Return the numbers of a list; those that end within `expiring` seconds are expiring."""
    created = [one.created_at for one in listed.sessions if one.created_at is not None]
    ends = [one.expires_at for one in listed.sessions if one.expires_at is not None]
    return Figures(
        live=len(listed),
        expiring=sum(map(Moment(now, expiring).is_expiring, ends)),
        issued_24h=sum(at > now - DAY for at in created),
        oldest_at=min(created, default=None),
        token_expires_at=token_expires_at,
    )


def _of_group(kind: FindingKind, group: Group, count: int, words: str) -> Finding:
    client, network = group.values
    return Finding(kind, words, count, client, network)


# Checks as text for Prometheus, by the textfile collector of node_exporter


@dataclass(frozen=True)
class Measured:
    """The check of one account; without figures it failed."""

    account: str
    at: float
    """When it ended: epoch seconds."""
    figures: Figures | None = None


def metrics_text(checks: Sequence[Measured]) -> str:
    """Return the text for these accounts, each metric's lines together."""
    lines: dict[str, list[str]] = {name: [] for name in _HELP}
    for one in checks:
        for name, labels, value in _samples(one):
            words = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels.items())
            lines[name].append(f"{name}{{{words}}} {value}")
    texts = (
        [f"# HELP {name} {_HELP[name]}", f"# TYPE {name} gauge", *samples]
        for name, samples in lines.items()
        if samples
    )
    return "\n".join([line for text in texts for line in text] + [""])


def _samples(one: Measured) -> Iterator[tuple[str, dict[str, str], str]]:
    """Yield the name, the labels and the value of each sample."""
    account, figures = {"account": one.account}, one.figures
    yield "qiscus_check_success", account, "1" if figures is not None else "0"
    yield "qiscus_check_timestamp_seconds", account, f"{one.at:.3f}"
    if figures is None:
        return
    yield "qiscus_sessions_live", account, str(figures.live)
    yield "qiscus_sessions_expiring", account, str(figures.expiring)
    yield "qiscus_sessions_issued_24h", account, str(figures.issued_24h)
    if figures.oldest_at is not None:
        age = max(0.0, one.at - figures.oldest_at)
        yield "qiscus_sessions_oldest_age_seconds", account, f"{age:.0f}"
    counts = Counter[str]()
    for number, (client, count) in enumerate(figures.by_client):
        counts[client if number < CLIENTS else "other"] += count
    for client, count in counts.items():
        yield "qiscus_sessions_by_client", {**account, "client": client}, str(count)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
