"""Escapes stand in every text of every answer; every screen is walked, and none acts."""

import base64
import re
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from qiscus_tui.model.clock import SystemClock
from tests.cli.conftest import Program
from tests.e2e.conftest import Opener, Server, log_in
from tests.e2e.terminal import ENTER, ESCAPE, Terminal
from tests.planted import EVIL, planting
from tests.sandbox import DIALECTS, Call, DemoState, demo_state
from tests.sandbox import server as demo_server
from tests.sandbox.app import demo_app
from tests.sandbox.calls import Fault
from tests.sandbox.server import running

_OWN = re.compile(
    r"\x1b\[[\d;:]*[mHGCLMr]"  # colours, the cursor's place, rows that move
    r"|\x1b\[\?[\d;]+[hl]"  # modes
    r"|\x1b\[\?\d+\$p"  # is a mode known?
    r"|\x1b\[[<>=]\d*u"  # kitty's keyboard
    r"|\x1b\[>?c|\x1b\[5n"  # who is there, is all shown?
    r"|\x1b\]11;\?\x1b\\"  # on which background?
)
_HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
"""Controls, invisible formats (bidi, zero width, tags), surrogates, line separators."""


def foreign(raw: bytes) -> list[str]:
    """Every control or invisible character that is in no sequence of the program's own."""
    whole = raw[: raw.rfind(b"\x1b")]  # the last sequence may still be on its way
    text = _OWN.sub("", whole.decode())
    return [
        ascii(text[max(0, place - 12) : place + 24])
        for place, character in enumerate(text)
        if unicodedata.category(character) in _HIDDEN and character not in "\r\n"
    ]


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


def test_no_screen_lets_an_escape_through(opened: Opener, server: Server, tmp_path: Path) -> None:
    state = server.state
    config = tmp_path / "config" / "config.toml"
    config.parent.mkdir()
    # `r` does nothing while the list is being read: on a busy machine the walk takes a minute.
    config.write_text('[ui]\nreload = "1h"\n')
    terminal = opened(columns=120, rows=40, QISCUS_TUI_SERVER=server.url)
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


@pytest.fixture
def program(tmp_path: Path, clock: object, monkeypatch: pytest.MonkeyPatch) -> Program:
    """The program of a person at a terminal, before such a server."""
    from tests.cli import conftest

    make: Callable[..., Program] = vars(conftest.program)["__wrapped__"]
    made = make(tmp_path, clock, monkeypatch)
    planted = planting(demo_app(made.server))  # pyright: ignore[reportArgumentType]
    monkeypatch.setattr(made, "transport", lambda: conftest.httpx.ASGITransport(planted))  # pyright: ignore[reportArgumentType]
    return made


VERBS: tuple[tuple[str, ...], ...] = (
    ("sessions",),
    ("sessions", "--csv"),
    ("sessions", "--json"),
    ("status",),
    ("status", "--json"),
    ("accounts",),
    ("accounts", "--json"),
    ("revoke", "ID", "--dry-run"),
    ("revoke", "ID", "--yes"),
    ("revoke", "--filter", "is:revocable", "--include-current", "--dry-run"),
    ("revoke", "--filter", "\x1b]0;owned\x07", "--dry-run"),
    ("audit",),
    ("audit", "--json"),
    ("refresh",),
    ("token", "--json"),
    ("exec", "--rest", "--", "true"),
    ("api", "GET", "/api/v1/admin/get_profile"),
    ("api", "GET", "/nowhere"),
    ("doctor",),
    ("doctor", "--live", "--yes"),
    ("doctor", "--live", "--yes", "--json"),
    ("revoke-all", "--dry-run"),
    ("accounts", "use", "NAME"),
    ("logout",),
)


def test_no_verb_lets_an_escape_through(program: Program) -> None:
    login = program.login()
    assert "]52;c;" in login.out
    said = [login]
    ids = [session_id for session_id in program.ids() if session_id]
    name = program("accounts", "--json").json()[0]["account"]
    for verb in VERBS:
        words = [{"ID": ids[0], "NAME": name}.get(word, word) for word in verb]
        said.append(program(*words, terminal=True))
    calls = {
        Call.LOGIN: (),
        Call.LIST: ("sessions",),
        Call.REVOKE: ("revoke", ids[1], "--yes"),
        Call.REFRESH: ("refresh",),
        Call.REVOKE_ALL: ("revoke-all", "--yes"),
        Call.PROFILE: ("status",),
        Call.LOGOUT: ("logout",),
    }
    for call, words in calls.items():
        program.login()
        program.server.fail_next(call, *[NO] * 5)
        said.append(program(*words, terminal=True) if words else program.login())
        program.server.faults[call].clear()
    for done in said:
        assert foreign(f"{done.out}{done.err}\x1b".encode()) == [], done
        assert EVIL not in done.out + done.err
