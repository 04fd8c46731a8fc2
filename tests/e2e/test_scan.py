"""`scan` as a process of its own: stdin, pipes, and what a shell makes of its result."""

import gzip
import signal
import subprocess
from collections.abc import Generator
from pathlib import Path

import pytest

from qiscus_tui.demo import PASSWORD
from qiscus_tui.model.ids import fingerprint
from tests.e2e.processes import EMAIL, Machine, machine


@pytest.fixture
def here(tmp_path: Path) -> Generator[Machine]:
    """The admin is logged in, with secrets in the file."""
    with machine(tmp_path / "home") as on:
        on.log_in_at_once()
        yield on


def test_stdin_is_read_unpacked_and_the_ids_go_to_revoke(here: Machine) -> None:
    _, kept = here.kept()
    assert kept.short_lived is not None
    first, second, *_ = sorted(here.tokens() - {kept.short_lived.token})
    log = gzip.compress(f"x\n{first}\n{second} {first}\n".encode() * 1000)
    program = " ".join(map(str, here.program))
    script = f"{program} scan --ids - | xargs {program} revoke --yes"
    done = subprocess.run(
        ["sh", "-c", script], env=here.environ, input=log, capture_output=True, check=True
    )
    assert done.stdout.splitlines()[0] == b"2 revoked"
    assert not {first, second} & here.tokens()


def test_what_is_found_in_a_pipe_that_goes_on_is_shown_at_once(here: Machine) -> None:
    _, kept = here.kept()
    assert kept.short_lived is not None
    with subprocess.Popen(
        [*here.program, "scan", "--ids", "-"],
        env=here.environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{kept.short_lived.token}\n".encode())
        process.stdin.flush()
        assert process.stdout.readline().decode().strip() == fingerprint(kept.short_lived.token)
        process.send_signal(signal.SIGTERM)
        assert process.wait() == 128 + signal.SIGTERM


def test_stdin_is_read_once_for_all_accounts(here: Machine) -> None:
    other = here.run(
        *("login", "--server", here.url, "--email", "supervisor@demo.example"),
        *("--password-stdin", "--store", "file"),
        stdin=f"{PASSWORD}\n",
    )
    assert other.returncode == 0, other.stderr
    tokens = [here.state.sessions(user)[0].token for user in (EMAIL, "supervisor@demo.example")]
    done = here.run("scan", "--all-accounts", "--ids", "-", stdin="\n".join(tokens))
    assert (done.returncode, done.stdout.split()) == (1, [fingerprint(one) for one in tokens])


def test_json_of_stdin_names_it(here: Machine) -> None:
    _, kept = here.kept()
    assert kept.short_lived is not None
    done = subprocess.run(
        [*here.program, "scan", "-"],
        env=here.environ,
        input=kept.short_lived.token.encode(),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout.startswith(f"-:1: {fingerprint(kept.short_lived.token)}".encode())
