"""Textual's own driver for a line that is slow, and a terminal that is left as it was."""

from __future__ import annotations

import asyncio
import os
import selectors
import signal
import sys
import threading
from codecs import getincrementaldecoder
from typing import TextIO, cast

from textual import events
from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.geometry import Size

from qiscus_tui.tui.colours_once import ColoursOnce
from qiscus_tui.tui.lost_line import LostLine
from qiscus_tui.tui.terminal_replies import TypedOnly

_LOOK = 0.1
"""Seconds between two looks at whether to end."""

_PIXELS_OFF = "\x1b[?1016l"


class SteadyDriver(LinuxDriver):
    """Takes no reply of the terminal for keys, and says each colour once."""

    _colours: ColoursOnce | None = None
    _writing: threading.Lock | None = None

    def start_application_mode(self) -> None:
        """Take the terminal; again after it was stopped, when all has to be drawn anew."""
        is_back = self._must_signal_resume
        self._colours = ColoursOnce()
        self._writing = threading.Lock()
        if not isinstance(self._file, LostLine):
            self._file = cast("TextIO", LostLine(sys.__stderr__ or sys.stderr))
        super().start_application_mode()
        self.follow_size()
        if is_back:
            asyncio.get_running_loop().call_soon_threadsafe(self._draw_all)

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
        """Write, without colours that the terminal has already."""
        if self._colours is None or self._writing is None:
            super().write(data)
            return
        with self._writing:  # the thread that reads keys writes as well
            super().write(self._colours.thin(data))

    def run_input_thread(self) -> None:
        """Read keys until the end. As Textual's, with the replies taken out."""
        typed_only = TypedOnly()
        parser = XTermParser(self._debug)
        decode = getincrementaldecoder("utf-8")("replace").decode
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                waits = typed_only.waits
                ready = selector.select(_LOOK if waits is None else min(_LOOK, waits))
                if typed_only.escape():
                    self.process_message(events.Key("escape", "\x1b"))
                if ready:
                    arrived = self._read()
                    if not arrived:
                        return  # the line is gone; SIGHUP says so
                    if text := typed_only.take(decode(arrived)):
                        for event in parser.feed(text):
                            self.process_message(event)
                for event in parser.tick():
                    self.process_message(event)

    def _read(self) -> bytes:
        try:
            return os.read(self.fileno, 4096)
        except OSError:
            return b""

    def _disable_mouse_support(self) -> None:
        super()._disable_mouse_support()
        if self._mouse_pixels:
            self.write(_PIXELS_OFF)
