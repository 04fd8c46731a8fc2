"""However the program ends, the terminal is as it was before, and no traceback stands there."""

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.conftest import PROGRAM, Opener, Server
from tests.e2e.replies import Manners
from tests.e2e.terminal import CTRL_C, CTRL_Z, PATIENCE, Terminal
from tests.sandbox import Call

SWITCHED_OFF = (1000, 1002, 1003, 1004, 1005, 1006, 1015, 1016, 1049, 2004, 2026, 2048)


def assert_as_it_was(terminal: Terminal) -> None:
    """The screen, the cursor, the mouse, the line discipline; nothing but a line or two is left."""
    assert [mode for mode in SWITCHED_OFF if terminal.is_set(mode)] == []
    assert terminal.is_set(7)  # long lines wrap
    assert terminal.cursor_is_shown
    assert terminal.raw.count(b"\x1b[<u") == terminal.raw.count(b"\x1b[>25u")
    assert terminal.modes == terminal.modes_before
    assert terminal.left_in_input == b""
    assert "Traceback" not in terminal.text


@pytest.mark.parametrize(("key", "code"), [("q", 0), (CTRL_C, 130)])
def test_a_key_leaves_the_sessions(sessions: Terminal, key: str, code: int) -> None:
    sessions.send(key)
    assert sessions.finish() == code
    assert_as_it_was(sessions)
    assert sessions.text.strip() == ""


def test_ctrl_c_leaves_the_login(opened: Opener) -> None:
    terminal = opened()
    terminal.wait_for("Password")
    terminal.send("not a password" + CTRL_C)
    assert terminal.finish() == 130
    assert_as_it_was(terminal)


def test_ctrl_c_leaves_a_dialog(sessions: Terminal) -> None:
    sessions.send("x")
    sessions.wait_for("Revoke 1 session")
    sessions.send(CTRL_C)
    assert sessions.finish() == 130
    assert_as_it_was(sessions)


@pytest.mark.parametrize("name", ["HUP", "INT", "QUIT", "TERM"])
def test_a_signal_ends_it_with_its_code(sessions: Terminal, name: str) -> None:
    number = signal.Signals[f"SIG{name}"]
    sessions.signal(number)
    assert sessions.finish() == 128 + number
    assert_as_it_was(sessions)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGQUIT])
def test_a_signal_ends_it_before_it_has_drawn_anything(
    opened: Opener, server: Server, number: signal.Signals
) -> None:
    terminal = opened(**server.account)
    terminal.wait_for_bytes(b"\x1b[?1049h")
    terminal.signal(number)
    assert terminal.finish() == 128 + number
    assert_as_it_was(terminal)


def test_a_signal_ends_the_login(opened: Opener) -> None:
    terminal = opened()
    terminal.wait_for("Password")
    terminal.signal(signal.SIGTERM)
    assert terminal.finish() == 143
    assert_as_it_was(terminal)


@pytest.mark.parametrize(
    "manners",
    [
        Manners(mouse=b"\x1b[<0;22;12M"),
        Manners(mouse=b"\x1b[<0;22;12M", delay=0.3),
        Manners(delay=0.8),  # its answer would come too late: it is not asked
    ],
    ids=["a fast line", "a slow line", "a very slow line"],
)
def test_what_the_terminal_has_under_way_is_not_left_to_the_shell(
    opened: Opener, server: Server, manners: Manners
) -> None:
    terminal = opened(manners=manners, **server.account)
    terminal.wait_for("60 active")
    terminal.wait_until(lambda: not terminal.owes_replies)
    terminal.send("q")
    assert terminal.finish() == 0
    assert_as_it_was(terminal)


def test_only_buttons_of_the_mouse_are_asked_for(opened: Opener, server: Server) -> None:
    """Not each move: in cells, also where the terminal offers pixels."""
    terminal = opened(manners=Manners(modern=True), **server.account)
    terminal.wait_for("60 active")
    terminal.wait_until(lambda: terminal.is_set(2048))
    assert [mode for mode in (1000, 1002, 1003, 1006, 1015, 1016) if terminal.is_set(mode)] == [
        1000,
        1002,
        1006,
    ]
    row = next(number for number, line in enumerate(terminal.lines) if "EXPIRES IN" in line) + 4
    terminal.send(f"\x1b[<0;20;{row + 1}M\x1b[<0;20;{row + 1}m")
    terminal.send(" ")
    terminal.wait_for("1 marked")
    assert "✓" in terminal.lines[row]


