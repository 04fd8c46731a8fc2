"""Logging in, and what it leaves behind: one token, kept, or none."""

import os
import re
from dataclasses import replace
from functools import partial

import pytest
from msgspec import structs

from qiscus_tui.demo.seed import DemoSession
from qiscus_tui.errors import (
    Blocked,
    ConfigError,
    LoginRefused,
    NoLongLivedToken,
    NotQiscus,
    QiscusTuiError,
    StorageError,
    TokenInvalid,
    TwoFactor,
)
from qiscus_tui.model.account import Credentials, Role, Storage
from qiscus_tui.service.account.connection import Connection, connect
from qiscus_tui.service.account.login import LoggedIn, log_in_with_key, log_in_with_token
from qiscus_tui.service.account.status import status_of
from qiscus_tui.service.history import past_plans
from qiscus_tui.service.token.refresh import refreshed_since, valid_token
from qiscus_tui.store.config import AccountConfig, Config
from qiscus_tui.store.secrets import MemorySecrets
from tests.sandbox import PASSWORD, Dialect
from tests.sandbox.calls import Call, Fault
from tests.sandbox.dialects import Stamp, written
from tests.sandbox.state import APP_CODE, SECRET_KEY
from tests.service.conftest import FailingSecrets, Sandbox, SandboxMaker, cached, speaking


def logins(here: Sandbox) -> int:
    """How many login calls were made."""
    return here.state.calls[Call.LOGIN]


def keeping_in(here: Sandbox, secrets: MemorySecrets) -> Sandbox:
    return replace(here, secrets=secrets)


async def with_token(here: Sandbox, token: str | None = None, name: str = "") -> LoggedIn:
    """Log in with the admin's long-lived token, or another one."""
    token = here.state.credentials.long_lived_token if token is None else token
    return await log_in_with_token(here.workspace, here.secrets, APP_CODE, token, name)


# By password


async def test_a_login_keeps_the_account_and_its_secrets(here: Sandbox):
    before = here.tokens()
    done = await here.log_in()
    connection = done.connection
    (new,) = here.tokens() - before
    credentials = await connection.credentials()
    assert credentials.short_lived is not None
    assert credentials.short_lived.token == new
    assert credentials.long_lived == here.state.long_lived_token()
    assert credentials.secret_key is None  # it stands in the answer
    assert SECRET_KEY not in here.local_files.paths.secrets_file.read_text()
    assert connection.account.role is Role.ADMIN
    assert connection.account.app_code == APP_CODE
    assert connection.storage is Storage.FILE
    assert done.notes == ()  # a server in UTC needs no words
    choice = here.workspace.choose()
    assert (choice.name, choice.by) == (connection.name, "the only one")


async def test_a_login_for_this_run_only_writes_no_account_and_its_refresh_leaves_no_token(
    here: Sandbox,
):
    connection = await keeping_in(here, MemorySecrets()).connected()
    assert (connection.name, connection.storage) == (connection.account.name, Storage.THIS_RUN)
    assert here.local_files.book.all() == ()
    assert not here.local_files.paths.secrets_file.exists()
    before = len(here.tokens())
    here.clock.advance(1)
    assert await refreshed_since(connection, here.clock.now())
    assert len(here.tokens()) == before
    token = await cached(connection)  # a server may give the same one again
    body = f'{{"data": {{"auth": {{"token": "{token}"}}}}}}'
    here.state.fail_next(Call.REFRESH, Fault(200, body.encode()))
    here.clock.advance(1)
    assert (await refreshed_since(connection, here.clock.now())).token == token
    assert token in here.tokens()


