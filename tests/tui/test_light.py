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
from tests.clocks import ManualClock
from tests.tui.demo_app import Running, at_sessions


class Line:
    """Takes every paint of the app, as the driver does, and counts what is sent of it."""

    def __init__(self) -> None:
        self.model = ScreenModel()
        self.model.clear(120, 40)
        self.paints = 0
        self.sent = 0

    def display(self, app: App[int], screen: Screen[object], renderable: RenderableType) -> None:
        """Take the place of Textual's own."""
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


async def sent_by(line: Line, running: Running, *keys: str) -> int:
    """Press keys; return the bytes of all that is painted then."""
    before = line.sent
    await running.press(*keys)
    return line.sent - before


async def sent_in(line: Line, running: Running, seconds: int) -> int:
    """Let time pass; return the bytes of all that is painted meanwhile."""
    before = line.sent
    for _ in range(seconds):
        await running.tick()
    return line.sent - before


async def test_what_was_painted_with_the_whole_screen_is_not_painted_again(
    clock: ManualClock, line: Line
) -> None:
    async with at_sessions(clock, sessions=400) as running:
        await running.settle()  # the groups of the list are found when it is there
        screen, before = running.sessions, line.paints
        for widget in screen.walk_children(Widget):
            widget.refresh()
        screen.refresh()
        screen.draw_now()
        await running.settle()
        assert line.paints == before + 1


async def test_a_size_that_is_known_is_not_laid_out_again(
    clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with at_sessions(clock, sessions=400) as running:
        layouts = 0
        reflow = Compositor.reflow

        def counted(compositor: Compositor, parent: Widget, size: Size) -> ReflowResult:
            nonlocal layouts
            layouts += 1
            return reflow(compositor, parent, size)

        monkeypatch.setattr(Compositor, "reflow", counted)
        size = running.sessions.size
        running.sessions.post_message(Resize(size, size))
        await running.settle()
        assert layouts == 0
        await running.pilot.resize_terminal(100, 30)
        assert layouts > 0


async def test_what_is_done_often_sends_little(clock: ManualClock, line: Line) -> None:
    async with at_sessions(clock, sessions=400) as running:
        await running.press(*["down"] * 40)  # from here on the list scrolls
        for key, most in {"down": 500, "pagedown": 4_000, "r": 100, "slash": 800}.items():
            assert await sent_by(line, running, key) <= most, key
        await running.press(*"curl")
        assert await sent_by(line, running, " ") <= 300


async def test_a_list_that_is_whole_when_its_screen_is_gone_is_not_painted(
    clock: ManualClock,
) -> None:
    async with at_sessions(clock, sessions=400) as running:
        rows, listed = running.sessions.list, running.sessions.feed.listed
        await rows.table.remove()
        await rows.prepare(listed)


async def test_a_dialog_sends_its_box_and_nothing_ticks_behind_it(
    clock: ManualClock, line: Line
) -> None:
    async with at_sessions(clock, sessions=400) as running:
        assert await sent_by(line, running, "x") <= 4_000
        assert await sent_in(line, running, 10) <= 200
        assert await sent_by(line, running, "n") <= 4_000
        assert await sent_by(line, running, "question_mark") <= 9_000
        assert await sent_by(line, running, "escape") <= 9_000


async def test_the_list_is_right_at_once_when_a_dialog_closes(
    clock: ManualClock, line: Line
) -> None:
    async with at_sessions(clock, sessions=400) as running:
        await running.press("x")
        clock.advance(3600)
        await running.press("n")
        after = running.lines()
        await running.tick(0)
        assert running.lines() == after
