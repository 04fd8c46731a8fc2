"""What arrives on a terminal without being meant: late answers, bursts, pastes, torn sequences.

Nothing of it opens, marks or confirms anything.
"""

import re

from tests.e2e.conftest import Opener, Server, nothing_changes, wait_for_dialog
from tests.e2e.replies import Manners
from tests.e2e.terminal import ENTER, ESCAPE, Terminal

MODE_REPLY = b"\x1b[?2026;2$y"
REPLIES = (
    MODE_REPLY,
    b"\x1b[?62;22;52c",
    b"\x1bP>|XTerm(390)\x1b\\",
    b"\x1b]11;rgb:1c1c/1c1c/1c1c\x1b\\",
    b"\x1b[48;24;80;384;640t",
    b"\x1b[?0u",
    b"\x1b[1;1R",
)
STRANGE = "\x1b[1;2X\x1b[120;1:3u\x1bOq\x1b[M qq"
"""Sequences that nobody knows."""


def assert_untouched(terminal: Terminal) -> None:
    """The list as it came: nothing opened, marked, sorted, filtered or left over."""
    terminal.send("/")
    terminal.send("qqqq")
    terminal.wait_for("/ qqqq")
    terminal.wait_for("0 of 60")
    terminal.send(ESCAPE)
    terminal.wait_for(lambda text: "qqqq" not in text and " active" in text)
    assert "marked" not in terminal.text


def open_dialog(terminal: Terminal) -> None:
    """Ask whether the session below our own is to be revoked, until a yes would count."""
    terminal.send("x")
    wait_for_dialog(terminal, "Revoke 1 session", "Revoke 1  y")


def close_dialog(terminal: Terminal) -> None:
    """It is still there, and goes by escape."""
    terminal.send(ESCAPE)
    terminal.wait_for(lambda text: "Revoke 1 session" not in text and "60 active" in text)


def test_late_and_torn_answers_at_the_start_set_nothing_off(opened: Opener, server: Server) -> None:
    # Together less than a second: a list that ticks asks once a second.
    manners = Manners(delay=0.3, cut=2, pause=0.4, modern=True)
    with nothing_changes(server):
        terminal = opened(manners=manners, **server.account)
        terminal.wait_for("60 active")
        terminal.wait_until(lambda: not terminal.owes_replies)
        assert_untouched(terminal)


def test_answers_and_pastes_that_nobody_asked_for_do_nothing(
    sessions: Terminal, server: Server
) -> None:
    with nothing_changes(server):
        for reply in REPLIES:
            sessions.send(reply)
        sessions.send(STRANGE)
        for pasted in ("Xq\x1b[AXq", "q\x1bq", "\x1b]0;q\x07q", "xy\n\x1b[1;2X:quit\r" * 20):
            sessions.paste(pasted)
        assert_untouched(sessions)


def test_in_a_dialog_neither_torn_answers_nor_pastes_nor_bursts_confirm(
    sessions: Terminal, server: Server
) -> None:
    sessions.send("j")
    with nothing_changes(server):
        for burst in ("xy", "x\ty", "xqy"):
            sessions.send(burst)
            sessions.wait_for("Revoke 1 session")
            close_dialog(sessions)
        for cut in (2, len(MODE_REPLY) - 1):
            open_dialog(sessions)
            sessions.send_torn(MODE_REPLY, cut, 0.5)
            sessions.wait_until(lambda: not sessions.owes_replies)
            close_dialog(sessions)
        for confirming in ("\x1b[200~y\r\x1b[201~", "aby", "ab\r"):  # also unbracketed
            open_dialog(sessions)
            sessions.send(confirming)
            close_dialog(sessions)
        assert_untouched(sessions)
        sessions.send("ax")
        sessions.wait_for("Revoke 60 sessions")
        sessions.send(f"60{ENTER}")
        sessions.send(ESCAPE)
        sessions.wait_for("60 marked")


def test_what_is_typed_before_the_first_frame_goes_into_the_first_field(opened: Opener) -> None:
    terminal = opened()
    terminal.send("admin@demo.example")
    terminal.wait_for("Long-lived token")
    terminal.wait_for(lambda text: bool(re.search(r"Email +admin@demo\.example", text)))
