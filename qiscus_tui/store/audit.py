"""The audit log: what was revoked, and who logged in and out, from here.

It proves nothing: whoever can run the program can also change the file. If config.toml says so,
records go to the system's log as well, which may be another machine's.
"""

import json
import os
import syslog
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from qiscus_tui.errors import StorageError
from qiscus_tui.model.account import Account
from qiscus_tui.model.text import safe
from qiscus_tui.store.audit_records import (
    AuditAccess,
    AuditAcknowledged,
    AuditAction,
    AuditCutShort,
    AuditGroup,
    AuditIntent,
    AuditKind,
    AuditOutcome,
    AuditRecord,
    AuditSummary,
    AuditTokensStored,
    from_line,
    is_outcome,
    to_line,
)
from qiscus_tui.store.file_checks import user_name
from qiscus_tui.store.paths import Paths
from qiscus_tui.store.processes import Running, this_process

FILE_SIZE = 4 * 1024 * 1024
"""Bytes from which on the file is rotated."""

FILES_KEPT = 5
"""How many rotated files are kept."""

REASON_LENGTH = 300

SOCKETS = ("/dev/log", "/var/run/syslog", "/var/run/log")
"""Where systems listen for log lines; the C library says nothing where none does."""

SYSTEM_LOG_IDS = 50
"""Ids in a line: longer lines are cut or dropped on the way. Each outcome has its own line."""

SYSTEM_LOG_GROUPS = 10
SYSTEM_LOG_LINE = 8000

LONGEST_REVOKE_ALL = 3600.0
"""Seconds; none takes as long."""


class AuditContent(Struct, frozen=True):
    """The content of the log."""

    records: tuple[AuditRecord, ...]
    unreadable: int
    """Lines that could not be read."""