@pytest.mark.parametrize("key", ["\x1b[19~", "\x1b[20~"], ids=["in a worker", "on a key"])
def test_a_crash_ends_it(opened: Opener, server: Server, key: str) -> None:
    crashing = Path(__file__).with_name("crashing.py")
    terminal = opened("--", "x", command=(sys.executable, crashing), **server.account)
    terminal.wait_for("60 active")
    terminal.send(key)
    assert terminal.finish() == 1
    assert_as_it_was(terminal)


def test_it_ends_when_the_line_breaks(sessions: Terminal) -> None:
    sessions.hang_up()
    assert sessions.finish() == 129


@pytest.fixture
def stalled(sessions: Terminal, server: Server) -> Terminal:
    """The terminal takes nothing any more, and the program has had more to say than waits."""
    sessions.stall()
    before = server.state.calls[Call.LIST]
    sessions.send("j" * 60)
    sessions.send("r")  # acts, as the program goes on all the same
    sessions.wait_until(lambda: server.state.calls[Call.LIST] > before)
    return sessions


def test_a_signal_ends_it_when_the_terminal_takes_nothing_any_more(stalled: Terminal) -> None:
    stalled.signal(signal.SIGTERM)
    assert stalled.process.wait(PATIENCE) == 143


def test_a_terminal_that_took_nothing_for_a_while_shows_all_again(stalled: Terminal) -> None:
    stalled.flow()
    stalled.send(" ")
    stalled.wait_for("1 marked")
    stalled.wait_for(lambda text: "EXPIRES IN" in text and text.endswith("q quit"))
    stalled.send("q")
    assert stalled.finish() == 0
    assert_as_it_was(stalled)


def test_it_ends_when_the_line_of_another_session_breaks(opened: Opener, server: Server) -> None:
    """The system tells only the terminal's own session of a hang-up."""
    terminal = opened(*PROGRAM, command=("setsid", "--wait"), **server.account)
    terminal.wait_for("60 active")
    program = child_of(terminal.process.pid)
    with os.fdopen(os.pidfd_open(program)) as ended:
        terminal.hang_up()
        assert select.select([ended], [], [], PATIENCE)[0]


def test_a_program_that_was_frozen_goes_on_and_ends_as_ever(sessions: Terminal) -> None:
    """SIGSTOP is told to nobody: the terminal was not given back."""
    sessions.signal(signal.SIGSTOP)
    before = len(sessions.raw)
    sessions.signal(signal.SIGCONT)
    sessions.wait_for_bytes(b"60", after=before)
    sessions.send("j ")
    sessions.wait_for("1 marked")
    sessions.send("q")
    assert sessions.finish() == 0
    assert_as_it_was(sessions)


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


def test_a_stopped_program_does_not_draw_from_the_background(in_a_shell: Terminal) -> None:
    terminal = in_a_shell
    terminal.send(CTRL_Z)
    terminal.wait_for("Stopped")
    terminal.send("bg\r")
    terminal.wait_for("qiscus_tui &")
    state = Path(f"/proc/{child_of(terminal.process.pid)}/stat")
    terminal.wait_until(lambda: state.read_text().rpartition(")")[2].split()[0] == "T")
    assert not terminal.is_set(1049)
    terminal.send("fg\r")
    terminal.wait_for("60 active")
    terminal.send("q")
    terminal.wait_for("prompt>")
    terminal.send("exit\r")
    assert terminal.finish() == 0
    assert terminal.modes == terminal.modes_before


def test_an_ended_program_is_not_brought_back(sessions: Terminal) -> None:
    """Service managers send SIGCONT after SIGTERM, so that what is stopped ends as well."""
    sessions.signal(signal.SIGTERM)
    sessions.signal(signal.SIGCONT)
    assert sessions.finish() == 143
    assert_as_it_was(sessions)


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


def test_what_the_terminal_still_owes_comes_not_to_the_shell(
    opened: Opener, server: Server
) -> None:
    terminal = opened(manners=Manners(delay=0.8), **server.account)
    terminal.wait_for("60 active")
    terminal.wait_until(lambda: not terminal.owes_replies)
    terminal.send("jjj")
    terminal.wait_until(lambda: terminal.owes_replies)  # it is asked whether it shows that
    terminal.send("q")
    assert terminal.finish() == 0
    assert_as_it_was(terminal)
