"""Questions of the command line on a real terminal: what answers them, and what ends them."""

import re
import signal

import pytest

from tests.e2e.conftest import Opener
from tests.e2e.terminal import CTRL_C, ENTER, wait_for_question

IGNORED = "Ignored: it was typed too early. Type it again."
FEW = ("--demo", "revoke", "--filter=age:>29d client:guzzle")


def test_a_yes_from_before_the_question_confirms_nothing(opened: Opener) -> None:
    terminal = opened(*FEW)
    terminal.send("yes\ry\ry\r")
    terminal.wait_for(IGNORED)
    wait_for_question(terminal, "[y/N]")
    terminal.send(ENTER)
    assert terminal.finish() == 2
    assert "Not confirmed" in terminal.text


def test_an_answer_within_half_a_second_is_ignored_and_can_be_typed_again(opened: Opener) -> None:
    asked = r"Type (\d+) to revoke"
    terminal = opened("--demo", "revoke", "--filter=client:guzzle", columns=120)
    terminal.wait_for(lambda text: re.search(asked, text) is not None)
    found = re.search(asked, terminal.text)
    assert found is not None
    terminal.send(f"{found[1]}{ENTER}")
    terminal.wait_for(IGNORED)
    assert "revoked" not in terminal.text
    wait_for_question(terminal, found[0])
    terminal.send(f"{found[1]}{ENTER}")
    terminal.wait_for(lambda text: re.search(r"\d revoked", text) is not None)
    assert terminal.finish() == 0


LOGIN = ("login", "--email", "a@b.c", "--store", "file")


@pytest.mark.parametrize(
    ("words", "asked", "how", "code"),
    [
        (FEW, "[y/N]", signal.SIGTERM, 143),
        (("--demo", "revoke-all"), "Type the app code", CTRL_C, 130),
        (LOGIN, "Password:", signal.SIGQUIT, 131),
    ],
)
def test_a_signal_at_a_question_ends_it_and_gives_the_echo_back(
    opened: Opener, words: tuple[str, ...], asked: str, how: str | signal.Signals, code: int
) -> None:
    terminal = opened(*words)
    terminal.wait_for(asked)
    if asked == "Password:":
        terminal.send("hunter2")
    if isinstance(how, signal.Signals):
        terminal.signal(how)
    else:
        terminal.send(how)
    assert terminal.finish() == code
    assert terminal.echoes
    assert b"hunter2" not in terminal.raw
    assert "Traceback" not in terminal.text
