"""The driver: which size and which background of the terminal the app believes in."""

import asyncio
import signal
from collections.abc import Generator

import pytest
from textual import events
from textual.app import App
from textual.geometry import Size
from textual.message import Message

from qiscus_tui.tui.terminal.driver import TerminalDriver
from qiscus_tui.tui.terminal.replies import is_light


class Listener(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.sizes: list[Size] = []

    def post_message(self, message: Message) -> bool:
        if isinstance(message, events.Resize):
            self.sizes.append(message.size)
        return True


class Pulled(TerminalDriver):
    """On a terminal that is pulled larger while its size is being read."""

    size = (500, 1)

    def _get_terminal_size(self) -> tuple[int, int]:
        read = self.size
        if self.size != (100, 30):
            self.size = (100, 30)
            signal.raise_signal(signal.SIGWINCH)
        return read


@pytest.fixture(autouse=True)
def _signals() -> Generator[None]:
    before = signal.getsignal(signal.SIGWINCH)
    yield
    signal.signal(signal.SIGWINCH, before)


async def test_the_size_that_is_told_last_is_the_last_one() -> None:
    app = Listener()
    driver = Pulled(app)
    driver.begin_output()
    driver.follow_size()
    signal.raise_signal(signal.SIGWINCH)
    for _ in range(5):
        await asyncio.sleep(0)
    assert app.sizes[-1] == Size(100, 30)


@pytest.mark.parametrize(
    ("reply", "light"),
    [
        ("\x1b]11;rgb:ffff/ffff/ffff\x1b\\", True),
        ("\x1b]11;rgb:1c1c/1c1c/1c1c\x07", False),
        ("\x1b]11;rgb:fd/f6/e3\x07", True),  # two digits
        ("\x1b]11;rgb:0000/2b2b/3636\x1b\\", False),
        ("\x1b]11;rgba:ffff/ffff/d7d7/ffff\x1b\\", True),
        ("\x1b[?997;1n", False),
        ("\x1b[?997;2n", True),
        ("\x1b]10;rgb:ffff/ffff/ffff\x1b\\", None),  # the foreground
        ("\x1b]11;rgb:zz/zz/zz\x07", None),
        ("\x1b[?62;22c", None),
    ],
)
def test_a_reply_says_light_or_dark_or_something_else(reply: str, light: bool | None) -> None:
    assert is_light(reply) is light
