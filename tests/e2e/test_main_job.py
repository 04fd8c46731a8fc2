"""The whole main job as a newcomer does it: real processes, a real socket, real files."""

import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError

import pytest

from qiscus_tui.model.ids import fingerprint

PROGRAM = [sys.executable, "-m", "qiscus_tui"]
WAIT = 60


@dataclass
class Sandbox:
    """The sandbox in its own process, and what it printed."""

    process: subprocess.Popen[str]
    url: str
    words: dict[str, str]

    def listed(self) -> set[str]:
        """Ids of the live sessions, as the server itself has them."""
        headers = {
            "Authorization": self.words["long-lived token"],
            "Qiscus-App-Id": self.words["app code"],
        }
        request = urllib.request.Request(f"{self.url}/api/v2/auth/active_token_list", None, headers)
        with urllib.request.urlopen(request, timeout=WAIT) as answer:
            return {fingerprint(entry["token"]) for entry in json.load(answer)["data"]}

    def accepts(self, token: str) -> bool:
        """Whether the server takes this short-lived token."""
        headers = {"Authorization": token, "Qiscus-App-Id": self.words["app code"]}
        request = urllib.request.Request(f"{self.url}/api/v1/admin/get_profile", None, headers)
        try:
            with urllib.request.urlopen(request, timeout=WAIT):
                return True
        except HTTPError as error:
            if error.code != 401:
                raise
            return False


def start_sandbox(*options: str) -> Sandbox:
    process = subprocess.Popen(
        [*PROGRAM, "sandbox", *options], stdout=subprocess.PIPE, text=True, env=dict(os.environ)
    )
    assert process.stdout is not None
    lines: list[str] = []
    for line in process.stdout:
        lines.append(line.rstrip("\n"))
        if line.startswith("Stop with"):
            break
    found = re.search(r"http://127\.0\.0\.1:\d+", lines[0])
    assert found is not None, lines
    words = dict(re.findall(r"^  (\S.*?)  +(\S+)$", "\n".join(lines[1:6]), re.MULTILINE))
    return Sandbox(process, found[0], words)


def stop(sandbox: Sandbox) -> int:
    sandbox.process.send_signal(signal.SIGINT)
    code = sandbox.process.wait(WAIT)
    assert sandbox.process.stdout is not None
    sandbox.process.stdout.close()
    return code


@pytest.fixture
def sandbox() -> Generator[Sandbox]:
    """120 sessions."""
    pytest.importorskip("uvicorn", reason="the sandbox needs uvicorn")
    started = start_sandbox("--sessions", "120")
    yield started
    if started.process.poll() is None:
        stop(started)


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "config").mkdir()
    return {
        **os.environ,
        "QISCUS_TUI_DATA_DIR": str(tmp_path / "data"),
        "QISCUS_TUI_CONFIG_DIR": str(tmp_path / "config"),
    }


