"""Inside real tmux and GNU screen: what is copied gets out, and nothing is left on leaving."""

import base64
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.conftest import PROGRAM, Opener, Server
from tests.e2e.replies import PROMPT, Manners
from tests.e2e.terminal import DOWN, ENTER, ESCAPE, UP, Terminal
from tests.sandbox.state import Caller
from tests.sandbox.users import ADMIN

HERE = f"{PROGRAM[0]} -m qiscus_tui"
FAR_AWAY = f"env -u TMUX -u STY {HERE}"
"""As over SSH: the environment does not name the multiplexer."""

PLAIN = Manners(is_xterm=False)
"""A terminal of which tmux knows no clipboard."""

Start = Callable[..., Terminal]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder with a short name: the path of a socket has 100 characters at most."""
    with tempfile.TemporaryDirectory(prefix="qt") as name:
        yield Path(name)


def needed(program: str) -> None:
    """Skip where the program is not installed."""
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")


@pytest.fixture
def tmux(opened: Opener, server: Server, folder: Path) -> Iterator[Start]:
    """Starts a command in tmux: `tmux(HERE, "set -g mouse on", manners=…)`."""
    needed("tmux")
    socket = folder / "socket"

    def start(line: str, settings: str = "", manners: Manners = PROMPT) -> Terminal:
        (folder / "conf").write_text(f"{settings}\n")
        command = ("tmux", "-S", socket, "-f", folder / "conf", "new-session", line)
        term = "xterm-256color" if manners.is_xterm else "vt220"
        return opened(command=command, columns=100, manners=manners, TERM=term, **server.account)

    yield start
    subprocess.run(["tmux", "-S", socket, "kill-server"], check=False, capture_output=True)


@pytest.fixture
def screen(opened: Opener, server: Server, folder: Path) -> Iterator[Start]:
    """Starts a command in GNU screen."""
    needed("screen")

    def start(line: str) -> Terminal:
        (folder / "conf").write_text("startup_message off\naltscreen on\ndefutf8 on\n")
        command = ("screen", "-S", "here", "-c", folder / "conf", "sh", "-c", line)
        return opened(command=command, columns=100, SCREENDIR=folder, **server.account)

    yield start
    environ = {**os.environ, "SCREENDIR": str(folder)}
    subprocess.run(["screen", "-S", "here", "-X", "quit"], check=False, env=environ)


def copied(terminal: Terminal) -> set[str]:
    """What the terminal was given for its clipboard."""
    sent = re.findall(rb"\x1b\]52;c?;([A-Za-z0-9+/=]+)(?:\x07|\x1b\\)", terminal.raw)
    return {base64.b64decode(text).decode() for text in sent}


def copy_id(terminal: Terminal) -> str:
    """Copy the id of a session; gives it as it stands on the screen."""
    terminal.wait_for("60 active")
    terminal.send(ENTER)
    terminal.wait_for("back to the list")
    terminal.send("c")
    terminal.wait_for("▌ Id ")
    found = re.search(r"\b[0-9a-f]{12}\b", terminal.text)
    assert found is not None
    return found[0]


@pytest.mark.parametrize(
    ("where", "line", "more"),
    [
        ("tmux", HERE, ()),
        ("tmux", FAR_AWAY, ("set -s set-clipboard on",)),
        ("tmux", FAR_AWAY, ("set -g allow-passthrough on", PLAIN)),
        ("screen", HERE, ()),
        ("screen", FAR_AWAY, ()),
    ],
)
def test_escape_gets_through_and_an_id_gets_out(
    request: pytest.FixtureRequest, where: str, line: str, more: tuple[str | Manners, ...]
) -> None:
    terminal: Terminal = request.getfixturevalue(where)(line, *more)
    terminal.wait_for("60 active")
    terminal.send("?")
    terminal.wait_for("Type to search")
    terminal.send(ESCAPE)
    terminal.wait_for(lambda text: "Type to search" not in text and "60 active" in text)
    wanted = copy_id(terminal)
    assert copied(terminal) == {wanted}
    assert "Id sent to the terminal" in terminal.text
    may_be_held_back = where == "tmux" and line is FAR_AWAY
    assert ("tmux passes it on only if" in terminal.text) is may_be_held_back


def test_more_than_screen_takes_at_once_gets_out_of_it_whole(screen: Start, server: Server) -> None:
    server.state.issue(ADMIN, Caller("long/1 " * 80, "198.18.7.1"))
    terminal = screen(HERE)
    terminal.wait_for("61 active")
    terminal.send(ENTER)
    terminal.wait_for("back to the list")
    terminal.send(":")
    terminal.wait_for("Mark session")
    terminal.send("copy all")
    terminal.wait_for("Copy all fields")
    terminal.send(ENTER)
    terminal.wait_for("Fields sent to the terminal")
    (fields,) = copied(terminal)
    assert len(base64.b64encode(fields.encode())) > 768
    assert fields.startswith("Id: ")


def ids(terminal: Terminal) -> list[str]:
    """What stands before the client in each line: the id of its session, where it shows one."""
    return [" ".join(re.findall(r"\b[0-9a-f]{8}\b", line)) for line in terminal.lines]


@pytest.mark.parametrize("where", ["tmux", "screen"])
def test_a_list_that_scrolled_is_the_one_that_is_drawn_again_and_nothing_is_left_to_the_shell(
    where: str, request: pytest.FixtureRequest
) -> None:
    start: Start = request.getfixturevalue(where)
    terminal = start(f"{HERE}; echo ended with $?; cat -v")
    terminal.wait_for("60 active")
    assert not terminal.is_set(1003)
    before = ids(terminal)
    for keys in (DOWN * 20, DOWN, DOWN, UP * 19, UP, UP, DOWN * 25):
        shown = terminal.text
        terminal.send(keys)
        terminal.wait_for(lambda text, shown=shown: text != shown)
    terminal.send(" ")
    # The row of the cursor, which alone shows seconds, comes last: the rows stand still then.
    terminal.wait_for(lambda text: bool(re.search(r"✓.*\n.*\d\d:\d\d:\d\d ", text)))
    scrolled = ids(terminal)
    assert scrolled != before
    for columns in (101, 100):
        terminal.resize(columns, 24)
        terminal.wait_for("─" * columns)
    terminal.wait_until(lambda: ids(terminal) == scrolled)

    terminal.send("q\x1b[<0;20;10M\x1b[<0;20;10m")
    terminal.wait_for("ended with 0")
    terminal.send("typed\r")
    terminal.wait_for("typed")
    line = terminal.lines.index(next(one for one in terminal.lines if "ended with" in one))
    assert terminal.lines[line + 1] == "typed"
    assert [mode for mode in (1000, 1002, 1006) if terminal.is_set(mode)] == []
