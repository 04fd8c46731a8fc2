"""Textual's driver, for a slow line, and for a terminal that is restored at the end."""

import asyncio
import contextlib
import os
import selectors
import signal
import sys
import termios
import time
from codecs import getincrementaldecoder
from collections.abc import Callable
from queue import Queue
from typing import TextIO, cast

from textual import events
from textual.drivers.linux_driver import LinuxDriver
from textual.geometry import Size
from textual.message import Message

from qiscus_tui.tui.terminal.input_filter import CellParser, InputFilter
from qiscus_tui.tui.terminal.output import HangupSafeOutput, ScreenOutput
from qiscus_tui.tui.terminal.replies import (
    MOUSE_OFF,
    SET_CLIPBOARD,
    Multiplexer,
    TerminalReplies,
    multiplexer_in,
    wrapped,
)

_POLL = 0.1
"""Seconds between two checks whether to end."""

_MOUSE_ON = "\x1b[?1000h\x1b[?1002h\x1b[?1006h"
"""Reports buttons and the wheel; motion only while a button is held."""

_STOP_REPORTS = (
    "\x1b[?2004l"  # pastes in brackets
    "\x1b[?2048l"  # in-band sizes
    "\x1b[?2031l"  # light or dark
    f"{MOUSE_OFF}"
    "\x1b[?1004l"  # focus
    "\x1b[<u"  # kitty's keyboard: per screen, so before this one is left
)
_RESTORE = (
    "\x1b[?2026l"  # synchronised output
    "\x1b[0m"
    "\x1b[?7h"  # long lines wrap
    "\x1b[?1049l"  # the other screen
    "\x1b[?25h"  # the cursor
)


