"""The login screen: two ways in, errors under the form, no secret left behind."""

import asyncio

import pytest

from qiscus_tui.errors import (
    AddressError,
    Forbidden,
    LoginRefused,
    NoLongLivedToken,
    NotConnected,
    NotQiscus,
    NotTrusted,
    QiscusTuiError,
    ServerFault,
    StorageError,
    TimedOut,
    TokenInvalid,
)
from qiscus_tui.model.account import Storage
from qiscus_tui.tui.login import screen as login
from qiscus_tui.tui.login.screen import Tab
from qiscus_tui.tui.widgets.fields import Field
from tests.sandbox import PASSWORD, Call
from tests.tui.demo_app import Running, at_login


async def fill(here: Running, field: str, text: str) -> None:
    here.app.screen.query_one(field).focus()
    await here.press("ctrl+e", "ctrl+u", *(f"{key}" for key in map(key_of, text)))


def fails_with(monkeypatch: pytest.MonkeyPatch, error: QiscusTuiError) -> None:
    async def log_in_with(*_: object) -> None:
        raise error

    monkeypatch.setattr(login, "log_in_with", log_in_with)


def key_of(character: str) -> str:
    names = {"-": "minus", ".": "full_stop", "@": "at", " ": "space"}
    return names.get(character, character)


async def test_tab_goes_round_and_enter_logs_in_from_each(monkeypatch: pytest.MonkeyPatch) -> None:
    async with at_login() as here:
        walk = [here.focus]
        for _ in range(3):
            await here.press("tab")
            walk.append(here.focus)
        assert walk == ["email", "password", "server", "keep"]
        for field in walk:
            fails_with(monkeypatch, NoLongLivedToken(f"Asked at {field}"))
            here.app.screen.query_one(f"#{field}").focus()
            await here.press("enter")
            assert here.said.startswith(f"Asked at {field}\n")
            assert here.focus == field


async def test_a_wrong_password_is_said_with_what_to_do_and_cleared() -> None:
    async with at_login(size=(60, 15)) as here:
        await fill(here, "#password", "wrong")
        await here.press("enter")
        assert here.value("#password") == ""
        assert here.focus == "password"
        assert "Check email and password. A Qiscus password expires after 90 days" in here.words()
        assert "wrong" not in here.text().replace("wrong password", "")


async def test_the_other_tab_takes_a_token_and_says_whom_it_is_for() -> None:
    async with at_login() as here:
        assert "ctrl+t long-lived token" in here.lines()[-1]
        await here.pilot.click("#tabs", offset=(30, 0))
        await here.settle()
        assert here.focus == "app-id"
        assert "two factors" in here.said
        assert "ctrl+t email and password" in here.lines()[-1]
        await here.press("ctrl+t")
        assert "ctrl+t long-lived token" in here.lines()[-1]
        assert not here.said
        await here.press("tab", "x", "enter", "ctrl+t")
        assert "two factors" in here.said  # the error was of the other fields
        await here.press(*"abcd", "tab", *"token", "enter")
        assert here.focus == "long-lived"
        assert "Check the token, the app code, and the server they belong to." in here.words()
        assert "qiscus-tui login" not in here.text()
        credentials, before = here.state.credentials, here.state.calls[Call.LOGIN]
        here.login.query_one("#app-id", Field).value = credentials.app_code
        here.login.query_one("#long-lived", Field).value = credentials.long_lived_token
        await here.press("enter")
        assert "41 active" in here.text()  # with a token of our own, to learn the zone
        assert here.state.calls[Call.LOGIN] == before


async def test_what_is_missing_or_no_address_is_said_before_anything_is_sent() -> None:
    async with at_login() as here:
        await fill(here, "#server", "http://example.com")
        await here.press("enter")
        assert "unencrypted" in here.said
        assert here.focus == "server"
        await fill(here, "#email", "")
        await here.press("enter")
        assert "The email address is missing." in here.said
        assert here.focus == "email"
        await here.press("ctrl+t", "enter")
        assert "The app code is missing." in here.said
        assert not here.state.calls


