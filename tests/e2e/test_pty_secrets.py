"""No secret reaches the terminal, not even when the program fails."""

import sys
from pathlib import Path

import pytest

from tests.e2e.conftest import Opener, Server, log_in
from tests.e2e.terminal import ENTER, Terminal

CRASHING = (sys.executable, Path(__file__).with_name("crashing.py"))
F8, F9 = "\x1b[19~", "\x1b[20~"

SCREENS = {
    "sessions": ("", "active"),
    "detail": (ENTER, "back to the list"),
    "revoke": ("x", "Revoke 1 session"),
    "revoke all": ("X", "Revoke all"),
    "find": ("F", "Find the session"),
    "overview": ("o", "ISSUED PER DAY"),
    "help": ("?", "Moving"),
    "palette": (":", "Reload the list"),
}
"""The key that opens each screen, and what stands on it."""


def secrets_of(server: Server) -> list[str]:
    """The password first; every token of the account, and its secret key."""
    credentials = server.state.credentials
    return [
        credentials.password,
        credentials.long_lived_token,
        credentials.secret_key,
        *(session.token for session in server.state.sessions()),
    ]


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


@pytest.mark.parametrize("screen", SCREENS)
def test_a_crash_shows_no_secret_on(screen: str, opened: Opener, server: Server) -> None:
    secrets = secrets_of(server)
    terminal = opened("--", *secrets, command=CRASHING, **server.account)
    terminal.wait_for("60 active")
    key, words = SCREENS[screen]
    terminal.send(key)
    terminal.wait_for(words)
    terminal.send(F9)
    assert_crashed_quietly(terminal, secrets)


@pytest.mark.parametrize("key", [F8, F9])
def test_a_crash_of_the_login_shows_no_secret(key: str, opened: Opener, server: Server) -> None:
    secrets = secrets_of(server)
    terminal = opened("--", *secrets, command=CRASHING, QISCUS_TUI_SERVER=server.url)
    terminal.wait_for("Password")
    terminal.send("\t" + secrets[0])
    terminal.wait_for("•" * len(secrets[0]))
    terminal.send(key)
    assert_crashed_quietly(terminal, secrets)


def test_what_is_typed_and_listed_is_shown_nowhere(opened: Opener, server: Server) -> None:
    terminal = opened(QISCUS_TUI_SERVER=server.url)
    log_in(terminal, server)
    terminal.wait_for("61 active")
    secrets = secrets_of(server)
    terminal.send("j" + ENTER)
    terminal.wait_for("back to the list")
    terminal.send("\x1b")
    terminal.wait_for("61 active")
    terminal.send("F")
    terminal.wait_for("Find the session")
    terminal.paste(secrets[5])
    terminal.wait_for("•••")
    terminal.send(ENTER)
    terminal.wait_for("61 active")
    terminal.send("q")
    assert terminal.finish() == 0
    raw = terminal.raw.decode()
    assert [secret for secret in secrets if secret in raw] == []


def test_a_wrong_password_is_said_and_gone(opened: Opener, server: Server) -> None:
    terminal = opened(QISCUS_TUI_SERVER=server.url)
    terminal.wait_for("Password")
    terminal.send(server.state.credentials.email + "\twrong-" + server.state.credentials.password)
    terminal.wait_for("•••")
    terminal.send(ENTER)
    terminal.wait_for(lambda text: "••" not in text and "password" in text.lower())
    terminal.send("q")
    assert b"wrong-" not in terminal.raw


def test_no_log_of_the_keys_is_kept_whatever_textual_is_told(
    opened: Opener, server: Server, tmp_path: Path
) -> None:
    log = tmp_path / "keys.log"
    terminal = opened(QISCUS_TUI_SERVER=server.url, TEXTUAL_LOG=log, TEXTUAL="debug,devtools")
    log_in(terminal, server)
    terminal.wait_for("61 active")
    terminal.send("q")
    assert terminal.finish() == 0
    assert not log.exists()