@pytest.mark.parametrize(
    ("user", "password", "dialect", "error", "code", "hint"),
    [
        ("admin@demo.example", "wrong-password", "plain", LoginRefused, 4, ""),
        (PASSWORD, "admin@demo.example", "plain", LoginRefused, 4, ""),  # in the wrong fields
        ("admin@demo.example", PASSWORD, "html", NotQiscus, 1, ""),
        ("admin@demo.example", PASSWORD, "not-found", QiscusTuiError, 1, ""),
        ("twofactor-only@demo.example", PASSWORD, "plain", TwoFactor, 4, "--with-token.*--rest"),
        ("old@demo.example", PASSWORD, "plain", NoLongLivedToken, 4, ""),
    ],
)
async def test_a_login_that_gives_no_account_says_why_and_leaves_nothing_behind(
    here: Sandbox, user: str, password: str, error: type[QiscusTuiError], code: int, hint: str
):
    with pytest.raises(error) as caught:
        await here.log_in(user, password)
    assert caught.value.exit_code == code
    assert re.search(hint, caught.value.hint)
    assert password not in f"{caught.value.message} {caught.value.hint}"
    assert here.local_files.book.all() == ()
    assert user.startswith("admin") or here.state.sessions(user) == []
    (login,) = past_plans(here.local_files.audit.read().records)
    assert login.account == (user if "@" in user else "")
    assert len(login.intent.ids) == (error is NoLongLivedToken)  # the token that was ended
    assert login.words.startswith("failed: ")
    assert PASSWORD not in here.local_files.paths.audit_file.read_text()


@pytest.mark.parametrize("unwritable", ["accounts_file", "chosen_file", "no_probe", "no_write"])
async def test_where_the_login_cannot_be_stored_none_is_made_or_its_token_is_ended(
    here: Sandbox, unwritable: str
):
    before = here.tokens()
    if unwritable.endswith("_file"):
        os.makedirs(getattr(here.local_files.paths, unwritable))
    else:
        here = keeping_in(here, FailingSecrets())
        setattr(here.secrets, unwritable, True)
    with pytest.raises(StorageError):
        await here.log_in()
    assert logins(here) == (unwritable == "no_write")
    assert here.tokens() == before


async def test_an_answer_that_names_no_app_is_not_kept_and_its_token_is_logged_out(here: Sandbox):
    body = b'{"data": {"user": {"authentication_token": "short"}, "long_lived_token": "long"}}'
    here.state.fail_next(Call.LOGIN, Fault(200, body))
    with pytest.raises(NotQiscus):
        await here.log_in()
    assert here.state.calls[Call.LOGOUT] == 1
    assert here.local_files.book.all() == ()


async def test_with_two_factor_login_and_a_long_lived_token_it_goes_on(sandbox: SandboxMaker):
    connection = (await sandbox().log_in("twofactor@demo.example")).connection
    credentials = await connection.credentials()
    assert credentials.short_lived is None
    assert credentials.long_lived
    assert len(await connection.read_list()) == 0


@pytest.mark.parametrize("status", [None, 401, 403, 500])
async def test_a_list_that_fails_after_the_login_is_told_and_does_not_undo_it(
    here: Sandbox, status: int | None
):
    if status is not None:
        here.state.fail_next(Call.LIST, *[Fault(status)] * 5)
    done = await here.log_in(*(["refused@demo.example"] if status is None else []))
    assert any("could not be listed" in note for note in done.notes)
    assert here.workspace.choose().name == done.connection.name
    assert logins(here) == 1


async def test_a_login_that_gives_the_stored_token_again_does_not_end_it(
    here: Sandbox, monkeypatch: pytest.MonkeyPatch
):
    token = await cached(await here.connected())
    same = next(one for one in here.state.sessions() if one.token == token)

    def issue(*_: object) -> DemoSession:
        return same

    monkeypatch.setattr(here.state, "issue", issue)
    here.clock.advance(60)
    again = await here.log_in()
    assert (again.notes, await cached(again.connection)) == ((), token)
    assert token in here.tokens()


