"""A terminal that goes away ends the program; it does not hang."""

import io
import os

from qiscus_tui.tui.terminal.output import HangupSafeOutput


class Gone(io.StringIO):
    def __init__(self) -> None:
        super().__init__()
        self.tries = 0
        self.descriptor = os.open(os.devnull, os.O_WRONLY)

    def fileno(self) -> int:
        return self.descriptor

    def write(self, text: str) -> int:
        self.tries += 1
        raise OSError(5, "Input/output error")


def test_what_is_written_to_a_terminal_that_is_gone_is_dropped() -> None:
    terminal = Gone()
    line = HangupSafeOutput(terminal)
    assert line.write("a") == 1
    assert line.write("b") == 1
    line.flush()
    assert terminal.tries == 1
    os.close(terminal.descriptor)


def test_a_terminal_that_is_there_gets_everything() -> None:
    terminal = io.StringIO()
    line = HangupSafeOutput(terminal)
    line.write("a")
    line.write("b")
    line.flush()
    assert terminal.getvalue() == "ab"
