"""However the program ends, the terminal is as it was before, and no traceback stands there."""

import os
import select
import signal
import subprocess

import pytest

from tests.e2e.conftest import PROGRAM, Opener, Server
from tests.e2e.processes import status
from tests.e2e.replies import Manners
from tests.e2e.terminal import CTRL_C, CTRL_Z, PATIENCE, Terminal
from tests.sandbox import Call

SWITCHED_OFF = (1000, 1002, 1003, 1004, 1005, 1006, 1015, 1016, 1049, 2004, 2026, 2048)


def assert_as_it_was(terminal: Terminal) -> None:
    """The screen, the cursor, the mouse, the line discipline; nothing but a line or two is left."""
    assert [mode for mode in SWITCHED_OFF if terminal.is_set(mode)] == []
    assert terminal.is_set(7)  # long lines wrap
    assert terminal.is_set(25)  # the cursor is shown
    assert terminal.raw.count(b"\x1b[<u") == terminal.raw.count(b"\x1b[>25u")
    assert terminal.modes == terminal.modes_before
    assert terminal.left_in_input == b""
    assert "Traceback" not in terminal.text


@pytest.mark.parametrize(
    ("begins", "opens", "how", "code"),
    [
        ("60 active", "", "q", 0),
        ("60 active", "x", CTRL_C, 130),
        ("Password", "", signal.SIGTERM, 143),
        ("", "", signal.SIGTERM, 143),  # before it has drawn anything
    ],
)
def test_a_key_or_a_signal_ends_it_with_its_code(
    opened: Opener, server: Server, begins: str, opens: str, how: str | signal.Signals, code: int
) -> None:
    terminal = opened(**({} if begins == "Password" else server.account))
    terminal.wait_for_bytes(b"\x1b[?1049h")
    terminal.wait_for(begins)
    if opens:
        terminal.send(opens)
        terminal.wait_for("Revoke 1 session")
    if isinstance(how, signal.Signals):
        terminal.signal(how)
        terminal.signal(signal.SIGCONT)  # as service managers do: it is not brought back by it
    else:
        terminal.send(how)
    assert terminal.finish() == code
    assert_as_it_was(terminal)


@pytest.mark.parametrize(
    ("manners", "keys"),
    [
        (Manners(mouse=b"\x1b[<0;22;12M", delay=0.3), ""),
        (Manners(delay=0.4), "jjj"),  # it is asked whether it shows that
    ],
    ids=["a slow line", "a very slow line that owes an answer"],
)
def test_what_the_terminal_has_under_way_is_not_left_to_the_shell(
    opened: Opener, server: Server, manners: Manners, keys: str
) -> None:
    terminal = opened(manners=manners, **server.account)
    terminal.wait_for("60 active")
    terminal.wait_until(lambda: not terminal.owes_replies)
    if keys:
        terminal.send(keys)
        terminal.wait_until(lambda: terminal.owes_replies)
    terminal.send("q")
    assert terminal.finish() == 0
    assert_as_it_was(terminal)


def test_only_buttons_of_the_mouse_are_asked_for(opened: Opener, server: Server) -> None:
    """Not each move: in cells, also where the terminal offers pixels."""
    terminal = opened(manners=Manners(modern=True), **server.account)
    terminal.wait_for("60 active")
    terminal.wait_until(lambda: terminal.is_set(2048))
    asked = [mode for mode in (1000, 1002, 1003, 1006, 1015, 1016) if terminal.is_set(mode)]
    assert asked == [1000, 1002, 1006]
    row = next(number for number, line in enumerate(terminal.lines) if "EXPIRES IN" in line) + 4
    terminal.send(f"\x1b[<0;20;{row + 1}M\x1b[<0;20;{row + 1}m")
    terminal.send(" ")
    terminal.wait_for("1 marked")
    assert "✓" in terminal.lines[row]


def test_it_ends_when_the_line_of_another_session_breaks(opened: Opener, server: Server) -> None:
    """The system tells only the terminal's own session of a hang-up."""
    terminal = opened(*PROGRAM, command=("setsid", "--wait"), **server.account)
    terminal.wait_for("60 active")
    program = child_of(terminal.process.pid)
    with os.fdopen(os.pidfd_open(program)) as ended:
        terminal.hang_up()
        assert select.select([ended], [], [], PATIENCE)[0]


def test_a_terminal_that_took_nothing_for_a_while_shows_all_again_and_holds_up_no_signal(
    sessions: Terminal, server: Server
) -> None:
    stall(sessions, server)
    sessions.flow()
    sessions.send(" ")
    sessions.wait_for("1 marked")
    sessions.wait_for(lambda text: "EXPIRES IN" in text and text.endswith("q quit"))
    stall(sessions, server)
    sessions.signal(signal.SIGTERM)
    assert sessions.process.wait(PATIENCE) == 143


def stall(terminal: Terminal, server: Server) -> None:
    """Take nothing any more, until the program has had more to say than waits."""
    terminal.stall()
    before = server.state.calls[Call.LIST]
    terminal.send("j" * 60)
    terminal.send("r")  # acts, as the program goes on all the same
    terminal.wait_until(lambda: server.state.calls[Call.LIST] > before)


def test_a_program_that_was_frozen_goes_on(sessions: Terminal) -> None:
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


def test_a_stopped_program_gives_the_terminal_back_and_takes_it_again(
    opened: Opener, server: Server
) -> None:
    """By ctrl-z and from outside; in the background it draws nothing."""
    shell = ("--norc", "--noprofile", "-i")
    terminal = opened(*shell, command=("bash",), PS1="prompt> ", **server.account)
    terminal.wait_for("prompt>")
    terminal.send(f"{PROGRAM[0]} -m qiscus_tui\r")
    terminal.wait_for("60 active")
    program = child_of(terminal.process.pid)
    terminal.send(CTRL_Z)
    terminal.wait_for("Stopped")
    assert [mode for mode in SWITCHED_OFF if mode != 2004 and terminal.is_set(mode)] == []
    assert terminal.is_set(25)  # the cursor is shown
    before = switches(program)
    terminal.send("bg\r")
    terminal.wait_for("qiscus_tui &")
    terminal.wait_until(lambda: switches(program) > before and is_stopped(program))
    assert not terminal.is_set(1049)
    terminal.send("fg\r")
    terminal.wait_for("60 active")
    assert terminal.is_set(1049)
    os.kill(program, signal.SIGTSTP)
    terminal.wait_for("Stopped")
    terminal.send("fg\r")
    terminal.wait_for("60 active")
    terminal.send("j ")
    terminal.wait_for("1 marked")
    terminal.send("q")
    terminal.wait_for("prompt>")
    assert [mode for mode in SWITCHED_OFF if mode != 2004 and terminal.is_set(mode)] == []
    terminal.send("exit\r")
    assert terminal.finish() == 0
    assert terminal.modes == terminal.modes_before
    assert "Traceback" not in terminal.raw.decode()


def is_stopped(pid: int) -> bool:
    return status(pid, "State").startswith("T")


def switches(pid: int) -> int:
    """How often it gave the processor away: more often, and it has run."""
    return int(status(pid, "voluntary_ctxt_switches"))


def child_of(pid: int) -> int:
    """The process that this one started."""
    found = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, check=True, text=True)
    return int(found.stdout.split()[0])
