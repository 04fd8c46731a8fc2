"""The themes: told apart in 256 colours, readable in 16 and in none; and which one is used."""

import itertools
from collections.abc import Sequence

import pytest
from msgspec.structs import replace
from rich.color import ColorSystem
from textual.color import Color
from textual.theme import BUILTIN_THEMES, Theme

from qiscus_tui.store import config_checks
from qiscus_tui.store.config import Config, UiConfig
from qiscus_tui.tui.app import QiscusTui
from qiscus_tui.tui.terminal.replies import BackgroundIs
from qiscus_tui.tui.theme import DARK, LIGHT, THEMES, has_few_colours, theme_for
from tests.clocks import ManualClock
from tests.sandbox import demo_state
from tests.tui.demo_app import Running, at_login, opened, workspace_on

ACCENTS = ("primary", "secondary", "success", "warning", "error", "accent")
TEXTS = ("foreground", "text-muted", *ACCENTS)
SURFACES = ("background", "surface", "panel", "block-cursor-blurred-background")


@pytest.fixture(params=[one for one in THEMES if not one.ansi], ids=lambda theme: theme.name)
def theme(request: pytest.FixtureRequest) -> Theme:
    chosen: Theme = request.param
    return chosen


def colours(theme: Theme) -> dict[str, str]:
    return theme.to_color_system().generate()


@pytest.mark.parametrize("names", [SURFACES, TEXTS])
def test_surfaces_and_texts_stay_apart_in_256_colours(theme: Theme, names: Sequence[str]) -> None:
    parsed = [Color.parse(colours(theme)[name]).rich_color for name in names]
    shown = {colour.downgrade(ColorSystem.EIGHT_BIT).number for colour in parsed}
    assert len(shown) == len(names)


def test_every_colour_is_in_the_palette_of_256(theme: Theme) -> None:
    steps = (0, 95, 135, 175, 215, 255)
    cube = set(itertools.product(steps, repeat=3))
    greys = {(level, level, level) for level in range(8, 239, 10)}
    own = [getattr(theme, name) for name in ("background", "surface", "panel", "foreground")]
    own += [getattr(theme, name) for name in ACCENTS]
    for colour in (*own, *theme.variables.values()):
        if colour.startswith("#"):
            assert Color.parse(colour).rgb in cube | greys, colour


def test_texts_are_readable_on_the_background(theme: Theme) -> None:
    for name in TEXTS:
        for surface in ("background", "surface"):
            assert contrast(colours(theme)[name], colours(theme)[surface]) >= 4.5, (name, surface)


def test_the_cursor_is_readable_with_and_without_the_focus(theme: Theme) -> None:
    for focus in ("", "-blurred"):
        text = colours(theme)[f"block-cursor{focus}-foreground"]
        assert contrast(text, colours(theme)[f"block-cursor{focus}-background"]) >= 4.5


XTERM = {
    "ansi_red": "#cd0000",
    "ansi_green": "#00cd00",
    "ansi_yellow": "#cdcd00",
    "ansi_blue": "#0000ee",
    "ansi_magenta": "#cd00cd",
    "ansi_cyan": "#00cdcd",
    "ansi_bright_red": "#ff0000",
    "ansi_bright_magenta": "#ff00ff",
}
"""Of its 16 colours those that a text may have; the greys are the background's in some palettes."""


@pytest.mark.parametrize(("wanted", "ground"), [(DARK, "#000000"), (LIGHT, "#ffffff")])
def test_in_16_colours_states_differ_and_every_text_is_readable(wanted: str, ground: str) -> None:
    taken = next(one for one in THEMES if one.name == theme_for(wanted, few_colours=True))
    assert taken.ansi
    own_soon_marked = {colours(taken)[name] for name in ("success", "warning", "accent")}
    assert len(own_soon_marked) == 3
    for name in ACCENTS:
        assert contrast(XTERM[colours(taken)[name]], ground) >= 4.5, name
    for name in ("foreground", "text-muted", "text-disabled"):
        assert colours(taken)[name] == "ansi_default"
    # The default colour can't be read on an accent.
    on_accent = colours(taken)["block-cursor-foreground"]
    assert on_accent != "ansi_default"
    assert colours(taken)["input-selection-foreground"] == on_accent


def test_a_theme_that_the_user_chose_elsewhere_stays() -> None:
    assert theme_for("nord", few_colours=True) == "nord"
    assert theme_for(DARK, few_colours=False) == DARK


@pytest.mark.parametrize(
    ("environ", "few"),
    [
        ({"TERM": "xterm"}, True),
        ({"TERM": "linux"}, True),
        ({"TERM": "screen"}, True),
        ({"TERM": "screen-256color"}, False),
        ({"TERM": "xterm", "COLORTERM": "truecolor"}, False),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, True),
    ],
)
def test_the_environment_says_how_many_colours_there_are(
    environ: dict[str, str], few: bool
) -> None:
    assert has_few_colours(environ) is few


def contrast(one: str, other: str) -> float:
    """By WCAG: 4.5 is readable."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    red, green, blue = (
        level / 12.92 if level <= 0.04045 else ((level + 0.055) / 1.055) ** 2.4
        for level in Color.parse(colour).normalized
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_the_configuration_knows_every_theme_of_the_app() -> None:
    assert {*BUILTIN_THEMES, *(one.name for one in THEMES)} <= set(config_checks.THEMES)


# The one that is used.


async def choose(here: Running, number: str) -> None:
    await here.press("enter", "colon", *"theme", "enter")
    assert "Theme" in here.text()
    await here.press(number)


@pytest.mark.parametrize(
    ("configured", "light", "used"),
    [("auto", True, LIGHT), ("auto", False, DARK), (DARK, True, DARK), ("nord", True, "nord")],
)
async def test_it_is_like_the_terminal_unless_config_toml_says(
    configured: str, light: bool, used: str
) -> None:
    config = Config(ui=UiConfig(theme=configured))
    async with at_login(config=config) as here:
        here.app.post_message(BackgroundIs(light))
        await here.settle()
        assert here.app.theme == used


async def test_one_that_was_chosen_is_kept_for_the_next_run() -> None:
    clock = ManualClock()
    state = demo_state(clock, sessions=5)
    workspace = workspace_on(state, clock)
    for before in (DARK, LIGHT):
        async with opened(QiscusTui(replace(workspace), None), state, clock) as here:
            assert here.app.theme == before
            await choose(here, "3")
            assert here.app.theme == LIGHT
            here.app.post_message(BackgroundIs(light=False))
            await here.settle()
            assert here.app.theme == LIGHT


async def test_against_config_toml_it_holds_until_the_end_and_says_so() -> None:
    config = Config(ui=UiConfig(theme=DARK))
    async with at_login(config=config) as here:
        await choose(here, "3")
        assert here.app.theme == LIGHT
        assert "Until you quit: config.toml sets the theme" in here.toasts
        assert here.app.workspace.local_files.shown_lists.theme() == ""
