"""The terminal of a command: results on stdout, everything else on stderr."""

import contextlib
import copy
import enum
import getpass
import io
import os
import select
import sys
import termios
import time
from collections.abc import Callable, Generator, Iterable, Mapping
from typing import TextIO

from qiscus_tui.cli.output.results import Results, discard
from qiscus_tui.cli.signals import interruptible
from qiscus_tui.errors import QiscusTuiError, UsageError
from qiscus_tui.model.ascii_json import ascii_json
from qiscus_tui.model.clock import Pace, read_words
from qiscus_tui.model.text import safe

NOT_SENT = "Nothing was sent."

LONGEST_LINE = 1 << 16
"""Characters of a line that is shown, and of a secret read from stdin, at most."""


ARM_DELAY = 0.5
"""Seconds after a question was shown in which nothing answers it."""

_LOCAL_MODES = 3
"""Where termios has the modes for echo and for reading by lines."""


def show_question(source: TextIO, show: Callable[[], object]) -> bool:
    """Show a question, and discard what was typed before and is typed within half a second.

    Return whether there was anything. A signal handler may end it by raising.
    """
    try:
        terminal = source.fileno()
        modes = termios.tcgetattr(terminal)
    except (OSError, termios.error):  # in memory, or no terminal any more
        show()
        return False
    quiet = modes.copy()
    quiet[_LOCAL_MODES] &= ~(termios.ECHO | termios.ICANON)  # half a line counts as well
    was_typed = False
    with contextlib.suppress(termios.error):  # it hung up: reading the answer reports that
        try:
            termios.tcsetattr(terminal, termios.TCSANOW, quiet)
            show()
            until = time.monotonic() + ARM_DELAY
            while (left := until - time.monotonic()) > 0:
                if select.select([terminal], [], [], left)[0]:
                    was_typed = True
                    termios.tcflush(terminal, termios.TCIFLUSH)
            termios.tcflush(terminal, termios.TCIFLUSH)
        finally:
            termios.tcsetattr(terminal, termios.TCSANOW, modes)
    return was_typed


TERMINAL = "/dev/tty"
"""The terminal that this process belongs to, wherever its output goes."""

USUAL_WIDTH = 80
"""Width of a terminal that does not report it, in cells."""


