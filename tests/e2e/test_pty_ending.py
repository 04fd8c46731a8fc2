"""However the program ends, the terminal is as it was before, and no traceback stands there."""

import os
import signal
import subprocess

import pytest

from tests.e2e.conftest import PROGRAM, Opener, Server
from tests.e2e.terminal import CTRL_C, CTRL_Z, Terminal

SWITCHED_OFF = (1000, 1002, 1003, 1004, 1005, 1006, 1015, 1016, 1049, 2004, 2026, 2048)


def assert_as_it_was(terminal: Terminal) -> None:
    """The screen, the cursor, the mouse, the line discipline; nothing but a line or two is left."""
    assert [mode for mode in SWITCHED_OFF if terminal.is_set(mode)] == []
    assert terminal.is_set(7)  # long lines wrap
    assert terminal.cursor_is_shown
    assert terminal.raw.count(b"\x1b[<u") == terminal.raw.count(b"\x1b[>25u")
    assert terminal.modes == terminal.modes_before
    assert "Traceback" not in terminal.text


@pytest.mark.parametrize("key", ["q", CTRL_C])
def test_a_key_leaves_the_sessions(sessions: Terminal, key: str) -> None:
    sessions.send(key)
    assert sessions.finish() == 0
    assert_as_it_was(sessions)
    assert sessions.text.strip() == ""


def test_ctrl_c_leaves_the_login(opened: Opener) -> None:
    terminal = opened()
    terminal.wait_for("Password")
    terminal.send("not a password" + CTRL_C)
    assert terminal.finish() == 0
    assert_as_it_was(terminal)


def test_ctrl_c_leaves_a_dialog(sessions: Terminal) -> None:
    sessions.send("x")
    sessions.wait_for("Revoke 1 session")
    sessions.send(CTRL_C)
    assert sessions.finish() == 0
    assert_as_it_was(sessions)


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)]
)
def test_a_signal_ends_it_with_its_code(
    sessions: Terminal, number: signal.Signals, code: int
) -> None:
    sessions.signal(number)
    assert sessions.finish() == code
    assert_as_it_was(sessions)


def test_a_signal_ends_the_login(opened: Opener) -> None:
    terminal = opened()
    terminal.wait_for("Password")
    terminal.signal(signal.SIGTERM)
    assert terminal.finish() == 143
    assert_as_it_was(terminal)


def test_it_ends_when_the_line_breaks(sessions: Terminal) -> None:
    sessions.hang_up()
    assert sessions.finish() == 129


@pytest.fixture
def in_a_shell(opened: Opener, server: Server) -> Terminal:
    """The program as a job of a shell, which is what can stop it and bring it back."""
    terminal = opened(
        "--norc", "--noprofile", "-i", command=("bash",), PS1="prompt> ", **server.account
    )
    terminal.wait_for("prompt>")
    terminal.send(f"{PROGRAM[0]} -m qiscus_tui\r")
    terminal.wait_for("60 active")
    return terminal


def test_a_stopped_program_gives_the_terminal_back_and_takes_it_again(
    in_a_shell: Terminal,
) -> None:
    terminal = in_a_shell
    terminal.send(CTRL_Z)
    terminal.wait_for("Stopped")
    assert [mode for mode in SWITCHED_OFF if mode != 2004 and terminal.is_set(mode)] == []
    assert terminal.cursor_is_shown
    terminal.send("fg\r")
    terminal.wait_for("60 active")
    assert terminal.is_set(1049)
    terminal.send("j ")
    terminal.wait_for("1 marked")
    terminal.send("q")
    terminal.wait_for("prompt>")
    assert [mode for mode in SWITCHED_OFF if mode != 2004 and terminal.is_set(mode)] == []
    terminal.send("exit\r")
    assert terminal.finish() == 0
    assert "Traceback" not in terminal.raw.decode()


def test_a_program_stopped_from_outside_comes_back(in_a_shell: Terminal) -> None:
    terminal = in_a_shell
    os.kill(child_of(terminal.process.pid), signal.SIGTSTP)
    terminal.wait_for("Stopped")
    terminal.send("fg\r")
    terminal.wait_for("60 active")
    terminal.send("q")
    terminal.wait_for("prompt>")


def child_of(pid: int) -> int:
    """The process that this one started."""
    found = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, check=True, text=True)
    return int(found.stdout.split()[0])
