"""A signal ends every verb within two seconds, whatever it waits for."""

import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest

from qiscus_tui.model.account import Account, Credentials, ShortLived, parse_origin
from qiscus_tui.model.clock import SystemClock
from qiscus_tui.model.ids import fingerprint
from qiscus_tui.service.signal_shield import ANSWER_WAIT
from qiscus_tui.store.audit_records import AuditAccess
from qiscus_tui.store.locks import account_lock_name
from tests.e2e.processes import Machine, keep, machine, status
from tests.faults import behaviours as b
from tests.faults.server import FaultyServer
from tests.sandbox import PASSWORD, demo_state

LONGEST = 2.5
"""Seconds that a verb has after a signal: two, and what a busy machine takes."""
TIMEOUT = 3
"""Seconds that the program waits for an answer, by its configuration."""
STARTED = 20
"""Seconds after which a program that did nothing yet has failed."""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


def machine_at(home: Path, url: str, *, short_lived: bool, timeout: int = TIMEOUT) -> Machine:
    """A machine with an account of that server, logged in by writing its files."""
    here = Machine(home, demo_state(SystemClock(), sessions=0), url)
    (home / "config").mkdir(exist_ok=True)
    (home / "config" / "config.toml").write_text(f'[server]\ntimeout = "{timeout}s"\n')
    short = ShortLived("QEXshort", time.time() + 20 * 86_400) if short_lived else None
    keep(here.paths, Account(parse_origin(url), "demo", "a@b.c"), Credentials("LLTlong", short))
    return here


@contextmanager
def begun(here: Machine, *arguments: str, stdin: str = "") -> Generator["subprocess.Popen[str]"]:
    """The program while it runs; killed where it does not end."""
    with here.start(*arguments) as program:
        assert program.stdin is not None
        program.stdin.write(stdin)
        program.stdin.close()
        try:
            yield program
        finally:
            program.kill()


def wait_until(holds: Callable[[], object]) -> None:
    """Wait until the program is as far as that."""
    until = time.monotonic() + STARTED
    while not holds():
        assert time.monotonic() < until, "it did not come so far"
        time.sleep(0.001)


def seconds_to_end(program: "subprocess.Popen[str]", number: int) -> float:
    """How long the program lives after a signal; it ends by it."""
    sent = time.monotonic()
    program.send_signal(number)
    assert program.wait(60) == 128 + number
    return time.monotonic() - sent


@pytest.fixture
def server() -> Iterator[FaultyServer]:
    """A server that swallows what is sent, and never answers."""
    server = FaultyServer(demo_state(SystemClock(), sessions=0), otherwise=b.says_nothing)
    server.strikes(None, b.says_nothing)
    with server.running():
        yield server


@pytest.mark.parametrize(
    ("words", "number"),
    [
        (("sessions",), signal.SIGINT),
        (("revoke", "--older-than", "1d", "--yes"), signal.SIGTERM),
        (("login",), signal.SIGTERM),
    ],
)
def test_a_verb_whose_request_is_swallowed_ends(
    tmp_path: Path, server: FaultyServer, words: tuple[str, ...], number: int
) -> None:
    here = machine_at(tmp_path, server.url, short_lived=words != ("login",))
    words = here.login_words() if words == ("login",) else words
    with begun(here, *words, stdin=f"{PASSWORD}\n") as program:
        wait_until(server.asked.total)
        assert seconds_to_end(program, number) < LONGEST


@pytest.mark.parametrize("words", [("api", "POST", "/x", "--input", "-"), ("refresh",)])
def test_so_does_one_that_waits_for_its_stdin_or_for_another_programs_lock(
    tmp_path: Path, server: FaultyServer, words: tuple[str, ...]
) -> None:
    here = machine_at(tmp_path, server.url, short_lived=words != ("refresh",))
    (stored,) = here.local_files().book.all()
    path = here.paths.state_dir / account_lock_name(stored.account.key)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(0o600)
    with path.open("r+") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with here.start(*words) as program:
            wait_until(lambda: catches(program.pid, signal.SIGTERM))
            assert seconds_to_end(program, signal.SIGTERM) < LONGEST
    assert server.connections == 0


def test_a_refresh_on_its_way_is_waited_for_some_seconds_and_nothing_more_is_asked(
    tmp_path: Path, server: FaultyServer
) -> None:
    here = machine_at(tmp_path, server.url, short_lived=False, timeout=60)
    with begun(here, "exec", "--", "echo", "begun") as program:
        wait_until(server.asked.total)
        took = seconds_to_end(program, signal.SIGTERM)
        assert ANSWER_WAIT - 1 < took < ANSWER_WAIT + LONGEST
        assert program.stdout is not None
        assert "begun" not in program.stdout.read()
    assert server.asked.total() == 1
    records = here.local_files().audit.read_plans()
    (access,) = [one for one in records if isinstance(one, AuditAccess)]
    assert "a new token may exist" in access.error


def test_before_the_refresh_is_sent_a_signal_ends_it(tmp_path: Path) -> None:
    with ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):  # its queue is full: no connection comes about
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        here = machine_at(tmp_path, url, short_lived=False)
        with begun(here, "refresh") as program:
            wait_until(lambda: is_connecting(program.pid))
            assert seconds_to_end(program, signal.SIGTERM) < LONGEST


def is_connecting(process: int) -> bool:
    """Whether the process has a socket that is no pair of its own."""
    return sum(name.startswith("socket:") for name in opened_by(process)) > 2


def opened_by(process: int) -> Iterator[str]:
    """What the process has open, by name."""
    folder = f"/proc/{process}/fd"
    for name in os.listdir(folder):
        with suppress(FileNotFoundError):
            yield os.readlink(f"{folder}/{name}")


def catches(process: int, number: int) -> bool:
    """Whether the process handles this signal itself."""
    return bool(int(status(process, "SigCgt"), 16) & 1 << (number - 1))


def test_so_does_a_write_that_nobody_reads(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    here = Machine(tmp_path, demo_state(SystemClock(), sessions=0), "http://127.0.0.1:1")
    words = ("--demo", "sessions", "--json")
    with subprocess.Popen([*here.program, *words], env=here.environ, stdout=writer) as program:
        os.close(writer)
        first = os.read(reader, 1)
        try:
            assert first == b"["
            sent = time.monotonic()
            program.send_signal(signal.SIGTERM)
            assert program.wait(30) == 128 + signal.SIGTERM
            assert time.monotonic() - sent < LONGEST
        finally:
            program.kill()
            os.close(reader)


def test_what_scan_finds_in_a_pipe_that_goes_on_is_shown_at_once(tmp_path: Path) -> None:
    with machine(tmp_path / "home") as on:
        on.log_in_at_once()
        token = min(on.tokens())
        with on.start("scan", "--ids", "-") as program:
            assert program.stdin is not None
            assert program.stdout is not None
            program.stdin.write(f"{token}\n")
            program.stdin.flush()
            assert program.stdout.readline() == f"{fingerprint(token)}\n"
            assert seconds_to_end(program, signal.SIGTERM) < LONGEST
