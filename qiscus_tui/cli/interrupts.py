"""How a verb ends on a signal: work in progress on the server is completed first."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Awaitable, Callable, Coroutine, Generator
from typing import TypeVar

from qiscus_tui.cli.output.console import Console
from qiscus_tui.cli.signals import handled_by
from qiscus_tui.errors import Interrupted
from qiscus_tui.exit_codes import signal_exit_code
from qiscus_tui.service.signal_shield import shield

VERIFY_FOR = 4.0
"""Seconds after a signal for verifying what was sent: two readings, a second apart."""

FORCE_AFTER = 1.8
"""Seconds after a signal before a verb is ended by force."""

GRACE = 0.4
"""Seconds after the verification before it is."""

_Result = TypeVar("_Result")


def run_until_signal(work: Coroutine[object, object, _Result], console: Console) -> _Result:
    """Return the result of the work. A signal ends it, but not while tokens are being stored.

    If something can't be cancelled (a thread, a write to a full pipe), the process is ended
    anyway. Raises Interrupted.
    """
    main = until_signal(work, console)
    try:
        with _ended_in_time(console):
            return asyncio.run(main)
    finally:
        main.close()  # ctrl-c may come before the event loop does: then neither was begun
        work.close()


@contextlib.contextmanager
def _ended_in_time(console: Console) -> Generator[None]:
    def on_alarm(_number: int, _frame: object) -> None:
        if console.caught and not shield.is_held:
            os._exit(signal_exit_code(console.caught[0]))

    before = signal.signal(signal.SIGALRM, on_alarm)
    try:
        yield
    finally:
        if console.caught:
            signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


async def until_signal(work: Awaitable[_Result], console: Console) -> _Result:
    """Return the result of the work. A signal cancels it, but not while tokens are being stored.

    Raises Interrupted.
    """
    loop = asyncio.get_running_loop()
    task = asyncio.ensure_future(work)

    def end() -> None:
        signal.setitimer(signal.ITIMER_REAL, FORCE_AFTER)  # counted from the end of the shield
        task.cancel()

    # Not the event loop's own handlers: those run only at the loop's next iteration.
    def on_signal(number: int, _frame: object) -> None:
        console.caught.append(number)
        signal.setitimer(signal.ITIMER_REAL, FORCE_AFTER)
        loop.call_soon_threadsafe(shield.handle, end)

    with _woken_by_signals(loop), handled_by(on_signal):
        try:
            return await task
        except asyncio.CancelledError as error:
            console.end_progress()
            number = console.caught[0] if console.caught else signal.SIGINT
            raise Interrupted(number, "Interrupted", "") from error


@contextlib.contextmanager
def _woken_by_signals(loop: asyncio.AbstractEventLoop) -> Generator[None]:
    """Have the event loop go on for each signal, so that its handler runs.

    One that comes just before the loop begins to wait, or in another thread, does not end its wait.
    """
    woken, waking = os.pipe()
    os.set_blocking(woken, False)
    os.set_blocking(waking, False)
    loop.add_reader(woken, os.read, woken, 4096)
    before = signal.set_wakeup_fd(waking, warn_on_full_buffer=False)
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        loop.remove_reader(woken)
        os.close(woken)
        os.close(waking)


async def finished(
    console: Console,
    work: Awaitable[_Result],
    stop: Callable[[], bool],
    show: Callable[[_Result], object],
) -> _Result:
    """Return the result of the work.

    ctrl-c and SIGTERM `stop` it (nothing more is sent) and `show` its result before the verb
    ends. It ends at once if `stop` says that nothing was begun, on a second signal, if the
    terminal is gone, and if it takes too long.
    """
    running = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        if signal.SIGHUP in console.caught or not stop():
            await _cancelled(running)  # no terminal to report on, or nothing to report
        else:
            console.say("Interrupted: nothing more is sent. Verifying what was sent.")
            signal.setitimer(signal.ITIMER_REAL, VERIFY_FOR + GRACE)
            try:
                await asyncio.wait({running}, timeout=VERIFY_FOR)
            finally:
                await _cancelled(running)
            if running.cancelled():
                console.say("The list did not arrive in time. See: qiscus-tui sessions")
            else:
                show(running.result())
        raise


async def _cancelled(task: asyncio.Future[_Result]) -> None:
    """Cancel the task if it is still running, and wait for its end."""
    if task.cancel():
        with contextlib.suppress(asyncio.CancelledError):
            await task
