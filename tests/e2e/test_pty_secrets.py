"""No secret reaches the terminal, not even when the program fails."""

import sys
from pathlib import Path

import pytest

from tests.e2e.conftest import Opener, Server, secrets_of
from tests.e2e.terminal import ENTER, TAB, Terminal

CRASHING = (sys.executable, Path(__file__).with_name("crashing.py"))
IN_A_WORKER, ON_A_KEY = "\x1b[19~", "\x1b[20~"


def assert_crashed_quietly(terminal: Terminal, secrets: list[str]) -> None:
    """It ended, said so in two lines, and gave nothing away."""
    assert terminal.finish() == 1
    raw = terminal.raw.decode()
    assert [secret for secret in secrets if secret in raw] == []
    assert "The program failed" in terminal.text
    assert len(terminal.text.split("\n\n")[0].splitlines()) == 2
    assert "Traceback" not in raw
    assert "locals" not in raw
    assert not terminal.is_set(1049)
    assert terminal.modes == terminal.modes_before


@pytest.mark.parametrize(
    ("opens", "words", "crash"),
    [
        (ENTER, "back to the list", ON_A_KEY),
        ("x", "Revoke 1 session", IN_A_WORKER),
    ],
)
def test_a_crash_shows_no_secret(
    opened: Opener, server: Server, opens: str, words: str, crash: str
) -> None:
    secrets = secrets_of(server)
    terminal = opened("--", *secrets, command=CRASHING, **server.account)
    terminal.wait_for("60 active")
    terminal.send(opens)
    terminal.wait_for(words)
    terminal.send(crash)
    assert_crashed_quietly(terminal, secrets)


def test_a_crash_of_the_login_shows_no_secret(opened: Opener, server: Server) -> None:
    secrets = secrets_of(server)
    terminal = opened("--", *secrets, command=CRASHING, QISCUS_TUI_SERVER=server.url)
    terminal.wait_for("Password")
    terminal.send(TAB + secrets[0])
    terminal.wait_for("•" * len(secrets[0]))
    terminal.send(ON_A_KEY)
    assert_crashed_quietly(terminal, secrets)
