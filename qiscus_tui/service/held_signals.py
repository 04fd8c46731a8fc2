"""Signals that would end or stop the program, kept waiting for a while.

Those that somebody handles or ignores are left alone: the faces' handlers ask the shield.
"""

import signal
import threading

_NAMES = (
    *("SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM", "SIGTSTP", "SIGUSR1", "SIGUSR2", "SIGALRM"),
    *("SIGVTALRM", "SIGPROF", "SIGXCPU", "SIGXFSZ", "SIGPWR", "SIGIO", "SIGPIPE", "SIGSTKFLT"),
)
_HOLDABLE = tuple(getattr(signal, name) for name in _NAMES if hasattr(signal, name))


class HeldSignals:
    """Keeps them waiting from `hold` to `release`. Does nothing outside the main thread."""

    def __init__(self) -> None:
        self._held: list[signal.Signals] = []
        self._came: set[int] = set()

    def hold(self) -> None:
        """Keep every signal waiting that would end or stop the program as things are."""
        if threading.current_thread() is not threading.main_thread():
            return  # signals are handled, and their handlers set, in the main thread alone
        self._held = [one for one in _HOLDABLE if signal.getsignal(one) is signal.SIG_DFL]
        for number in self._held:
            signal.signal(number, lambda number, _frame: self._came.add(number))

    def release(self) -> None:
        """Let them do what they do again, those that came meanwhile first."""
        for number in self._held:
            signal.signal(number, signal.SIG_DFL)
        self._held = []
        came, self._came = self._came, set()
        for number in came:
            signal.raise_signal(number)
