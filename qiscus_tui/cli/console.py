"""The terminal of a command: results on stdout, everything else on stderr."""

import getpass
import io
import sys
from dataclasses import dataclass, field
from typing import TextIO

from qiscus_tui.errors import NotConfirmed, QiscusTuiError, UsageError


@dataclass
class Console:
    """Where a command writes, and whether somebody is there to answer."""

    out: TextIO
    err: TextIO
    source: TextIO
    no_input: bool = False
    _progress: int = field(default=0, repr=False)

    @property
    def out_is_tty(self) -> bool:
        """Whether a person reads the results."""
        return self.out.isatty()

    @property
    def can_ask(self) -> bool:
        """Whether questions can be asked: stdin and stderr are terminals."""
        return not self.no_input and self.source.isatty() and self.err.isatty()

    def result(self, text: str = "") -> None:
        """A line of the result."""
        self.out.write(f"{text}\n")

    def say(self, text: str) -> None:
        """A line for the person, not for the script."""
        self.end_progress()
        self.err.write(f"{text}\n")
        self.err.flush()

    def tell(self, error: QiscusTuiError) -> None:
        """What happened, and what to do."""
        self.say(f"qiscus-tui: {error.message}")
        if error.hint:
            self.say(f"  {error.hint}")

    def progress(self, text: str) -> None:
        """A line that is drawn over, on a terminal alone."""
        if self.err.isatty():
            self.err.write(f"\r{text}{' ' * max(0, self._progress - len(text))}")
            self.err.flush()
            self._progress = len(text)

    def end_progress(self) -> None:
        """Take the progress line away."""
        if self._progress:
            self.err.write(f"\r{' ' * self._progress}\r")
            self.err.flush()
            self._progress = 0

    def ask(self, question: str) -> str:
        """The answer to a question. Raises NotConfirmed where nobody can be asked."""
        if not self.can_ask:
            raise NotConfirmed("This needs an answer, and there is no terminal to ask on")
        self.end_progress()
        self.err.write(question)
        self.err.flush()
        answer = self.source.readline()
        if not answer:
            raise NotConfirmed("No answer was given")
        return answer.strip()

    def ask_secret(self, question: str) -> str:
        """The answer to a question, not echoed."""
        if not self.can_ask:
            raise UsageError("A secret is needed, and there is no terminal to ask on")
        try:
            return getpass.getpass(question, stream=self.err)
        except EOFError as error:
            raise NotConfirmed("No answer was given") from error

    def read_secret(self, what: str) -> str:
        """A secret from stdin: asked for on a terminal, else the first line."""
        if self.can_ask:
            return self.ask_secret(f"{what}: ")
        if self.source.isatty():
            raise UsageError(f"The {what.lower()} is read from stdin, and --no-input is set")
        secret = self.source.readline(1 << 16).rstrip("\r\n")
        if not secret:
            raise UsageError(
                f"No {what.lower()} came on stdin", "Give it on one line, as by a pipe or <file."
            )
        return secret


def system_console(*, no_input: bool) -> Console:
    """The process's own terminal. Text that cannot be encoded is escaped, never an error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    return Console(sys.stdout, sys.stderr, sys.stdin, no_input)
