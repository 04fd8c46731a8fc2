"""The driver: which size of the terminal the app believes in."""

import asyncio
import signal
from collections.abc import Generator

import pytest
from textual import events
from textual.app import App
from textual.geometry import Size
from textual.message import Message

from qiscus_tui.tui.terminal.driver import TerminalDriver


class Listener(App[None]):
    """Keeps the sizes that it is told."""

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
