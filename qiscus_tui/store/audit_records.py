"""What the audit log holds: five kinds of records, each one line of JSON."""

import enum
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from qiscus_tui.model.text import safe
from qiscus_tui.store.jsonfile import moment, number
from qiscus_tui.store.processes import Process

LONGEST_TEXT = 400
"""Characters of a text that are read."""


class AuditKind(enum.Enum):
    """What was done."""

    REVOKE = "revoke"
    REVOKE_ALL = "revoke-all"
    LOGOUT = "logout"


@dataclass(frozen=True)
class AuditIntent:
    """Written before the first request: who means to end which sessions."""

    time: float
    """Epoch seconds, this machine's clock."""
    plan_id: str
    kind: AuditKind
    account: str
    app_id: str
    server: str
    ids: tuple[str, ...]
    os_user: str
    sudo_user: str
    """Who called sudo, empty where nobody did."""
    ssh_client: str
    """Address from which the user came by SSH, empty where that is not so."""
    process: Process
    """Host, pid and start time of the program."""


@dataclass(frozen=True)
class AuditOutcome:
    """What became of one session of a plan."""

    time: float
    plan_id: str
    session_id: str
    outcome: str
    reason: str


@dataclass(frozen=True)
class AuditSummary:
    """The end of a plan: how many sessions came to each outcome."""

    time: float
    plan_id: str
    counts: Mapping[str, int]


@dataclass(frozen=True)
class AuditCutShort:
    """A plan was cut short, and the program could still write down how far it was."""

    time: float
    plan_id: str
    sent: int
    answered: int
    """How many of those sent had their answer."""


@dataclass(frozen=True)
class AuditAcknowledged:
    """The user was told that the plan was cut short."""

    time: float
    plan_id: str


AuditRecord = AuditIntent | AuditOutcome | AuditSummary | AuditCutShort | AuditAcknowledged


def to_line(record: AuditRecord) -> bytes:
    """The record as one line of ASCII JSON."""
    fields: dict[str, object] = {"time": record.time, "plan": record.plan_id}
    match record:
        case AuditIntent():
            fields |= {
                "event": "intent",
                "kind": record.kind.value,
                "account": record.account,
                "app_id": record.app_id,
                "server": record.server,
                "host": record.process.host,
                "os_user": record.os_user,
                "sudo_user": record.sudo_user,
                "ssh_client": record.ssh_client,
                "process": record.process.to_json(),
                "ids": list(record.ids),
            }
        case AuditOutcome():
            fields |= {
                "event": "outcome",
                "id": record.session_id,
                "outcome": record.outcome,
                "reason": record.reason,
            }
        case AuditSummary():
            fields |= {"event": "summary", "counts": dict(record.counts)}
        case AuditCutShort():
            fields |= {"event": "cut_short", "sent": record.sent, "answered": record.answered}
        case AuditAcknowledged():
            fields |= {"event": "acknowledged"}
    return f"{json.dumps(fields)}\n".encode("ascii")


def is_outcome(line: bytes) -> bool:
    """Whether the line is an outcome as `to_line` writes it; told without reading it."""
    return b'"event": "outcome"' in line


def from_line(line: bytes) -> AuditRecord | None:
    """The record, None where the line is torn or none of ours."""
    try:
        fields = cast("dict[str, object]", json.loads(line))
        time, plan_id = _moment(fields["time"]), _text(fields["plan"])
        match fields["event"]:
            case "intent":
                return _intent(time, plan_id, fields)
            case "outcome":
                told = (_text(fields[name]) for name in ("id", "outcome", "reason"))
                return AuditOutcome(time, plan_id, *told)
            case "summary":
                counts = cast("dict[str, object]", fields["counts"])
                numbers = {_text(name): _count(count) for name, count in counts.items()}
                return AuditSummary(time, plan_id, numbers)
            case "cut_short":
                sent, answered = (_count(fields[name]) for name in ("sent", "answered"))
                return AuditCutShort(time, plan_id, sent, answered)
            case "acknowledged":
                return AuditAcknowledged(time, plan_id)
            case _:
                return None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _intent(time: float, plan_id: str, fields: dict[str, object]) -> AuditIntent:
    return AuditIntent(
        time=time,
        plan_id=plan_id,
        kind=AuditKind(fields["kind"]),
        account=_text(fields["account"]),
        app_id=_text(fields["app_id"]),
        server=_text(fields["server"]),
        ids=tuple(_text(one) for one in cast("list[object]", fields["ids"])),
        os_user=_text(fields["os_user"]),
        sudo_user=_text(fields["sudo_user"]),
        ssh_client=_text(fields["ssh_client"]),
        process=Process.from_json(fields["process"]),
    )


def _text(value: object) -> str:
    """Return a text in safe form: whoever can edit the file could else write to the terminal."""
    return safe(str(value), LONGEST_TEXT)


def _moment(value: object) -> float:
    at = moment(value)
    if at is None:
        raise TypeError
    return at


def _count(value: object) -> int:
    count = number(value)
    if count is None:
        raise TypeError
    return int(count)
