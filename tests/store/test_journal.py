import json
import os
import shutil
import socket
import subprocess
import sys

import pytest

from qiscus_tui.store import processes
from qiscus_tui.store.journal import Journal, JournalEntry, JournalState
from qiscus_tui.store.paths import Paths
from qiscus_tui.store.processes import Process, Running, this_process
from tests.clocks import ManualClock


@pytest.fixture
def journal(paths: Paths, clock: ManualClock) -> Journal:
    return Journal(paths, clock.now)


def test_the_steps_of_revoke_alls_are_distinguished_until_they_are_cleared(
    journal: Journal, clock: ManualClock, paths: Paths
) -> None:
    assert journal.unfinished() == ()
    assert not paths.state_dir.exists()
    journal.stored("key")
    assert journal.unfinished() == ()  # it was never started

    journal.pending("key", "work")
    (entry,) = journal.unfinished()
    assert entry == JournalEntry("key", "work", JournalState.PENDING, this_process(), clock.now())
    assert not entry.crashed  # it is running

    journal.pending("other", "home")
    journal.stored("key")
    assert [entry.state for entry in journal.unfinished()] == [
        JournalState.STORED,
        JournalState.PENDING,
    ]
    journal.clear("key")
    journal.clear("key")
    assert [entry.account_name for entry in journal.unfinished()] == ["home"]


def test_a_process_that_ended_is_gone() -> None:
    with subprocess.Popen([sys.executable, "-c", "pass"]) as process:
        process.wait()

    assert Process(socket.gethostname(), process.pid, "then").running() is Running.NO


@pytest.mark.skipif(not hasattr(os, "waitid"), reason="needs waitid")
@pytest.mark.parametrize("source", ["/proc", "ps"])
def test_a_zombie_process_is_gone(monkeypatch: pytest.MonkeyPatch, source: str) -> None:
    if source == "ps":
        if shutil.which("ps") is None:
            pytest.skip("needs ps")
        monkeypatch.setattr(processes, "_started", processes._started_by_ps)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        seen = Process(socket.gethostname(), process.pid, processes._started(process.pid))
        assert seen.running() is Running.YES
        process.kill()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        assert seen.running() is Running.NO


def test_a_number_that_is_used_again_or_elsewhere_is_another_process() -> None:
    mine = this_process()
    assert mine.running() is Running.YES
    assert Process(mine.host, mine.pid, "another start").running() is Running.NO
    assert Process("elsewhere.example", 1, "then").running() is Running.UNKNOWN


@pytest.mark.parametrize("value", [None, [], ["host", "x", 3], {"pid": 1}])
def test_an_entry_that_can_not_be_read_is_still_unfinished(
    journal: Journal, paths: Paths, value: object
) -> None:
    journal.pending("other", "home")
    content = json.loads(paths.journal_file.read_bytes())
    entry = {**content["entries"]["other"], "process": value}
    content["entries"]["key"] = entry
    paths.journal_file.write_text(json.dumps(content))

    other, damaged = journal.unfinished()
    assert other.account_name == "home"
    assert (damaged.account_key, damaged.state) == ("key", JournalState.PENDING)
    assert (damaged.crashed, other.crashed) == (True, False)


@pytest.mark.parametrize(("age", "crashed"), [(60, False), (7200, True)])
def test_one_of_a_machine_that_has_another_name_now_is_gone_after_an_hour(
    journal: Journal,
    clock: ManualClock,
    monkeypatch: pytest.MonkeyPatch,
    age: int,
    *,
    crashed: bool,
) -> None:
    elsewhere = Process("elsewhere.example", 1, "then")
    monkeypatch.setattr("qiscus_tui.store.journal.this_process", lambda: elsewhere)
    journal.pending("key", "work")
    clock.advance(age)
    (entry,) = journal.unfinished()
    assert entry.crashed is crashed
