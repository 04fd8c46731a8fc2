"""Every screen by keyboard, at 80x24."""

from tests.e2e.conftest import Opener, Server, nothing_changes
from tests.e2e.terminal import DOWN, END, ENTER, ESCAPE, HOME, PAGE_DOWN, Terminal

BEHIND = "60 active"


def there_and_back(terminal: Terminal, key: str, heading: str, back: str = ESCAPE) -> None:
    """Open something by its key, and leave it again."""
    terminal.send(key)
    terminal.wait_for(lambda text: heading in text)
    terminal.send(back)
    terminal.wait_for(lambda text: heading not in text and BEHIND in text)


def test_every_screen_opens_by_its_key_and_closes_by_escape(
    sessions: Terminal, server: Server
) -> None:
    with nothing_changes(server):
        there_and_back(sessions, ENTER, "back to the list")
        there_and_back(sessions, "x", "Revoke 1 session")
        there_and_back(sessions, "x", "Revoke 1 session", "n")
        there_and_back(sessions, "F", "Find the session of a token")
        there_and_back(sessions, "X", "Revoke all")
        there_and_back(sessions, "o", "ISSUED PER DAY")
        there_and_back(sessions, "?", "Moving")
        there_and_back(sessions, ":", "Reload the list")


def test_the_cursor_goes_wherever_the_keys_say(sessions: Terminal) -> None:
    for keys in (DOWN, "j", "k", PAGE_DOWN, END, HOME):
        sessions.send(keys)
    sessions.send(" ")
    sessions.wait_for("1 marked")
    sessions.send("a")
    sessions.wait_for("60 marked")
    sessions.send("i")
    sessions.wait_for(lambda text: "marked" not in text.splitlines()[1])
    sessions.send("au")
    sessions.wait_for(lambda text: "marked" not in text.splitlines()[1])


def test_the_other_way_to_log_in_is_a_key_away(opened: Opener) -> None:
    terminal = opened()
    terminal.wait_for("Password")
    terminal.send("\x14")
    terminal.wait_for("App code")
    terminal.send("\x14")
    terminal.wait_for("Password")


def test_a_filter_that_matches_nothing_says_so_and_escape_brings_all_back(
    sessions: Terminal,
) -> None:
    sessions.send("/")
    sessions.send("nobody-has-this")
    sessions.wait_for("0 of 60")
    sessions.send(ESCAPE)
    sessions.wait_for("all, newest first")


def test_an_error_of_the_filter_goes_with_the_filter(sessions: Terminal) -> None:
    before = sessions.lines
    sessions.send("/")
    sessions.send("age>7d")
    sessions.wait_for("There is no colon")
    sessions.send(ENTER)  # stays in the filter, so that it can be corrected
    sessions.send(ESCAPE)
    sessions.wait_for(lambda _text: sessions.lines[3] == before[3], seconds=5)
    sessions.wait_for("/ to filter")
    assert "colon" not in sessions.text
