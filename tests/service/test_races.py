"""Logging in again in place, and programs that change one account at once."""

import asyncio
from collections.abc import Coroutine, Sequence

import pytest

from qiscus_tui.errors import NoAccount, QiscusTuiError, StorageError
from qiscus_tui.model.account import Storage
from qiscus_tui.service.account.connection import Connection, connect
from qiscus_tui.service.account.directory import switched_to
from qiscus_tui.service.account.login import Password, log_in
from qiscus_tui.service.account.logout import log_out
from qiscus_tui.service.account.storage import secret_store
from qiscus_tui.service.account.workspace import LocalFiles, Workspace
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.service.token.refresh import refreshed_since
from qiscus_tui.store.keyring_store import KeyringSecrets
from qiscus_tui.store.secrets import FileSecrets
from tests.sandbox import PASSWORD, Call
from tests.service.conftest import Sandbox, cached, speaking
from tests.store.conftest import FakeKeyring, raising


@pytest.fixture
def keyring(monkeypatch: pytest.MonkeyPatch) -> FakeKeyring:
    """The system's keyring."""
    fake = FakeKeyring()

    def found() -> KeyringSecrets:
        secrets = KeyringSecrets(fake, "keyring (fake)")
        secrets.answer()
        return secrets

    monkeypatch.setattr("qiscus_tui.store.keyring_store.find_keyring", found)
    return fake


async def logged_in(here: Sandbox, storage: Storage) -> tuple[Connection, tuple[str, ...]]:
    """Log the admin in, and keep it there."""
    kept = secret_store(here.workspace, storage)
    done = await log_in(here.workspace, kept, Password("admin@demo.example", PASSWORD))
    return done.connection, done.notes


async def test_moving_to_another_place_takes_the_secrets_out_of_the_old_one(
    here: Sandbox, keyring: FakeKeyring
):
    before = here.tokens()
    first, _ = await logged_in(here, Storage.FILE)
    second, notes = await logged_in(here, Storage.KEYRING)
    assert FileSecrets(here.local_files.paths).read(first.account.key) is None
    assert (await second.credentials()).long_lived
    assert len(here.tokens() - before) == 1
    assert any("removed from" in note and "secrets.json" in note for note in notes)
    (stored,) = here.local_files.book.all()
    assert stored.storage is Storage.KEYRING
    with pytest.raises(NoAccount):
        await first.credentials()

    await logged_in(here, Storage.FILE)
    assert keyring.entries == {}
    assert len(here.tokens() - before) == 1


@pytest.mark.parametrize(
    ("ails", "place", "words"),
    [
        ("get_password", Storage.FILE, "in the keyring could not be read"),
        ("delete_password", Storage.FILE, "are still in keyring (fake)"),
        ("is damaged", Storage.KEYRING, "token was not ended"),
    ],
)
async def test_an_earlier_place_that_ails_stops_no_login_and_is_told(
    here: Sandbox,
    keyring: FakeKeyring,
    monkeypatch: pytest.MonkeyPatch,
    ails: str,
    place: Storage,
    words: str,
):
    before = here.tokens()
    await logged_in(here, Storage.KEYRING)
    if ails == "is damaged":
        keyring.entries = dict.fromkeys(keyring.entries, "not ours")
    else:
        monkeypatch.setattr(keyring, ails, raising(OSError()))
    connection, notes = await logged_in(here, place)
    assert connection.storage is place
    assert await cached(connection) in here.tokens()
    assert any(words in note for note in notes)
    assert len(here.tokens() - before) == (1 if ails == "delete_password" else 2)


async def test_a_login_for_this_run_leaves_the_kept_account_as_it_is(here: Sandbox):
    kept, _ = await logged_in(here, Storage.FILE)
    run, notes = await logged_in(here, Storage.THIS_RUN)
    assert notes == ()
    tokens = {await cached(kept), await cached(run)}
    assert len(tokens) == 2
    assert tokens <= here.tokens()


