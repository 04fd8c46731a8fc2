"""Where secrets go is seen before anything is written; an ailing keyring is never passed over."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from qiscus_tui.errors import StorageError
from qiscus_tui.model.account import Storage
from qiscus_tui.service.account.login import Password, log_in
from qiscus_tui.service.account.storage import secret_store
from qiscus_tui.store.keyring_store import KeyringSecrets, NoKeyring
from qiscus_tui.tui.app import QiscusTui
from qiscus_tui.tui.widgets.fields import Tick
from tests.clocks import ManualClock
from tests.sandbox import PASSWORD, Call, Fault
from tests.store.conftest import FakeKeyring
from tests.tui.demo_app import Machine, Running, opened


@pytest.fixture
def machine(clock: ManualClock, home: Path) -> Machine:
    """Nobody is logged in here."""
    return Machine(clock, home)


Finding = Callable[[KeyringSecrets | StorageError], None]


@pytest.fixture
def finding(monkeypatch: pytest.MonkeyPatch) -> Finding:
    """Says what is found where a keyring is looked for."""

    def set_to(what: KeyringSecrets | StorageError) -> None:
        def find() -> KeyringSecrets:
            if isinstance(what, StorageError):
                raise what
            return what

        monkeypatch.setattr("qiscus_tui.store.keyring_store.find_keyring", find)

    return set_to


LOCKED = StorageError("The keyring (Secret Service) is locked", "Unlock the keyring and try again.")
NONE = NoKeyring("no keyring is running")


def working() -> KeyringSecrets:
    return KeyringSecrets(FakeKeyring(), "keyring (Secret Service)")


@asynccontextmanager
async def at_the_login(machine: Machine) -> AsyncGenerator[Running]:
    app, before = QiscusTui(machine.workspace, None), machine.state.calls[Call.LOGIN]
    async with opened(app, machine.state, machine.clock) as here:
        yield here
    assert machine.state.calls[Call.LOGIN] <= before + 1


def tick(here: Running) -> Tick:
    return here.app.screen.query_one(Tick)


async def test_a_keyring_is_named_and_ticked_before_the_login(machine: Machine, finding: Finding):
    finding(working())
    async with at_the_login(machine) as here:
        assert "[✓] Keep me logged in on this machine (keyring" in here.words()
        assert not machine.local_files.paths.data_dir.exists()
        await here.press("enter")
        assert here.sessions.feed.storage is Storage.KEYRING


async def test_a_file_is_named_whole_and_needs_the_tick(machine: Machine, finding: Finding):
    finding(NONE)
    async with at_the_login(machine) as here:
        assert not tick(here).value
        assert tick(here).label.plain.endswith(str(machine.local_files.paths.secrets_file))
        await here.press("enter")
        assert here.sessions.feed.storage is Storage.THIS_RUN
        assert not machine.local_files.paths.secrets_file.exists()
        await here.press_slowly("end", "x", "equals_sign")  # no other run has this account
        assert "Revoke 1 session" in here.box()
        assert "on the command line" not in here.box()
        assert "No command line does the same." in here.toasts
    async with at_the_login(machine) as here:
        await here.press("tab", "tab", "tab", "space", "enter")
        assert machine.local_files.paths.secrets_file.exists()
        assert here.sessions.feed.storage is Storage.FILE
        machine.state.fail_next(Call.LIST, Fault(401))
        await here.press("r")
        assert tick(here).value  # as the account is stored


async def test_for_a_locked_keyring_no_file_is_taken(machine: Machine, finding: Finding):
    finding(LOCKED)
    async with at_the_login(machine) as here:
        assert "is locked" in here.words()
        assert "this run only" in here.words()
        tick(here).focus()
        await here.press("space")
        assert not tick(here).value
        await here.press("enter")
        assert here.sessions.feed.storage is Storage.THIS_RUN
        assert not machine.local_files.paths.secrets_file.exists()


async def test_a_keyring_locked_since_the_offer_is_an_error(machine: Machine, finding: Finding):
    finding(working())
    async with at_the_login(machine) as here:
        finding(LOCKED)
        await here.press("enter")
        assert "is locked" in here.said
        assert machine.state.calls[Call.LOGIN] == 0


async def test_an_account_of_a_locked_keyring_says_so(machine: Machine, finding: Finding):
    keyring = working()
    finding(keyring)
    kept = secret_store(machine.workspace, Storage.KEYRING)
    await log_in(machine.workspace, kept, Password("admin@demo.example", PASSWORD))
    finding(LOCKED)
    async with machine.app() as here:
        assert "is locked" in here.text()
        assert here.sessions.feed.storage is Storage.KEYRING
        assert "no list" in here.lines()[0]
        assert machine.state.calls[Call.LOGIN] == 1
        finding(keyring)
        await here.press("r")
        assert "active" in here.lines()[1]


def exports_in(folder: Path) -> list[Path]:
    return [*folder.glob("sessions-*.csv")]


async def test_an_export_says_where_it_is(machine: Machine, finding: Finding, home: Path):
    finding(working())
    async with at_the_login(machine) as here:
        await here.press("enter", "e", "enter")
        (written,) = exports_in(home)
        assert f"Written to {written}" in here.toasts
