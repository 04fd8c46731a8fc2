"""What is known of processes."""

import os
import shutil
import socket
import subprocess
import sys
import time

import pytest

from qiscus_tui.store import processes
from qiscus_tui.store.processes import Process, Running, this_process

AGE = """
import time
from qiscus_tui.store.processes import process_age
age = process_age()
print(time.clock_gettime(time.CLOCK_BOOTTIME) - age)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the age is not known")
def test_a_process_is_never_taken_for_older_than_it_is() -> None:
    for _ in range(3):
        before = time.clock_gettime(time.CLOCK_BOOTTIME)
        done = subprocess.run(
            [sys.executable, "-c", AGE], capture_output=True, text=True, check=True
        )
        assert float(done.stdout) >= before


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
