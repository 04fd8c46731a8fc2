"""Logging out: written down first, and told as it was."""

import os
from dataclasses import replace as changed

import pytest
from msgspec.structs import replace

from qiscus_tui.api.client import ApiClient
from qiscus_tui.errors import AnswerLost, OutOfReach, ReadOnly, ServerError, StorageError
from qiscus_tui.model.account import Storage
from qiscus_tui.service.account.connection import Connection
from qiscus_tui.service.account.logout import OwnToken, forget_account, log_out
from qiscus_tui.service.history import PastPlan, past_plans
from qiscus_tui.store.audit_records import AuditKind
from qiscus_tui.store.secrets import FileSecrets, MemorySecrets
from qiscus_tui.store.state import Checked, ShownAs
from tests.sandbox.calls import Call, Fault
from tests.service.conftest import Sandbox


def written(here: Sandbox) -> PastPlan:
    """The one plan in the audit log, after the login."""
    plan, login = past_plans(here.local_files.audit.read().records)
    assert login.intent.kind is AuditKind.LOGIN
    return plan


def is_kept(here: Sandbox, connection: Connection) -> bool:
    return here.local_files.book.find(connection.name) is not None


async def test_a_logout_that_cannot_be_written_down_ends_nothing(
    here: Sandbox, connection: Connection
):
    before = here.tokens()
    here.local_files.paths.audit_file.unlink()
    os.mkdir(here.local_files.paths.audit_file)
    with pytest.raises(StorageError):
        await log_out(connection)
    assert here.state.calls[Call.LOGOUT] == 0
    assert here.tokens() == before
    assert here.local_files.book.last_used() == connection.name


async def test_a_logout_that_can_forget_nothing_says_what_became_of_the_token(
    here: Sandbox, connection: Connection, monkeypatch: pytest.MonkeyPatch
):
    def full(*_: object) -> None:
        raise StorageError("The disk is full", "Make room.")

    monkeypatch.setattr(type(connection.secrets), "remove", full)
    with pytest.raises(StorageError) as refused:
        await log_out(connection)
    told = "Its token was ended, and the account is still stored here. Make room."
    assert refused.value.hint == told
    assert is_kept(here, connection)


async def test_the_intent_of_a_logout_names_the_token_and_its_end(
    here: Sandbox, connection: Connection
):
    own = (await connection.read_list()).current_session
    asked = here.state.calls[Call.PROFILE]
    assert await log_out(connection) is OwnToken.ENDED
    plan = written(here)
    assert plan.intent.ids == (own.id if own else "",)
    assert plan.words == "1 logged out"
    assert here.state.calls[Call.PROFILE] == asked  # a clear yes needs no other call


UNCLEAR = [
    Fault(200, b'{"success": false}'),
    Fault(200, b'{"data": {"success": false}}'),
    Fault(200, b'{"status": "error"}'),
    Fault(200, b"{}"),
    Fault(200, b""),
    Fault(202, b'{"data": {"status": "queued"}}'),
    Fault(204, b""),
    Fault(503),
]


@pytest.mark.parametrize("answer", UNCLEAR, ids=lambda one: f"{one.status} {one.body!r}")
@pytest.mark.parametrize("is_ended", [True, False])
async def test_after_an_answer_that_is_no_clear_yes_the_token_itself_decides(
    here: Sandbox, connection: Connection, answer: Fault, *, is_ended: bool
):
    before = here.tokens()
    here.state.fail_next(Call.LOGOUT, changed(answer, after=is_ended))
    if is_ended:
        assert await log_out(connection) is OwnToken.ENDED
        assert written(here).words == "1 logged out"
        return
    with pytest.raises(ServerError) as refusal:
        await log_out(connection)
    assert "remains valid" in refusal.value.hint
    assert here.tokens() == before
    assert is_kept(here, connection)
    assert written(here).words == "1 failed"
    ((outcome, reason, _),) = written(here).outcomes_together
    assert (outcome, reason) == ("failed", refusal.value.message)
    assert written(here).error == refusal.value.message


