"""What is done often sends little: counted on the screen's model, paint by paint."""

import pytest
from rich.console import RenderableType
from textual._compositor import Compositor, CompositorUpdate, ReflowResult
from textual.app import App
from textual.events import Resize
from textual.geometry import Size
from textual.screen import Screen
from textual.widget import Widget

from qiscus_tui.tui.terminal.screen_model import ScreenModel
from tests.tui.demo_app import Running, at_sessions


class Line:
    """Takes every paint of the app, as the driver does, and counts what is sent of it."""

    def __init__(self) -> None:
        self.model = ScreenModel()
        self.model.clear(120, 40)
        self.paints = 0
        self.sent = 0

    def display(self, app: App[int], screen: Screen[object], renderable: RenderableType) -> None:
        if isinstance(renderable, CompositorUpdate) and screen is app.screen:
            self.paints += 1
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


async def test_what_was_painted_with_the_whole_screen_is_not_painted_again(line: Line) -> None:
    async with at_sessions(sessions=400) as here:
        await here.settle()  # the groups of the list are found when it is there
        screen, before = here.sessions, line.paints
        for widget in screen.walk_children(Widget):
            widget.refresh()
        screen.refresh()
        screen.draw_now()
        await here.settle()
        assert line.paints == before + 1


async def test_a_size_that_is_known_is_not_laid_out_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async with at_sessions(sessions=400) as here:
        layouts = 0
        reflow = Compositor.reflow

        def counted(compositor: Compositor, parent: Widget, size: Size) -> ReflowResult:
            nonlocal layouts
            layouts += 1
            return reflow(compositor, parent, size)

        monkeypatch.setattr(Compositor, "reflow", counted)
        size = here.sessions.size
        here.sessions.post_message(Resize(size, size))
        await here.settle()
        assert layouts == 0
        await here.pilot.resize_terminal(100, 30)
        assert layouts > 0


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
