"""Revoke all: what it says, the typed code, and the token that must not be lost."""

import asyncio
from dataclasses import replace

import pytest

from qiscus_tui.errors import StorageError
from qiscus_tui.service.account.connection import Connection
from qiscus_tui.service.revocation.revoke_all import RevokeAllResult
from qiscus_tui.tui.dialogs.question import TypedField
from qiscus_tui.tui.revoke.revoke_all import RevokeAllDialog
from tests.sandbox import Call, Fault
from tests.tui.conftest import BILLING
from tests.tui.dialogs_on_demo import Asked, DialogApp, Stage, asked, stage


def dialog(on: Stage) -> RevokeAllDialog:
    return RevokeAllDialog(on.connection, on.listed)


def code(on: Stage) -> str:
    return on.connection.account.app_code


def flat(here: Asked) -> str:
    """What stands in the box, its lines joined without a space: a token is wrapped anywhere."""
    return "".join(line.strip(" │") for line in here.lines())


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    async def full(*_: object) -> None:
        raise StorageError("The disk is full", "Make room.")

    monkeypatch.setattr(Connection, "keep", full)


async def test_it_says_how_many_end_and_which_integrations_stop_at_every_size() -> None:
    on = await stage(sessions=400, known=[BILLING])
    async with asked(on, dialog(on)) as here:
        here.shows(
            f"Revoke all {len(on.listed)} sessions",
            "including this program's own",
            "billing cron, protected",
            f"Type the app code {code(on)}",
        )
        for size in ((120, 40), (60, 15)):
            await here.pilot.resize_terminal(*size)
            for _ in range(2):
                await here.pilot.press("pagedown")
            here.shows("Cancel  esc", code(on))
            assert here.text().replace("\n", "").isprintable()


async def test_where_not_all_is_listed_it_does_not_count_that_as_all() -> None:
    on = await stage(sessions=20)
    partly = replace(on.listed, unreadable=7)
    async with asked(on, RevokeAllDialog(on.connection, partly), size=(80, 40)) as here:
        assert "Revoke all sessions, 21 of them listed" in here.text()
        assert "could not be read, and so are not listed, end too." in here.words()
    none = replace(on.listed, sessions=(), clients=(), labels=())
    async with asked(on, RevokeAllDialog(on.connection, none)) as here:
        assert "Revoke all sessions, 0 of them listed" in here.text()


async def test_the_typed_code_alone_ends_every_session_and_keeps_the_new_token() -> None:
    on = await stage()
    async with asked(on, dialog(on)) as here:
        field = here.app.screen.query_one("#code", TypedField)
        await here.burst(*code(on), "enter")
        assert field.value == code(on)  # typed early, it is kept, and nothing is sent
        field.value = ""
        for keys in (["n", "o", "enter"], ["y", "enter"], ["enter"]):
            await here.press(*keys)
            assert "nothing was sent" in here.text()
        field.value = ""
        await here.paste(code(on))
        await here.press("enter")
        await here.burst(*code(on), "enter")
        assert not on.state.calls[Call.REVOKE_ALL]
        await here.press("enter")
        assert f"{len(on.listed)} revoked" in here.text()
        await here.press("enter")
        (result,) = here.answers
        assert isinstance(result, RevokeAllResult)
    assert len(on.state.sessions()) == 1
    short = (await on.connection.credentials()).short_lived
    assert short is not None
    assert short.token == on.state.sessions()[0].token


ENDS_NOTHING = Fault(200, b'{"data": {"auth": {"token": "of-a-server-that-ends-nothing"}}}')


async def test_of_one_session_the_words_are_of_one() -> None:
    on = await stage(sessions=0)
    async with asked(on, dialog(on)) as here:
        assert "Revoke the only session" in here.text()
        on.state.fail_next(Call.REVOKE_ALL, ENDS_NOTHING)
        await here.press(*code(on), "enter")
        here.shows("None revoked", "1 session from before is still listed")


