"""The app as a whole: how it starts, how it ends, and what it never says."""

import asyncio
import os
import signal
import subprocess
import sys

import pytest

from qiscus_tui.errors import OutOfReach
from qiscus_tui.tui.app import QiscusTui
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


@pytest.mark.parametrize(("key", "code"), [("q", 0), ("ctrl+c", 130)])
async def test_q_and_ctrl_c_quit_and_end_the_token_of_this_run(key: str, code: int) -> None:
    async with at_sessions() as here:
        assert len(here.state.sessions()) == 41
        await here.pilot.press(key)
        await here.pilot.pause(0.1)
        assert here.app.return_value == code
        assert len(here.state.sessions()) == 40
        assert here.state.calls[Call.LOGOUT] == 1


async def test_ctrl_c_quits_while_a_field_has_the_focus() -> None:
    async with at_login() as here:
        await here.pilot.press("q", "ctrl+c")
        await here.pilot.pause(0.1)
        assert here.app.return_value == 130


async def test_a_hang_up_that_is_told_twice_ends_that_token_all_the_same() -> None:
    async with at_sessions() as here:
        here.app.leave(129)
        here.app.leave(129)
        await here.pilot.pause(0.1)
        assert here.app.return_value == 129
        assert here.state.calls[Call.LOGOUT] == 1


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)]
)
async def test_signals_end_it_with_their_exit_code(number: signal.Signals, code: int) -> None:
    async with at_sessions() as here:
        os.kill(os.getpid(), number)
        for _ in range(50):
            await asyncio.sleep(0.01)
            if here.app.return_value is not None:
                break
        assert here.app.return_value == code
        assert len(here.state.sessions()) == 40  # the login was for this run only


async def test_textuals_own_commands_and_screenshot_are_not_there() -> None:
    async with at_sessions() as here:
        assert not here.app.ENABLE_COMMAND_PALETTE
        await here.press("colon", *"screenshot")
        assert "Save" not in here.text()
        here.app.action_screenshot()
        assert here.app.return_value is None


class _Broken(RuntimeError):
    pass


@pytest.mark.parametrize("where", ["login", "detail"])
async def test_a_crash_says_two_lines_and_no_value(
    where: str, capfd: pytest.CaptureFixture[str]
) -> None:
    crashed: list[QiscusTui] = []
    with pytest.raises(_Broken):
        await _crash_on(where, crashed)
    (app,) = crashed
    assert app.crash is not None
    assert len(app.crash) == 2
    assert "_Broken" in app.crash[0]
    said = capfd.readouterr()
    everything = said.out + said.err + "".join(app.crash)
    assert PLANTED not in everything
    assert "Traceback" not in everything
    assert app.return_code == 1


async def _crash_on(where: str, crashed: list[QiscusTui]) -> None:
    async with at_login() as here:
        crashed.append(here.app)
        if where == "detail":
            await here.press("enter", "enter")
        here.app.screen.call_later(_break)
        await here.pilot.pause(0.1)


def _break() -> None:
    password = PLANTED
    raise _Broken(password)


def test_of_our_own_errors_message_and_hint_are_said() -> None:
    assert crash_words(OutOfReach("No answer", "Try again.")) == ("No answer", "Try again.")
    assert PLANTED not in "".join(crash_words(ValueError(PLANTED)))


@pytest.mark.parametrize("key", ["A", "question_mark"])
async def test_a_list_behind_another_screen_or_a_dialog_is_not_drawn(
    monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    async with at_sessions() as here:
        await here.press(key)
        drawn: list[object] = []

        def note(*what: object) -> None:
            drawn.append(what)

        monkeypatch.setattr(here.app, "_display", note)
        await here.tick()
        await here.pilot.pause(0.1)
        assert drawn == []
        monkeypatch.undo()
        await here.press("escape")
        assert here.app.screen is here.sessions
        assert here.sessions.counts.text in here.text()


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
