import json
import stat
from pathlib import Path

import pytest
from msgspec.structs import replace

from qiscus_tui.model.account import Account
from qiscus_tui.store import files
from qiscus_tui.store.audit import AuditLog
from qiscus_tui.store.audit_records import (
    AuditAcknowledged,
    AuditGroup,
    AuditIntent,
    AuditKind,
    AuditOutcome,
    AuditSummary,
    from_line,
    to_line,
)
from qiscus_tui.store.locks import store_lock
from qiscus_tui.store.paths import Paths, paths_in_memory
from qiscus_tui.store.processes import Process, this_process
from tests.clocks import ManualClock
from tests.store.conftest import begun, ended

IDS = ("3fa9c01b0001", "77be02d40002")


@pytest.fixture
def log(paths: Paths, clock: ManualClock) -> AuditLog:
    environ = {"SUDO_USER": "ann", "SSH_CONNECTION": "203.0.113.9 50000 10.0.0.1 22"}
    return AuditLog(paths, clock.now, environ)


def crash(paths: Paths, account: Account) -> None:
    """End in the middle of a plan."""
    log = AuditLog(paths)
    log.intent("cut", account, AuditKind.REVOKE, IDS)
    log.outcomes("cut", [(IDS[0], "revoked", "")])


def test_an_account_without_a_user_is_known_by_its_token(log: AuditLog, account: Account) -> None:
    one, other = (replace(account, user="", token_id=token) for token in (IDS[0], IDS[1]))
    log.intent("plan", one, AuditKind.REVOKE, IDS)
    (intent,) = log.intents()
    assert intent.is_of(one)
    assert not intent.is_of(other)


def test_a_plan_is_written_down_from_intent_to_summary(
    log: AuditLog, account: Account, clock: ManualClock, paths: Paths
) -> None:
    log.intent("plan", account, AuditKind.REVOKE, IDS, clock.now(), "filter curl\x1b[2J")
    log.outcomes("plan", [(IDS[0], "revoked", "")])
    log.outcomes("plan", [(IDS[1], "failed", "403")])
    log.summary("plan", {"revoked": 1, "failed": 1})

    now = clock.now()
    intent, *rest = log.read().records
    assert isinstance(intent, AuditIntent)
    assert (intent.account, intent.app_id) == (account.name, account.app_code)
    assert (intent.ids, intent.kind) == (IDS, AuditKind.REVOKE)
    assert intent.rule.startswith("filter curl")
    assert intent.rule.isprintable()
    assert (intent.sudo_user, intent.ssh_client) == ("ann", "203.0.113.9")
    assert intent.process == this_process()
    assert intent.host == this_process().host
    assert intent.os_user
    assert stat.S_IMODE(paths.audit_file.stat().st_mode) == 0o600
    assert rest == [
        AuditOutcome(now, "plan", IDS[0], "revoked", ""),
        AuditOutcome(now, "plan", IDS[1], "failed", "403"),
        AuditSummary(now, "plan", {"revoked": 1, "failed": 1}),
    ]


