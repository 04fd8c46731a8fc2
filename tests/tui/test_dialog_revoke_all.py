"""Revoke all: what it says, the typed code, and the token that must not be lost."""

import asyncio
from dataclasses import replace

import pytest
from textual import events

from qiscus_tui.errors import StorageError
from qiscus_tui.model.account import Credentials
from qiscus_tui.model.known import Known
from qiscus_tui.service.account.connection import Connection
from qiscus_tui.service.revocation.revoke_all import RevokeAllResult
from qiscus_tui.tui.dialogs.question import TypedField
from qiscus_tui.tui.revoke.revoke_all import RevokeAllDialog, consequences
from tests.sandbox import Call, Fault
from tests.tui.dialogs_on_demo import DialogApp, Door, Stage, settled, shown, stage, typed

CRON = Known("billing cron", client="GuzzleHttp", protect=True)


def dialog(on: Stage) -> RevokeAllDialog:
    return RevokeAllDialog(on.connection, on.listed)


def code(on: Stage) -> str:
    return on.connection.account.app_code


async def test_it_says_how_many_end_and_which_integrations_stop() -> None:
    on = await stage(known=[CRON])
    async with DialogApp().run_test(size=(80, 24)) as pilot:
        app = await shown(pilot, dialog(on))
        assert f"Revoke all {len(on.listed)} sessions" in app.text()
        assert "including this program's own" in app.text()
        assert "billing cron, protected" in app.text()
        assert f"Type the app code {code(on)}" in app.text()


async def test_what_could_not_be_read_is_said_to_end_too() -> None:
    on = await stage(sessions=20)
    partly = replace(on.listed, unreadable=7)
    async with DialogApp().run_test(size=(80, 40)) as pilot:
        app = await shown(pilot, RevokeAllDialog(on.connection, partly))
        assert "Revoke all sessions, 21 of them listed" in app.text()
        assert "Sessions that could not be read, and so are not listed, end too." in app.flat()


async def test_where_none_is_listed_it_does_not_count_them_as_all() -> None:
    on = await stage(sessions=20)
    none = replace(on.listed, sessions=(), clients=(), labels=())
    async with DialogApp().run_test(size=(80, 24)) as pilot:
        app = await shown(pilot, RevokeAllDialog(on.connection, none))
        assert "Revoke all sessions, 0 of them listed" in app.text()


async def test_the_typed_code_ends_every_session_and_keeps_the_new_token() -> None:
    on = await stage()
    async with DialogApp().run_test(size=(80, 24)) as pilot:
        app = await shown(pilot, dialog(on), on.clock)
        await typed(pilot, on.clock, *code(on), "enter")
        await settled(pilot)
        assert f"{len(on.listed)} revoked" in app.text()
        on.clock.advance(1)
        await pilot.press("enter")
        (result,) = app.answers
        assert isinstance(result, RevokeAllResult)
    assert on.live_ids() == 1
    short = (await on.connection.credentials()).short_lived
    assert short is not None
    assert short.token == on.state.sessions()[0].token


@pytest.mark.parametrize("keys", [["n", "o", "enter"], ["y", "enter"], ["enter"]])
async def test_another_word_sends_nothing(keys: list[str]) -> None:
    on = await stage()
    async with DialogApp().run_test(size=(80, 24)) as pilot:
        app = await shown(pilot, dialog(on), on.clock)
        await typed(pilot, on.clock, *keys)
        await settled(pilot)
        assert "nothing was sent" in app.text()
        await pilot.press("escape")
        assert app.answers == [None]
    assert not on.state.calls[Call.REVOKE_ALL]


async def test_a_pasted_code_or_a_burst_of_it_sends_nothing() -> None:
    on = await stage()
    async with DialogApp().run_test(size=(80, 24)) as pilot:
        app = await shown(pilot, dialog(on), on.clock)
        app.post_message(events.Paste(code(on)))
        await pilot.pause()
        on.clock.advance(1)
        await pilot.press("enter")
        await settled(pilot)
        await pilot.press(*code(on), "enter")
        await settled(pilot)
        assert not on.state.calls[Call.REVOKE_ALL]


async def test_a_code_typed_early_is_kept_but_nothing_is_sent() -> None:
    on = await stage()
    async with DialogApp().run_test(size=(80, 24)) as pilot:
        app = await shown(pilot, dialog(on))
        await pilot.press(*code(on), "enter")
        await settled(pilot)
        assert app.screen.query_one(TypedField).value == code(on)
        assert not on.state.calls[Call.REVOKE_ALL]


async def test_a_read_only_account_is_said_and_has_no_field() -> None:
    on = await stage(readonly=True)
    async with DialogApp().run_test(size=(80, 24)) as pilot:
        app = await shown(pilot, dialog(on), on.clock)
        assert "read-only" in app.text()
        assert "Type the app code" not in app.text()
        await pilot.press("n")
        assert app.answers == [None]


async def test_it_cannot_be_closed_while_the_call_is_under_way() -> None:
    door = Door()
    on = await stage(sleep=door.pass_through)
    async with DialogApp().run_test(size=(80, 24)) as pilot:
        app = await shown(pilot, dialog(on), on.clock)
        door.close()
        await typed(pilot, on.clock, *code(on), "enter")
        await pilot.pause()
        assert "This can't be stopped now" in app.text()
        await pilot.press("escape", "n", "enter")
        assert not app.answers
        door.open()
        await settled(pilot)
        assert "revoked" in app.text()


