"""What is new since the last visit: when a visit counts, and what is kept of it."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from qiscus_tui.errors import StorageError
from qiscus_tui.model.session import Current, Session
from qiscus_tui.service.account.connection import Connection, connect
from qiscus_tui.service.account.logout import log_out
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.service.visits import Visit, last_lists, visit_of
from qiscus_tui.store.state import LastList
from tests.sandbox.state import Caller
from tests.sandbox.users import ADMIN
from tests.service.conftest import Sandbox, SandboxMaker

EVIL = "evil-bot/1.0"


def visit(connection: Connection) -> Visit:
    """A visit that begins."""
    begun = visit_at(connection)
    assert begun is not None
    connection.mark_new(begun.new_pairs)
    return begun


def visit_at(connection: Connection, begun: Visit | None = None) -> Visit | None:
    return visit_of(connection.local_files, connection.account.key, begun)


async def visited(here: Sandbox) -> Connection:
    """An account whose first visit is over."""
    connection = await here.connected()
    first = visit(connection)
    await first.end(await connection.read_list())
    return connection


def new_ids(listed: SessionList) -> set[str]:
    return {session.id for session, new in zip(listed.sessions, listed.new, strict=True) if new}


def came(here: Sandbox) -> None:
    """Somebody logs in with another client, from elsewhere."""
    here.state.issue(ADMIN, Caller(EVIL, "203.0.113.200"))


def only(listed: SessionList, kept: Sequence[Session]) -> SessionList:
    """Return the list of these of its sessions."""
    clients = [listed.clients[listed.positions[one.id]] for one in kept]
    return replace(listed, sessions=kept, clients=clients)


async def test_what_was_not_there_at_the_last_visit_is_new_until_a_visit_has_ended(
    here: Sandbox, connection: Connection
):
    first = visit(connection)
    listed = await connection.read_list()
    assert not any(listed.new)  # the first visit marks nothing
    await first.end(listed)
    came(here)
    second = visit(connection)
    for again in (False, True):  # a visit that is not ended changes nothing
        second = visit(connection) if again else second
        listed = await connection.read_list()
        assert [one.user_agent for one in listed.sessions if one.id in new_ids(listed)] == [EVIL]
    await second.end(listed)
    visit(connection)
    assert new_ids(await connection.read_list()) == set()


async def test_our_own_new_session_is_told_by_its_own_sign_alone(connection: Connection):
    begun = visit(connection)
    listed = await connection.read_list()
    others = only(listed, [one for one in listed.sessions if not one.current])
    await begun.end(others)
    visit(connection)
    again = await connection.read_list()
    assert again.current is Current.LISTED
    assert new_ids(again) == set()


async def test_marks_stay_while_another_program_ends_its_visit(here: Sandbox):
    connection = await visited(here)
    came(here)
    visit(connection)
    assert len(new_ids(await connection.read_list())) == 1
    other = connect(here.workspace, here.workspace.choose())
    await visit(other).end(await other.read_list())
    assert len(new_ids(await connection.read_list())) == 1


async def test_a_visit_goes_on_for_the_same_user_alone_and_the_demo_has_none(
    sandbox: SandboxMaker,
):
    here = sandbox()
    begun = visit(await visited(here))
    assert visit_at((await here.log_in()).connection, begun) is begun
    assert visit_at((await here.log_in("agent@demo.example")).connection, begun) is not begun
    assert visit_at(await sandbox(kept_on_disk=False).connected()) is None


async def test_a_command_can_ask_for_what_is_new_and_visits_nothing(here: Sandbox):
    await visited(here)
    file = here.local_files.paths.visits_file
    before = file.read_bytes()
    came(here)
    command = connect(here.workspace, here.workspace.choose())
    assert new_ids(await command.read_list()) == set()
    command.mark_new_since_last_visit()
    assert len(new_ids(await command.read_list())) == 1
    assert file.read_bytes() == before
    file.write_text("{")
    with pytest.raises(StorageError):
        await command.read_list()


@pytest.mark.parametrize("part", [{}, {"incomplete_because": "1 of 2 listed"}, {"unreadable": 1}])
async def test_an_empty_list_and_one_that_is_known_in_part_forget_nothing(
    sandbox: SandboxMaker, part: dict[str, int]
):
    here = sandbox(sessions=6)
    connection = await visited(here)
    listed = await connection.read_list()
    kept = listed.sessions[:1] if part else ()
    await visit(connection).end(replace(only(listed, kept), **part))  # pyright: ignore[reportArgumentType]
    visit(connection)
    assert new_ids(await connection.read_list()) == set()


async def test_a_visit_that_cannot_be_kept_is_a_storage_error(
    here: Sandbox, connection: Connection
):
    begun = visit(connection)
    listed = await connection.read_list()
    here.local_files.paths.state_dir.chmod(0o777)
    try:
        with pytest.raises(StorageError):
            await begun.end(listed)
    finally:
        here.local_files.paths.state_dir.chmod(0o700)


async def test_what_the_list_had_at_the_end_of_the_last_visit_is_known_until_it_is_forgotten(
    here: Sandbox,
):
    assert last_lists(here.local_files) == {}
    connection = await here.connected()
    listed = await connection.read_list()
    await visit(connection).end(listed)
    key = connection.account.key
    found = LastList(len(listed), is_whole=True, at=listed.read_at)
    assert last_lists(here.local_files) == {key: found}
    assert here.local_files.visits.last(key).prints is not None

    await visit(connection).end(only(listed, []))
    assert last_lists(here.local_files) == {key: found}  # an empty answer says nothing

    await log_out(connection)
    assert last_lists(here.local_files) == {}
    assert here.local_files.visits.last(key).prints is None
