"""No signal ends the program while a token of ours is between the server and the disk."""

import asyncio
import signal
import subprocess
import sys

import pytest

from qiscus_tui.service.signal_shield import shield

PROGRAM = """
import os, sys
from qiscus_tui.service.signal_shield import shield
with shield.held():
    for number in map(int, sys.argv[1:]):
        os.kill(os.getpid(), number)
    print("stored", flush=True)
print("went on", flush=True)
"""

OTHERS = ("SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGALRM", "SIGXCPU", "SIGPWR", "SIGVTALRM", "SIGIO")


def run(*numbers: int, before: str = "") -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-c", before + PROGRAM, *map(str, numbers)]
    return subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize("name", OTHERS)
def test_a_signal_that_nobody_handles_waits_until_the_token_is_stored(name: str) -> None:
    number = getattr(signal, name, None)
    if number is None:
        pytest.skip("not on this system")
    done = run(number, number)
    assert (done.returncode, done.stdout) == (-number, "stored\n")


def test_one_that_is_ignored_stays_ignored() -> None:
    before = "import signal\nsignal.signal(signal.SIGUSR1, signal.SIG_IGN)\n"
    assert run(signal.SIGUSR1, before=before).stdout == "stored\nwent on\n"


def test_one_that_somebody_handles_is_left_to_them() -> None:
    before = "import signal\nsignal.signal(signal.SIGUSR1, lambda *_: print('heard'))\n"
    assert run(signal.SIGUSR1, before=before).stdout == "heard\nstored\nwent on\n"


def test_two_tokens_on_their_way_are_both_waited_for() -> None:
    program = PROGRAM.replace("with shield.held():", "with shield.held(), shield.held():")
    done = subprocess.run(
        [sys.executable, "-c", program, str(int(signal.SIGUSR1))],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (-signal.SIGUSR1, "stored\n")


SILENT = """
import asyncio, os, sys
from qiscus_tui.service.signal_shield import shield

async def ask():
    with shield.held_for_answer(0.05):
        os.kill(os.getpid(), int(sys.argv[1]))
        await asyncio.sleep(0)
        print("still waiting", flush=True)
        await asyncio.Event().wait()

asyncio.run(ask())
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGUSR1])
def test_a_signal_is_obeyed_though_the_server_never_answers(number: int) -> None:
    words = [sys.executable, "-c", SILENT, str(int(number))]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (-number, "still waiting\n")


async def test_an_answer_that_comes_soon_after_a_signal_is_not_given_up() -> None:
    heard: list[str] = []
    with shield.held_for_answer(0.0):
        with shield.held_for_answer(60.0):
            shield.handle(lambda: heard.append("signal"))
        assert not heard
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert heard == ["signal"]