class AuditLog:
    """Writes and reads the log. All of it raises StorageError."""

    def __init__(
        self,
        paths: Paths,
        now: Callable[[], float] = time.time,
        environ: Mapping[str, str] = os.environ,
        file_size: int = FILE_SIZE,
        *,
        to_syslog: bool = False,
    ) -> None:
        """`to_syslog`: records go to the system's log too."""
        self._files = paths.files
        self._lock_folder = paths.state_dir
        self._path = paths.audit_file
        self._rotated = paths.rotated_audit
        self._now = now
        self._environ = environ
        self._file_size = file_size
        self._to_syslog = to_syslog
        self._unsent: StorageError | None = None

    def intent(
        self,
        plan_id: str,
        account: Account,
        kind: AuditKind,
        ids: Sequence[str],
        started: float | None = None,
        rule: str = "",
        reason: str = "",
        groups: Sequence[AuditGroup] = (),
    ) -> None:
        """Record what is about to be sent; it is on the disk when this returns.

        If this raises, nothing may be sent.
        """
        record = AuditIntent(
            plan_id=plan_id,
            kind=kind,
            ids=tuple(ids),
            rule=safe(rule, REASON_LENGTH),
            reason=safe(reason, REASON_LENGTH),
            groups=tuple(groups),
            **self._actor(account, self._now() if started is None else started),
        )
        self._append(record)

    def access(
        self,
        account: Account,
        kind: AuditKind,
        ids: Sequence[str],
        error: str,
        at: float,
        rule: str = "",
    ) -> None:
        """Record what was done at `at` (epoch) beside plans, or why it failed."""
        record = AuditAccess(
            plan_id=os.urandom(4).hex(),
            kind=kind,
            ids=tuple(ids),
            rule=safe(rule, REASON_LENGTH),
            error=safe(error, REASON_LENGTH),
            **self._actor(account, at),
        )
        self._append(record)

    def outcomes(self, plan_id: str, outcomes: Iterable[tuple[str, str, str]]) -> None:
        """Record id, outcome and reason of each session; on the disk with the summary at latest."""
        now = self._now()
        records = [
            AuditOutcome(now, plan_id, session_id, outcome, safe(reason, REASON_LENGTH))
            for session_id, outcome, reason in outcomes
        ]
        with self._files.lock(self._lock_folder):
            self._rotate_if_full()
            self._files.append(self._path, b"".join(map(to_line, records)), durably=False)
        self._send(records)

    def summary(
        self, plan_id: str, counts: Mapping[str, int], others: int = 0, pairs: Sequence[str] = ()
    ) -> None:
        """Record that the plan is done; all its outcomes are on the disk when this returns."""
        self._append(AuditSummary(self._now(), plan_id, dict(counts), others, tuple(pairs)))

    def tokens_stored(self, plan_id: str) -> None:
        """Record that the new tokens of a revoke-all are safe."""
        self._append(AuditTokensStored(self._now(), plan_id))

    def cut_short(self, plan_id: str, sent: int, answered: int) -> None:
        """Record how many were sent and answered by a plan that ends early, unverified."""
        self._append(AuditCutShort(self._now(), plan_id, sent, answered))

    def acknowledge(self, plan_id: str) -> None:
        """Record that the user has seen that this plan was cut short."""
        self._append(AuditAcknowledged(self._now(), plan_id))

    def read(self) -> AuditContent:
        """Return every record, oldest first, and the number of lines torn or damaged."""
        lines = [line for content in self._contents() for line in content.split(b"\n") if line]
        records = tuple(_parsed(lines))
        return AuditContent(records, len(lines) - len(records))

    def intents(self) -> tuple[AuditIntent, ...]:
        """Return every intent, oldest first."""
        return tuple(one for one in self.read_plans() if isinstance(one, AuditIntent))

    def read_plans(self) -> tuple[AuditRecord, ...]:
        """Return every record but the outcomes of single sessions, oldest first."""
        return tuple(_except_outcomes(self._contents()))

    def _contents(self) -> list[bytes]:
        """Return the content of every file, the oldest first."""
        paths = [*map(self._rotated, range(FILES_KEPT, 0, -1)), self._path]
        if not any(map(self._files.size_of, paths)):
            return []
        with self._files.lock(self._lock_folder):
            return [self._read(path) for path in paths]

    def abandoned(self) -> frozenset[str]:
        """Return the ids of plans without an end, not acknowledged, whose programs are gone.

        Called at every start: only the two newest files are read. The end of a plan may have been
        written meanwhile; whoever reads the log after this sees it.
        """
        return frozenset(one.plan_id for one in self._open() if self._is_gone(one))

    def _is_gone(self, intent: AuditIntent) -> bool:
        """Return whether the program that wrote it is gone.

        Of another machine's that is known only of a revoke-all, which is one call.
        """
        match intent.process.running():
            case Running.YES:
                return False
            case Running.NO:
                return True
            case Running.UNKNOWN:
                is_long_ago = self._now() - intent.time > LONGEST_REVOKE_ALL
                return intent.kind is AuditKind.REVOKE_ALL and is_long_ago

    def _actor(self, account: Account, at: float) -> dict[str, Any]:
        """Return the fields of a record that say who does it, when, and from where."""
        process = this_process()
        return {
            "time": at,
            "account": account.name,
            "app_id": account.app_code,
            "server": str(account.origin),
            "token_id": account.token_id,
            "host": process.host,
            "os_user": user_name(os.getuid()),
            "sudo_user": safe(self._environ.get("SUDO_USER", "")),
            "ssh_client": safe(self._environ.get("SSH_CONNECTION", "").partition(" ")[0]),
            "process": process,
        }

    def _append(self, record: AuditRecord) -> None:
        with self._files.lock(self._lock_folder):
            self._rotate_if_full()
            self._files.append(self._path, to_line(record))
        self._send([record])

    def _send(self, records: Iterable[AuditRecord]) -> None:
        """Send the records to the system's log; that it is missing is no failure of the action."""
        if not self._to_syslog:
            return
        try:
            for record in records:
                _send_to_system_log(record)
        except OSError as error:
            self._to_syslog = False  # said once
            self._unsent = StorageError(
                f"The system log got no audit record: {error.strerror or error}",
                "Start a syslog service, or set syslog = false under [audit] in config.toml.",
            )

    def report_unsent(self, warn: Callable[[StorageError], object]) -> None:
        """Warn, once, if the system's log did not get a record."""
        if (unsent := self._unsent) is not None:
            self._unsent = None
            warn(unsent)

    def _rotate_if_full(self) -> None:
        """Start a new file, after flushing the full one. No open plan loses its intent."""
        if self._files.size_of(self._path) < self._file_size:
            return
        self._files.append(self._path, self._intents_to_repeat())
        for number in range(FILES_KEPT - 1, 0, -1):
            self._files.move(self._rotated(number), self._rotated(number + 1))
        self._files.move(self._path, self._rotated(1))

    def _intents_to_repeat(self) -> bytes:
        """Return the open intents that the two newest files would no longer hold."""
        older = {record.plan_id for record in _except_outcomes([self._read(self._rotated(1))])}
        return b"".join(to_line(intent) for intent in self._open() if intent.plan_id in older)

    def _open(self) -> list[AuditIntent]:
        """Return the open intents: the two newest files hold them all. Needs no lock.

        The newest is read first: a file rotated meanwhile is then read twice, and not missed.
        """
        newest = self._read(self._path)
        return _open_plans(_except_outcomes([self._read(self._rotated(1)), newest]))

    def _read(self, path: Path) -> bytes:
        return self._files.read(path) or b""