@pytest.mark.parametrize("profile", [Fault(503), Fault(200, b"{}")], ids=["none", "no profile"])
async def test_where_the_server_does_not_say_whether_it_lives_it_is_unknown(
    here: Sandbox, connection: Connection, profile: Fault
):
    here.state.fail_next(Call.LOGOUT, *[Fault(204, b"")] * 2)
    here.state.fail_next(Call.PROFILE, *[profile] * 2)
    with pytest.raises(ServerError, match=r"^Can't tell whether the server ended the token"):
        await log_out(connection)
    assert written(here).words == "1 unknown"
    assert is_kept(here, connection)
    assert await log_out(connection, forget_anyway=True) is OwnToken.UNKNOWN
    assert not is_kept(here, connection)


@pytest.mark.parametrize("answer", [UNCLEAR[0], Fault(503), Fault(404)], ids=["no", "5xx", "4xx"])
async def test_a_refusal_alone_is_no_proof_that_the_token_lives(
    here: Sandbox, connection: Connection, answer: Fault
):
    here.state.fail_next(Call.LOGOUT, changed(answer, after=True))
    here.state.fail_next(Call.PROFILE, Fault(503))
    with pytest.raises(ServerError) as refusal:
        await log_out(connection)
    assert "may remain valid" in refusal.value.hint
    assert written(here).words == "1 unknown"
    assert is_kept(here, connection)


@pytest.mark.parametrize(
    ("is_ended", "can_ask", "words"),
    [
        (True, True, "1 logged out"),
        (False, True, "1 failed"),
        (True, False, "1 unknown"),
        (False, False, "1 unknown"),
    ],
)
async def test_where_the_answer_is_lost_the_server_is_asked_what_became_of_the_token(
    here: Sandbox,
    connection: Connection,
    monkeypatch: pytest.MonkeyPatch,
    is_ended: bool,
    can_ask: bool,
    words: str,
):
    log_out_there = ApiClient.logout

    async def lost(client: ApiClient, token: str) -> bool:
        if is_ended:
            await log_out_there(client, token)
        raise AnswerLost("The answer was lost")

    monkeypatch.setattr(ApiClient, "logout", lost)
    if not can_ask:
        here.state.fail_next(Call.PROFILE, *[Fault(503)] * 9)
    if is_ended and can_ask:
        assert await log_out(connection) is OwnToken.ENDED
    else:
        with pytest.raises(OutOfReach) as refusal:
            await log_out(connection)
        assert refusal.value.hint.startswith(f"Its token {'remains' if can_ask else 'may remain'}")
        assert f"logout --forget --account {connection.name}" in refusal.value.hint
    assert written(here).words == words


async def test_what_is_only_forgotten_is_not_ended_and_not_written_down(
    here: Sandbox, connection: Connection
):
    connection.account = replace(connection.account, readonly=True)
    before, recorded = here.tokens(), here.local_files.audit.read().records
    with pytest.raises(ReadOnly) as refusal:
        await log_out(connection)
    assert "logout --forget" in refusal.value.hint
    assert is_kept(here, connection)
    assert await log_out(connection, forget_anyway=True) is OwnToken.STILL_VALID
    assert not is_kept(here, connection)
    assert (here.tokens(), here.local_files.audit.read().records) == (before, recorded)

    connection = await here.connected()
    files, key = here.local_files, connection.account.key
    files.visits.remember(key, [])
    files.checks.remember(key, Checked(), "client:curl")
    files.shown_lists.remember(key, ShownAs(False, (), "", False, "", False))
    before, recorded = here.tokens(), here.local_files.audit.read().records
    assert await forget_account(here.workspace, connection.name)
    assert not is_kept(here, connection)
    for file in (files.paths.visits_file, files.paths.checks_file, files.paths.shown_file):
        assert key not in file.read_text()
    assert (here.tokens(), here.local_files.audit.read().records) == (before, recorded)
    assert here.state.calls[Call.LOGOUT] == 0


class Keyring(MemorySecrets):
    """A keyring that ends with the test."""

    storage = Storage.KEYRING


async def test_secrets_left_in_the_file_by_a_killed_move_to_the_keyring_are_forgotten_too(
    here: Sandbox,
):
    key = (await here.connected()).account.key
    left = here.secrets.read(key)
    assert left is not None
    here.secrets = Keyring()
    connection = await here.connected()
    file = FileSecrets(here.local_files.paths)
    assert file.read(key) is None
    file.write(key, left)  # as if the login had been killed before it removed them
    await log_out(connection)
    assert file.read(key) is None
    assert "long_lived" not in here.local_files.paths.secrets_file.read_text()