class Console:
    """Where a command writes, and whether it can ask the user."""

    def __init__(self, out: TextIO, err: TextIO, source: TextIO, no_input: bool = False) -> None:
        self.results = Results(out)
        self.err = err
        self.source = source
        self.no_input = no_input
        self.caught: list[int] = []
        """Signals that have arrived: no question is asked after them."""
        self.account_fields: dict[str, object] = {}
        """What each JSON object begins with, with `--all-accounts`: account and server."""
        self.is_json = False
        """Whether the result is to be JSON, an error too."""
        self.quiet = False
        """Whether nothing is shown that was not asked for, unless the command fails."""
        self._held: list[Callable[[], object]] = []
        """With `quiet`: shows, line by line, what else there was."""
        self._heading = ""
        self._prefix = ""
        self._progress = 0
        self._pace = Pace()
        self._received = 0

    def of_account(self, name: str, server: str) -> "Console":
        """Return the same console, whose JSON objects and messages name this account."""
        console = copy.copy(self)
        console._held = []
        console.account_fields = {"account": name, "server": server}
        console._prefix = f"{safe(name, 200)}: "
        return console

    @property
    def out(self) -> TextIO:
        """Where results go."""
        return self.results.out

    @property
    def out_is_tty(self) -> bool:
        """Whether results go to a terminal."""
        return self.out.isatty()

    @property
    def out_width(self) -> int | None:
        """Width of the results in cells, None if they do not go to a terminal."""
        return _width(self.out)

    @property
    def err_width(self) -> int | None:
        """Width of messages in cells, None if they do not go to a terminal."""
        return _width(self.err)

    @property
    def can_ask(self) -> bool:
        """Whether questions can be asked: stdin and stderr are terminals."""
        return not self.no_input and self.source.isatty() and self.err.isatty()

    @property
    def has_terminal(self) -> bool:
        """Whether there is a terminal for `show_secret`."""
        return self._write_to_terminal("") or self.err.isatty() or self.out.isatty()

    def show_secret(self, secret: str) -> bool:
        """Show a new long-lived token on the terminal itself. Return whether there is one.

        It never goes to the output of a script.
        """
        text = f"\nThe new long-lived token, shown only once:\n  {safe(secret, LONGEST_LINE)}\n"
        if self._write_to_terminal(text):
            return True
        for stream in (self.err, self.out):
            if stream.isatty():
                with contextlib.suppress(OSError, ValueError):
                    stream.write(text)
                    stream.flush()
                    return True
        return False

    def _write_to_terminal(self, text: str) -> bool:
        try:
            opened = os.open(TERMINAL, os.O_WRONLY | os.O_NOCTTY)
            with open(opened, "w", encoding="ascii", errors="backslashreplace") as terminal:
                terminal.write(text)
        except OSError:
            return False
        return True

    def head(self, text: str) -> None:
        """Set the line above the results that follow, if there are any."""
        self._heading = f"{text}\n"

    def result(self, text: str = "") -> None:
        """Write a line of what was asked for. A closed stdout must not stop the command."""
        self.end_progress()  # on a terminal it would stand before the line
        heading, self._heading = self._heading, ""
        self.results.write(f"{heading}{text}\n")

    def report(self, text: str) -> None:
        """Write a line of what was done to stdout; not if it is to be quiet, and all went well."""
        self._unless_quiet(lambda: self.result(text))

    def end(self, code: int) -> None:
        """Show what `quiet` held back where the exit code says that something is wrong."""
        if code:
            self._release()
        self._held.clear()

    def discard_unwritten(self) -> None:
        """Discard the messages that could not be written."""
        try:
            self.err.flush()
        except OSError:
            discard(self.err)

    def _unless_quiet(self, show: Callable[[], object]) -> None:
        if self.quiet:
            self._held.append(show)
        else:
            show()

    def _release(self) -> None:
        held, self._held[:] = [*self._held], []
        for show in held:
            show()

    def result_lines(self, lines: Iterable[str]) -> None:
        """Write these lines of the result."""
        for line in lines:
            self.result(line)

    def result_json(self, value: Mapping[str, object]) -> None:
        """Write a result as JSON: an object on one line."""
        if self.results.document is None:
            self.result(ascii_json(value))
        else:
            self.result_array([value])

    def result_array(self, values: Iterable[Mapping[str, object]]) -> None:
        """Write a result as a JSON array, with an object a line."""
        self.end_progress()
        with self.results.json_array() as array:
            for value in values:
                array.add({**self.account_fields, **value})

    @contextlib.contextmanager
    def result_stream(self) -> Generator[Callable[[bytes], object]]:
        """Give a function that writes pieces of a result: byte for byte, on a terminal safe lines.

        On a terminal all of them are shown at the end.
        """
        if not self.out_is_tty:
            yield self.results.write_bytes
            return
        pieces: list[bytes] = []
        try:
            yield pieces.append
        finally:
            text = b"".join(pieces).decode("utf-8", "backslashreplace")
            for line in text.removesuffix("\n").split("\n") if text else ():
                self.result(safe(line.removesuffix("\r").expandtabs(4), LONGEST_LINE))

    def say(self, text: str) -> None:
        """Write a safe line for the user to stderr."""
        self._unless_quiet(lambda: self.tell(text))

    def tell(self, text: str) -> None:
        """Write a safe line of what is wrong to stderr, at once and always."""
        self.end_progress()
        self._write_err(f"{self._prefix}{safe(text, LONGEST_LINE)}\n")

    def show_error(self, error: QiscusTuiError) -> None:
        """Show an error: what happened, and what to do."""
        self.warn(error.message, error.hint)

    def warn(self, what: str, hint: str) -> None:
        """Say what is the matter, and what to do; the hint may be empty. Never held back."""
        self.tell(f"qiscus-tui: {what}")
        if hint:
            self.tell(f"  {hint}")

    def progress(self, text: str) -> None:
        """Show progress in place, on a terminal only."""
        if self.err.isatty() and not self.quiet:
            text = f"{self._prefix}{text}"
            self._write_err(f"\r{text}{' ' * max(0, self._progress - len(text))}")
            self._progress = len(text)

    def show_read(self, received: int, total: int | None) -> None:
        """Show how much of a list has arrived; both in bytes."""
        if received < self._received:  # it is read again
            self._pace = Pace()
        self._received = received
        self.progress(f"The list: {read_words(received, total, self._pace.at(received))}")

    def end_progress(self) -> None:
        """Clear the progress line."""
        if self._progress:
            self._write_err(f"\r{' ' * self._progress}\r")
            self._progress = 0

    @property
    def why_not_asked(self) -> str:
        """Return why no question can be asked."""
        return "--no-input forbids to ask" if self.no_input else "there is no terminal to ask on"

    def ask(self, question: str) -> str:
        """Return the answer to a question: not one that was typed before it, or at once.

        Raises UsageError, Interrupted.
        """
        if not self.can_ask:
            raise UsageError(
                f"This needs an answer, and {self.why_not_asked}",
                "Nothing was changed. Run it with stdin and stderr on a terminal.",
            )
        question = f"{self._prefix}{question}"
        self._release()  # what is asked about
        self.end_progress()
        with self._asked():
            with interruptible(self.caught):
                was_typed = show_question(self.source, lambda: self._write_err(question))
            if was_typed:
                self._write_err(f"\nIgnored: it was typed too early. Type it again.\n{question}")
            answer = self._line()
            if not answer:
                raise _unanswered()
        return answer.strip()

    def confirms(self, question: str) -> bool:
        """Return whether the answer is a yes. Raises UsageError, Interrupted."""
        return self.ask(f"{question} [y/N] ").lower() in {"y", "yes"}

    def must_confirm(self, question: str, *answers: str, unchanged: str = NOT_SENT) -> None:
        """Have something confirmed, by a yes or by one of these answers.

        `unchanged` says what was not done. Raises UsageError, Interrupted.
        """
        is_confirmed = self.ask(question) in answers if answers else self.confirms(question)
        if not is_confirmed:
            raise UsageError("Not confirmed", unchanged)

    def must_ask(self, what: str, how: str) -> None:
        """Raise UsageError where no question can be asked; `how` is the way around it."""
        if not self.can_ask:
            raise UsageError(f"{what}, and {self.why_not_asked}", how)

    def ask_secret(self, question: str) -> str:
        """Return the answer to a question, without echo. Raises UsageError."""
        if not self.can_ask:
            raise UsageError(
                f"A secret is needed, and {self.why_not_asked}",
                "Pass it on stdin, by a pipe or <file; never as an argument.",
            )
        self.end_progress()
        with self._asked():
            try:
                with interruptible(self.caught):
                    return getpass.getpass(question, stream=self.err)
            except EOFError as error:
                raise _unanswered() from error

    def read_secret(self, what: str) -> str:
        """Return a secret: on a terminal from the user, else the first line of stdin."""
        if self.source.isatty():
            return self.ask_secret(f"{what}: ")
        secret = self._line(LONGEST_LINE).rstrip("\r\n")
        if not secret:
            raise UsageError(
                f"There is no {what.lower()} on stdin", "Pass it on one line, by a pipe or <file."
            )
        return secret

    def read_all(self, most: int) -> str:
        """Return the rest of stdin, up to `most` characters."""
        with interruptible(self.caught):
            return self.source.read(most)

    def read_bytes(self, most: int) -> bytes:
        """Return the rest of stdin, up to `most` bytes."""
        with interruptible(self.caught):
            return self.source.buffer.read(most)

    @contextlib.contextmanager
    def _asked(self) -> Generator[None]:
        """End the line of a question that got no answer."""
        try:
            yield
        except QiscusTuiError:
            self._write_err("\n")
            raise

    def _line(self, most: int = -1) -> str:
        with interruptible(self.caught):
            return self.source.readline(most)

    def _write_err(self, text: str) -> None:
        # A closed stderr must not stop the command.
        with contextlib.suppress(OSError):
            self.err.write(text)
            self.err.flush()


