"""The registry: one list that bindings, footer, palette and help are drawn from."""

import pytest
from textual.app import App, ComposeResult

from qiscus_tui.errors import OutOfReach
from qiscus_tui.tui.base.action_bar import ActionBar
from qiscus_tui.tui.commands import registry
from qiscus_tui.tui.commands.command import Group, Scope
from qiscus_tui.tui.commands.context import Context
from qiscus_tui.tui.commands.registry import COMMANDS
from tests.clocks import ManualClock
from tests.sandbox import Call, Fault
from tests.tui.demo_app import at_sessions

USUAL = Context(rows=5, listed=9, marked=1)


class FooterApp(App[None]):
    def __init__(self, context: Context = USUAL) -> None:
        super().__init__()
        self.bar = ActionBar()
        self.context = context
        self.pressed: list[str] = []

    def compose(self) -> ComposeResult:
        yield self.bar

    def on_mount(self) -> None:
        self.bar.show_commands(Scope.SESSIONS, self.context)

    def on_action_bar_pressed(self, message: ActionBar.Pressed) -> None:
        self.pressed.append(message.name)


async def footer(width: int, context: Context = USUAL) -> str:
    app = FooterApp(context)
    async with app.run_test(size=(width, 3)) as pilot:
        await pilot.pause()
        return app.bar.text


async def test_the_footer_reads_as_the_screen_is_drawn() -> None:
    assert await footer(120) == (
        " space mark  enter detail  x revoke  / filter  s sort o overview  r reload"
        " R refresh token X revoke all  ? help  q quit"
    )
    assert await footer(130) == (
        " space mark  enter detail  x revoke  / filter  s sort  o overview  r reload"
        "  R refresh token  X revoke all  ? help  q quit"
    )


async def test_a_wide_footer_shows_the_other_keys_too() -> None:
    wide = await footer(200)
    for words in ("a mark all", "u unmark", "F find token", "L audit"):
        assert f"  {words}  " in wide
    assert "A accounts" not in await footer(150)


@pytest.mark.parametrize("width", [119, 100, 80, 60, 40, 16])
async def test_help_and_quit_stay_in_a_footer_of_any_width(width: int) -> None:
    text = await footer(width)
    assert text.endswith("? help  q quit")
    assert len(text) <= width


async def test_while_a_filter_is_typed_the_footer_has_the_keys_of_the_filter(
    clock: ManualClock,
) -> None:
    async with at_sessions(clock) as running:
        await running.press("slash", *"curl")
        assert running.lines()[-1] == (
            " enter to the list  tab complete  ↑ ↓ earlier filters  esc clear the filter"
        )
        x = running.lines()[-1].index("esc")
        await running.pilot.click("#actions", offset=(x, 0))
        assert not running.sessions.view.is_filtered
        assert running.focus == "table"
        assert "space mark" in running.lines()[-1]


async def test_the_dearest_actions_stay_longest() -> None:
    assert await footer(80) == (
        " space mark  enter detail  x revoke  / filter  s sort  r reload  ? help  q quit"
    )
    assert await footer(40) == " space mark  x revoke  ? help  q quit"


async def test_a_click_in_the_footer_asks_for_its_action() -> None:
    app = FooterApp()
    async with app.run_test(size=(120, 3)) as pilot:
        await pilot.click(ActionBar, offset=(app.bar.text.index("x revoke"), 0))
        await pilot.click(ActionBar, offset=(app.bar.text.index("quit"), 0))
        await pilot.click(ActionBar, offset=(119, 0))
        await pilot.pause()
    assert app.pressed == ["revoke", "quit"]


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
    palette = {action.name for action in registry.in_palette(Scope.SESSIONS, context)}
    bar = {action.name for action in registry.in_footer(Scope.SESSIONS, context)}
    assert not off & (palette | bar)
    assert "quit" in palette & bar


def test_hidden_marks_can_be_revoked_though_no_row_is_shown() -> None:
    revoke = registry.named("revoke")
    assert revoke is not None
    assert revoke.unavailable(Context(rows=0, listed=5, marked=2)) is None


def test_no_key_does_two_things_in_one_place() -> None:
    for scope in (Scope.SESSIONS, Scope.DETAIL, Scope.OVERVIEW):
        keys = [key for act in (*registry.of(scope), *registry.of(Scope.APP)) for key in act.keys]
        assert len(keys) == len(set(keys))
    assert len({action.name for action in COMMANDS}) == len(COMMANDS)


def test_no_key_belongs_to_a_multiplexer_or_a_terminal() -> None:
    theirs = {f"ctrl+{letter}" for letter in "abjoqs"}
    assert not theirs & {key for action in COMMANDS for key in action.keys}


def test_every_action_is_explained_under_a_heading() -> None:
    grouped = registry.by_group()
    assert set(grouped) == set(Group)
    assert sum(map(len, grouped.values())) == len(COMMANDS)
    assert all(action.help.endswith(".") for action in COMMANDS)


def test_bindings_carry_every_key_and_the_actions_name() -> None:
    bound = {binding.key: binding.action for binding in registry.bindings(Scope.SESSIONS)}
    assert bound["space"] == "toggle_mark"
    assert bound["X"] == "revoke_all"
    assert "up,down,pageup,pagedown,home,end,j,k" not in bound
    assert {binding.action for binding in registry.bindings(Scope.APP)} == {
        "palette",
        "help",
        "quit",
    }


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
async def test_the_key_of_an_unavailable_command_says_why(
    clock: ManualClock, keys: list[str], reason: str
) -> None:
    async with at_sessions(clock) as running:
        if keys == ["R"]:
            running.state.fail_next(Call.LIST, *[Fault(503)] * 9)
            await running.press("r")
        await running.press(*keys)
        assert running.toasts == reason


async def test_a_click_asks_the_same_registry_as_the_key(clock: ManualClock) -> None:
    async with at_sessions(clock) as running:
        x = running.lines()[-1].index("x revoke")
        running.sessions.feed.trouble = OutOfReach("The server is away", "Wait.")
        await running.pilot.click("#actions", offset=(x, 0))
        await running.settle()
        assert running.app.screen is running.sessions
        assert "The list is stale" in running.toasts


def test_every_command_has_help_and_keys_or_a_title() -> None:
    for command in COMMANDS:
        assert command.keys or command.title, command.name
        assert command.label or not command.footer, command.name