async def test_leaving_the_program_waits_for_the_new_token() -> None:
    door = Door()
    on = await stage(sleep=door.pass_through)
    async with DialogApp().run_test(size=(80, 24)) as pilot:
        await shown(pilot, dialog(on), on.clock)
        door.close()
        await typed(pilot, on.clock, *code(on), "enter")
        await pilot.pause()
        asyncio.get_running_loop().call_later(0.05, door.open)
    short = (await on.connection.credentials()).short_lived
    assert short is not None
    assert short.token == on.state.sessions()[0].token


async def test_a_refusal_says_that_nothing_was_revoked() -> None:
    on = await stage()
    on.state.fail_next(Call.REVOKE_ALL, Fault(403))
    async with DialogApp().run_test(size=(80, 24)) as pilot:
        app = await shown(pilot, dialog(on), on.clock)
        await typed(pilot, on.clock, *code(on), "enter")
        await settled(pilot)
        assert "Nothing was revoked" in app.text()
        assert "Log in as an admin" in app.text()


async def test_a_lost_answer_is_told_with_what_the_list_shows() -> None:
    on = await stage()
    on.state.fail_next(Call.REVOKE_ALL, Fault(502, after=True))
    async with DialogApp().run_test(size=(80, 24)) as pilot:
        app = await shown(pilot, dialog(on), on.clock)
        await typed(pilot, on.clock, *code(on), "enter")
        await settled(pilot)
        assert f"{len(on.listed)} revoked" in app.text()
        assert "the new token, was lost" in app.text()


async def test_a_new_long_lived_token_that_could_not_be_stored_is_shown_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    on = await stage("new-long-lived")

    async def full(_self: Connection, _credentials: Credentials) -> None:
        raise StorageError("The disk is full", "Make room.")

    monkeypatch.setattr(Connection, "keep", full)
    async with DialogApp().run_test(size=(80, 24)) as pilot:
        app = await shown(pilot, dialog(on), on.clock)
        usual = on.connection.show_secret
        await typed(pilot, on.clock, *code(on), "enter")
        await settled(pilot)
        assert on.connection.show_secret is usual  # a refresh has nothing to show in here
        token = on.state.credentials.long_lived_token
        flat = "".join(line.strip(" │") for line in app.text().splitlines())
        assert token in flat
        assert "The disk is full" in app.text()
        assert "login --with-token" in app.text()
        await pilot.press("enter")  # too early to have been read
        assert not app.answers
        on.clock.advance(1)
        await pilot.press("enter")
        (result,) = app.answers
        assert isinstance(result, RevokeAllResult)
        assert token not in f"{result!r} {result.sent!r} {result.sent.unstored}"


class LeavingWords(DialogApp):
    def __init__(self) -> None:
        super().__init__()
        self.parting_words: list[str] = []


@pytest.mark.parametrize("leaves", ["while it is sent", "after it is shown", "after it was read"])
async def test_one_that_nobody_has_read_is_left_on_the_terminal(
    monkeypatch: pytest.MonkeyPatch, leaves: str
) -> None:
    door = Door()
    on = await stage("new-long-lived", sleep=door.pass_through)

    async def full(_self: Connection, _credentials: Credentials) -> None:
        raise StorageError("The disk is full", "Make room.")

    monkeypatch.setattr(Connection, "keep", full)
    app = LeavingWords()
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot, dialog(on), on.clock)
        door.close()
        await typed(pilot, on.clock, *code(on), "enter")
        await pilot.pause()
        if leaves == "while it is sent":
            asyncio.get_running_loop().call_later(0.05, door.open)
        else:
            door.open()
            await settled(pilot)
        if leaves == "after it was read":
            while "The disk is full" not in app.text():
                await pilot.pause(0.01)
            await pilot.pause()
            on.clock.advance(1)
            await pilot.press("enter")
            await settled(pilot)
    is_left = any(on.state.credentials.long_lived_token in words for words in app.parting_words)
    assert is_left is (leaves != "after it was read")


async def test_it_is_on_the_screen_before_the_list_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    on = await stage("new-long-lived")

    async def full(_self: Connection, _credentials: Credentials) -> None:
        raise StorageError("The disk is full", "Make room.")

    never = asyncio.Event()

    async def never_comes(*_: object, **__: object) -> None:
        await never.wait()

    monkeypatch.setattr(Connection, "keep", full)
    async with DialogApp().run_test(size=(80, 24)) as pilot:
        app = await shown(pilot, dialog(on), on.clock)
        monkeypatch.setattr(Connection, "read_list", never_comes)
        await typed(pilot, on.clock, *code(on), "enter")
        for _ in range(20):
            await pilot.pause()
        flat = "".join(line.strip(" │") for line in app.text().splitlines())
        assert on.state.credentials.long_lived_token in flat


async def test_every_protected_integration_is_counted_however_many_there_are() -> None:
    on = await stage(sessions=60)
    labels = [Known(f"cron {n:02}", client="x", protect=True) for n in range(12)]
    plain = [Known(f"tool {n:02}", client="x") for n in range(12)]
    listed = replace(on.listed, labels=[*plain, *plain, *labels, *[None] * (len(on.listed) - 36)])
    words = consequences(listed).plain
    assert all(f"1  {label.label}, protected" in words for label in labels)


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 15)])
async def test_field_and_buttons_are_on_the_screen_at_every_size(size: tuple[int, int]) -> None:
    on = await stage(sessions=400, known=[CRON])
    async with DialogApp().run_test(size=size) as pilot:
        app = await shown(pilot, dialog(on))
        assert "Cancel  esc" in app.text()
        assert code(on) in app.text()
        assert app.text().replace("\n", "").isprintable()
