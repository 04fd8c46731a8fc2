"""Our own files, edited by hand or by a stranger: read, passed over or refused, never a crash."""

import json
from pathlib import Path

import pytest

from qiscus_tui.errors import StorageError
from qiscus_tui.model.account import Credentials
from qiscus_tui.model.timestamps import rfc3339
from qiscus_tui.store.accounts import AccountBook
from qiscus_tui.store.audit_records import AuditOutcome, AuditSummary, from_line
from qiscus_tui.store.files import write_private
from qiscus_tui.store.jsonfile import decoded
from qiscus_tui.store.paths import Paths
from qiscus_tui.store.processes import Process, Running, this_process

HUGE = ["1" + "0" * 400, "1e999", "-1e999", "NaN", "9" * 30, "-" + "9" * 30, "true", "null", '"x"']
ESCAPES = "\x1b]0;owned\x07\x9b31m\u202e"


def written(path: Path, text: str) -> None:
    write_private(path, text.encode())


@pytest.mark.parametrize("pid", [10**400, 10**30, -1, 0])
def test_a_process_with_an_invalid_number_is_gone(pid: int) -> None:
    process = decoded([this_process().host, pid, "then"], Process)
    assert process is not None
    assert process.running() is Running.NO


@pytest.mark.parametrize("number", HUGE)
def test_an_invalid_time_in_the_audit_log_makes_its_line_unreadable(number: str) -> None:
    line = f'{{"time": {number}, "plan": "abcd", "event": "acknowledged"}}'
    found = from_line(line.encode())
    assert found is None or rfc3339(found.time)
    line = f'{{"time": 1, "plan": "abcd", "event": "summary", "counts": {{"revoked": {number}}}}}'
    assert isinstance(from_line(line.encode()), AuditSummary | None)


def test_texts_of_the_audit_log_are_safe_whoever_wrote_them() -> None:
    name = json.dumps(ESCAPES)
    line = f'{{"time": 1, "plan": {name}, "event": "summary", "counts": {{{name}: 1}}}}'
    found = from_line(line.encode())
    assert isinstance(found, AuditSummary)
    assert "".join((found.plan_id, *found.counts)).isprintable()
    line = (
        f'{{"time": 1, "plan": "a", "event": "outcome", "id": {name}, "outcome": {name}, '
        f'"reason": {name}}}'
    )
    found = from_line(line.encode())
    assert isinstance(found, AuditOutcome)
    assert "".join((found.session_id, found.outcome, found.reason)).isprintable()


@pytest.mark.parametrize("number", HUGE)
def test_a_number_beside_a_token_is_read_or_refused(number: str) -> None:
    fields = {"token": "QEX", "expires_at": 1.0, "obtained_at": 1.0, "clock_ahead": 0.0}
    for field in ("expires_at", "obtained_at", "clock_ahead"):
        record = json.dumps({"short_lived": {**fields, field: 0}})
        edited = json.loads(record.replace(f'"{field}": 0', f'"{field}": {number}'))
        found = decoded(edited, Credentials)
        if found is not None and found.short_lived is not None:
            assert rfc3339(found.short_lived.expires_at)


@pytest.mark.parametrize("number", HUGE)
def test_a_number_beside_an_account_is_read_or_refused(paths: Paths, number: str) -> None:
    written(paths.chosen_file, f'{{"version": 1, "used": {{"key": {number}}}}}')
    assert all(map(rfc3339, AccountBook(paths).last_uses().values()))
    written(paths.accounts_file, f'{{"version": 1, "accounts": {{"key": {{"name": {number}}}}}}}')
    with pytest.raises(StorageError):
        AccountBook(paths).all()
