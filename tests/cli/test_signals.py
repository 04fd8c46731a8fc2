"""A signal ends a verb, whatever the verb is busy with when it comes."""

import asyncio
import gc
import io
import signal
import subprocess
import sys
import time
import warnings

import pytest

from qiscus_tui.cli.interrupts import run_until_signal
from qiscus_tui.cli.main import run
from qiscus_tui.cli.output.console import Console
from qiscus_tui.errors import Interrupted
from qiscus_tui.exit_codes import ENDING_SIGNALS
from qiscus_tui.store.secrets import FileSecrets
from tests.cli.conftest import ACCOUNT, Program
from tests.sandbox import DemoState


class Typist(io.StringIO):
    """A terminal on which nobody types: reading from it would wait for ever."""

    def isatty(self) -> bool:
        return True

    def readline(self, size: int | None = -1, /) -> str:
        raise AssertionError("the question was asked")


@pytest.mark.parametrize("number", ENDING_SIGNALS)
def test_after_a_signal_no_question_is_asked(number: signal.Signals) -> None:
    err = Typist()
    console = Console(io.StringIO(), err, Typist())
    before = signal.getsignal(number)

    async def verb() -> int:
        signal.raise_signal(number)
        console.ask("Revoke? ")
        return 0

    with pytest.raises(Interrupted) as ended:
        run_until_signal(verb(), console)
    assert ended.value.signal_number == number
    assert signal.getsignal(number) is before
    assert err.getvalue() == "\n"


@pytest.mark.parametrize("place", ["asyncio.run", "qiscus_tui.cli.interrupts.until_signal"])
def test_ctrl_c_before_the_event_loop_runs_leaves_nothing_to_warn_of(
    monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    def interrupted(*_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(place, interrupted)
    monkeypatch.setattr("sys.stdout", io.StringIO())
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        assert run(["--demo", "sessions"], lambda _: 0) == 130
        gc.collect()
    assert [str(one.message) for one in warned] == []


def test_a_signal_cancels_what_waits() -> None:
    console = Console(io.StringIO(), io.StringIO(), io.StringIO())

    async def verb() -> int:
        signal.raise_signal(signal.SIGTERM)
        await asyncio.Event().wait()
        return 0

    with pytest.raises(Interrupted) as ended:
        run_until_signal(verb(), console)
    assert ended.value.signal_number == signal.SIGTERM


INTERRUPTED = {
    "login": (FileSecrets, "write"),
    "refresh": (DemoState, "refresh"),
    "revoke-all": (DemoState, "revoke_all"),
}
"""Where the signal comes: while the answer is on its way, or while it is stored."""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("verb", INTERRUPTED)
def test_a_signal_waits_until_the_new_token_is_kept(
    logged_in: Program, monkeypatch: pytest.MonkeyPatch, verb: str, number: signal.Signals
) -> None:
    owner, name = INTERRUPTED[verb]
    carry_out = getattr(owner, name)

    def interrupted(*given: object) -> object:
        signal.raise_signal(number)
        time.sleep(0.1)  # the signal's handler has its turn
        return carry_out(*given)

    logged_in.clock.advance(1)
    if verb == "login":
        logged_in("accounts", "forget", ACCOUNT)
    with monkeypatch.context() as patch:
        patch.setattr(owner, name, interrupted)
        words = {"refresh": ("refresh",), "revoke-all": ("revoke-all", "--yes")}
        done = logged_in(*words[verb]) if verb in words else logged_in.login()
    assert done.code == 128 + number
    newest = max(logged_in.server.sessions(), key=lambda one: one.created)
    assert logged_in.kept_token() == newest.token
    assert logged_in("audit", "--json").json()[0]["kind"] == verb
    assert "revoked" in done.out or verb != "revoke-all" or number == signal.SIGHUP


IN_ANOTHER_THREAD = """
import asyncio, os, signal, sys, threading, time
from qiscus_tui.cli.output.console import Console
from qiscus_tui.cli.interrupts import run_until_signal
from qiscus_tui.errors import Interrupted

def waiting(began):
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    while not began.is_set():
        began.wait(1)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(60)

async def work():
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    began = threading.Event()
    threading.Thread(target=waiting, args=(began,), daemon=True).start()
    asyncio.get_running_loop().call_soon(began.set)
    await asyncio.Event().wait()

try:
    run_until_signal(work(), Console(sys.stdout, sys.stderr, sys.stdin))
except Interrupted as error:
    print(error.signal_number, flush=True)
    os._exit(0)
"""


def test_a_signal_in_another_thread_ends_a_verb_that_waits() -> None:
    done = subprocess.run(
        [sys.executable, "-c", IN_ANOTHER_THREAD],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout == f"{signal.SIGTERM.value}\n"
