"""Several keys in one read act as if typed one by one, and never confirm anything."""

import re

import pytest

from qiscus_tui.demo import Call
from tests.e2e.conftest import Server, nothing_changes, wait_for_dialog
from tests.e2e.terminal import ENTER, ESCAPE, Terminal


def test_a_filter_typed_in_one_write_filters(sessions: Terminal, server: Server) -> None:
    reads = server.state.calls[Call.LIST]
    sessions.send("/curl")
    sessions.wait_for(lambda text: bool(re.search(r"/ curl\b.* of 60", text)))
    assert server.state.calls[Call.LIST] == reads  # the r of curl reloads nothing
    assert "marked" not in sessions.text


def test_a_token_typed_behind_its_key_goes_into_the_field(sessions: Terminal) -> None:
    sessions.send("Fquit-xyz" + ENTER)
    sessions.wait_for("No live session has this token")


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


def test_a_large_plan_wants_its_number_typed(sessions: Terminal, server: Server) -> None:
    sessions.send("ax")
    sessions.wait_for("Revoke 60 sessions")
    with nothing_changes(server):
        sessions.send("60" + ENTER)
        sessions.send(ESCAPE)
        sessions.wait_for("60 marked")