def test_an_intent_is_on_the_disk_before_it_returns(
    log: AuditLog, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: list[int] = []
    monkeypatch.setattr(files.os, "fsync", flushed.append)

    log.intent("plan", account, AuditKind.REVOKE, IDS)
    assert len(flushed) == 2  # the file and its folder

    log.outcomes("plan", [(IDS[0], "revoked", "")])
    assert len(flushed) == 2
    log.summary("plan", {})
    assert len(flushed) == 4


def test_reasons_are_safe_and_short_and_lines_are_ascii(log: AuditLog, paths: Paths) -> None:
    log.outcomes("plan", [(IDS[0], "failed", "\x1b]0;evil\x07\u202e\x9b" + "x" * 5000)])
    (record,) = log.read().records
    assert isinstance(record, AuditOutcome)
    assert record.reason.isprintable()
    assert len(record.reason) < 400
    line = to_line(AuditOutcome(1.0, "plan", "id", "failed", "\u202e\x9b"))
    assert line.isascii()
    assert line.count(b"\n") == 1
    assert paths.audit_file.read_bytes().isascii()


def test_a_torn_last_line_is_passed_over_and_the_next_one_is_whole(
    log: AuditLog, account: Account, paths: Paths
) -> None:
    log.intent("plan", account, AuditKind.REVOKE, IDS)
    with paths.audit_file.open("ab") as file:
        file.write(b'{"time": 1, "plan": "pl')

    assert len(log.read().records) == 1
    log.summary("plan", {})
    assert len(log.read().records) == 2


@pytest.mark.parametrize(
    "line",
    [b"", b"null", b"[]", b"{}", b'{"time":1,"plan":"x","event":"new"}', b"\xff", b"[" * 9999],
)
def test_a_line_that_is_not_ours_gives_no_record(line: bytes) -> None:
    assert from_line(line) is None


def test_a_plan_was_cut_short_where_it_has_no_end_and_its_program_is_gone(
    log: AuditLog, account: Account, paths: Paths
) -> None:
    assert log.abandoned() == frozenset()
    assert log.read().records == ()
    assert not paths.state_dir.exists()

    ended(begun(crash, paths, account))
    log.intent("running", account, AuditKind.REVOKE, IDS)
    log.intent("done", account, AuditKind.REVOKE, IDS)
    log.summary("done", {"revoked": 2})
    assert log.abandoned() == {"cut"}

    log.acknowledge("cut")
    assert log.abandoned() == frozenset()
    assert isinstance(log.read().records[-1], AuditAcknowledged)


@pytest.mark.parametrize("in_memory", [False, True])
def test_the_log_is_rotated_and_bounded(
    paths: Paths, account: Account, clock: ManualClock, *, in_memory: bool
) -> None:
    log = AuditLog(paths_in_memory() if in_memory else paths, clock.now, {}, file_size=2000)
    for number in range(100):
        log.intent(f"plan {number}", account, AuditKind.REVOKE, IDS)
        log.summary(f"plan {number}", {})

    files_kept = {path.name: path.stat().st_size for path in paths.state_dir.glob("audit*")}
    names = {*(f"audit.{n}.jsonl" for n in range(1, 6)), "audit.jsonl"}
    assert files_kept.keys() == (set() if in_memory else names)
    assert all(size < 4000 for size in files_kept.values())
    plans = [record.plan_id for record in log.read().records if isinstance(record, AuditIntent)]
    assert plans == [f"plan {number}" for number in range(100 - len(plans), 100)]
    assert 1 < len(plans) < 100


def test_rotation_never_drops_the_intent_of_a_plan_without_an_end(
    paths: Paths, account: Account, clock: ManualClock
) -> None:
    ended(begun(crash, paths, account))
    log = AuditLog(paths, clock.now, {}, file_size=1500)
    log.intent("running", account, AuditKind.REVOKE, IDS)
    for number in range(120):
        log.outcomes("other", [(f"{number:012}", "revoked", "")])

    plans = [record.plan_id for record in log.read().records if isinstance(record, AuditIntent)]
    assert set(plans) == {"cut", "running"}
    assert log.abandoned() == {"cut"}


def test_the_two_newest_files_show_whether_a_plan_was_cut_short(
    paths: Paths, account: Account, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended(begun(crash, paths, account))
    log = AuditLog(paths, clock.now, {}, file_size=1500)
    log.acknowledge("cut")
    for number in range(60):
        log.intent(f"plan {number}", account, AuditKind.REVOKE, IDS)
        log.summary(f"plan {number}", {})
    assert (paths.state_dir / "audit.5.jsonl").exists()

    read: list[str] = []

    def noted(path: Path) -> bytes | None:
        read.append(path.name)
        return files.read_private(path)

    monkeypatch.setattr("qiscus_tui.store.paths.ON_DISK.read", noted)
    assert log.abandoned() == frozenset()
    assert sorted(read) == ["audit.1.jsonl", "audit.jsonl"]


def test_looking_for_plans_cut_short_waits_for_no_lock(
    log: AuditLog, account: Account, paths: Paths
) -> None:
    log.intent("running", account, AuditKind.REVOKE, IDS)

    with store_lock(paths.state_dir):
        assert log.abandoned() == frozenset()


def test_a_file_rotated_while_it_is_read_hides_no_plan(
    paths: Paths, account: Account, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = AuditLog(paths, clock.now, {}, file_size=1500)
    monkeypatch.setattr(
        "qiscus_tui.store.audit.this_process",
        lambda: replace(this_process(), started="long ago"),
    )
    log.intent("cut", account, AuditKind.REVOKE, IDS)

    def read_slowly(path: Path) -> bytes | None:
        data = files.read_private(path)
        if path == paths.audit_file:
            monkeypatch.undo()
            for number in range(30):
                log.outcomes("other", [(f"{number:012}", "revoked", "")])
        return data

    monkeypatch.setattr("qiscus_tui.store.paths.ON_DISK.read", read_slowly)
    assert log.abandoned() == {"cut"}


@pytest.mark.parametrize(
    ("kind", "age", "is_abandoned"),
    [(AuditKind.REVOKE_ALL, 60, False), (AuditKind.REVOKE_ALL, 7200, True),
     (AuditKind.REVOKE, 7200, False)],
)  # fmt: skip
def test_of_another_machines_plans_only_an_old_revoke_all_is_known_to_be_over(
    log: AuditLog,
    account: Account,
    clock: ManualClock,
    monkeypatch: pytest.MonkeyPatch,
    kind: AuditKind,
    age: int,
    *,
    is_abandoned: bool,
) -> None:
    elsewhere = Process("elsewhere.example", 1, "then")
    monkeypatch.setattr("qiscus_tui.store.audit.this_process", lambda: elsewhere)
    log.intent("plan", account, kind, IDS)
    clock.advance(age)
    assert log.abandoned() == ({"plan"} if is_abandoned else frozenset())


def test_two_processes_write_whole_lines(paths: Paths, account: Account) -> None:
    ended(*(begun(crash, paths, account) for _ in range(3)))
    lines = paths.audit_file.read_bytes().splitlines()
    assert len(lines) == 6
    assert all(from_line(line) for line in lines)


def test_groups_are_kept_and_a_record_without_them_is_read(log: AuditLog, account: Account) -> None:
    groups = [AuditGroup("curl \x1b[31m", "10.2.0.0/24", 2), AuditGroup(None, None, 1)]
    groups.append(AuditGroup("unknown", "10.2.0.0/24", 1))
    log.intent("with", account, AuditKind.REVOKE, IDS, groups=groups)
    (intent,) = log.read().records
    assert isinstance(intent, AuditIntent)
    assert [group.count for group in intent.groups] == [2, 1, 1]
    assert intent.groups[0].name == "curl ␛[31m · 10.2.0.0/24"
    assert intent.groups[1].name == "unknown · unknown"
    assert intent.groups[2].name == '"unknown" · 10.2.0.0/24'  # it calls itself so
    older = json.loads(to_line(intent))
    del older["groups"]
    read = from_line(json.dumps(older).encode())
    assert isinstance(read, AuditIntent)
    assert read.groups == ()