class TerminalDriver(LinuxDriver):
    """Sends only what changes, and makes no keys of the terminal's replies."""

    _output: ScreenOutput
    _replies: TerminalReplies
    _is_taken = False
    """We hold the terminal, and have to give it back."""

    def start_application_mode(self) -> None:
        """Take the terminal; after a stop, redraw everything."""
        is_back = self._must_signal_resume
        self.begin_output()
        if not isinstance(self._file, HangupSafeOutput):
            self._file = cast("TextIO", HangupSafeOutput(sys.__stderr__ or sys.stderr))
        self._is_taken = True
        self._handle_job_control()
        try:
            super().start_application_mode()
            self._is_taken = self._key_thread is not None  # not in the background
            if not self._is_taken:
                return
            self._replies.query()
        except BaseException:
            self.stop_application_mode()
            raise
        self.follow_size()
        if is_back:
            asyncio.get_running_loop().call_soon_threadsafe(self._redraw)

    def stop_application_mode(self) -> None:
        """Give the terminal back as it was, without input that was meant for us."""
        if not self._is_taken:
            return
        self._is_taken = False
        self._output.is_stalled = False  # try once more
        self.write(_STOP_REPORTS)
        self._replies.is_leaving = True
        if self._key_thread is not None and self._key_thread.is_alive():
            self._replies.drain()
        self.disable_input()
        with contextlib.suppress(termios.error):
            termios.tcflush(self.fileno, termios.TCIFLUSH)
        if self.attrs_before is not None:
            with contextlib.suppress(termios.error):
                termios.tcsetattr(self.fileno, termios.TCSANOW, self.attrs_before)
        self.write(_RESTORE)

    def disable_input(self) -> None:
        """Read no more keys."""
        thread, self._key_thread = self._key_thread, None
        if thread is None or not thread.is_alive():
            return
        signal.signal(signal.SIGWINCH, signal.SIG_DFL)
        self.exit_event.set()
        thread.join()
        self.exit_event.clear()

    def _handle_job_control(self) -> None:
        """Stop and continue in the event loop: a signal handler may interrupt a write."""
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTSTP, self._stop)
        loop.add_signal_handler(signal.SIGCONT, self._continue)

    def _stop(self) -> None:
        """Give the terminal back and stop, on ctrl-z."""
        self._must_signal_resume = True
        self.suspend_application_mode()
        os.kill(os.getpid(), signal.SIGSTOP)

    def _continue(self) -> None:
        """Take the terminal again, unless it was given back for good."""
        if self._is_taken:  # after SIGSTOP: another program may have changed it
            self._must_signal_resume = True
            self.suspend_application_mode()
        if self._must_signal_resume:
            self.start_application_mode()

    def follow_size(self) -> None:
        """Post each new size of the terminal to the app.

        Textual reads the size within the signal's handler. A second signal interrupts that: the
        old size is then posted last, and stays on screen.
        """
        loop = asyncio.get_running_loop()

        def resized(_number: int, _frame: object) -> None:
            if not self._in_band_window_resize:
                # The way of Textual's own first size, so that none overtakes it.
                asyncio.run_coroutine_threadsafe(self._post_size(), loop)

        signal.signal(signal.SIGWINCH, resized)
        self._output.resize(*self._get_terminal_size())

    async def _post_size(self) -> None:
        size = Size(*self._get_terminal_size())
        self._app.post_message(events.Resize(size, size))
        self._resized(size)

    def process_message(self, message: Message) -> None:
        """Post what was read; ctrl-l draws all again, and a size that came as input is followed."""
        if isinstance(message, events.Key) and message.key == "ctrl+l":
            self._loop.call_soon_threadsafe(self._output.redraw)
            return
        super().process_message(message)
        if isinstance(message, events.Resize):
            self._loop.call_soon_threadsafe(self._resized, message.size)

    def _resized(self, size: Size) -> None:
        """Draw everything: the terminal may have forgotten a part.

        Textual takes a size that is soon back for no change.
        """
        self._output.resize(*size)
        self._redraw()

    def _redraw(self) -> None:
        # The terminal's screen is empty now: what is dirty alone would not do.
        if self._app.screen_stack:
            self._app.screen.refresh()

    def write(self, data: str) -> None:
        """Have the terminal show it; wrap a copied text for the multiplexer."""
        if data.startswith(SET_CLIPBOARD):
            data = wrapped(data, self.multiplexer)
        self._output.write(data)

    def close(self) -> None:
        """End the writing, as far as the terminal accepts it."""
        if self._writer_thread is not None:
            self._output.end(self._writer_thread)

    @property
    def is_stalled(self) -> bool:
        """Return whether the terminal accepts nothing."""
        return self._output.is_stalled

    @property
    def multiplexer(self) -> Multiplexer | None:
        """Return the multiplexer between us and the terminal."""
        return self._replies.multiplexer

    def begin_output(self) -> None:
        """Know nothing of the terminal, as at the start and after a stop."""
        self._output = ScreenOutput(self._writing_queue, self._call_later, time.monotonic)
        multiplexer = multiplexer_in(os.environ)
        self._replies = TerminalReplies(self._output, multiplexer, self._app.post_message)

    def _call_later(self, seconds: float, action: Callable[[], None]) -> None:
        self._loop.call_soon_threadsafe(self._loop.call_later, seconds, action)

    def _writing_queue(self) -> Queue[str | None] | None:
        thread = self._writer_thread
        return thread._queue if thread else None  # pyright: ignore[reportPrivateUsage]

    def run_input_thread(self) -> None:
        """Read keys until the end, as Textual does, but without the terminal's replies."""
        input_filter = InputFilter(on_reply=self._replies.handle, owed=lambda: self._replies.owed)
        parser = CellParser(self._debug)
        decode = getincrementaldecoder("utf-8")("replace").decode
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not (self.exit_event.is_set() or self._replies.fence.is_set()):
                due_in = input_filter.escape_due_in
                ready = selector.select(_POLL if due_in is None else min(_POLL, due_in))
                typed: list[Message] = []
                if input_filter.escape_pressed():
                    typed.append(events.Key("escape", "\x1b"))
                if ready:
                    arrived = self._read()
                    if not arrived:
                        self._hang_up()
                        return
                    if text := input_filter.filter(decode(arrived)):
                        typed += parser.feed(text)
                typed += parser.tick()
                if not self._replies.is_leaving:
                    for event in typed:
                        self.process_message(event)

    def _read(self) -> bytes:
        try:
            return os.read(self.fileno, 4096)
        except OSError:
            return b""

    def _hang_up(self) -> None:
        """End as on a hang-up: the system signals only the session's foreground group."""
        is_leaving = self._replies.is_leaving
        self._replies.fence.set()
        if not is_leaving:
            os.kill(os.getpid(), signal.SIGHUP)

    def _enable_mouse_support(self) -> None:
        if self._mouse and self.multiplexer is not Multiplexer.SCREEN:
            self.write(_MOUSE_ON)

    def _enable_mouse_pixels(self) -> None:
        """Leave it off: it reports each pixel."""
