"""A real terminal for tests: a program in a PTY, its screen kept by pyte, its bytes kept raw.

Nothing here sleeps for a fixed time: `wait_for` wakes with every byte that arrives.
"""

import contextlib
import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import pyte

from tests.e2e.replies import PROMPT, QUERY, Manners, answer, size_report

PATIENCE = 30.0
"""Seconds after which a test gives up; only a broken program needs them."""

ENTER = "\r"
ESCAPE = "\x1b"
TAB = "\t"
UP, DOWN, PAGE_DOWN = "\x1b[A", "\x1b[B", "\x1b[6~"
CTRL_C, CTRL_Z = "\x03", "\x1a"

# Makes the PTY the controlling terminal, tells when, and becomes the program. Popen's preexec_fn
# would do, but Python 3.12 warns of it as soon as there are threads.
_BECOME = """
import fcntl, os, sys, termios, time
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
told = int(sys.argv[1])
os.write(told, repr(time.monotonic()).encode())
os.close(told)
os.execvp(sys.argv[2], sys.argv[2:])
"""

_STOP, _LOOK = b"s", b"l"
"""What is said to the reader."""

# Sequences that pyte takes for text, or for something else: kitty's keyboard, mode queries.
_UNKNOWN_TO_PYTE = re.compile(rb"\x1b\[[<>=][\d;:]*[a-z]|\x1b\[\?\d+\$p")
_UNFINISHED = re.compile(rb"\x1b(?:\[[\d;:?<>=$]*)?\Z")


