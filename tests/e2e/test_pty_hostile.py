"""What strangers wrote is shown, and reaches the terminal as harmless characters only."""

import base64
import json
import re

import pytest

from tests.e2e.conftest import Opener, Server, log_in
from tests.e2e.terminal import DOWN, END, ENTER, ESCAPE, Terminal
from tests.e2e.written import foreign
from tests.sandbox import Call, Fault

HOSTILE = "ip:203.0.113.66"
"""Where all hostile clients of the demo come from."""
EVIL = (
    "\x1b]0;owned\x07\x1b]52;c;cHduZWQ=\x07\x9d0;C1\x9c\x1b[31mred \u202egnp.exe "
    "[/] [@click=app.quit]x[/] {error}"
)
EVIL_BODY = json.dumps({"errors": {"message": EVIL}}).encode()


def assert_harmless(terminal: Terminal) -> None:
    """None of it stands among the bytes, and the program still runs."""
    assert foreign(terminal.raw) == []
    assert terminal.process.poll() is None


@pytest.fixture
def hostile(sessions: Terminal) -> Terminal:
    """Only the hostile sessions are shown."""
    sessions.send("/")
    sessions.send(HOSTILE)
    sessions.wait_for("7 of 60")
    sessions.send(ENTER)
    return sessions


def test_in_the_table(hostile: Terminal) -> None:
    assert "]0" in hostile.text
    assert_harmless(hostile)


def test_in_the_detail(hostile: Terminal) -> None:
    seen = ""
    for _ in range(7):
        hostile.send(ENTER)
        hostile.wait_for(lambda text: "back to the list" in text and "Token" in text)
        seen += hostile.text
        hostile.send(ESCAPE)
        hostile.wait_for("7 of 60")
        hostile.send(DOWN)
    assert "]52;c;" in seen  # shown, without what would make it act
    assert_harmless(hostile)


def test_in_the_overview(sessions: Terminal) -> None:
    sessions.send("o")
    sessions.wait_for("TOP CLIENTS")
    sessions.send("\t\t" + END)
    sessions.wait_for("]0")
    assert_harmless(sessions)


def test_in_the_dialog(hostile: Terminal) -> None:
    hostile.send("ax")
    hostile.wait_for("Revoke 7 sessions")
    assert_harmless(hostile)


def test_in_the_dialog_of_revoke_all(hostile: Terminal) -> None:
    hostile.send("X")
    hostile.wait_for("Revoke all")
    assert_harmless(hostile)


def test_in_what_find_is_given(sessions: Terminal, server: Server) -> None:
    owned = next(s for s in server.state.sessions() if "]52;" in (s.agent or ""))
    sessions.send("F")
    sessions.wait_for("Find the session")
    sessions.paste(EVIL)
    sessions.send(ENTER)
    sessions.wait_for("Not a token")
    sessions.paste(owned.token)
    sessions.send(ENTER)
    sessions.wait_for("60 active")
    sessions.send(ENTER)
    sessions.wait_for("]52;c;")
    assert_harmless(sessions)


def test_in_the_filter(sessions: Terminal) -> None:
    sessions.send("/")
    sessions.paste(EVIL)
    sessions.wait_for("owned")
    assert_harmless(sessions)


def test_in_an_error_of_the_server(sessions: Terminal, server: Server) -> None:
    server.state.fail_next(Call.REFRESH, Fault(400, EVIL_BODY))
    sessions.send("R")
    sessions.wait_for("owned")
    server.state.fail_next(Call.LIST, Fault(403, EVIL_BODY))
    sessions.send("r")
    sessions.wait_until(lambda: not server.state.faults[Call.LIST])
    sessions.send("j")
    assert_harmless(sessions)


def test_in_a_failure_of_a_revoke(sessions: Terminal, server: Server) -> None:
    server.state.fail_next(Call.REVOKE, Fault(400, EVIL_BODY))
    sessions.send("jx")
    sessions.wait_until(lambda: sessions.is_bold("Revoke 1  y"))
    sessions.send("y")
    sessions.wait_for("owned")
    assert_harmless(sessions)


def test_in_an_error_of_the_login(opened: Opener, server: Server) -> None:
    server.state.fail_next(Call.LOGIN, Fault(400, EVIL_BODY))
    terminal = opened(QISCUS_TUI_SERVER=server.url)
    log_in(terminal, server)
    terminal.wait_until(lambda: not server.state.faults[Call.LOGIN])
    terminal.wait_for(lambda text: "••" not in text)
    assert_harmless(terminal)


def test_only_an_id_is_sent_to_the_clipboard(sessions: Terminal) -> None:
    sessions.send("j")
    sessions.send("c")
    sessions.wait_for("sent to the terminal")
    sent = re.findall(rb"\x1b\]52;c;([^\x07\x1b]*)", sessions.raw)
    assert [bool(re.fullmatch(rb"[0-9a-f]{12}", base64.b64decode(text))) for text in sent] == [True]
