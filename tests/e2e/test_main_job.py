"""The whole main job as a newcomer does it: real processes, a real socket, real files."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import termios
import urllib.request
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError

import pytest

from qiscus_tui.model.ids import fingerprint
from tests.e2e.terminal import CTRL_C, Terminal, wait_for_question

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


def test_no_secret_is_left_in_any_file_but_the_one_that_was_agreed_to(
    sandbox: Sandbox, shell: Shell, tmp_path: Path
) -> None:
    log_in(shell, sandbox)
    log = tmp_path / "log"
    shell("--log", str(log), "revoke", "--older-than", "29d", "--yes", "--max", "120")
    token = shell("token").strip()
    for secret in (token, sandbox.words["long-lived token"], sandbox.words["password"]):
        holders = [
            path.name
            for path in tmp_path.rglob("*")
            if path.is_file() and secret in path.read_text(errors="replace")
        ]
        assert set(holders) <= {"secrets.json"}


def test_a_server_that_is_not_there_is_5(shell: Shell) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        arguments = ["login", "--server", url, "--email", "a@b.c", "--password-stdin"]
        shell(*arguments, "--store", "file", stdin="x\n", code=5)
    told = [
        line for line in shell.err.splitlines() if not line.startswith("The tokens are stored in")
    ]
    assert len(told) == 2


def test_head_ends_it_silently(shell: Shell) -> None:
    quoted = " ".join(f"'{word}'" for word in PROGRAM)
    script = f"{quoted} --demo sessions --json; echo $? >&2"
    done = subprocess.run(
        ["bash", "-c", f"({script}) | head -n 1"],
        capture_output=True,
        text=True,
        env=shell.environ,
        check=True,
        timeout=WAIT,
    )
    assert done.stdout == "[\n"
    assert done.stderr.splitlines()[-1] == "0"
    assert "Broken" not in done.stderr


@pytest.mark.parametrize(
    ("redirection", "code"), [(">&-", 6), (">/dev/full", 6), ("<&-", 0), ("2>&-", 0)]
)
@pytest.mark.parametrize("verb", ["--demo sessions", "--demo token", "--help"])
def test_streams_that_are_closed_or_full(
    shell: Shell, redirection: str, code: int, verb: str
) -> None:
    if "full" in redirection and not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    quoted = " ".join(f"'{word}'" for word in PROGRAM)
    done = subprocess.run(
        ["bash", "-c", f"{quoted} {verb} {redirection}"],
        capture_output=True,
        text=True,
        env=shell.environ,
        check=False,
        timeout=WAIT,
    )
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


@pytest.fixture
def slow() -> Generator[Sandbox]:
    """Every answer takes a quarter of a second."""
    pytest.importorskip("uvicorn", reason="the sandbox needs uvicorn")
    started = start_sandbox("--sessions", "60", "--latency", "250")
    yield started
    stop(started)


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
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


# Questions, on a real terminal


def modes_of_echo(terminal: Terminal) -> bool:
    flags = terminal.modes[3]
    assert isinstance(flags, int)
    return bool(flags & termios.ECHO)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("asked", ["[y/N]", "to revoke"])
def test_a_signal_at_a_question_or_just_before_ends_it(
    environ: dict[str, str], number: signal.Signals, asked: str
) -> None:
    command = [*PROGRAM, "--demo", "revoke", "--filter=age:>29d client:guzzle"]
    with Terminal(command, environ=environ) as terminal:
        terminal.wait_for(asked)
        terminal.signal(number)
        assert terminal.finish() == 128 + number
        assert modes_of_echo(terminal)
        assert "Traceback" not in terminal.text


def test_ctrl_c_at_a_question_ends_it(environ: dict[str, str]) -> None:
    with Terminal([*PROGRAM, "--demo", "revoke-all"], environ=environ) as terminal:
        terminal.wait_for("Type the app code")
        terminal.send(CTRL_C)
        assert terminal.finish() == 130
        assert modes_of_echo(terminal)
        assert "Traceback" not in terminal.text


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGQUIT])
def test_a_signal_at_the_password_gives_the_echo_back(
    environ: dict[str, str], number: signal.Signals
) -> None:
    command = [*PROGRAM, "login", "--email", "a@b.c", "--store", "file"]
    with Terminal(command, environ=environ) as terminal:
        terminal.wait_for("Password:")
        terminal.send("hunter2")
        terminal.signal(number)
        assert terminal.finish() == 128 + number
        assert modes_of_echo(terminal)
        assert b"hunter2" not in terminal.raw


def test_a_plan_is_confirmed_by_hand(environ: dict[str, str]) -> None:
    with Terminal([*PROGRAM, "--demo", "revoke-all"], environ=environ, columns=120) as terminal:
        wait_for_question(terminal, "Type the app code")
        found = re.search(r"app code \((\S+)\)", terminal.text)
        assert found is not None
        terminal.send(f"{found[1]}\r")
        terminal.wait_for("401 revoked")
        assert terminal.finish() == 0
