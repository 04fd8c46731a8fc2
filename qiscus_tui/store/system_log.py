"""The system's log (syslog), where audit records go as well if config.toml says so.

It may be another machine's, where whoever revokes can't change them.
"""

import json
import os
import socket
import syslog

import msgspec

from qiscus_tui.store.audit_records import AuditAction, AuditRecord

SOCKETS = ("/dev/log", "/var/run/syslog", "/var/run/log")
"""Where systems listen for log lines; the C library says nothing where none does."""

MOST_IDS = 50
"""Ids in a line: longer lines are cut or dropped on the way. Each outcome has its own line."""


def send(record: AuditRecord) -> None:
    """Send the record as one line of ASCII JSON. Raises OSError where there is no system log."""
    _must_listen()
    syslog.openlog("qiscus-tui", syslog.LOG_PID, syslog.LOG_AUTH)
    syslog.syslog(syslog.LOG_NOTICE, _line(record))


def _line(record: AuditRecord) -> str:
    fields: dict[str, object] = msgspec.to_builtins(record)
    fields.pop("pairs", None)  # for our own use
    if isinstance(record, AuditAction) and len(record.ids) > MOST_IDS:
        fields |= {"ids": record.ids[:MOST_IDS], "ids_in_all": len(record.ids)}
    return json.dumps(fields)


def _must_listen() -> None:
    there = [path for path in SOCKETS if os.path.exists(path)]
    if not there:
        raise FileNotFoundError("nothing listens")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as probe:
        probe.connect(there[0])
