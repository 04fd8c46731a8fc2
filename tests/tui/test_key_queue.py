"""Keys that come in one read act as if they were typed one by one."""

import asyncio
import time

import pytest
from textual import events
from textual.app import ComposeResult
from textual.containers import Container
from textual.keys import _character_to_key
from textual.widgets import Static

from qiscus_tui.model.text import safe
from qiscus_tui.service.account.integrations import Integrations
from qiscus_tui.store.known import Integration
from qiscus_tui.tui.terminal import key_queue
from qiscus_tui.tui.terminal.app import TerminalApp
from qiscus_tui.tui.widgets.fields import Field
from tests.sandbox import Call
from tests.tui.demo_app import Running, at_login, at_sessions

NAMES = {"\t": "tab", "\r": "enter", "\x1b": "escape", " ": "space"}


def keys(text: str) -> list[events.Key]:
    return [events.Key(NAMES.get(c) or _character_to_key(c), c) for c in text]


async def burst(here: Running, text: str) -> None:
    """All of it before anything is looked at."""
    for key in keys(text):
        here.app.post_message(key)
    await here.settle()
    await here.pilot.pause(0.05)
    await here.settle()


async def test_what_follows_a_slash_is_the_filters_and_what_follows_enter_the_tables() -> None:
    async with at_sessions(sessions=400) as here:
        reads = here.state.calls[Call.LIST]
        await burst(here, "/curl\ra")
        assert here.value("#filter") == "curl"
        assert here.state.calls[Call.LIST] == reads
        assert 0 < len(here.ids) < 100
        assert here.sessions.view.marks.total == len(here.ids)


@pytest.mark.parametrize(("opens", "field"), [("F", "#token"), ("jl", "#label"), ("X", "#code")])
async def test_what_follows_goes_into_the_dialog_and_r_reloads_nothing(
    opens: str, field: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_slowly(_: Integrations) -> list[Integration]:
        time.sleep(0.05)
        return []

    monkeypatch.setattr(Integrations, "all", read_slowly)
    async with at_sessions() as here:
        reads = here.state.calls[Call.LIST]
        await burst(here, f"{opens}rrraui")
        assert here.value(field).endswith("rrraui")
        assert here.state.calls[Call.LIST] == reads
        assert not here.sessions.view.marks.total


async def test_what_follows_x_over_a_detail_goes_into_the_dialog() -> None:
    async with at_sessions() as here:
        await burst(here, "j\rxaui")
        assert not here.sessions.view.marks.total
        assert "Revoke 1 session" in here.box()


async def test_a_burst_never_confirms() -> None:
    async with at_sessions() as here:
        await burst(here, "jx" + "y\r" * 5)
        assert not here.state.revoke_requests


async def test_a_paste_into_the_table_does_nothing_and_behind_a_slash_it_is_the_filters() -> None:
    async with at_sessions() as here:
        here.app.post_message(events.Paste("xyXauq"))
        await here.settle()
        assert not here.state.revoke_requests
        assert here.app.screen is here.sessions
        here.app.post_message(keys("/")[0])
        here.app.post_message(events.Paste("\n\tguzzle\u202e中文\nx"))
        await here.settle()
        assert here.value("#filter") == safe(" guzzle\u202e中文"), "as the list shows it"


class Vanishing(Static, can_focus=True):
    """Takes what it is in away at a key."""

    async def on_key(self) -> None:
        if isinstance(self.parent, Container):
            self.parent.remove()
            await asyncio.sleep(0.05)


class Counting(TerminalApp):
    def __init__(self) -> None:
        super().__init__(css_path=[])
        self.keys: list[str] = []

    def compose(self) -> ComposeResult:
        yield Container(Vanishing())

    def on_key(self, event: events.Key) -> None:
        self.keys.append(event.key)


async def test_no_key_waits_for_a_widget_that_went_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_queue, "LONGEST_WAIT", 60.0)
    app = Counting()
    async with app.run_test() as pilot:
        app.query_one(Vanishing).focus()
        await pilot.pause()
        for key in keys("yj"):
            app.post_message(key)
        await pilot.pause(0.2)
        assert app.keys[-1] == "j"


async def test_no_key_overtakes_another_in_a_standstill(monkeypatch: pytest.MonkeyPatch) -> None:
    """As when it loads modules behind its first frame: a password began in the field before it."""
    monkeypatch.setattr(key_queue, "LONGEST_WAIT", 0.05)
    async with at_login() as here:
        email, password = here.value("#email"), here.value("#password")

        async def stand_still(_field: Field, _event: events.Key) -> None:
            time.sleep(0.1)  # noqa: ASYNC251 on purpose

        monkeypatch.setattr(Field, "on_key", stand_still, raising=False)
        await burst(here, "\tx")
        assert here.value("#email") == email
        assert here.value("#password") != password


async def test_keys_that_are_left_when_the_app_ends_do_nothing() -> None:
    delivered: list[events.Event] = []

    async def deliver(event: events.Event) -> None:
        delivered.append(event)

    async with at_sessions() as here:
        queue = key_queue.KeyQueue(here.app, deliver)
    for key in keys("jk"):
        queue.queued(key)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not delivered
