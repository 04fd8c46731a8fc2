"""The signals that end a program unless it handles them."""

import signal


def _known(*names: str) -> tuple[signal.Signals, ...]:
    """Return those of the signals that this system has, each once."""
    found = (getattr(signal, name, None) for name in names)
    return tuple(dict.fromkeys(number for number in found if number is not None))


ENDING_SIGNALS: tuple[int, ...] = (
    *_known("SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM", "SIGABRT", "SIGUSR1", "SIGUSR2"),
    *_known("SIGALRM", "SIGVTALRM", "SIGPROF", "SIGXCPU"),
    *_known("SIGIO", "SIGPOLL", "SIGPWR", "SIGSTKFLT"),  # Linux's own
    *(range(signal.SIGRTMIN, signal.SIGRTMAX + 1) if hasattr(signal, "SIGRTMIN") else ()),
)
"""All that may be sent from outside.

Not SIGKILL, which no program can handle, nor what the processor raises (SIGSEGV, SIGBUS, SIGFPE,
SIGILL): Python would run the failed instruction again, for ever. Python itself ignores SIGPIPE
and SIGXFSZ.
"""
