"""Why something is revoked: asked in the app where the configuration requires it."""

from collections.abc import Callable

import pytest
from textual import events
from textual.widgets import Input

from qiscus_tui.service.revocation.plan import Selection
from qiscus_tui.tui.dialogs.question import BURST_IGNORED
from qiscus_tui.tui.revoke.dialog import RevokeDialog
from qiscus_tui.tui.revoke.revoke_all import RevokeAllDialog
from tests.sandbox import Call
from tests.tui.dialogs_on_demo import DialogApp, Stage, settled, shown, stage, typed

ASKED = "Reason (for the audit log):"
EMPTY = "The reason is empty: nothing was sent. Say why in a few words."
WHY = "leaked: n y c = 1"

Opened = tuple[RevokeDialog | RevokeAllDialog, list[str]]
Opener = Callable[[Stage], Opened]


async def required(*, sessions: int = 60) -> Stage:
    on = await stage(sessions=sessions)
    on.connection.needs_reason = True
    return on


def revoke(on: Stage, count: int = 2) -> Opened:
    """The dialog, and the keys that would confirm it without a reason."""
    return RevokeDialog(on.connection, on.listed, Selection(on.other_positions(count), "m")), ["y"]


def revoke_many(on: Stage) -> Opened:
    return revoke(on, 101)[0], [*"101", "enter"]


def revoke_all(on: Stage) -> Opened:
    code = on.connection.account.app_code
    return RevokeAllDialog(on.connection, on.listed), [*code, "enter"]


def sent(on: Stage) -> int:
    return on.state.calls[Call.REVOKE] + on.state.calls[Call.REVOKE_ALL]


def recorded(on: Stage) -> str:
    return on.connection.account_storage.local_files.audit.intents()[-1].reason


def in_field(app: DialogApp) -> str:
    return app.screen.query_one("#reason", Input).value


BOTH = pytest.mark.parametrize("opened", [revoke, revoke_many, revoke_all])


@BOTH
@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_where_it_is_required_nothing_is_sent_without_one(
    opened: Opener, size: tuple[int, int]
) -> None:
    on = await required(sessions=120)
    dialog, keys = opened(on)
    async with DialogApp().run_test(size=size) as pilot:
        app = await shown(pilot, dialog, on.clock)
        assert ASKED in app.text()
        await typed(pilot, on.clock, *keys)
        await settled(pilot)
        assert EMPTY in app.flat()
        await typed(pilot, on.clock, "space", "enter")
        await settled(pilot)
        assert sent(on) == 0
        await typed(pilot, on.clock, *WHY)  # every key is only text
        await settled(pilot)
        assert sent(on) == 0
        assert in_field(app) == f" {WHY}"
        assert EMPTY not in app.flat()
        assert app.screen is dialog
        await typed(pilot, on.clock, "enter")
        await settled(pilot)
        assert sent(on) > 0
        assert recorded(on) == WHY
        assert ASKED not in app.text()


@BOTH
async def test_where_it_is_optional_none_is_asked_for(opened: Opener) -> None:
    on = await stage(sessions=120)
    dialog, keys = opened(on)
    async with DialogApp().run_test(size=(120, 40)) as pilot:
        app = await shown(pilot, dialog, on.clock)
        assert "Reason" not in app.text()
        await typed(pilot, on.clock, *keys)
        await settled(pilot)
        assert sent(on) > 0
        assert recorded(on) == ""


async def test_a_paste_is_only_text_and_a_burst_confirms_nothing() -> None:
    on = await required()
    async with DialogApp().run_test(size=(80, 24)) as pilot:
        app = await shown(pilot, revoke(on)[0], on.clock)
        await typed(pilot, on.clock, "y")
        await settled(pilot)
        app.post_message(events.Paste("leaked, y\ny\n"))
        await pilot.pause()
        await pilot.press("enter")
        await settled(pilot)
        assert in_field(app) == "leaked, y"
        await pilot.press("y", "enter")
        await settled(pilot)
        assert BURST_IGNORED in [note.message for note in app._notifications]
        assert sent(on) == 0


async def test_a_reason_that_is_a_novel_is_refused() -> None:
    on = await required()
    async with DialogApp().run_test(size=(80, 24)) as pilot:
        app = await shown(pilot, revoke(on)[0], on.clock)
        app.screen.query_one("#reason", Input).value = "x" * 201
        await typed(pilot, on.clock, "y")
        await settled(pilot)
        assert "The reason has 201 characters" in app.flat()
        assert sent(on) == 0


async def test_the_command_line_has_the_reason_too() -> None:
    on = await required()
    dialog, _ = revoke(on)
    async with DialogApp().run_test(size=(120, 40)) as pilot:
        app = await shown(pilot, dialog, on.clock)
        assert "--reason" not in app.text()
        app.screen.query_one("#reason").focus()
        await typed(pilot, on.clock, *"ticket 4711")
        await pilot.pause()
        assert "--reason 'ticket 4711'" in app.text()
        assert dialog.context.command.endswith("--reason 'ticket 4711'")


async def test_a_token_of_ours_in_a_reason_is_hidden() -> None:
    on = await required()
    dialog, _ = revoke(on)
    short = (await on.connection.credentials()).short_lived
    assert short is not None
    async with DialogApp().run_test(size=(120, 40)) as pilot:
        await shown(pilot, dialog, on.clock)
        dialog.query_one("#reason", Input).value = f"leaked {short.token}"
        await typed(pilot, on.clock, "y")
        await settled(pilot)
        assert sent(on) == 2
        assert short.token not in dialog.context.command
        assert "[hidden]" in recorded(on)
        assert short.token not in recorded(on)