async def test_logging_in_again_ends_the_token_that_it_replaces(here: Sandbox):
    before = here.tokens()
    first = await here.connected()
    again = await here.log_in()
    assert len(here.tokens() - before) == 1
    assert again.notes == ("The token of the earlier login was ended.",)
    assert again.connection.name == first.name
    assert len(here.local_files.book.all()) == 1

    here.state.fail_next(Call.LOGOUT, Fault(500))
    (note,) = (await here.log_in()).notes
    assert "could not be ended" in note

    short = (await connect(here.workspace, here.workspace.choose()).credentials()).short_lived
    assert short is not None
    here.state.end(short.token)
    assert (await here.log_in()).notes == ()  # it had ended by itself


async def test_a_login_to_a_read_only_account_ends_no_token(here: Sandbox):
    await here.connected()
    before = here.tokens()
    (stored,) = here.local_files.book.all()
    config = Config(accounts={stored.name: AccountConfig(readonly=True)})
    done = await replace(here, workspace=structs.replace(here.workspace, config=config)).log_in()
    assert before <= here.tokens()
    assert here.state.calls[Call.LOGOUT] == 0
    assert any("read-only" in note for note in done.notes)


@speaking("local-time")
async def test_a_server_whose_times_run_ahead_is_told_and_corrected(here: Sandbox):
    done = await here.log_in()
    assert any("+7 h" in note for note in done.notes)
    again = connect(here.workspace, here.workspace.choose())
    assert again.account.zone_offset == 7 * 3600
    own = (await again.read_list()).current_session
    assert own is not None
    assert own.created_at is not None
    assert abs(own.created_at - here.clock.now()) < 2

    (learned,) = here.local_files.book.all()
    await with_token(here)  # a login without a password keeps what one with a password learned
    assert here.local_files.book.all() == (learned,)


async def test_times_that_name_a_wrong_zone_are_not_said_to_be_corrected(
    sandbox: SandboxMaker, monkeypatch: pytest.MonkeyPatch
):
    def seven_hours_off(stamp: Stamp, at: float) -> object:
        return written(stamp, at + 7 * 3600)

    monkeypatch.setattr("tests.sandbox.listing.written", seven_hours_off)
    here = sandbox(Dialect(stamp=Stamp.RFC3339))
    (note,) = (await here.log_in()).notes
    assert "7.0 hours after it was made: no rule about age is followed" in note
    assert here.workspace.choose().account.zone_offset == 0


async def test_a_login_that_is_kept_does_not_fail_for_what_was_learned_after_it(
    sandbox: SandboxMaker, monkeypatch: pytest.MonkeyPatch
):
    def full(*_: object) -> None:
        raise StorageError("No space left on device")

    monkeypatch.setattr("qiscus_tui.store.accounts.AccountBook.keeps", full)
    done = await sandbox("local-time").log_in()
    assert any("No space left" in note for note in done.notes)
    assert (await done.connection.credentials()).short_lived is not None


# With a long-lived token


async def test_a_long_lived_token_is_sent_to_the_list_alone_and_no_token_is_made(here: Sandbox):
    before = here.tokens()
    done = await with_token(here)
    assert set(here.state.calls) == {Call.LIST}
    assert here.tokens() == before
    held = await done.connection.credentials()
    assert held.long_lived == here.state.credentials.long_lived_token
    assert done.connection.account.user == ""
    assert len(await done.connection.read_list()) == 24

    again = await with_token(here)  # it is known again
    assert again.connection.account == done.connection.account
    assert len(here.local_files.book.all()) == 1


@pytest.mark.parametrize("dialect", ["plain", "current-mark"])
async def test_a_long_lived_token_that_is_kept_here_is_known_as_its_account(
    here: Sandbox, dialect: str
):
    before = here.tokens()
    first = await here.connected()
    done = await with_token(here)
    assert done.connection.account == first.account
    assert await done.connection.credentials() == await first.credentials()
    assert len(here.tokens() - before) == 1


