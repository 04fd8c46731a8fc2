"""Escapes stand in every text of every answer; every screen is walked, and none acts.

Nor is a secret shown that is typed, listed or kept, whatever Textual is told to log.
"""

import base64
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from qiscus_tui.model.clock import SystemClock
from tests.e2e.conftest import Opener, Server, log_in, secrets_of
from tests.e2e.terminal import ENTER, ESCAPE, Terminal
from tests.planted import EVIL, foreign, planting
from tests.sandbox import DIALECTS, Call, DemoState, demo_state
from tests.sandbox import server as demo_server
from tests.sandbox.app import demo_app
from tests.sandbox.calls import Fault
from tests.sandbox.server import running

# What somebody pastes is drawn without its controls; bidi and zero-width signs stay in it.
PASTED = "".join(one for one in EVIL if unicodedata.category(one) not in {"Cf", "Zl"})
NO = Fault(400, b'{"errors": {"message": "no"}, "detail": "no"}')
ALL = "61 active"
COPIED = re.compile(rb"\x1b\]52;c;([^\x07\x1b]*)(?:\x07|\x1b\\)")
ENDED = Fault(401, b'{"errors": "Unauthorized", "detail": "invalid token"}')


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server that plants escapes in all that it says."""

    def app(state: DemoState, **more: float) -> object:
        return planting(demo_app(state, **more))  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(demo_server, "demo_app", app)
    state = demo_state(SystemClock(), sessions=60, dialect=DIALECTS["rfc3339"])
    with running(state) as url:
        yield Server(state, url)


def look(terminal: Terminal, keys: str, wanted: str) -> None:
    """Open something, and leave it again."""
    terminal.send(keys)
    terminal.wait_for(wanted)
    terminal.send(ESCAPE)
    terminal.wait_for(lambda text: wanted not in text and ALL in text)


def test_no_screen_lets_an_escape_through_or_shows_a_secret(
    opened: Opener, server: Server, tmp_path: Path
) -> None:
    state, log, secrets = server.state, tmp_path / "keys.log", secrets_of(server)
    config = tmp_path / "config" / "config.toml"
    config.parent.mkdir()
    # `r` does nothing while the list is being read: on a busy machine the walk takes a minute.
    config.write_text('[ui]\nreload = "1h"\n')
    told = {"TEXTUAL_LOG": log, "TEXTUAL": "debug,devtools"}
    terminal = opened(columns=120, rows=40, QISCUS_TUI_SERVER=server.url, **told)
    state.fail_next(Call.LOGIN, NO)
    log_in(terminal, server)
    terminal.wait_until(lambda: not state.faults[Call.LOGIN])
    terminal.wait_for(lambda text: "••" not in text)
    terminal.send(state.credentials.password + ENTER)
    terminal.wait_for(ALL)
    look(terminal, "j" + ENTER, "back to the list")
    terminal.send("x")
    terminal.wait_for("Revoke 1 session")
    assert "]52;c;" in terminal.text  # the user's address, as the login answer has it
    terminal.send(ESCAPE)
    terminal.wait_for(lambda text: "Revoke 1 session" not in text)
    look(terminal, "X", "Revoke all")
    look(terminal, "o", "ISSUED PER DAY")
    look(terminal, "?", "Type to search")
    look(terminal, ":", "Mark session")
    look(terminal, "e", "Export")
    look(terminal, "A", "this run only")
    terminal.send("F")
    terminal.wait_for("Find the session")
    terminal.paste(EVIL)
    terminal.send(ENTER)
    terminal.wait_for("Not a token")
    terminal.send(ESCAPE)
    terminal.wait_for(lambda text: "Find the session" not in text)
    terminal.send("F")
    terminal.wait_for("Find the session")
    terminal.paste(secrets[-1])
    terminal.wait_for("•••")
    terminal.send(ENTER)
    terminal.wait_for("back to the list")
    terminal.send(ESCAPE)
    terminal.wait_for(lambda text: "back to the list" not in text and ALL in text)
    walk_strangers(terminal)
    walk_failures(terminal, state)
    assert "]52;c;" in terminal.text  # the field with the same address
    assert foreign(COPIED.sub(b"", terminal.raw)) == []
    assert not re.search(
        rb"\x1b\](?!2|11;\?|52;c;)|\x1b\[6n|\x1b\[5A|\xc2[\x80-\x9f]", terminal.raw
    )
    copied = [base64.b64decode(text) for text in COPIED.findall(terminal.raw)]
    assert [bool(re.fullmatch(rb"[0-9a-f]{12}", text)) for text in copied] == [True]
    assert terminal.process.poll() is None
    raw = terminal.raw.decode("utf-8", "replace")
    assert [one for one in {*secrets, *secrets_of(server)} if one in raw] == []
    assert not log.exists()


def walk_strangers(terminal: Terminal) -> None:
    """Filter by what they wrote, look at some sessions, mark two, and copy an id."""
    terminal.send("/")
    terminal.paste(PASTED)
    terminal.wait_for("0 of 61")
    terminal.send(ESCAPE)
    terminal.wait_for(lambda text: "0 of 61" not in text and " active" in text)
    for _ in range(2):
        terminal.send("j" + ENTER)
        terminal.wait_for(lambda text: "back to the list" in text and "Token" in text)
        terminal.send(ESCAPE)
        terminal.wait_for(lambda text: "back to the list" not in text and ALL in text)
    terminal.send("c")
    terminal.wait_for("sent to the terminal")
    terminal.send("  ")
    terminal.wait_for("2 marked")
    terminal.send("x")
    terminal.wait_for("Revoke 2 sessions")
    terminal.send(ESCAPE)
    terminal.wait_for(lambda text: "Revoke 2 sessions" not in text)
    terminal.send("u")
    terminal.wait_for(lambda text: "2 marked" not in text)


def walk_failures(terminal: Terminal, state: DemoState) -> None:
    """Everything that is changed fails, with words of the server, up to the end of the session."""
    state.fail_next(Call.REVOKE, NO)
    terminal.send("x")
    terminal.wait_until(lambda: terminal.is_bold("Revoke 1  y"))
    terminal.send("y")
    terminal.wait_for("Close  enter")
    terminal.send(ENTER)
    terminal.wait_for(lambda text: "Close  enter" not in text)
    terminal.send(":")
    terminal.wait_for("Mark session")
    terminal.send("audit")
    terminal.wait_for("Audit: what was revoked")
    terminal.send(ENTER)
    terminal.wait_for(lambda text: "WHEN" in text and "1 failed" in text and "OUTCOMES" in text)
    terminal.send(ESCAPE)
    terminal.wait_for(ALL)
    state.fail_next(Call.REFRESH, NO)
    terminal.send("R")
    terminal.wait_for("Refreshing the token failed")  # until then `r` has to wait, and says so
    state.fail_next(Call.LIST, ENDED)
    terminal.send("r")
    terminal.wait_for("Session ended: log in again")
    terminal.wait_for("Password")