@pytest.mark.parametrize("leaves", [False, True])
async def test_no_key_nor_leaving_comes_between_call_and_new_token(leaves: bool) -> None:
    on = await stage()
    async with asked(on, dialog(on)) as here:
        await here.press(*code(on))
        on.door.close()
        await here.pilot.press("enter")
        await here.pilot.pause()
        assert "This can't be stopped now" in here.text()
        await here.pilot.press("escape", "n", "enter")
        assert not here.answers
        if leaves:
            asyncio.get_running_loop().call_later(0.05, on.door.open)
        else:
            on.door.open()
            await here.settle()
            assert "revoked" in here.text()
    short = (await on.connection.credentials()).short_lived
    assert short is not None
    assert short.token == on.state.sessions()[0].token


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault(403), ["None revoked", "Log in as an admin"]),
        (ENDS_NOTHING, ["Can't tell what was revoked", "60 failed · 1 unknown"]),  # it expired
        (Fault(502, after=True), ["61 revoked", "No new token arrived"]),
    ],
)
async def test_a_refusal_and_a_lost_answer_say_what_the_list_shows(
    fault: Fault, words: list[str]
) -> None:
    on = await stage()
    assert len(on.listed) == 61
    on.state.fail_next(Call.REVOKE_ALL, fault)
    async with asked(on, dialog(on)) as here:
        await here.press(*code(on), "enter")
        for expected in words:
            assert expected in here.text()


@pytest.mark.usefixtures("full_disk")
async def test_a_new_long_lived_token_that_could_not_be_stored_is_shown_once() -> None:
    on = await stage("new-long-lived")
    async with asked(on, dialog(on)) as here:
        usual = on.connection.show_secret
        await here.press(*code(on))
        await here.burst("enter")
        assert on.connection.show_secret is usual  # a refresh has nothing to show in here
        token = on.state.credentials.long_lived_token
        assert token in flat(here)
        login = f"login --server {on.connection.account.origin} --with-token --app-id"
        assert login.replace(" ", "") in flat(here).replace(" ", "")
        here.shows("The disk is full")
        await here.burst("enter")  # too early to have been read
        assert not here.answers
        await here.press("enter")
        (result,) = here.answers
        assert isinstance(result, RevokeAllResult)
        assert token not in f"{result!r} {result.sent!r} {result.sent.unstored}"


@pytest.mark.usefixtures("full_disk")
@pytest.mark.parametrize("leaves", ["while it is sent", "after it is shown", "after it was read"])
async def test_one_that_nobody_has_read_is_left_on_the_terminal(leaves: str) -> None:
    on = await stage("new-long-lived")
    app = DialogApp()
    async with asked(on, dialog(on), app=app) as here:
        await here.press(*code(on))
        on.door.close()
        await here.pilot.press("enter")
        await here.pilot.pause()
        if leaves == "while it is sent":
            asyncio.get_running_loop().call_later(0.05, on.door.open)
        else:
            on.door.open()
            await here.settle()
        if leaves == "after it was read":
            await here.until("The disk is full")
            await here.settle()  # it takes no key before it is drawn
            await here.press("enter")
            await here.settle()
    is_left = any(on.state.credentials.long_lived_token in words for words in app.parting_words)
    assert is_left is (leaves != "after it was read")


@pytest.mark.usefixtures("full_disk")
async def test_it_is_on_the_screen_before_the_list_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    on = await stage("new-long-lived")
    never = asyncio.Event()

    async def never_comes(*_: object, **__: object) -> None:
        await never.wait()

    async with asked(on, dialog(on)) as here:
        await here.press(*code(on))
        monkeypatch.setattr(Connection, "read_list", never_comes)
        await here.pilot.press("enter")
        for _ in range(20):
            await here.pilot.pause()
        assert on.state.credentials.long_lived_token in flat(here)
