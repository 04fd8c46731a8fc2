"""What is done often sends little: counted on the screen's model, paint by paint."""

import pytest
from rich.console import RenderableType
from textual._compositor import CompositorUpdate
from textual.app import App
from textual.screen import Screen

from qiscus_tui.tui.terminal.screen_model import ScreenModel
from tests.tui.demo_app import Running, at_sessions


class Line:
    """Takes every paint of the app, as the driver does, and counts what is sent of it."""

    def __init__(self) -> None:
        self.model = ScreenModel()
        self.model.clear(120, 40)
        self.sent = 0

    def display(self, app: App[int], screen: Screen[object], renderable: RenderableType) -> None:
        if isinstance(renderable, CompositorUpdate) and screen is app.screen:
            text = renderable.render_segments(app.console)
            self.sent += len(self.model.draw(text)) + len(self.model.frame())


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch) -> Line:
    line = Line()

    def display(app: App[int], screen: Screen[object], renderable: RenderableType) -> None:
        line.display(app, screen, renderable)

    monkeypatch.setattr(App, "_display", display)
    return line


async def sent_by(line: Line, here: Running, *keys: str) -> int:
    """Press keys; return the bytes of all that is painted then."""
    before = line.sent
    await here.press(*keys)
    return line.sent - before


async def sent_in(line: Line, here: Running, seconds: int) -> int:
    """Let time pass; return the bytes of all that is painted meanwhile."""
    before = line.sent
    for _ in range(seconds):
        await here.tick()
    return line.sent - before


async def test_what_is_done_often_sends_little(line: Line) -> None:
    async with at_sessions(sessions=400) as here:
        await here.press(*["down"] * 40)  # from here on the list scrolls
        for key, most in {"down": 500, "pagedown": 4_000, "r": 100, "slash": 800}.items():
            assert await sent_by(line, here, key) <= most, key
        await here.press(*"curl")
        assert await sent_by(line, here, " ") <= 300


async def test_a_dialog_sends_its_box(line: Line) -> None:
    async with at_sessions(sessions=400) as here:
        assert await sent_by(line, here, "x") <= 4_000
        assert await sent_by(line, here, "n") <= 4_000
        assert await sent_by(line, here, "question_mark") <= 9_000
        assert await sent_by(line, here, "escape") <= 9_000


@pytest.mark.parametrize("key", ["x", "A"])
async def test_the_list_is_right_at_once_when_what_was_before_it_closes(
    line: Line, key: str
) -> None:
    async with at_sessions(sessions=400) as here:
        await here.press(key)
        assert await sent_in(line, here, 10) <= 200
        here.clock.advance(3600)
        await here.press("escape")
        after = here.lines()
        await here.tick(0)
        assert here.lines() == after


async def test_behind_a_dialog_too_it_is_true_how_old_the_list_is(line: Line) -> None:
    async with at_sessions(sessions=400) as here:
        await here.press("x")
        here.clock.advance(600)
        assert 0 < await sent_in(line, here, 1) <= 100
        assert "10 min ago" in here.text()