async def test_the_long_lived_tokens_of_two_unknown_users_are_two_accounts(here: Sandbox):
    admin = here.state.long_lived_token()
    agent = here.state.long_lived_token("agent@demo.example")
    first = await with_token(here, admin)
    short = await valid_token(first.connection, 0)
    second = await with_token(here, agent, "bob")
    assert await first.connection.credentials() == Credentials(admin, short)
    assert await second.connection.credentials() == Credentials(agent)
    assert [one.name for one in here.local_files.book.all()] == [APP_CODE, "bob"]
    assert short.token in here.tokens()
    token = await valid_token(second.connection, 0)
    assert token.token in {one.token for one in here.state.sessions("agent@demo.example")}


# With a secret key


async def test_with_a_secret_key_no_token_is_made_or_taken_away_and_its_limits_are_said(
    here: Sandbox,
):
    before = here.tokens()
    done = await log_in_with_key(here.workspace, here.secrets, APP_CODE, SECRET_KEY)
    assert here.tokens() == before
    assert any("can't list or revoke" in note for note in done.notes)
    with pytest.raises(NoLongLivedToken):
        await done.connection.read_list()

    first = await (await here.connected()).credentials()
    done = await log_in_with_key(here.workspace, here.secrets, APP_CODE, SECRET_KEY)
    assert await done.connection.credentials() == structs.replace(first, secret_key=SECRET_KEY)
    assert done.notes == ()
    assert (await (await here.connected()).credentials()).secret_key == SECRET_KEY


async def test_a_token_or_key_that_is_not_taken_is_not_kept(here: Sandbox):
    with pytest.raises(TokenInvalid) as caught:
        await with_token(here, "wrong-token")
    assert "app code" in caught.value.hint
    with pytest.raises(QiscusTuiError):
        await log_in_with_key(here.workspace, here.secrets, APP_CODE, "wrong-key")
    token = here.state.credentials.long_lived_token
    with pytest.raises(TokenInvalid):
        await log_in_with_token(here.workspace, here.secrets, token, "wrong-token")
    assert token not in here.local_files.paths.audit_file.read_text()
    assert here.local_files.book.all() == ()


@pytest.mark.parametrize("text", ["", "two words", "schlüssel", "a\nb"])
async def test_what_can_be_no_secret_is_refused_before_anything_is_sent(here: Sandbox, text: str):
    with pytest.raises(ConfigError):
        await with_token(here, text)
    with pytest.raises(ConfigError):
        await log_in_with_key(here.workspace, here.secrets, APP_CODE, text)
    assert here.state.calls.total() == 0


async def test_every_credential_that_is_held_is_asked_about(sandbox: SandboxMaker):
    connection = await sandbox(sessions=400).connected()  # a list of which the beginning is read
    held = await connection.credentials()
    await connection.keep(structs.replace(held, secret_key="no longer good"))
    assert (await status_of(connection)).accepted is False
    await connection.keep(structs.replace(held, secret_key=SECRET_KEY))
    assert (await status_of(connection)).accepted is True


@pytest.mark.parametrize("call", [Call.LIST, Call.PROFILE])
@pytest.mark.parametrize(
    "answer",
    [
        *map(partial(Fault, 200), [b"{}", b'{"data": {}}', b'{"data": {"sessions": 3}}', b'"yes"']),
        Fault(200, b'{"data": {"sessions": "[]"}}'),
        Fault(200, b'{"data": {"text": "%s"}}' % (b"x" * 70_000)),
        Fault(403, b"<h1>blocked</h1>"),
    ],
    ids=lambda one: f"{one.status} {one.body[:32]!r}",
)
async def test_an_answer_that_is_none_of_the_api_does_not_prove_that_a_token_is_accepted(
    here: Sandbox, connection: Connection, call: Call, answer: Fault
):
    here.state.fail_next(call, answer)
    status = await status_of(connection)
    assert status.accepted is None
    assert isinstance(status.trouble, NotQiscus | Blocked)
