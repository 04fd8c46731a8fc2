"""The registry: one list that bindings, footer, palette and help are drawn from."""

import string

import pytest
from textual.binding import Binding
from textual.keys import format_key

from qiscus_tui.commands.command import Context, Heading, Scope
from qiscus_tui.commands.keys import COMMANDS, DIALOG_KEYS, FIXED_KEYS, KEYS
from qiscus_tui.errors import OutOfReach
from qiscus_tui.store.config import Config
from qiscus_tui.tui import registry
from qiscus_tui.tui.base_screen import ActionBar
from tests.sandbox import Call, Fault
from tests.tui.conftest import WidgetApp
from tests.tui.demo_app import at_sessions

USUAL = Context(rows=5, listed=9, marked=1)


class FooterApp(WidgetApp):
    def __init__(self) -> None:
        self.bar = ActionBar()
        super().__init__(self.bar)
        self.pressed: list[str] = []

    def on_mount(self) -> None:
        self.bar.show_commands(Scope.SESSIONS, USUAL)

    def on_action_bar_pressed(self, message: ActionBar.Pressed) -> None:
        self.pressed.append(message.name)


async def test_the_footer_leaves_out_the_least_important_and_takes_clicks() -> None:
    app = FooterApp()
    async with app.run_test(size=(200, 3)) as pilot:
        for words in ("a mark all", "u unmark", "A accounts", "L audit"):
            assert f"  {words}  " in app.bar.text
        await pilot.resize_terminal(120, 3)
        await pilot.pause()
        assert app.bar.text == (
            " g groups  P prune  x revoke  space mark  / filter  enter detail  o overview"
            "  a mark all  l label  ? help  q quit"
        )
        await pilot.click(ActionBar, offset=(app.bar.text.index("x revoke"), 0))
        await pilot.click(ActionBar, offset=(app.bar.text.index("quit"), 0))
        await pilot.click(ActionBar, offset=(119, 0))
        await pilot.pause()
        assert app.pressed == ["revoke", "quit"]
        for width, first in (
            (80, " g groups  P prune  x revoke  / filter  enter detail  ?"),
            (40, " g groups  P prune  ?"),
            (16, ""),
        ):
            await pilot.resize_terminal(width, 3)
            await pilot.pause()
            assert app.bar.text.startswith(first)
            assert app.bar.text.endswith("? help  q quit")
            assert len(app.bar.text) <= width


async def test_while_a_filter_is_typed_the_footer_has_the_keys_of_the_filter() -> None:
    async with at_sessions() as here:
        await here.press("slash", *"curl")
        assert here.lines()[-1] == (
            " enter to the list  tab complete  ↑ ↓ earlier filters  esc clear the filter"
        )
        x = here.lines()[-1].index("esc")
        await here.pilot.click("#actions", offset=(x, 0))
        assert not here.sessions.view.is_filtered
        assert here.focus == "table"
        assert "x revoke" in here.lines()[-1]


@pytest.mark.parametrize(
    ("context", "off"),
    [
        (Context(rows=5, listed=5, readonly=True), {"revoke", "revoke_all", "refresh_token"}),
        (Context(rows=5, listed=5, stale=True), {"revoke", "revoke_all", "refresh_token"}),
        (Context(rows=5, listed=5, busy=True), {"revoke", "revoke_all", "reload"}),
        (Context(rows=0, listed=5), {"toggle_mark", "open_detail", "mark_shown", "revoke"}),
        (Context(), {"filter", "next_sort", "find_token", "overview"}),
        (Context(rows=1, listed=1), {"unmark_all"}),
    ],
)
def test_what_cannot_be_done_now_is_not_offered(context: Context, off: set[str]) -> None:
    palette = {one.name for one in registry.in_palette(Scope.SESSIONS, context, {})}
    bar = {one.name for one in registry.in_footer(Scope.SESSIONS, context, {})}
    assert not off & (palette | bar)
    assert "quit" in palette & bar


def test_hidden_marks_can_be_revoked_though_no_row_is_shown() -> None:
    revoke = registry.named("revoke")
    assert revoke is not None
    assert revoke.missing(Context(rows=0, listed=5, marked=2)) is None


def test_every_command_has_its_own_keys_a_heading_and_words() -> None:
    for scope in (Scope.SESSIONS, Scope.DETAIL, Scope.OVERVIEW):
        keys = [key for one in (*registry.of(scope), *registry.of(Scope.APP)) for key in one.keys]
        assert len(keys) == len(set(keys))
    assert len({one.name for one in COMMANDS}) == len(COMMANDS)
    theirs = {f"ctrl+{letter}" for letter in "abjoqs"}  # of multiplexers and terminals
    assert not theirs & {key for one in COMMANDS for key in one.keys}
    grouped = registry.by_heading()
    assert set(grouped) == set(Heading)
    assert sum(map(len, grouped.values())) == len(COMMANDS)
    for one in COMMANDS:
        assert one.help.endswith("."), one.name
        assert "[" not in f"{one.title}{one.help}", one.name  # Textual's palette reads markup
        assert one.keys or one.title, one.name


