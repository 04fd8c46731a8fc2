"""A terminal that answers late, or whose answers arrive torn, sets nothing off."""

import pytest

from tests.e2e.conftest import Opener, Server, nothing_changes, wait_for_dialog
from tests.e2e.replies import Manners
from tests.e2e.terminal import ESCAPE, Terminal

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


def assert_untouched(terminal: Terminal) -> None:
    """The list as it came: nothing opened, marked, sorted, filtered or left over."""
    terminal.send("/")
    terminal.send("qqqq")
    terminal.wait_for("/ qqqq")
    terminal.wait_for("0 of 60")
    terminal.send(ESCAPE)
    terminal.wait_for("all, newest first")
    assert "marked" not in terminal.text


@pytest.mark.parametrize("cut", [None, 1, 2, 3, 7, -1])
def test_late_and_torn_answers_at_the_start_set_nothing_off(
    opened: Opener, server: Server, cut: int | None
) -> None:
    # Together less than a second: a list that ticks asks once a second.
    manners = Manners(delay=0.3, cut=cut, pause=0.4, modern=True)
    with nothing_changes(server):
        terminal = opened(manners=manners, **server.account)
        terminal.wait_for("60 active")
        terminal.wait_until(lambda: not terminal.owes_replies)
        assert_untouched(terminal)


@pytest.mark.parametrize("reply", REPLIES)
def test_an_answer_that_comes_when_nobody_waits_sets_nothing_off(
    sessions: Terminal, server: Server, reply: bytes
) -> None:
    with nothing_changes(server):
        sessions.send(reply)
        assert_untouched(sessions)


@pytest.mark.parametrize("cut", range(2, len(MODE_REPLY)))
def test_a_torn_answer_confirms_nothing(sessions: Terminal, server: Server, cut: int) -> None:
    with nothing_changes(server):
        sessions.send("j")
        sessions.send("x")
        wait_for_dialog(sessions, "Revoke 1 session", "Revoke 1  y")
        sessions.send_torn(MODE_REPLY, cut, 0.5)
        sessions.wait_until(lambda: not sessions.owes_replies)
        sessions.send("n")
        sessions.wait_for("60 active")
        assert_untouched(sessions)
