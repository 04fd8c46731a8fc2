"""Textual's own driver for a line that is slow, and a terminal that is left as it was."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import selectors
import signal
import sys
import termios
import threading
import time
from codecs import getincrementaldecoder
from queue import Full
from typing import TYPE_CHECKING, TextIO, cast

from textual import events
from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.geometry import Size

from qiscus_tui.tui.terminal.hangup_safe_output import HangupSafeOutput
from qiscus_tui.tui.terminal.input_filter import InputFilter
from qiscus_tui.tui.terminal.multiplexer import (
    SET_CLIPBOARD,
    Multiplexer,
    multiplexer_in,
    wrapped,
)
from qiscus_tui.tui.terminal.sgr_filter import SgrFilter

if TYPE_CHECKING:
    from textual.message import Message

_LOOK = 0.1
"""Seconds between two looks at whether to end."""

LEAVING_TIME = 0.5
"""Seconds that leaving waits at most for what the terminal has still under way."""

STALL_TIME = 2.0
"""Seconds without room for one more write after which the line counts as stalled."""

_MOUSE_ON = "\x1b[?1000h\x1b[?1002h\x1b[?1006h"
"""Buttons and the wheel; motion only while a button is held."""

_ASK_WHO = "\x1b[>c\x1b[c"
"""Every terminal answers the second one; the first tells tmux and GNU screen apart."""
_FENCE = "\x1b[c"
_ATTRIBUTES = re.compile(r"\x1b\[\?[\d;]*c")
_KIND = re.compile(r"\x1b\[>(\d+)[\d;]*c")
_MULTIPLEXERS = {"84": Multiplexer.TMUX, "83": Multiplexer.SCREEN}

_SEND_NOTHING_MORE = (
    "\x1b[?2004l"  # pastes in brackets
    "\x1b[?2048l"  # sizes in band
    "\x1b[?1006l\x1b[?1002l\x1b[?1000l"  # the mouse
    "\x1b[?1004l"  # focus
    "\x1b[<u"  # kitty's keyboard; it counts for this screen alone, so before leaving it
)
_AS_IT_WAS = (
    "\x1b[?2026l"  # synchronised output
    "\x1b[0m"
    "\x1b[?7h"  # long lines wrap
    "\x1b[?1049l"  # the other screen
    "\x1b[?25h"  # the cursor
)


class TerminalDriver(LinuxDriver):
    """Takes no reply of the terminal for keys, and says each colour once."""

    _colours: SgrFilter | None = None
    _writing: threading.Lock | None = None

    multiplexer: Multiplexer | None = None
    """What stands between us and the terminal."""
    _is_taken = False
    """The terminal is in our hands, and is to be given back."""
    is_stalled = False
    """The terminal takes nothing: what is drawn is dropped, and the program goes on."""
    _is_leaving = False
    _asked_at = 0.0
    _answers_soon = False
    _fence = threading.Event()

    def start_application_mode(self) -> None:
        """Take the terminal; again after it was stopped, when all has to be drawn anew."""
        is_back = self._must_signal_resume
        self._colours = SgrFilter()
        self._writing = threading.Lock()
        if not isinstance(self._file, HangupSafeOutput):
            self._file = cast("TextIO", HangupSafeOutput(sys.__stderr__ or sys.stderr))
        self._is_taken, self._is_leaving = True, False
        self._fence = threading.Event()
        self.multiplexer = multiplexer_in(os.environ)
        self._handle_job_control()
        try:
            super().start_application_mode()
            self._is_taken = self._key_thread is not None  # not in the background
            if not self._is_taken:
                return
            self._asked_at, self._answers_soon = time.monotonic(), False
            self.write(_ASK_WHO)
        except BaseException:
            self.stop_application_mode()
            raise
        self.follow_size()
        if is_back:
            asyncio.get_running_loop().call_soon_threadsafe(self._draw_all)

    def stop_application_mode(self) -> None:
        """Give the terminal back as it was, with nothing in it that was meant for us."""
        if not self._is_taken:
            return
        self._is_taken = False
        self.is_stalled = False  # it has one more chance
        self.write(_SEND_NOTHING_MORE)
        self._take_what_is_under_way()
        self.disable_input()
        with contextlib.suppress(termios.error):
            termios.tcflush(self.fileno, termios.TCIFLUSH)
        if self.attrs_before is not None:
            with contextlib.suppress(termios.error):
                termios.tcsetattr(self.fileno, termios.TCSANOW, self.attrs_before)
        self.write(_AS_IT_WAS)

    def disable_input(self) -> None:
        """Read no more keys."""
        thread, self._key_thread = self._key_thread, None
        if thread is None or not thread.is_alive():
            return
        signal.signal(signal.SIGWINCH, signal.SIG_DFL)
        self.exit_event.set()
        thread.join()
        self.exit_event.clear()

    def _take_what_is_under_way(self) -> None:
        """Read and drop what the terminal sent before it knew that nothing more is wanted.

        It answers in order, so its answer to a question is the last of it. A terminal whose answer
        would come too late is not asked: the answer itself would be left to the shell.
        """
        self._is_leaving = True
        if self._answers_soon:
            self.write(_FENCE)
        if self._key_thread is not None and self._key_thread.is_alive():
            self._fence.wait(LEAVING_TIME)

    def _replied(self, reply: str) -> None:
        """Note an answer of the terminal. Called by the thread that reads keys."""
        if kind := _KIND.fullmatch(reply):
            self.multiplexer = _MULTIPLEXERS.get(kind[1])
        elif _ATTRIBUTES.fullmatch(reply):
            if self._is_leaving and self._answers_soon:
                self._fence.set()
            else:
                self._answers_soon = time.monotonic() - self._asked_at <= LEAVING_TIME

    def _handle_job_control(self) -> None:
        """Stop and go on in the event loop: a signal's own handler may cut into a write."""
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTSTP, self._stop)
        loop.add_signal_handler(signal.SIGCONT, self._continue)

    def _stop(self) -> None:
        """Give the terminal back and stop, as ctrl-z asks."""
        self._must_signal_resume = True
        self.suspend_application_mode()
        os.kill(os.getpid(), signal.SIGSTOP)

    def _continue(self) -> None:
        """Take the terminal again, unless it was given back for good."""
        if self._is_taken:  # SIGSTOP stops without asking: whoever ran meanwhile changed it
            self._must_signal_resume = True
            self.suspend_application_mode()
        if self._must_signal_resume:
            self.start_application_mode()

    def follow_size(self) -> None:
        """Tell the app of each new size of the terminal.

        Textual reads the size within the signal's handler. A second signal interrupts that: the
        old size is then told last, and stays on screen.
        """
        loop = asyncio.get_running_loop()

        def resized(_number: int, _frame: object) -> None:
            if not self._in_band_window_resize:
                # As Textual's own first size goes, so that none overtakes it.
                asyncio.run_coroutine_threadsafe(self._tell_size(), loop)

        signal.signal(signal.SIGWINCH, resized)

    async def _tell_size(self) -> None:
        size = Size(*self._get_terminal_size())
        self._app.post_message(events.Resize(size, size))

    def _draw_all(self) -> None:
        # What is dirty alone would come on the empty screen that the terminal has now.
        self._app.screen.refresh()

    def write(self, data: str) -> None:
        """Write, without colours that the terminal has; a copied text so that it gets through."""
        if data.startswith(SET_CLIPBOARD):
            data = wrapped(data, self.multiplexer)
        if self._colours is None or self._writing is None:
            super().write(data)
            return
        with self._writing:  # the thread that reads keys writes as well
            self._put(self._colours.filter(data))

    def close(self) -> None:
        """End the writing, as far as the terminal takes it."""
        if self._writer_thread is not None:
            self._put(None)
            self._writer_thread.join(0 if self.is_stalled else STALL_TIME)
            self.is_stalled = self._writer_thread.is_alive()

    def _put(self, data: str | None) -> None:
        """Hand over to the thread that writes. A terminal that takes nothing must not hold us up.

        Textual would wait for it in the event loop, where no signal and no answer is heard then.
        """
        if self._writer_thread is None:
            return
        queue = self._writer_thread._queue  # pyright: ignore[reportPrivateUsage]
        try:
            queue.put(data, block=not self.is_stalled, timeout=STALL_TIME)
        except Full:
            self.is_stalled = True
            self._colours = SgrFilter()  # which of them were lost, nobody knows
            return
        if self.is_stalled and self._is_taken:
            self.is_stalled = False
            self._loop.call_soon_threadsafe(self._draw_all)

    def run_input_thread(self) -> None:
        """Read keys until the end. As Textual's, with the replies taken out."""
        typed_only = InputFilter(on_reply=self._replied)
        parser = _ParserInCells(self._debug)
        decode = getincrementaldecoder("utf-8")("replace").decode
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not (self.exit_event.is_set() or self._fence.is_set()):
                waits = typed_only.waits
                ready = selector.select(_LOOK if waits is None else min(_LOOK, waits))
                typed: list[Message] = []
                if typed_only.escape():
                    typed.append(events.Key("escape", "\x1b"))
                if ready:
                    arrived = self._read()
                    if not arrived:
                        self._lose_line()
                        return
                    if text := typed_only.take(decode(arrived)):
                        typed += parser.feed(text)
                typed += parser.tick()
                if not self._is_leaving:
                    for event in typed:
                        self.process_message(event)

    def _read(self) -> bytes:
        try:
            return os.read(self.fileno, 4096)
        except OSError:
            return b""

    def _lose_line(self) -> None:
        """End as on a hang-up: the system tells only the foreground of its session of one."""
        is_leaving = self._is_leaving
        self._fence.set()
        if not is_leaving:
            os.kill(os.getpid(), signal.SIGHUP)

    def _enable_mouse_support(self) -> None:
        if self._mouse:
            self.write(_MOUSE_ON)

    def _enable_mouse_pixels(self) -> None:
        """Not wanted: a report for each pixel."""


class _ParserInCells(XTermParser):
    """Takes the mouse's place for cells also where the terminal said how large a cell is."""

    def parse_mouse_code(self, code: str) -> Message | None:
        self.mouse_pixels = False
        return super().parse_mouse_code(code)
