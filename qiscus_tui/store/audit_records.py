"""What the audit log holds: seven kinds of records, each one line of JSON."""

import enum
import json
from collections.abc import Mapping
from typing import Annotated

import msgspec
from msgspec import Meta, Struct, field
from msgspec.structs import asdict, replace

from qiscus_tui.model.account import Account
from qiscus_tui.model.clients import shown
from qiscus_tui.model.text import safe
from qiscus_tui.model.timestamps import EpochSeconds
from qiscus_tui.store.processes import Process

LONGEST_TEXT = 400
"""Characters of a text that are read."""

GONE = frozenset({"revoked", "already_gone"})
"""The outcomes of sessions that ended."""

NOT_SENT = "not_sent"
"""The outcome of one for which nothing was sent."""

Count = Annotated[int, Meta(ge=0, le=10**12)]


class AuditKind(enum.Enum):
    """What was done."""

    REVOKE = "revoke"
    REVOKE_ALL = "revoke-all"
    LOGIN = "login"
    REFRESH = "refresh"
    LOGOUT = "logout"
    KNOWN = "known"
    """An integration was named or forgotten."""


class _Record(Struct, frozen=True, tag_field="event"):
    time: EpochSeconds
    """This machine's clock."""
    plan_id: str = field(name="plan")


class AuditAction(_Record, frozen=True):
    """Who does what, to which sessions of which account, and from where."""

    kind: AuditKind
    account: str
    app_id: str
    server: str
    host: str
    os_user: str
    sudo_user: str
    """Who called sudo, empty without it."""
    ssh_client: str
    """Address from which the user came by SSH, empty otherwise."""
    process: Process
    """Host, pid and start time of the program."""
    ids: tuple[str, ...]
    rule: str = ""
    """How they were chosen: filter, policy, retention rules."""
    reason: str = ""
    """Why, in the user's words (`--reason`)."""
    token_id: str = ""
    """Id of the account's long-lived token, where its user is unknown."""

    def is_of(self, account: Account) -> bool:
        """Return whether it was done with this account."""
        mine = (account.name, account.app_code, str(account.origin), account.token_id)
        return mine == (self.account, self.app_id, self.server, self.token_id)


class AuditGroup(Struct, frozen=True):
    """Sessions of a plan that came from the same place. None: not known."""

    client: str | None
    network: str | None
    count: Count

    @property
    def name(self) -> str:
        """Return `GuzzleHttp · 10.2.0.0/24`."""
        return f"{shown(self.client)} · {shown(self.network)}"


class AuditIntent(AuditAction, frozen=True, tag="intent"):
    """Written before the first request: who means to end which sessions."""

    groups: tuple[AuditGroup, ...] = ()
    """Where they came from, the largest first; not all where there are very many."""


class AuditAccess(AuditAction, frozen=True, tag="access"):
    """A login, a refresh or a logout, written after it; `ids` is the token that it is about.

    Or an integration that was named or forgotten: `rule` says which.
    """

    error: str = ""
    """Why it failed; empty where it did not."""


class AuditOutcome(_Record, frozen=True, tag="outcome"):
    """What became of one session of a plan."""

    session_id: str = field(name="id")
    outcome: str
    reason: str


class AuditSummary(_Record, frozen=True, tag="summary"):
    """The end of a plan: how many sessions came to each outcome."""

    counts: Mapping[str, Count]
    others_ended: Count = 0
    """Sessions that ended beside those that were sent."""
    pairs: tuple[str, ...] = ()
    """Fingerprints of the clients and networks of which every session was seen to be gone."""


class AuditTokensStored(_Record, frozen=True, tag="tokens_stored"):
    """The new tokens of a revoke-all are on the disk."""


class AuditCutShort(_Record, frozen=True, tag="cut_short"):
    """A plan was cut short, and the program could still write down how far it was."""

    sent: Count
    answered: Count
    """How many of those sent had their answer."""


class AuditAcknowledged(_Record, frozen=True, tag="acknowledged"):
    """The user has seen that the plan was cut short."""


AuditRecord = (
    AuditIntent
    | AuditAccess
    | AuditOutcome
    | AuditTokensStored
    | AuditSummary
    | AuditCutShort
    | AuditAcknowledged
)


_DECODER: msgspec.json.Decoder[AuditRecord] = msgspec.json.Decoder(AuditRecord)


def to_line(record: AuditRecord) -> bytes:
    """Return the record as one line of ASCII JSON."""
    return f"{json.dumps(msgspec.to_builtins(record))}\n".encode("ascii")


def is_outcome(line: bytes) -> bool:
    """Return whether the line is an outcome as `to_line` writes it, without decoding it."""
    return b'"event": "outcome"' in line


def from_line(line: bytes) -> AuditRecord | None:
    """Return the record, None where the line is torn or not one of ours."""
    try:
        return _safe(_DECODER.decode(line))
    except (ValueError, RecursionError):
        return None


def _safe(record: AuditRecord) -> AuditRecord:
    """Return the record with safe texts: whoever can edit the file could write to the terminal."""
    fields: dict[str, object] = {
        name: safe(value, LONGEST_TEXT)
        for name, value in asdict(record).items()
        if isinstance(value, str)
    }
    match record:
        case AuditAction():
            fields["ids"] = tuple(safe(one, LONGEST_TEXT) for one in record.ids)
            if isinstance(record, AuditIntent):
                fields["groups"] = tuple(map(_safe_group, record.groups))
        case AuditSummary():
            fields["counts"] = {safe(k, LONGEST_TEXT): n for k, n in record.counts.items()}
        case _:
            pass
    return replace(record, **fields)


def _safe_group(group: AuditGroup) -> AuditGroup:
    client, network = (one and safe(one, LONGEST_TEXT) for one in (group.client, group.network))
    return AuditGroup(client, network, group.count)
