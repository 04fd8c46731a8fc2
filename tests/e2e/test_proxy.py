"""`proxy` and `exec --proxy` as programs, before a server whose state the test sees."""

import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.e2e.processes import EMAIL, PROJECT, Machine, machine
from tests.sandbox import PASSWORD
from tests.sandbox.calls import Call

LOGIN = {"email": EMAIL, "password": PASSWORD}


@contextmanager
def proxy(on: Machine, *options: str | Path) -> Generator[httpx.Client]:
    """Run the program and give a client of it; it must end by SIGTERM and say nothing else."""
    with on.start("proxy", "--upstream", on.url, *options) as program:
        assert program.stdout is not None
        line = program.stdout.readline()
        assert line.endswith(f" for {on.url}\n")
        address = line.removeprefix("Proxy: ").split(" for ")[0]
        transport, base = None, address
        if not address.startswith("http"):
            transport, base = httpx.HTTPTransport(uds=address), "http://localhost"
        with httpx.Client(base_url=base, transport=transport, trust_env=False) as client:
            yield client
        program.send_signal(signal.SIGTERM)
        out, err = program.communicate(timeout=60)
        assert (program.returncode, out, err) == (143, "", "")


def test_logins_are_one_and_its_token_ends_with_the_proxy(tmp_path: Path) -> None:
    with machine(tmp_path / "home") as on:
        before, metrics = len(on.state.sessions()), tmp_path / "proxy.prom"
        with proxy(on, "--listen", "127.0.0.1:0", "--metrics", metrics) as client:
            answers = [client.post("/api/v1/auth", data=LOGIN).json() for _ in range(20)]
            wrong = client.post("/api/v1/auth", data=LOGIN | {"password": "wrong"})
            user = answers[0]["data"]["user"]
            token, app = user["authentication_token"], user["app"]["app_code"]
            headers = {"Authorization": token, "Qiscus-App-Id": app}
            profile = client.get("/api/v1/admin/get_profile", headers=headers)
            assert len(on.state.sessions()) == before + 1
        assert wrong.status_code == 401
        assert profile.status_code == 200
        assert all(answer == answers[0] for answer in answers)
        assert len(on.state.sessions()) == before
        assert on.state.calls[Call.LOGIN] == 2
        told = metrics.read_text()
    assert 'qiscus_proxy_logins_total{answered="memory"} 19\n' in told
    assert 'qiscus_proxy_logins_total{answered="server"} 2\n' in told
    assert 'qiscus_proxy_requests_total{code="401"} 1\n' in told
    assert token not in told


def test_a_socket_is_this_users_alone_and_tokens_can_be_kept(tmp_path: Path) -> None:
    path = tmp_path / "p.sock"
    with machine(tmp_path / "home") as on:
        before = len(on.state.sessions())
        for _ in range(2):  # the second finds what the first left: nothing
            with proxy(on, "--socket", path, "--keep-tokens") as client:
                assert stat.S_IMODE(path.stat().st_mode) == 0o600
                client.post("/api/v1/auth", json=LOGIN)
            assert not path.exists()
        assert len(on.state.sessions()) == before + 2


def test_a_command_gets_a_proxy_of_its_own_and_no_secret(tmp_path: Path) -> None:
    tell = (
        "import json, os, sys, urllib.request as web, urllib.parse as p\n"
        "print([n for n in os.environ if n.startswith('QISCUS_') and '_TUI_' not in n])\n"
        f"body = p.urlencode({LOGIN!r}).encode()\n"
        "url = os.environ['QISCUS_URL'] + '/api/v1/auth'\n"
        "answers = {web.urlopen(url, body).read() for _ in range(3)}\n"
        "print(len(answers)); sys.exit(7)"
    )
    with machine(tmp_path / "home") as on:
        on.log_in_at_once()
        before, logins = len(on.state.sessions()), on.state.calls[Call.LOGIN]
        on.more = {"QISCUS_TOKEN": "a token of before", "NO_PROXY": "*"}
        done = on.run("exec", "--proxy", "--", sys.executable, "-c", tell)
        assert (done.code, done.out, done.err) == (7, "['QISCUS_URL']\n1\n", "")
        assert on.state.calls[Call.LOGIN] == logins + 1
        assert len(on.state.sessions()) == before
        ended = on.run("exec", "--proxy", "--", "sh", "-c", "kill -9 $$")
        assert ended.code == 137
        assert on.run_here("exec", "--proxy", "--", "./none").code == 127
        assert on.run_here("exec", "--proxy", "--rest", "--", "true").code == 2


def test_systemd_takes_the_unit_of_the_reference(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("there is no systemd-analyze")
    reference = (PROJECT / ".github" / "REFERENCE.md").read_text()
    (unit,) = re.findall(r"```ini\n(\[Unit\]\n.*?qiscus-tui proxy.*?)```", reference, re.DOTALL)
    program, path = tmp_path / "qiscus-tui", tmp_path / "qiscus-proxy.service"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    path.write_text(unit.replace("/usr/local/bin/qiscus-tui", str(program)))
    done = subprocess.run([analyze, "verify", path], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_systemd_hears_that_it_is_ready_and_nothing_from_one_beside_a_command(
    tmp_path: Path,
) -> None:
    with (
        machine(tmp_path / "home") as on,
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as hears,
    ):
        hears.bind(str(tmp_path / "notify"))
        hears.settimeout(10)
        on.more = {"NOTIFY_SOCKET": str(tmp_path / "notify")}
        on.log_in_at_once()
        assert on.run("exec", "--proxy", "--", "true").code == 0
        with proxy(on, "--listen", "127.0.0.1:0"):
            assert hears.recv(100) == b"READY=1"
        hears.setblocking(False)
        with pytest.raises(BlockingIOError):
            hears.recv(100)
