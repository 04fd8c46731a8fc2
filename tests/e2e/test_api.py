"""`api` as a process of its own, before a server on a real socket."""

import json
import signal
import subprocess
import time
import urllib.request
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.e2e.processes import Machine, machine
from tests.e2e.terminal import Terminal
from tests.sandbox import Call

PROFILE = "/api/v1/admin/get_profile"


@pytest.fixture
def here(tmp_path: Path) -> Generator[Machine]:
    """The admin is logged in, with secrets in the file."""
    with machine(tmp_path / "home") as on:
        on.log_in_at_once()
        yield on


def test_the_body_is_the_servers_own(here: Machine) -> None:
    account, kept = here.kept()
    assert kept.short_lived is not None
    headers = {"Authorization": kept.short_lived.token, "Qiscus-App-Id": account.app_code}
    with urllib.request.urlopen(
        urllib.request.Request(f"{here.url}{PROFILE}", headers=headers)
    ) as answer:
        expected = answer.read()
    done = subprocess.run(
        [*here.program, "api", "GET", PROFILE],
        env=here.environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
    )
    assert (done.stdout, done.stderr) == (expected, b"")


def test_a_token_that_was_revoked_is_replaced(here: Machine) -> None:
    _, before = here.kept()
    assert before.short_lived is not None
    here.state.end(before.short_lived.token)
    done = here.run("api", "GET", PROFILE)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["data"]["id"] == 1
    _, after = here.kept()
    assert after.short_lived is not None
    assert after.short_lived.token in here.tokens()
    assert here.state.calls[Call.REFRESH] == 1


def test_on_a_terminal_too(here: Machine) -> None:
    command = [*map(str, here.program), "api", "GET", PROFILE]
    with Terminal(command, environ={**here.environ, "TERM": "xterm-256color"}) as terminal:
        terminal.wait_for("admin@demo.example")
        assert terminal.finish() == 0


def test_a_reader_that_went_away_ends_it_silently(here: Machine) -> None:
    quoted = " ".join(f"'{word}'" for word in here.program)
    done = subprocess.run(
        ["bash", "-c", f"({quoted} api GET {PROFILE}; echo $? >&2) | true"],
        env=here.environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == "0\n"


def test_a_signal_ends_the_waiting_for_a_body(here: Machine) -> None:
    calls = here.state.calls.total()
    with here.start("api", "POST", "/x", "--input", "-") as program:
        status = Path(f"/proc/{program.pid}/status")
        if not status.exists():
            program.communicate("", timeout=60)
            pytest.skip("this system has no /proc")
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:  # until its own handler is there
            caught = int(status.read_text().split("SigCgt:")[1].split()[0], 16)
            if caught & 1 << (signal.SIGTERM - 1):
                break
            time.sleep(0.01)
        program.send_signal(signal.SIGTERM)
        out, err = program.communicate(timeout=60)
    assert (program.returncode, out, err) == (143, "", "")
    assert here.state.calls.total() == calls


def test_a_server_that_is_away_is_5(tmp_path: Path) -> None:
    with machine(tmp_path / "home") as on:
        on.log_in_at_once()
    done = on.run("api", "GET", PROFILE)
    assert (done.returncode, done.stdout) == (5, "")
    assert len(done.stderr.splitlines()) == 2