@pytest.mark.parametrize(
    ("keys", "reason"),
    [
        (["u"], "No session is marked."),
        (["slash", *"zzzz", "enter", "space"], "No session is shown."),
        (["slash", *"zzzz", "enter", "e"], "No session is shown."),
        (["j", "x", "p"], "No protected session is left out."),
        (["j", "x", "q"], "No plan is running: esc closes this."),
        (["R"], "The list is stale, so nothing can be changed until it is read again (r)."),
    ],
)
async def test_the_key_of_an_unavailable_command_says_why(keys: list[str], reason: str) -> None:
    async with at_sessions() as here:
        if keys == ["R"]:
            here.state.fail_next(Call.LIST, *[Fault(503)] * 9)
            await here.press("r")
        await here.press(*keys)
        assert here.toasts == reason


async def test_a_click_asks_the_same_registry_as_the_key() -> None:
    async with at_sessions() as here:
        x = here.lines()[-1].index("x revoke")
        here.sessions.feed.trouble = OutOfReach("The server is away", "Wait.")
        await here.pilot.click("#actions", offset=(x, 0))
        await here.settle()
        assert here.app.screen is here.sessions
        assert "The list is stale" in here.toasts


# Keys that config.toml changes.


async def test_a_changed_key_works_in_place_of_the_own_one_and_is_shown_everywhere() -> None:
    changed = {"toggle_mark": "m", "overview": "f6,d", "palette": "ctrl+p", "groups": "f5"}
    config = Config(keys={**changed, "rules": "d"})
    async with at_sessions(size=(160, 40), config=config) as here:
        await here.press("m", "space")
        assert "1 marked" in here.text()
        assert " m mark" in here.lines()[-1]
        await here.press("v", "x")
        assert "1 in range: m marks, esc drops" in here.lines()[1]
        assert here.toasts == "A range is begun: m marks it, escape drops it."
        await here.press("escape")
        await here.press("ctrl+p", *"overview")
        assert "f6" in here.text()
        for key in ("f6", "d"):
            await here.press("escape", key)
            assert "ISSUED PER DAY" in here.text()
        await here.press("escape", "question_mark")
        assert "m         Mark the session" in here.text()
        await here.press("escape", "u", "f5")
        assert "by client and network" in here.text()
        assert "f5 list" in here.lines()[-1]
        await here.press("x")
        assert "[✓] + -" in here.text()
        await here.press_slowly("d")
        assert "[ ] d" in here.text()
        await here.press("escape", "f5")
        assert "f5 groups" in here.lines()[-1]


def test_what_is_bound_is_the_key_as_it_is_typed() -> None:
    for typed in {*string.punctuation, "d", "D", "f5", "ctrl+r"} - {","}:
        (binding,) = Binding.make_bindings([(typed, "reload", "")])
        assert format_key(binding.key) == typed


def test_every_key_of_one_command_can_be_changed_but_those_that_mean_the_same_everywhere() -> None:
    assert KEYS.items() >= {"reload": "r", "filter": "/", "quit": "q", "next_session": "j"}.items()
    assert DIALOG_KEYS.items() >= {"keep_more": "+", "quit_during_run": "q"}.items()
    fixed = ("move", "back", "confirm", "cancel", "finish", "filter_group", "show_view", "log_in")
    assert not {*KEYS, *DIALOG_KEYS} & {*fixed, "edit_field", "interrupt", "theme", "scroll_up"}
    for key, name in FIXED_KEYS.items():
        command = registry.named(name)
        assert command is not None
        assert key in command.keys or key == "0"  # digits are typed to confirm, too


def test_a_key_that_textual_names_is_shown_as_its_sign() -> None:
    keys = registry.KeyWords({"palette": "full_stop", "reload": "f5,equals_sign"})
    assert (keys["palette"], keys["reload"]) == (".", "f5")


@pytest.mark.parametrize(
    ("hint", "here"),
    [
        (
            "See: qiscus-tui sessions, and qiscus-tui doctor",
            "See: f5 in the list, and qiscus-tui doctor",
        ),
        ("Log in again: qiscus-tui login --server https://a.b", "Log in again: f5 in the list"),
        ("Get one: qiscus-tui refresh", "Get one: R in the list"),
        *[
            (one, one)
            for one in ("qiscus-tui login --with-token", "qiscus-tui sessions --group-by ip")
        ],
    ],
)
def test_a_hint_for_a_shell_names_the_key_of_the_list_that_does_the_same(
    hint: str, here: str
) -> None:
    assert registry.KeyWords({"reload": "f5"}).hint(hint) == here