@pytest.mark.parametrize("step", ["save", "use"])
async def test_where_the_account_cannot_be_entered_all_is_as_before(
    here: Sandbox, keyring: FakeKeyring, monkeypatch: pytest.MonkeyPatch, step: str
):
    def fails(*_: object) -> None:
        raise StorageError("No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(f"qiscus_tui.store.accounts.AccountBook.{step}", fails)
        live = here.tokens()
        with pytest.raises(StorageError):
            await logged_in(here, Storage.FILE)
        assert here.tokens() == live
        assert here.local_files.book.all() == ()

    first, _ = await logged_in(here, Storage.FILE)
    token, live = await cached(first), here.tokens()
    monkeypatch.setattr(f"qiscus_tui.store.accounts.AccountBook.{step}", fails)
    for storage in (Storage.FILE, Storage.KEYRING):
        with pytest.raises(StorageError):
            await logged_in(here, storage)
        assert await cached(first) == token
        assert here.tokens() == live
        assert keyring.entries == {}
        assert [one.storage for one in here.local_files.book.all()] == [Storage.FILE]


def another_program(here: Sandbox) -> Workspace:
    """The same user's other program: its own view of the same files."""
    return Workspace(
        {},
        here.workspace.config,
        LocalFiles(here.local_files.paths, {}),
        here.clock,
        demo=here.workspace.demo,
    )


@speaking("local-time")
async def test_a_logout_in_the_middle_of_a_login_is_not_undone_by_what_the_login_learns(
    here: Sandbox, monkeypatch: pytest.MonkeyPatch
):
    read_list = Connection.read_list

    async def logged_out_meanwhile(connection: Connection) -> SessionList:
        listed = await read_list(connection)
        FileSecrets(here.local_files.paths).remove(connection.account.key)
        here.local_files.book.remove(connection.account.key)
        return listed

    monkeypatch.setattr(Connection, "read_list", logged_out_meanwhile)
    await logged_in(here, Storage.FILE)
    assert here.local_files.book.all() == ()


@speaking("plain", "refresh-ends-older")
async def test_a_logout_beside_a_refresh_or_another_logout_leaves_nothing(
    here: Sandbox, dialect: str
):
    before = here.tokens()
    connection, _ = await logged_in(here, Storage.FILE)
    other = another_program(here)
    theirs = connect(other, other.choose())
    later = here.clock.now() + 1
    also = log_out(theirs) if dialect == "plain" else refreshed_since(theirs, later)
    _said_in_words(await asyncio.gather(also, log_out(connection), return_exceptions=True))
    assert here.tokens() == before
    assert here.local_files.book.all() == ()
    with pytest.raises(NoAccount):
        switched_to(here.workspace, connection.name)


async def test_a_logout_of_the_old_place_leaves_what_a_later_login_keeps_elsewhere(
    here: Sandbox, keyring: FakeKeyring
):
    old, _ = await logged_in(here, Storage.FILE)
    new, _ = await logged_in(here, Storage.KEYRING)
    await log_out(old)
    assert await cached(new) in here.tokens()
    (stored,) = here.local_files.book.all()
    assert stored.storage is Storage.KEYRING


@pytest.mark.parametrize("order", range(6))
async def test_switched_refreshed_logged_in_and_out_at_once_loses_nothing(
    here: Sandbox, order: int
):
    before = here.tokens()
    connection, _ = await logged_in(here, Storage.FILE)
    other = another_program(here)
    theirs = connect(other, other.choose())
    deeds: list[Coroutine[object, object, object]] = [
        refreshed_since(connection, here.clock.now() + 1),
        asyncio.to_thread(switched_to, other, connection.name),
        log_out(theirs),
        logged_in(here, Storage.FILE),
        refreshed_since(theirs, here.clock.now() + 1),
    ]
    turned = deeds[order % len(deeds) :] + deeds[: order % len(deeds)]
    results = await asyncio.gather(*turned, return_exceptions=True)
    _said_in_words(results)
    (kept,) = here.local_files.book.all() or (None,)
    secrets = FileSecrets(here.local_files.paths)
    # This server lets the token live that a refresh replaces: one each is left, and no other.
    left = len(here.tokens() - before) - here.state.calls[Call.REFRESH]
    if kept is None:
        assert secrets.read(connection.account.key) is None
        assert left <= 0
    else:
        found = secrets.read(kept.account.key)
        assert found is not None
        assert found.long_lived == here.state.long_lived_token()
        assert found.short_lived is None or found.short_lived.token in here.tokens()
        assert left <= 1


def _said_in_words(results: Sequence[object]) -> None:
    """Whatever went wrong is an error that says itself."""
    for one in results:
        if isinstance(one, BaseException):
            assert isinstance(one, QiscusTuiError)
            assert one.message
            assert one.hint