class Terminal:
    """A program on a terminal of its own. Use it as a context manager: what still runs is ended."""

    def __init__(
        self,
        command: Sequence[str | Path],
        *,
        columns: int = 80,
        rows: int = 24,
        environ: Mapping[str, str] | None = None,
        manners: Manners = PROMPT,
    ) -> None:
        self.columns, self.rows = columns, rows
        self.chunks: list[tuple[float, bytes]] = []
        """Everything that the program wrote: when it arrived (monotonic seconds), and what."""
        self.typed_at = 0.0
        """When the last keys were sent, in monotonic seconds."""
        self.found_at = 0.0
        """When that arrived which was waited for last, in monotonic seconds."""
        self._manners = manners
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._changed = threading.Condition()
        self._waited_for: Callable[[], bool] | None = None
        self._held_at: float | None = None
        self._looked_at = 0
        self._raw = bytearray()
        self._unfed = b""
        self._due: list[tuple[float, bytes]] = []
        self._in_band = False
        self._failed: BaseException | None = None

        self._master, self._slave = os.openpty()
        self._wake_out, self._wake_in = os.pipe()
        self._set_size()
        self.modes_before = termios.tcgetattr(self._master)
        """The terminal's line discipline before the program came."""
        told_out, told_in = os.pipe()
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _BECOME, str(told_in), *map(str, command)],
            stdin=self._slave,
            stdout=self._slave,
            stderr=self._slave,
            env=dict(environ) if environ is not None else environment(),
            pass_fds=[told_in],
            start_new_session=True,
        )
        os.close(told_in)
        with open(told_out, "rb") as told:
            self.started_at = float(told.read() or "nan")
            """When the program itself started, in monotonic seconds."""
        self._reader = threading.Thread(target=self._read, name="terminal", daemon=True)
        self._reader.start()

    # What is to be seen.

    @property
    def raw(self) -> bytes:
        """Every byte that the program wrote."""
        with self._changed:
            return bytes(self._raw)

    @property
    def lines(self) -> list[str]:
        """The screen, line by line, without trailing blanks."""
        with self._changed:
            return [line.rstrip() for line in self._rows]

    @property
    def _rows(self) -> list[str]:
        """As `display` of pyte, which fails while half of a wide character is overwritten."""
        screen = self._screen
        cells = range(screen.columns)
        return ["".join(screen.buffer[y][x].data for x in cells) for y in range(screen.lines)]

    @property
    def text(self) -> str:
        """The screen."""
        return "\n".join(self.lines)

    @property
    def modes(self) -> list[object]:
        """The line discipline as it is now."""
        return list(termios.tcgetattr(self._master))

    @property
    def echoes(self) -> bool:
        """Whether what is typed is shown."""
        return bool(termios.tcgetattr(self._master)[3] & termios.ECHO)

    def is_bold(self, text: str) -> bool:
        """Whether the text is on the screen, in bold where it stands first."""
        with self._changed:
            for row, line in enumerate(self._rows):
                if (column := line.find(text)) >= 0:
                    return bool(self._screen.buffer[row][column].bold)
            return False

    def colour_of(self, text: str) -> str:
        """The colour of the text's first character, where it stands first; "" where it is not."""
        with self._changed:
            for row, line in enumerate(self._rows):
                if (column := line.find(text)) >= 0:
                    return str(self._screen.buffer[row][column].fg)
            return ""

    @property
    def colours(self) -> set[str]:
        """Every colour on the screen, as text or behind it; `default` is the terminal's own."""
        with self._changed:
            cells = [cell for row in self._screen.buffer.values() for cell in row.values()]
        return {cell.fg for cell in cells} | {cell.bg for cell in cells}

    @property
    def owes_replies(self) -> bool:
        """Whether an answer, or a piece of one, is still on its way to the program."""
        with self._changed:
            return bool(self._due)

    @property
    def left_in_input(self) -> bytes:
        """What the terminal sent and nobody read: the shell gets it after the program."""
        modes = termios.tcgetattr(self._slave)
        raw = [*modes[:3], 0, *modes[4:]]
        termios.tcsetattr(self._slave, termios.TCSANOW, raw)
        try:
            ready = select.select([self._slave], [], [], 0)[0]
            return os.read(self._slave, 4096) if ready else b""
        finally:
            termios.tcsetattr(self._slave, termios.TCSANOW, modes)

    def is_set(self, mode: int) -> bool:
        """Whether the private mode was switched on last, not off."""
        switched = re.findall(rb"\x1b\[\?(?:\d+;)*%d(?:;\d+)*([hl])" % mode, self.raw)
        return bool(switched) and switched[-1] == b"h"

    # What is done to the program.

    def send(self, keys: str | bytes) -> None:
        """Send keys as one write."""
        self.typed_at = time.monotonic()
        self._write(keys.encode() if isinstance(keys, str) else keys)

    def paste(self, text: str) -> None:
        """Paste as a terminal with bracketed paste does."""
        self.send(f"\x1b[200~{text}\x1b[201~")

    def send_torn(self, data: bytes, cut: int, pause: float) -> None:
        """Send something in two pieces, the second so many seconds later; does not wait."""
        with self._changed:
            now = time.monotonic()
            self._due += [(now, data[:cut]), (now + pause, data[cut:])]
        os.write(self._wake_in, _LOOK)

    def resize(self, columns: int, rows: int) -> None:
        """Change the size, as when a window is pulled."""
        with self._changed:
            self.columns, self.rows = columns, rows
            self._screen.resize(rows, columns)
        self._set_size()
        if self._in_band:
            self._write(size_report(columns, rows))

    def signal(self, number: signal.Signals) -> None:
        """Send the program a signal."""
        self.process.send_signal(number)

    def stall(self) -> None:
        """Take nothing more of what the program writes, and leave it no room for anything."""
        self._stop_reading()
        # Of its own: the program's would stop to wait as well.
        line = os.open(os.ttyname(self._slave), os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY)
        with contextlib.suppress(BlockingIOError):
            while os.write(line, bytes(64)):
                pass
        os.close(line)

    def flow(self) -> None:
        """Go on after `stall`."""
        self._reader = threading.Thread(target=self._read, name="terminal", daemon=True)
        self._reader.start()

    def hang_up(self) -> None:
        """Close the line, as when SSH breaks. Nothing can be seen afterwards."""
        self._stop_reading()
        self._close_line()

    # Waiting.

    def wait_for(self, wanted: str | Callable[[str], bool], *, seconds: float = PATIENCE) -> float:
        """Wait until the text is on the screen, or the screen's text pleases.

        Gives the time (monotonic seconds) at which the last bytes needed had arrived. Fails with
        the screen where it takes too long, or where the program ends meanwhile.
        """

        def pleases() -> bool:
            return wanted in self.text if isinstance(wanted, str) else wanted(self.text)

        self.found_at = self._until(pleases, wanted, seconds)
        return self.found_at

    def wait_for_bytes(self, wanted: bytes, *, after: int = 0, seconds: float = PATIENCE) -> float:
        """Wait until these bytes were written, counted from a place in `raw`."""
        return self._until(lambda: self._raw.find(wanted, after) >= 0, repr(wanted), seconds)

    def wait_until(self, what: Callable[[], bool], *, seconds: float = PATIENCE) -> float:
        """Wait until something holds that is not on the screen: looked at with each byte."""
        return self._until(what, what, seconds)

    def finish(self, *, seconds: float = PATIENCE) -> int:
        """Wait until the program ends; gives its exit code (negative: ended by a signal)."""
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired as error:
            raise AssertionError(f"still running:\n{self._drawn()}") from error
        if self._reader.is_alive():
            with self._changed:  # what is under way comes to the terminal all the same
                self._changed.wait_for(lambda: not self._due, PATIENCE)
            self._stop_reading()
            self._take_what_is_there()
        return code

    def bytes_between(self, start: float, end: float) -> int:
        """How many bytes arrived between two times."""
        with self._changed:
            return sum(len(data) for when, data in self.chunks if start <= when < end)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self._stop_reading()
        self._close_line()
        os.close(self._wake_in)
        os.close(self._wake_out)
        if self._failed is not None and error is None:
            raise self._failed

    # Inside.

    def _until(self, holds: Callable[[], bool], wanted: object, seconds: float) -> float:
        deadline = time.monotonic() + seconds
        with self._changed:
            if holds():
                return self.chunks[-1][0] if self.chunks else time.monotonic()
            # The reader looks after each piece that arrives, so that the time is that piece's.
            self._waited_for, self._held_at = holds, None
            try:
                while self._held_at is None:
                    left = deadline - time.monotonic()
                    gone = self.process.poll() is not None and not self._anything_to_read()
                    if left <= 0 or gone or self._failed is not None:
                        why = f"it ended with {self.process.returncode}" if gone else "too late"
                        why = "nobody reads any more" if self._failed else why
                        raise AssertionError(
                            f"waited for {wanted!r}: {why}\n{self._drawn()}"
                        ) from self._failed
                    # What makes no noise, such as a server's state, is looked at as well.
                    self._changed.wait(min(left, 0.1))
                    if self._held_at is None and holds():
                        return time.monotonic()
                return self._held_at
            finally:
                self._waited_for = None

    def _drawn(self) -> str:
        return "\n".join(f"|{line}" for line in self.lines)

    def _anything_to_read(self) -> bool:
        return bool(select.select([self._master], [], [], 0)[0])

    def _write(self, data: bytes) -> None:
        while data:
            data = data[os.write(self._master, data) :]

    def _set_size(self) -> None:
        size = struct.pack("HHHH", self.rows, self.columns, self.columns * 8, self.rows * 16)
        fcntl.ioctl(self._slave, termios.TIOCSWINSZ, size)

    def _read(self) -> None:
        try:
            while True:
                ready, _, _ = select.select(
                    [self._master, self._wake_out], [], [], self._next_due()
                )
                if self._wake_out in ready and os.read(self._wake_out, 1) == _STOP:
                    return
                if self._master in ready:
                    with self._changed:  # what was read is on the screen before anyone looks
                        self._take(os.read(self._master, 1 << 16))
                self._send_what_is_due()
        except BaseException as error:  # told by whoever waits
            with self._changed:
                self._failed = error
                self._changed.notify_all()

    def _take_what_is_there(self) -> None:
        while self._anything_to_read():
            self._take(os.read(self._master, 1 << 16))

    def _take(self, data: bytes) -> None:
        now = time.monotonic()
        with self._changed:
            self.chunks.append((now, data))
            self._raw += data
            self._feed(data)
            while found := QUERY.search(self._raw, self._looked_at):
                self._looked_at = found.end()
                self._in_band |= found[0] == b"\x1b[?2048h" and self._manners.modern
                said = answer(found, self._manners, self.columns, self.rows)
                # One answer after the other: a line does not mix them.
                begins = max(now, self._due[-1][0] if self._due else now)
                self._due += [(begins + later, part) for later, part in self._manners.pieces(said)]
            if self._waited_for is not None and self._held_at is None and self._waited_for():
                self._held_at = now
            self._changed.notify_all()

    def _feed(self, data: bytes) -> None:
        data = self._unfed + data
        cut = _UNFINISHED.search(data)
        end = cut.start() if cut else len(data)
        data, self._unfed = data[:end], data[end:]
        for index, part in enumerate(re.split(rb"\x1b\[\?1049[hl]", data)):
            if index:  # pyte has no second screen: what comes begins on an empty one
                self._screen.erase_in_display(2)
                self._screen.cursor_position()
            self._stream.feed(_UNKNOWN_TO_PYTE.sub(b"", part))

    def _next_due(self) -> float | None:
        with self._changed:
            if not self._due:
                return None
            return max(min(when for when, _ in self._due) - time.monotonic(), 0)

    def _send_what_is_due(self) -> None:
        with self._changed:
            self._due.sort(key=lambda piece: piece[0])
            while self._due and self._due[0][0] <= time.monotonic():
                self._write(self._due.pop(0)[1])
            self._changed.notify_all()

    def _stop_reading(self) -> None:
        if self._reader.is_alive():
            os.write(self._wake_in, _STOP)
            self._reader.join()

    def _close_line(self) -> None:
        for end in (self._slave, self._master):
            with contextlib.suppress(OSError):
                os.close(end)
        self._slave = self._master = -1


def environment(**more: str) -> dict[str, str]:
    """A plain user's environment: a terminal with 256 colours, and a home."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    return {**kept, "TERM": "xterm-256color", "LANG": "C.UTF-8", "TZ": "UTC", **more}


def wait_for_question(terminal: Terminal, asked: str, *, hidden: bool = False) -> None:
    """Wait until the command line asks, and what is typed answers: it is echoed then, or hidden."""
    terminal.wait_for(asked)
    terminal.wait_until(lambda: terminal.echoes is not hidden)