def _width(stream: TextIO) -> int | None:
    return terminal_width(stream) if stream.isatty() else None


def terminal_width(stream: TextIO) -> int:
    """Return the width that `COLUMNS` or this terminal has, in cells; the usual one if unknown."""
    given = os.environ.get("COLUMNS", "")
    if given.isascii() and given.isdecimal() and int(given[:6]) > 0:
        return int(given[:6])
    try:
        return os.get_terminal_size(stream.fileno()).columns or USUAL_WIDTH
    except (OSError, ValueError):
        return USUAL_WIDTH


def _unanswered() -> UsageError:
    return UsageError("No answer was given", "Nothing was changed.")


def _nothing() -> TextIO:
    """Return what stands for a stream that is closed."""
    return io.TextIOWrapper(io.BytesIO(), "utf-8", "backslashreplace")


def system_console() -> Console:
    """Return the console of this process. Text that cannot be encoded is escaped."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    # Python has None for a stream that was closed at the start.
    out: TextIO | None = sys.stdout
    err: TextIO | None = sys.stderr
    source: TextIO | None = sys.stdin
    sys.stdout = out or _nothing()  # argparse would print --help on stderr instead
    console = Console(sys.stdout, err or _nothing(), source or _nothing())
    console.results.are_lost = out is None
    return console


def record(source: object, *names: str) -> dict[str, object]:
    """Return these fields of an object for JSON: null where they are empty, enums by value."""
    values = ((name, getattr(source, name)) for name in names)
    return {
        name: value.value if isinstance(value, enum.Enum) else None if value == "" else value
        for name, value in values
    }


def error_document(error: QiscusTuiError, code: int) -> dict[str, object]:
    """Return an error for JSON: what happened, what to do, and the exit code."""
    return {"error": error.message, "hint": error.hint or None, "exit": code}
