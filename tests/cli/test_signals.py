"""A signal ends a verb, whatever the verb is busy with when it comes."""

import asyncio
import io
import signal

import pytest

from qiscus_tui.cli.console import Console
from qiscus_tui.cli.ending import run_until_signal
from qiscus_tui.errors import Interrupted


class Typist(io.StringIO):
    """A terminal on which nobody types: reading from it would wait for ever."""

    def isatty(self) -> bool:
        return True

    def readline(self, size: int | None = -1, /) -> str:
        raise AssertionError("the question was asked")


ENDING = pytest.mark.parametrize(
    "number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGALRM]
)


@ENDING
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
    assert err.getvalue() == "Revoke? \n"


@ENDING
def test_a_signal_cancels_what_waits(number: signal.Signals) -> None:
    console = Console(io.StringIO(), io.StringIO(), io.StringIO())

    async def verb() -> int:
        signal.raise_signal(number)
        await asyncio.Event().wait()
        return 0

    with pytest.raises(Interrupted) as ended:
        run_until_signal(verb(), console)
    assert ended.value.signal_number == number
