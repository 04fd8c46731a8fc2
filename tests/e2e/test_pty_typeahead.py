"""Several keys in one read act as if typed one by one, and never confirm anything."""

import re

import pytest

from tests.e2e.conftest import Opener, Server, nothing_changes, wait_for_dialog
from tests.e2e.terminal import ENTER, ESCAPE, Terminal
from tests.sandbox import Call


def test_a_filter_typed_in_one_write_filters(sessions: Terminal, server: Server) -> None:
    reads = server.state.calls[Call.LIST]
    sessions.send("/curl")
    sessions.wait_for(lambda text: bool(re.search(r"/ curl\b.* of 60", text)))
    assert server.state.calls[Call.LIST] == reads  # the r of curl reloads nothing
    assert "marked" not in sessions.text


def test_a_token_typed_behind_its_key_goes_into_the_field(sessions: Terminal) -> None:
    sessions.send("Fquit-xyz" + ENTER)
    sessions.wait_for("no live session has this token")


def test_what_is_typed_before_the_first_frame_goes_into_the_first_field(opened: Opener) -> None:
    terminal = opened()
    terminal.send("admin@demo.example")
    terminal.wait_for("Long-lived token")
    terminal.wait_for(lambda text: bool(re.search(r"Email +admin@demo\.example", text)))


@pytest.mark.parametrize("burst", ["xy", "x\ty", "x\t\r", "xyyyyyy", "x\t\t\r\r\r", "xqy"])
def test_a_burst_never_confirms(sessions: Terminal, server: Server, burst: str) -> None:
    with nothing_changes(server):
        sessions.send(burst)
        sessions.wait_for("Revoke 1 session")
        sessions.send(ESCAPE)
        sessions.wait_for("60 active")


@pytest.mark.parametrize("pasted", ["y", "y\r", "\r", "yyyy\n"])
@pytest.mark.parametrize("bracketed", [True, False])
def test_a_paste_never_confirms(
    sessions: Terminal, server: Server, pasted: str, *, bracketed: bool
) -> None:
    sessions.send("j")
    sessions.send("x")
    wait_for_dialog(sessions, "Revoke 1 session", "Revoke 1  y")
    with nothing_changes(server):
        if bracketed:
            sessions.paste(pasted)
        else:
            # A terminal without bracketed paste sends plain keys, in a burst.
            sessions.send("ab" + pasted)
        sessions.send(ESCAPE)
        sessions.wait_for("60 active")


@pytest.mark.parametrize(
    "pasted", ["Xq\x1b[AXq", "q\x1bq", "\x1b]0;q\x07q", "xy\n\x1b[1;2X:quit\r" * 20]
)
def test_a_paste_into_the_list_does_nothing_whatever_is_in_it(
    sessions: Terminal, server: Server, pasted: str
) -> None:
    with nothing_changes(server):
        sessions.paste(pasted)
        sessions.send("/curl")
        sessions.wait_for(lambda text: bool(re.search(r"/ curl\b.* of 60", text)))


def test_a_sequence_that_nobody_knows_does_nothing(sessions: Terminal, server: Server) -> None:
    with nothing_changes(server):
        sessions.send("\x1b[1;2X\x1b[120;1:3u\x1bOq\x1b[M qq")
        sessions.send("/curl")
        sessions.wait_for(lambda text: bool(re.search(r"/ curl\b.* of 60", text)))


def test_a_dialog_that_cannot_be_read_confirms_nothing(sessions: Terminal, server: Server) -> None:
    sessions.send("j")
    sessions.send("x")
    wait_for_dialog(sessions, "Revoke 1 session", "Revoke 1  y")
    with nothing_changes(server):
        sessions.resize(40, 10)
        sessions.wait_for("60x15 is needed, this is 40x10")
        assert "Revoke" not in sessions.text
        sessions.send("y")
        sessions.resize(80, 24)
        wait_for_dialog(sessions, "Revoke 1 session", "Revoke 1  y")


def test_a_large_plan_wants_its_number_typed(sessions: Terminal, server: Server) -> None:
    sessions.send("ax")
    sessions.wait_for("Revoke 60 sessions")
    with nothing_changes(server):
        sessions.send("60" + ENTER)
        sessions.send(ESCAPE)
        sessions.wait_for("60 marked")
