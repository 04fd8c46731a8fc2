"""No secret reaches the terminal, not even when the program fails."""

import sys
from pathlib import Path

import pytest

from tests.e2e.conftest import Opener, Server, secrets_of
from tests.e2e.terminal import TAB
from tests.sandbox import PASSWORD

CRASHING = (sys.executable, Path(__file__).with_name("crashing.py"))
IN_A_WORKER, ON_A_KEY = "\x1b[19~", "\x1b[20~"


@pytest.mark.parametrize(
    ("begins", "keys", "shown", "crash"),
    [
        ("60 active", "x", "Revoke 1 session", IN_A_WORKER),
        ("Password", f"{TAB}{PASSWORD}", "•" * len(PASSWORD), ON_A_KEY),
    ],
)
def test_a_crash_says_two_lines_and_no_secret(
    opened: Opener, server: Server, begins: str, keys: str, shown: str, crash: str
) -> None:
    secrets, at_login = secrets_of(server), begins == "Password"
    account = {"QISCUS_TUI_SERVER": server.url} if at_login else server.account
    terminal = opened("--", *secrets, command=CRASHING, **account)
    terminal.wait_for(begins)
    terminal.send(keys)
    terminal.wait_for(shown)
    terminal.send(crash)
    assert terminal.finish() == 1
    raw = terminal.raw.decode()
    assert [secret for secret in secrets if secret in raw] == []
    assert "The program failed" in terminal.text
    assert "RuntimeError" in terminal.text
    assert len(terminal.text.split("\n\n")[0].splitlines()) == 2
    assert "Traceback" not in raw
    assert "locals" not in raw
    assert not terminal.is_set(1049)
    assert terminal.modes == terminal.modes_before
