"""A signal ends a verb, whatever the verb is busy with when it comes."""

import asyncio
import gc
import io
import signal
import subprocess
import sys
import warnings

import pytest

from qiscus_tui.cli.interrupts import run_until_signal
from qiscus_tui.cli.main import run
from qiscus_tui.cli.output.console import Console
from qiscus_tui.errors import Interrupted
from qiscus_tui.exit_codes import ENDING_SIGNALS


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
