"""The theme: config.toml's, the one chosen here, or as light or dark as the terminal."""

import pytest
from msgspec.structs import replace

from qiscus_tui.store.config import Config, UiConfig
from qiscus_tui.tui.app import QiscusTui
from qiscus_tui.tui.terminal.replies import BackgroundIs
from qiscus_tui.tui.theme import DARK, LIGHT
from tests.clocks import ManualClock
from tests.sandbox import demo_state
from tests.tui.demo_app import Running, at_login, workspace_on


async def choose(running: Running, number: str) -> None:
    """Choose a theme by the palette."""
    await running.press("enter", "colon", *"theme", "enter")
    assert "Theme" in running.text()
    await running.press(number)


@pytest.mark.parametrize(
    ("configured", "light", "used"),
    [("auto", True, LIGHT), ("auto", False, DARK), (DARK, True, DARK), ("nord", True, "nord")],
)
async def test_it_is_like_the_terminal_unless_config_toml_says_another(
    configured: str, light: bool, used: str
) -> None:
    config = Config(ui=UiConfig(theme=configured))
    async with at_login(ManualClock(), config=config) as running:
        assert isinstance(running.app, QiscusTui)
        running.app.post_message(BackgroundIs(light))
        await running.settle()
        assert running.app.theme == used


async def test_one_that_was_chosen_is_kept_for_the_next_run() -> None:
    clock = ManualClock()
    state = demo_state(clock, sessions=5)
    workspace = workspace_on(state, clock)
    for before in (DARK, LIGHT):
        app = QiscusTui(replace(workspace), None)
        async with app.run_test(size=(120, 40)) as pilot:
            running = Running(app, pilot, state, clock)
            await running.settle()
            assert app.theme == before
            await choose(running, "3")
            assert app.theme == LIGHT
            app.post_message(BackgroundIs(light=False))
            await running.settle()
            assert app.theme == LIGHT


async def test_against_config_toml_it_holds_until_the_end_and_says_so() -> None:
    config = Config(ui=UiConfig(theme=DARK))
    async with at_login(ManualClock(), config=config) as running:
        await choose(running, "3")
        assert running.app.theme == LIGHT
        assert "Until you quit: config.toml sets the theme" in running.toasts
        assert running.app.workspace.local_files.shown_lists.theme() == ""
