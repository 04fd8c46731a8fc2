"""Terminals that are small, plain or none at all; and the first frame, which waits for nothing."""

import random
import re
import sys
from pathlib import Path

import pytest

from tests.e2e.conftest import Opener, Server, nothing_changes, wait_for_dialog
from tests.e2e.replies import PROMPT, Manners
from tests.e2e.terminal import ESCAPE

WHITE = "ffffff"


def test_in_16_colours_the_states_keep_apart(opened: Opener, server: Server) -> None:
    terminal = opened(TERM="xterm", **server.account)
    terminal.wait_for("60 active")
    terminal.send("j ")
    terminal.wait_for("1 marked")
    states = ["60 active", "expire within", "1 marked", "● live", "space"]
    colours = [terminal.colour_of(words) for words in states]
    assert len(set(colours)) == len(states), colours
    assert not re.search(rb"[34]8;[25];", terminal.raw)  # nothing that it can't show


@pytest.mark.parametrize("manners", [PROMPT, Manners(modern=True)], ids=["signal", "in band"])
def test_whatever_size_it_gets_it_is_drawn_for_that_and_no_dialog_is_confirmed_or_lost(
    opened: Opener, server: Server, manners: Manners
) -> None:
    terminal = opened(columns=60, rows=15, manners=manners, **server.account)
    terminal.wait_for("60 active")
    terminal.wait_until(lambda: terminal.is_set(2048) is manners.modern)
    terminal.send("?")
    terminal.wait_for("Type to search")
    terminal.send(ESCAPE)
    terminal.wait_for("60 active")
    terminal.resize(50, 12)
    terminal.wait_for("60x15 is needed")
    rng = random.Random(7)
    for _ in range(60):  # the terminal forgets what has no room
        terminal.resize(rng.randint(1, 200), rng.randint(1, 60))
        terminal.send("j")
    terminal.resize(120, 40)
    terminal.wait_for("CREATED")
    terminal.resize(70, 20)
    # The bar tells a new picture from the old one that the terminal cut off.
    terminal.wait_for(lambda text: text.endswith("q quit") and "CREATED" not in text)
    assert "LAST USED    IP" in terminal.text

    with nothing_changes(server):
        terminal.send("x")
        wait_for_dialog(terminal, "Revoke 1 session", "Revoke 1  y")
        for columns, rows in ((130, 34), (40, 10), (100, 30)):
            terminal.resize(columns, rows)
            if columns < 60:
                terminal.wait_for("60x15 is needed, this is 40x10")
                assert "Revoke" not in terminal.text
                terminal.send("y")  # what can't be read is not confirmed
                continue
            rule = "─" * columns  # behind the dialog the list has the new size too
            terminal.wait_for(lambda screen, rule=rule: screen.splitlines().count(rule) == 2)
            terminal.wait_for(lambda screen: screen.endswith("q quit"))
            wait_for_dialog(terminal, "Revoke 1 session", "Revoke 1  y")
        drawn = len(terminal.raw)
        terminal.send("n\x0c")  # ctrl-l draws again what something else wrote over
        terminal.wait_for_bytes(b"60 active", after=drawn)


SLOW = {
    *("httpx", "keyring", "starlette", "uvicorn", "rich.markdown"),
    *("qiscus_tui.api.client", "qiscus_tui.tui.dialogs"),
}
FIRST_FRAME = (sys.executable, Path(__file__).with_name("first_frame.py"))


COMES_AFTER_THE_LIST = {
    *("qiscus_tui.tui.session.screen", "qiscus_tui.tui.overview.screen"),
    "qiscus_tui.tui.dialogs",
}


def test_the_first_frame_waits_for_no_slow_module_and_the_list_only_for_what_it_shows(
    opened: Opener, server: Server, tmp_path: Path
) -> None:
    frame, listed = tmp_path / "frame", tmp_path / "list"
    opened(frame, "qiscus", frame, "qiscus", command=FIRST_FRAME).wait_for("Password")
    assert not set(frame.read_text().split()) & {*SLOW, "qiscus_tui.tui.sessions.screen"}
    frame.unlink()
    terminal = opened(frame, "sessions", listed, " active", command=FIRST_FRAME, **server.account)
    terminal.wait_for("60 active")
    assert not set(frame.read_text().split()) & SLOW
    loaded = listed.read_text().split()
    assert set(loaded) & COMES_AFTER_THE_LIST == set()
    ours = sorted(name for name in loaded if name.startswith("qiscus_tui"))
    assert len(ours) <= 189, ours


def test_it_is_as_light_as_the_terminal_and_follows_it(opened: Opener, server: Server) -> None:
    manners = Manners(background=b"ffff/ffff/ffff", delay=0.5)
    terminal = opened(manners=manners, **server.account)
    terminal.wait_for("60 active")
    terminal.wait_until(lambda: WHITE in terminal.colours)
    terminal.send(b"\x1b[?997;1n")
    terminal.wait_until(lambda: WHITE not in terminal.colours)
    terminal.send("q")
    terminal.finish()
    assert not terminal.is_set(2031)


def test_an_account_that_is_not_here_is_an_error_and_no_login(opened: Opener) -> None:
    terminal = opened("--account", "nobody")
    assert terminal.finish() == 4
    assert "There is no account 'nobody' here (--account)" in terminal.text