def _except_outcomes(contents: Iterable[bytes]) -> Iterator[AuditRecord]:
    """Return what decides whether a plan is open; most lines are outcomes, and not decoded."""
    lines = (line for content in contents for line in content.split(b"\n"))
    return _parsed(line for line in lines if not is_outcome(line))


def _parsed(lines: Iterable[bytes]) -> Iterator[AuditRecord]:
    return filter(None, (from_line(line) for line in lines if line))


def _open_plans(records: Iterable[AuditRecord]) -> list[AuditIntent]:
    """Return the intents without an end."""
    intents: dict[str, AuditIntent] = {}
    for record in records:
        match record:
            case AuditIntent():
                intents[record.plan_id] = record
            case AuditSummary() | AuditAcknowledged():
                intents.pop(record.plan_id, None)
            case AuditOutcome() | AuditTokensStored() | AuditCutShort() | AuditAccess():
                pass
    return list(intents.values())


def _send_to_system_log(record: AuditRecord) -> None:
    """Send the record as one line of ASCII JSON. Raises OSError where there is no system log."""
    _must_listen()
    syslog.openlog("qiscus-tui", syslog.LOG_PID, syslog.LOG_AUTH)
    syslog.syslog(syslog.LOG_NOTICE, _system_log_line(record))


def _system_log_line(record: AuditRecord) -> str:
    fields: dict[str, object] = msgspec.to_builtins(record)
    if isinstance(record, AuditAction):
        for name in ("process", "pairs", "token_id", "groups", "ids"):  # three are for our own use
            fields.pop(name, None)
        if len(record.ids) > SYSTEM_LOG_IDS:
            fields["ids_in_all"] = len(record.ids)
        if isinstance(record, AuditIntent):
            fields["groups"] = msgspec.to_builtins(record.groups[:SYSTEM_LOG_GROUPS])
        fields["ids"] = record.ids[:SYSTEM_LOG_IDS]  # last: some system logs cut a line after 1 KiB
    line = json.dumps(fields)
    if len(line) > SYSTEM_LOG_LINE:  # by the names of clients
        line = json.dumps({**fields, "groups": []})
    return line


def _must_listen() -> None:
    import socket  # few have their log sent on, and each start would load it

    there = [path for path in SOCKETS if os.path.exists(path)]
    if not there:
        raise FileNotFoundError("nothing listens")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as probe:
        probe.connect(there[0])
