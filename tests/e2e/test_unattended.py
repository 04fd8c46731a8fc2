"""What cron and scripts run: `check` several times at once, `token --header` for curl, `id`."""

import json
import shutil
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

from qiscus_tui.model.durations import DAY
from qiscus_tui.model.ids import fingerprint
from tests.e2e.processes import EMAIL, Machine, machine
from tests.sandbox.state import USERS, Caller


@pytest.fixture
def here(tmp_path: Path) -> Generator[Machine]:
    """The admin is logged in, with secrets in the file."""
    with machine(tmp_path / "home") as on:
        on.log_in_at_once()
        yield on


def test_checks_from_the_first_one_on(here: Machine) -> None:
    def logged_in(agent: str, ip: str) -> None:
        here.state.issue(USERS[EMAIL], Caller(agent, ip))

    def found(*options: str, leap: float = 0, code: int | None = None) -> list[tuple[str, str]]:
        here.set_clock(leap)
        done = here.run("check", "--json", *options)
        findings = json.loads(done.stdout)["findings"]
        wanted = (1 if findings else 0) if code is None else code
        assert done.returncode == wanted, done.stderr
        return [(one["kind"], one["client"]) for one in findings]

    assert found("--new") == []  # the first only notes
    logged_in("cron/1", "203.0.113.9")
    assert found("--new") == [("new", "cron")]
    assert found("--new") == []
    for number, leap in enumerate((-400 * DAY, -7200, 40 * DAY)):
        assert found("--new", leap=leap) == []
        logged_in(f"leap{number}x/1", f"198.51.{number}.1")
        assert found("--new", leap=leap) == [("new", f"leap{number}x")]
    state = here.paths.checks_file
    for content in ("", "{", '{"accounts": 5}', "\0" * 100):
        state.write_text(content)
        assert found("--new", "--max-live=999", code=6) == []
        logged_in("after/1", f"192.0.{len(content)}.1")
    assert found("--new") == [("new", "after")]
    assert here.run("revoke", "--filter=ip:203.0.113.9", "--yes").returncode == 0
    assert found("--new") == []
    logged_in("cron/2", "203.0.113.9")
    assert found() == [("returned", "cron")]
    assert found("--new") == [("returned", "cron")]
    assert found("--new") == []


def test_a_finding_that_could_not_be_written_is_found_again(here: Machine, tmp_path: Path) -> None:
    metrics = tmp_path / "q.prom"
    assert here.run("check", "--new").returncode == 0
    here.state.issue(USERS[EMAIL], Caller("cron/1", "203.0.113.9"))
    command = [*here.program, "check", "--new", "--metrics", str(metrics)]
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            command, env=here.environ, stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 6
    assert "No space left" in done.stderr
    assert "qiscus_sessions_live" not in metrics.read_text()
    assert "new: cron" in here.run("check", "--new").stdout


def test_checks_at_once_harm_neither_state_nor_metrics(here: Machine, tmp_path: Path) -> None:
    file = tmp_path / "q.prom"
    command = [*here.program, "check", "--new", "--json", "--metrics", str(file)]
    running = [
        subprocess.Popen(command, env=here.environ, stdout=subprocess.PIPE) for _ in range(4)
    ]
    answers = [json.loads(process.communicate()[0]) for process in running]
    assert [process.returncode for process in running] == [0] * 4
    assert {answer["live"] for answer in answers} == {len(here.tokens())}
    assert "qiscus_check_success{" in file.read_text()
    assert [path.name for path in tmp_path.iterdir() if "prom" in path.name] == ["q.prom"]
    assert here.run("check", "--new").returncode == 0


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_curl_takes_the_header_lines_from_its_stdin(here: Machine) -> None:
    program = " ".join(map(str, here.program))
    url = f"{here.url}/api/v1/admin/get_profile"
    done = subprocess.run(
        ["sh", "-c", f"{program} token --header | curl -sf -H @- {url}"],
        env=here.environ,
        capture_output=True,
        check=True,
    )
    assert json.loads(done.stdout)["data"]["id"] == 1


def test_ids_of_tokens_need_no_account_and_no_server() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "qiscus_tui", "id"],
        input=b"\xef\xbb\xbfQEXone\r\n\r\nQEXtwo",
        env={"PATH": "/nowhere", "HOME": "/nowhere", "PYTHONUTF8": "1"},
        capture_output=True,
        check=True,
    )
    assert done.stdout.decode().split() == [fingerprint("QEXone"), fingerprint("QEXtwo")]


def test_what_nobody_looks_at_answers_by_its_exit_code(here: Machine, tmp_path: Path) -> None:
    log = tmp_path / "app.log"
    log.write_text("".join(f"token={token}\n" for token in sorted(here.tokens())))
    answers = {
        0: [
            ["check", "--max-live=1000", "--max-per-day=1000", "--min-ttl=1d"],
            ["--all-accounts", "check", "--json"],
            ["--all-accounts", "sessions", "--json"],
            ["--all-accounts", "status", "--json"],
            ["--all-accounts", "prune", "--keep-newest=1", "--dry-run", "--json"],
            ["sessions", "--group-by=client,network", "--sort=per_day", "--reverse", "--limit=2"],
            ["known", "add", "--client=curl", "--ip=10.2", "--label=cron", "--protect"],
            ["known", "--json"],
            ["known", "forget", "cron", "--yes"],
            ["token", "--header"],
            ["token", "--check"],
            ["doctor", "--live", "--yes", "--json"],
            ["audit", "--since=1d", "--limit=1", "--json"],
        ],
        1: [
            ["check", "--max-live=1", "--max-per-day=1", "--min-ttl=28d", "--json"],
            ["scan", "--json", str(tmp_path)],
            ["--all-accounts", "scan", "--ids", str(tmp_path)],
        ],
        2: [["check", "--max-live=0x"], ["known", "forget", "nothing"], ["id", "token"]],
    }
    for code, lines in answers.items():
        for line in lines:
            done = here.run(*line)
            assert done.returncode == code, (line, done.stderr)
            assert "Traceback" not in done.stderr
            if "--json" in line:
                json.loads(done.stdout)
