"""What the audit log holds: five kinds of records, each one line of JSON."""

import enum
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from qiscus_tui.store.processes import Process


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
        time, plan_id = _number(fields["time"]), str(fields["plan"])
        match fields["event"]:
            case "intent":
                return _intent(time, plan_id, fields)
            case "outcome":
                told = (str(fields[name]) for name in ("id", "outcome", "reason"))
                return AuditOutcome(time, plan_id, *told)
            case "summary":
                counts = cast("dict[str, object]", fields["counts"])
                numbers = {name: int(_number(count)) for name, count in counts.items()}
                return AuditSummary(time, plan_id, numbers)
            case "cut_short":
                sent, answered = (int(_number(fields[name])) for name in ("sent", "answered"))
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
        account=str(fields["account"]),
        app_id=str(fields["app_id"]),
        server=str(fields["server"]),
        ids=tuple(str(one) for one in cast("list[object]", fields["ids"])),
        os_user=str(fields["os_user"]),
        sudo_user=str(fields["sudo_user"]),
        ssh_client=str(fields["ssh_client"]),
        process=Process.from_json(fields["process"]),
    )


def _number(value: object) -> float:
    if not isinstance(value, int | float):
        raise TypeError
    return float(value)
