"""The app as a whole: how it starts, how it ends, and what it never says."""

import asyncio
import itertools
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from qiscus_tui.errors import OutOfReach
from qiscus_tui.tui.run import clean_environment
from qiscus_tui.tui.terminal.app import crash_words
from qiscus_tui.tui.widgets.fields import Field
from tests.sandbox import Call
from tests.tui.demo_app import at_login, at_sessions

PLANTED = "planted-secret-7f3a"


def test_what_textual_obeys_is_taken_out_of_the_environment() -> None:
    environ = dict.fromkeys(
        ("TEXTUAL", "TEXTUAL_LOG", "TEXTUAL_PRESS", "TEXTUAL_DEVTOOLS_HOST", "HOME"), "1"
    )
    environ |= {"TEXTUAL_COLOR_SYSTEM": "256", "TEXTUAL_ANIMATIONS": "none"}
    clean_environment(environ)
    assert set(environ) == {"HOME", "TEXTUAL_COLOR_SYSTEM", "TEXTUAL_ANIMATIONS"}


@pytest.mark.parametrize("module", ["run", "listed.feed", "listed.view"])
def test_neither_the_start_nor_what_is_listed_imports_textual(module: str) -> None:
    code = f"import sys, qiscus_tui.tui.{module}; print('textual' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


NOT_OURS = ("ctrl+a", "ctrl+b", "ctrl+s", "ctrl+q", "ctrl+o", "ctrl+j", "ctrl+p")


async def test_the_keys_of_multiplexers_are_bound_nowhere_but_ctrl_a_in_a_field() -> None:
    async with at_sessions() as here:
        before = here.text()
        for key in NOT_OURS:
            await here.press(key)
        assert here.app.is_running
        assert here.text() == before
        for opens in ("slash", "F", "e", "x", "X", "A", "question_mark"):
            await here.press("down", opens)
            bound = {*NOT_OURS} & {*here.app.screen.active_bindings}
            assert bound == ({"ctrl+a"} if isinstance(here.app.focused, Field) else set())
            await here.press("escape")


@pytest.mark.parametrize(
    ("how", "code"),
    [("q", 0), ("ctrl+c", 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)],
)
async def test_a_key_or_a_signal_ends_it_with_its_code_and_the_token_of_this_run(
    how: str | signal.Signals, code: int
) -> None:
    async with at_sessions() as here:
        assert len(here.state.sessions()) == 41
        if isinstance(how, str):
            await here.pilot.press(how)
        else:
            os.kill(os.getpid(), how)
        if how is signal.SIGHUP:  # it is told by terminal and shell
            os.kill(os.getpid(), how)
        await here.pilot.pause(0.1)
        assert here.app.return_value == code
        assert len(here.state.sessions()) == 40
        assert here.state.calls[Call.LOGOUT] == 1


async def test_ctrl_c_quits_while_a_field_has_the_focus() -> None:
    async with at_login() as here:
        await here.pilot.press("q", "ctrl+c")
        await here.pilot.pause(0.1)
        assert here.app.return_value == 130


async def test_textuals_own_commands_and_screenshot_are_not_there(home: Path) -> None:
    async with at_sessions() as here:
        assert not here.app.ENABLE_COMMAND_PALETTE
        await here.press("colon", *"screenshot")
        assert "Save" not in here.text()
        await here.app.run_action(f"screenshot('x.svg', '{home}')")
        await here.pilot.pause(0.1)
        assert os.listdir(home) == []


def test_of_our_own_errors_message_and_hint_are_said() -> None:
    assert crash_words(OutOfReach("No answer", "Try again.")) == ("No answer", "Try again.")
    assert PLANTED not in "".join(crash_words(ValueError(PLANTED)))


async def test_a_toast_goes_with_the_next_key_once_it_was_seen_and_an_error_stays() -> None:
    async with at_sessions() as here:
        here.app.notify("done")
        here.app.notify("kept nowhere else", severity="error")
        await here.press("j")
        assert "done" in here.toasts  # it was typed before that could be read
        for one in here.app._notifications:
            one.raised_at -= 1
        await here.press("k")
        assert here.toasts == "kept nowhere else"


async def test_a_switch_is_drawn_also_where_the_machine_stood_still_as_it_began(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with at_sessions() as here:
        seconds = itertools.count()  # one goes by between any two looks at the clock
        monkeypatch.setattr("textual._time.get_time", lambda: float(next(seconds)))
        drawn = asyncio.Event()
        here.app.set_timer(0.05, drawn.set)  # as Textual does with a switch
        await asyncio.wait_for(drawn.wait(), 5)
