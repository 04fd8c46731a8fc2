"""Frames go out as fast as the terminal shows them; one that goes away hangs nothing."""

import io
import os
from collections.abc import Callable
from queue import Queue

import pytest

from qiscus_tui.tui.terminal.output import ANSWER_TIMEOUT, ASK, HangupSafeOutput, ScreenOutput
from tests.clocks import ManualClock


class Line:
    """An output to a terminal that answers when it is told to, and shows a frame just now."""

    def __init__(self, clock: ManualClock) -> None:
        self.queue: Queue[str | None] = Queue(30)
        self.later: list[Callable[[], None]] = []
        self.output = ScreenOutput(
            lambda: self.queue, lambda _, action: self.later.append(action), clock.monotonic
        )
        self.draw("0")

    def draw(self, text: str) -> str:
        """Have a text drawn at the top; return what is sent."""
        self.output.write(f"\x1b[1;1H\x1b[31m{text}\x1b[0m\x1b[1;1H")
        return self.sent()

    def answer(self) -> str:
        self.output.answered()
        return self.sent()

    def sent(self) -> str:
        return "".join(str(self.queue.get()) for _ in range(self.queue.qsize()))


@pytest.fixture
def line(clock: ManualClock) -> Line:
    return Line(clock)


def test_two_frames_are_on_their_way_and_the_next_one_is_the_newest(line: Line) -> None:
    line.answer()
    assert "1" in line.draw("1")
    assert "2" in line.draw("2")
    assert [line.draw(text) for text in "345"] == ["", "", ""]
    sent = line.answer()
    assert "5" in sent
    assert sent.endswith(ASK)
    assert "3" not in sent
    assert line.answer() == ""


def test_a_terminal_that_never_answers_gets_all_at_once(line: Line) -> None:
    sent = [line.draw(text) for text in "12345"]
    assert all(text in frame for text, frame in zip("12345", sent, strict=True))
    assert ASK not in "".join(sent)


def test_one_that_answers_no_more_is_not_waited_for(line: Line, clock: ManualClock) -> None:
    line.answer()
    for text in "123":
        line.draw(text)
    clock.advance(ANSWER_TIMEOUT)
    (waited,) = line.later
    waited()
    assert "3" in line.sent()
    assert ["4" in line.draw("4"), "5" in line.draw("5"), "6" in line.draw("6")] == [True] * 3


def test_late_answers_bring_the_pace_back(line: Line, clock: ManualClock) -> None:
    line.answer()
    for text in "123":
        line.draw(text)
    clock.advance(ANSWER_TIMEOUT)
    assert "4" in line.draw("4")
    line.answer()
    assert not line.draw("5").endswith(ASK)
    line.answer()
    assert [line.draw(text) != "" for text in "678"] == [True, True, False]


def test_ticks_are_not_asked_about(line: Line, clock: ManualClock) -> None:
    line.answer()
    clock.advance(1)
    assert ASK not in line.draw("1")
    assert ASK in line.draw("2")
    clock.advance(1)
    assert ASK in line.draw("3" * 200)


def test_all_is_sent_again_when_it_is_asked_for(line: Line) -> None:
    line.draw("1")
    line.output.redraw()
    assert "1" in line.sent()


def test_what_draws_nothing_waits_for_no_answer(line: Line) -> None:
    line.answer()
    for text in "123":
        line.draw(text)
    line.output.write("\x1b]52;c;eA==\x07")
    assert line.sent() == "\x1b]52;c;eA==\x07"


def test_what_a_stalled_terminal_did_not_take_is_sent_again(line: Line) -> None:
    while not line.queue.full():
        line.queue.put("")
    line.output.is_stalled = True
    line.draw("1")
    while not line.queue.empty():
        line.queue.get()
    line.output.write("")
    assert "1" in line.sent()


class Gone(io.StringIO):
    def __init__(self) -> None:
        super().__init__()
        self.tries = 0
        self.descriptor = os.open(os.devnull, os.O_WRONLY)

    def fileno(self) -> int:
        return self.descriptor

    def write(self, text: str) -> int:
        self.tries += 1
        raise OSError(5, "Input/output error")


def test_what_is_written_to_a_terminal_that_is_gone_is_dropped() -> None:
    terminal = Gone()
    line = HangupSafeOutput(terminal)
    assert line.write("a") == 1
    assert line.write("b") == 1
    line.flush()
    assert terminal.tries == 1
    os.close(terminal.descriptor)


def test_a_terminal_that_is_there_gets_everything() -> None:
    terminal = io.StringIO()
    line = HangupSafeOutput(terminal)
    line.write("a")
    line.write("b")
    line.flush()
    assert terminal.getvalue() == "ab"
