"""What we use of Textual that is private, and so may be missing in the next release."""

import inspect
import re
from functools import cache
from pathlib import Path

import pytest
from textual._compositor import Compositor
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.drivers._writer_thread import WriterThread
from textual.drivers.linux_driver import LinuxDriver
from textual.screen import Screen
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input

import qiscus_tui.tui
from tests.test_structure import our_classes

PRIVATE_NAMES: dict[type, set[str]] = {
    App: {
        "_close_messages_no_wait",
        "_disable_tooltips",
        "_driver",
        "_exception",
        "_exit_renderables",
        "_fatal_error",
        "_keymap",
        "_notifications",
        "_print_error_renderables",
        "_return_code",
        "_set_pointer_shape",
        "_unnotify",
    },
    Compositor: {"_full_map"},
    Screen: {"_compositor", "_dirty_widgets", "_layout_required", "_on_timer_update"},
    Widget: {"_exchange_repaint_regions"},
    Input: {"_initial_value", "_watch_value"},
    LinuxDriver: {
        "_app",
        "_debug",
        "_enable_mouse_pixels",
        "_enable_mouse_support",
        "_file",
        "_get_terminal_size",
        "_in_band_window_resize",
        "_key_thread",
        "_loop",
        "_mouse",
        "_must_signal_resume",
        "_writer_thread",
    },
    Timer: {"_skip"},
    WriterThread: {"_queue"},
    XTermParser: {"_sequence_to_key_events"},
}
OWN_NAME = re.compile(r"(?:\bdef |\bself\.)(_[a-z]\w*)")
ANY_NAME = re.compile(r"(?:\bdef |\.)(_[a-z]\w*)")

FOLDER = Path(inspect.getfile(qiscus_tui.tui)).parent


@pytest.mark.parametrize("owner", PRIVATE_NAMES)
def test_the_installed_textual_has_every_private_name_that_we_use(owner: type) -> None:
    assert PRIVATE_NAMES[owner] - names_of_textual(owner) == set()


def test_only_the_terminal_room_uses_private_names_and_each_is_listed() -> None:
    listed = set[str]().union(*PRIVATE_NAMES.values())
    used = {
        f"{ours.__module__}.{ours.__name__}.{name}"
        for ours in our_classes(qiscus_tui.tui)
        for name in names_in(ours) & names_of_textual(ours)
        if name not in listed or not ours.__module__.startswith("qiscus_tui.tui.terminal.")
    }
    assert used == set()


@pytest.mark.parametrize("mark", ["textual._", "textual.drivers._", "[reportPrivateUsage]"])
def test_only_the_terminal_room_imports_private_modules(mark: str) -> None:
    with_it = {path for path in FOLDER.rglob("*.py") if mark in path.read_text()}
    assert {path.parent.name for path in with_it} <= {"terminal"}


def names_of_textual(ours: type) -> set[str]:
    """The private names that Textual's classes above this one define or use."""
    above = (one for one in ours.__mro__ if one.__module__.startswith("textual."))
    return {name for one in above for name in own_names_in(one)}


@cache
def own_names_in(textuals: type) -> list[str]:
    return OWN_NAME.findall(inspect.getsource(textuals))


def names_in(ours: type) -> set[str]:
    """The private names that a class defines, or uses on any object."""
    return set(ANY_NAME.findall(inspect.getsource(ours)))