@dataclass
class Shell:
    """Types commands."""

    environ: dict[str, str]

    def __call__(self, *arguments: str, stdin: str = "", code: int = 0) -> str:
        done = subprocess.run(
            [*PROGRAM, *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            env=self.environ,
            timeout=WAIT,
            check=False,
        )
        assert "Traceback" not in done.stderr
        assert done.returncode == code, done.stderr
        self.err = done.stderr
        return done.stdout

    def started(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*PROGRAM, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=self.environ,
        )


@pytest.fixture
def shell(environ: dict[str, str]) -> Shell:
    return Shell(environ)


def log_in(shell: Shell, sandbox: Sandbox) -> None:
    words = sandbox.words
    arguments = ["login", "--server", sandbox.url, "--email", words["email"], "--password-stdin"]
    shell(*arguments, "--store", "file", stdin=f"{words['password']}\n")


def test_the_main_job(sandbox: Sandbox, shell: Shell) -> None:
    log_in(shell, sandbox)
    listed = json.loads(shell("sessions", "--json"))
    assert {one["id"] for one in listed} == sandbox.listed()
    assert len(listed) == 121
    own = next(one["id"] for one in listed if one["current"])

    # Plan some, revoke them, see that they are gone.
    chosen = [one["id"] for one in listed if one["id"] != own][:3]
    plan = json.loads(shell("revoke", *chosen, "--dry-run", "--json"))["plan"]
    assert plan["targets"] == chosen
    assert sandbox.listed() == {one["id"] for one in listed}
    shell("revoke", *chosen, code=2)
    outcomes = json.loads(shell("revoke", *chosen, "--yes", "--json"))["outcomes"]
    assert {(one["id"], one["outcome"]) for one in outcomes} == {(c, "revoked") for c in chosen}
    assert sandbox.listed() == {one["id"] for one in listed} - set(chosen)
    assert json.loads(shell("revoke", chosen[0], "--json"))["outcomes"][0]["outcome"] == (
        "already_gone"
    )

    # A rule, over and under what --yes covers.
    old = json.loads(shell("revoke", "--older-than", "7d", "--dry-run", "--json"))["plan"]
    number = len(old["targets"])
    assert number > 50
    shell("revoke", "--older-than", "7d", "--yes", code=2)
    shell("revoke", "--older-than", "7d", "--yes", "--max", str(number))
    assert not sandbox.listed() & set(old["targets"])
    assert own in sandbox.listed()

    # Our own tokens.
    token = shell("token").strip()
    assert fingerprint(token) == own
    assert sandbox.accepts(token)
    assert json.loads(shell("status", "--json", "--min-ttl", "7d"))["accepted"] is True
    refreshed = shell("refresh")
    newer = shell("token").strip()
    assert newer != token
    assert newer not in refreshed
    before = json.loads(shell("audit", "--json"))
    kinds = [plan["kind"] for plan in before]
    assert kinds == ["refresh", "revoke", "revoke", "login"]

    # All at once.
    shell("revoke-all", code=2)
    shell("revoke-all", "--yes")
    last = shell("token").strip()
    assert sandbox.listed() == {fingerprint(last)}
    assert sandbox.accepts(last)
    assert not sandbox.accepts(newer)

    shell("logout")
    assert sandbox.listed() == set()
    shell("sessions", code=4)
    assert stop(sandbox) == 130


@pytest.fixture
def slow() -> Generator[Sandbox]:
    """Every answer takes a quarter of a second."""
    pytest.importorskip("uvicorn", reason="the sandbox needs uvicorn")
    started = start_sandbox("--sessions", "60", "--latency", "250")
    yield started
    stop(started)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGHUP, 129)])
def test_a_signal_ends_a_revoke_in_good_order(
    slow: Sandbox, shell: Shell, number: signal.Signals, code: int
) -> None:
    log_in(shell, slow)
    listed = json.loads(shell("sessions", "--json"))
    lasting = [one["id"] for one in listed if one["expires_in"] > 3600 and not one["current"]]
    shell("revoke", lasting.pop(), "--yes")  # so that no trial is needed
    before = slow.listed()
    arguments = ["revoke", "--older-than", "1s", "--yes", "--max", "60", "--concurrency", "1"]
    process = shell.started(*arguments, "--json")
    while len(slow.listed()) == len(before):
        pass  # each look takes a quarter of a second
    process.send_signal(number)
    out, err = process.communicate(timeout=WAIT)
    assert process.returncode == code, err
    assert "Traceback" not in err
    after = slow.listed()
    assert len(after) > 40
    if number is signal.SIGHUP:
        assert out == ""
        assert "was cut short" in _said(shell, "accounts")
        assert "was cut short" not in _said(shell, "accounts")
        return
    outcomes = {one["id"]: one["outcome"] for one in json.loads(out)["outcomes"]}
    gone = {id for id, outcome in outcomes.items() if outcome == "revoked"}
    assert gone & set(lasting) == (before - after) & set(lasting)  # others may expire meanwhile
    assert {"revoked", "not_sent"} <= set(outcomes.values())
    assert "was cut short" not in _said(shell, "accounts")


def _said(shell: Shell, *arguments: str) -> str:
    shell(*arguments)
    return shell.err
