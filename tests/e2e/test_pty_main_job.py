"""The job that the program is for, typed from login to the verified end."""

import re

from tests.e2e.conftest import Opener, Server, log_in, wait_for_dialog
from tests.e2e.terminal import ENTER


def test_two_of_the_curl_sessions_are_marked_revoked_and_gone(
    opened: Opener, server: Server
) -> None:
    before = {session.token: session for session in server.state.sessions()}
    terminal = opened(QISCUS_TUI_SERVER=server.url)
    log_in(terminal, server)
    terminal.wait_for("61 active")  # our own is one more

    terminal.send("/")
    terminal.send("guzzle")
    terminal.wait_for(lambda text: bool(re.search(r"/ guzzle.* of 61", text)))
    terminal.send(ENTER)
    terminal.send(" ")
    terminal.wait_for("1 marked")
    terminal.send(" ")
    terminal.wait_for("2 marked")
    terminal.send("x")
    wait_for_dialog(terminal, "Revoke 2 sessions", "Revoke 2  y")
    terminal.send("y")
    terminal.wait_for("2 revoked")

    left = {session.token for session in server.state.sessions()}
    gone = [session for token, session in before.items() if token not in left]
    assert [session.agent for session in gone] == ["GuzzleHttp/7", "GuzzleHttp/7"]
    assert len(left) == 59
    assert sorted(server.state.revoke_requests) == sorted(session.token for session in gone)

    terminal.send(ENTER)
    terminal.wait_for("59 active")
    terminal.send("q")
    assert terminal.finish() == 0
    # A login for this run only ends with it.
    assert len(server.state.sessions()) == 58
