"""What is printed when the program itself fails: two lines, and never a variable's value."""

from textual.worker import WorkerFailed

from qiscus_tui.errors import QiscusTuiError


def crash_words(error: BaseException | None) -> tuple[str, str]:
    """Return what happened and what to do. Only our own errors are quoted: they are safe text."""
    if isinstance(error, QiscusTuiError):
        return error.message, error.hint
    if error is None:
        return "The program failed", "Please report it as a bug of qiscus-tui."
    if isinstance(error, WorkerFailed):
        return crash_words(error.error)
    place = _place(error)
    return (
        f"The program failed ({type(error).__name__}{place})",
        "Nothing more was sent. Please report this line as a bug of qiscus-tui.",
    )


def _place(error: BaseException) -> str:
    """Return the last line of our own code in the traceback."""
    found = ""
    trace = error.__traceback__
    while trace is not None:
        name = str(trace.tb_frame.f_globals.get("__name__", ""))
        if name.startswith("qiscus_tui."):
            found = f" in {name} line {trace.tb_lineno}"
        trace = trace.tb_next
    return found