async def test_enter_logs_in_by_the_tab_it_was_pressed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[tuple[object, ...]] = []
    is_found = asyncio.Event()

    async def log_in_with(_: object, server: str, *entered: object) -> None:
        sent.append(entered)
        raise LoginRefused("The server rejected it")

    async def find_offer() -> tuple[Storage, str]:
        await is_found.wait()
        return Storage.THIS_RUN, ""

    async with at_login() as here:
        screen = here.app.screen
        assert isinstance(screen, login.LoginScreen)
        monkeypatch.setattr(login, "log_in_with", log_in_with)
        monkeypatch.setattr(screen, "_find_offer", find_offer)
        email = here.value("#email")
        screen.query_one("#password", Field).value = "secret"
        screen.action_log_in()
        await screen.action_other_tab()
        is_found.set()
        await here.press("f5")
        assert sent == [(Tab.PASSWORD, email, "secret", Storage.THIS_RUN)]
        assert here.focus == "password"


async def test_two_factor_leads_to_the_token_tab() -> None:
    async with at_login() as here:
        await fill(here, "#email", "twofactor-only@demo.example")
        await fill(here, "#password", PASSWORD)
        await here.press("enter")
        assert here.login._tab is Tab.TOKEN
        assert here.focus == "app-id"
        assert "second factor" in here.said
        assert "token" in here.said


@pytest.mark.parametrize(
    ("error", "focus"),
    [
        (NotConnected("No such host"), "server"),
        (TimedOut("No answer"), "server"),
        (NotTrusted("The certificate is of another host"), "server"),
        (NotQiscus("This is no Qiscus server"), "server"),
        (ServerFault("The server is busy"), "server"),
        (AddressError("That is no address"), "server"),
        (StorageError("The disk is full"), "keep"),
        (NoLongLivedToken("The app is too old"), ""),
        (Forbidden("You are no admin"), ""),
        (LoginRefused("The server refused the login"), "password long-lived"),
        (TokenInvalid("The server rejected the token"), "password long-lived"),
    ],
)
def test_the_secret_is_at_fault_only_where_nothing_else_is(
    error: QiscusTuiError, focus: str
) -> None:
    found = [login.field_at_fault(error, tab).removeprefix("#") for tab in Tab]
    assert found == (focus.split() if " " in focus else [focus, focus])


async def test_what_is_at_fault_gets_the_focus(monkeypatch: pytest.MonkeyPatch) -> None:
    async with at_login() as here:
        for error, focus in (
            (NoLongLivedToken("The app is too old"), "password"),
            (StorageError("The disk is full"), "keep"),
            (NotConnected("No such host"), "server"),
        ):
            fails_with(monkeypatch, error)
            here.app.screen.query_one("#password").focus()
            await here.press("enter")
            assert here.focus == focus
            assert here.value("#password") == PASSWORD
            assert error.message in here.said
        await here.press("ctrl+t", *"abcd", "tab", *"token", "enter")
        assert here.focus == "server"
        assert here.value("#long-lived") == "token"


async def test_what_is_filled_in_is_typed_over_and_the_keys_of_a_shell_edit() -> None:
    async with at_login() as here:
        await here.press("x", "shift+tab", "tab")
        assert here.value("#email") == "x"
        await here.press(*"yz", "ctrl+a", "a", "ctrl+e", "b", "space", "c")
        assert here.value("#email") == "ayzb c"
        await here.press("ctrl+w", "ctrl+a", "delete", "ctrl+e", "ctrl+u")
        assert here.value("#email") == ""
        await here.press("tab", "q")
        assert here.value("#password") == "q"


async def test_the_password_cannot_be_copied_cut_or_seen() -> None:
    async with at_login() as here:
        here.app.screen.query_one("#password").focus()
        await here.press("home", "shift+end", "ctrl+x", "super+c")
        assert here.value("#password") == PASSWORD
        assert here.app.clipboard == ""
        assert PASSWORD not in here.text()
        assert PASSWORD not in repr(here.app.screen.query_one("#password"))


@pytest.mark.parametrize(
    ("stored", "offered", "ticked"),
    [
        (None, Storage.KEYRING, True),
        (None, Storage.FILE, False),
        (Storage.FILE, Storage.FILE, True),
        (Storage.FILE, Storage.KEYRING, True),
        (Storage.KEYRING, Storage.KEYRING, True),
        (Storage.KEYRING, Storage.FILE, False),
        (Storage.THIS_RUN, Storage.KEYRING, False),
        (Storage.THIS_RUN, Storage.FILE, False),
    ],
)
def test_the_tick_begins_as_the_account_is_stored(
    stored: Storage | None, offered: Storage, ticked: bool
) -> None:
    assert login.is_ticked_at_first(offered, stored) is ticked
