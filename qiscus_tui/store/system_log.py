"""The system's log (syslog), where audit records go as well if config.toml says so.

It may be another machine's, where whoever revokes can't change them.
"""

import json
import os
import syslog

import msgspec

from qiscus_tui.store.audit_records import AuditAction, AuditIntent, AuditRecord

SOCKETS = ("/dev/log", "/var/run/syslog", "/var/run/log")
"""Where systems listen for log lines; the C library says nothing where none does."""

MOST_IDS = 50
"""Ids in a line: longer lines are cut or dropped on the way. Each outcome has its own line."""

MOST_GROUPS = 10
LONGEST_LINE = 8000


def send(record: AuditRecord) -> None:
    """Send the record as one line of ASCII JSON. Raises OSError where there is no system log."""
    _must_listen()
    syslog.openlog("qiscus-tui", syslog.LOG_PID, syslog.LOG_AUTH)
    syslog.syslog(syslog.LOG_NOTICE, _line(record))


def _line(record: AuditRecord) -> str:
    fields: dict[str, object] = msgspec.to_builtins(record)
    if isinstance(record, AuditAction):
        for name in ("process", "pairs", "token_id", "groups", "ids"):  # three are for our own use
            fields.pop(name, None)
        if len(record.ids) > MOST_IDS:
            fields["ids_in_all"] = len(record.ids)
        if isinstance(record, AuditIntent):
            fields["groups"] = msgspec.to_builtins(record.groups[:MOST_GROUPS])
        fields["ids"] = record.ids[:MOST_IDS]  # last: some system logs cut a line after 1 KiB
    line = json.dumps(fields)
    if len(line) > LONGEST_LINE:  # by the names of clients
        line = json.dumps({**fields, "groups": []})
    return line


def _must_listen() -> None:
    import socket  # few have their log sent on, and each start would load it

    there = [path for path in SOCKETS if os.path.exists(path)]
    if not there:
        raise FileNotFoundError("nothing listens")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as probe:
        probe.connect(there[0])
