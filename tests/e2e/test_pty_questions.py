"""Questions of the command line on a real terminal: what answers them was typed for them."""

import re

import pytest

from tests.e2e.conftest import Opener
from tests.e2e.terminal import ENTER, wait_for_question

IGNORED = "Ignored: it was typed too early. Type it again."


@pytest.mark.parametrize("typed", ["y\r", "y", "yes\ry\ry\r"])
def test_a_yes_from_before_the_question_confirms_nothing(opened: Opener, typed: str) -> None:
    terminal = opened("--demo", "revoke", "--filter=age:>29d client:guzzle")
    terminal.send(typed)
    terminal.wait_for(IGNORED)
    wait_for_question(terminal, "[y/N]")
    terminal.send(ENTER)
    assert terminal.finish() == 2
    assert "Not confirmed" in terminal.text


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        (("revoke", "--filter=age:>29d client:guzzle"), r"\[(y)/N\]"),
        (("revoke", "--filter=client:guzzle"), r"Type (\d+) to revoke"),
        (("revoke-all",), r"app code \((\S+)\)"),
    ],
)
def test_an_answer_within_half_a_second_is_ignored_and_can_be_typed_again(
    opened: Opener, words: tuple[str, ...], asked: str
) -> None:
    terminal = opened("--demo", *words, columns=120)
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
