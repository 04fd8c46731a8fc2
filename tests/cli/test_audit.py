"""`audit`: what was done from here, one line each, newest first."""

from pathlib import Path

import pytest

from qiscus_tui.errors import StorageError
from qiscus_tui.model.ids import fingerprint
from tests.cli.conftest import EMAIL, SERVER, Program
from tests.cli.test_tokens import kept_token

DAY = 86_400
OTHER = "supervisor@demo.example"


def records(program: Program, *options: str) -> list[dict[str, object]]:
    """The audit as a script reads it, newest first."""
    return program("audit", "--json", *options).json()


def kinds(program: Program, *options: str) -> list[object]:
    return [record["kind"] for record in records(program, *options)]


def heads(program: Program, *options: str) -> list[str]:
    """The line of each record, without the details below it."""
    lines = program("audit", *options).out.splitlines()
    return [line for line in lines if not line.startswith(" ")]


def test_each_use_of_the_account_is_one_line_newest_first(logged_in: Program) -> None:
    first_token = kept_token(logged_in)
    logged_in.clock.advance(60)
    first, *_ = logged_in.ids()
    assert logged_in("revoke", first, "--yes").code == 0
    logged_in.clock.advance(60)
    assert logged_in("refresh").code == 0
    second_token = kept_token(logged_in)
    logged_in.clock.advance(60)
    assert logged_in("logout").code == 0
    logout, refresh, revoke, login = heads(logged_in)
    assert "  logout of 1 session  " in logout
    assert "1 logged out" in logout
    assert f"  refresh  {EMAIL}" in refresh
    assert f"issued {fingerprint(second_token)}" in refresh
    assert "  revoke of 1 session  " in revoke
    assert "1 revoked" in revoke
    assert f"  login  {EMAIL}" in login
    assert f"issued {fingerprint(first_token)}" in login


@pytest.mark.parametrize(
    ("verb", "age", "refreshes"),
    [
        (("token",), 0, 0),
        (("token", "--check"), 0, 0),
        (("token",), 31 * DAY, 1),
        (("token", "--check"), 31 * DAY, 1),
        (("api", "GET", "/api/v1/admin/get_profile"), 31 * DAY, 1),
        (("refresh",), 1, 1),
        (("sessions",), 31 * DAY, 0),
    ],
)
def test_a_refresh_is_recorded_once_and_a_cached_token_never(
    logged_in: Program, verb: tuple[str, ...], age: int, refreshes: int
) -> None:
    logged_in.clock.advance(age)
    for _ in range(2):
        assert logged_in(*verb).code == 0
    made = [record for record in records(logged_in) if record["kind"] == "refresh"]
    assert len(made) == refreshes
    assert all(one["ids"] == [fingerprint(kept_token(logged_in))] for one in made)


@pytest.mark.parametrize(
    ("email", "password", "recorded"),
    [
        (EMAIL, "wrong", EMAIL),
        ("hunter2-typed-in-the-wrong-place", "x", ""),
    ],
)
def test_a_login_that_fails_is_recorded_without_what_may_be_a_password(
    program: Program, email: str, password: str, recorded: str
) -> None:
    done = program(
        *("login", "--server", SERVER, "--email", email, "--password-stdin", "--store", "file"),
        stdin=f"{password}\n",
    )
    assert done.code == 4
    (record,) = records(program)
    assert (record["kind"], record["account"], record["ids"]) == ("login", recorded, [])
    assert record["error"]
    assert "failed: " in program("audit").out
    assert "hunter2" not in (program.data / "state" / "audit.jsonl").read_text()


def test_the_age_of_a_rule_is_recorded_as_it_is_typed(logged_in: Program) -> None:
    assert logged_in("revoke", "--older-than", "7d", "--yes").code == 0
    assert " age:>7d\n" in logged_in("audit").out


def test_a_long_lived_token_given_as_app_id_is_not_recorded(program: Program) -> None:
    words = ("login", "--server", SERVER, "--with-token", "--store", "file", "--app-id")
    long_lived = program.server.credentials.long_lived_token
    assert program(*words, long_lived, stdin="LLTother\n").code == 4
    assert long_lived not in (program.data / "state" / "audit.jsonl").read_text()
    assert kinds(program) == ["login"]


def test_a_login_over_another_records_the_end_of_the_replaced_token(logged_in: Program) -> None:
    old = fingerprint(kept_token(logged_in))
    logged_in.clock.advance(1)
    assert logged_in.login().code == 0
    assert kinds(logged_in) == ["logout", "login", "login"]
    assert records(logged_in)[0]["ids"] == [old]


def no_audit(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise StorageError("No space left on device")

    monkeypatch.setattr("qiscus_tui.store.audit.AuditLog.access", full)


@pytest.mark.parametrize("verb", ["token", "refresh"])
def test_a_record_that_cannot_be_written_costs_no_script_its_token(
    logged_in: Program, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    no_audit(logged_in, monkeypatch)
    logged_in.clock.advance(31 * DAY)
    done = logged_in(verb)
    assert done.code == 0
    assert (kept_token(logged_in) in done.out) is (verb == "token")
    assert kept_token(logged_in) in {one.token for one in logged_in.server.sessions()}
    assert "audit log lacks this refresh: No space left" in done.err


def test_a_token_is_stored_before_it_is_recorded(
    logged_in: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, stored = kept_token(logged_in), list[str]()

    def access(*_: object) -> None:
        stored.append(kept_token(logged_in))

    monkeypatch.setattr("qiscus_tui.store.audit.AuditLog.access", access)
    logged_in.clock.advance(1)
    assert logged_in("refresh").code == 0
    assert stored == [kept_token(logged_in)] != [before]


def test_a_refresh_whose_token_could_not_be_stored_is_recorded_as_failed(
    logged_in: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StorageError("No space left on device")

    monkeypatch.setattr("qiscus_tui.store.secrets.FileSecrets.write", full)
    logged_in.clock.advance(31 * DAY)
    assert logged_in("refresh").code == 6
    assert "could not be stored" in str(records(logged_in)[0]["error"])


def test_since_and_limit_leave_the_newest(logged_in: Program) -> None:
    logged_in.clock.advance(3 * DAY)
    logged_in("revoke", logged_in.ids()[0], "--yes")
    logged_in.clock.advance(DAY + 60)
    logged_in("refresh")
    logged_in.clock.advance(1)
    for line, shown in (
        ("", ["refresh", "revoke", "login"]),
        ("--limit 1", ["refresh"]),
        ("--since 24h", ["refresh"]),
        ("--since 2d", ["refresh", "revoke"]),
        ("--since 2d --limit 1", ["refresh"]),
        ("--since 0s", []),
    ):
        assert kinds(logged_in, *line.split()) == shown
        assert len(heads(logged_in, *line.split())) == len(shown)


def test_an_empty_audit_is_said(program: Program, tmp_path: Path) -> None:
    assert records(program) == []
    assert "Nothing is recorded here." in program("audit").err
    assert not (tmp_path / "data" / "state").exists()


def accounts(program: Program, *options: str) -> list[object]:
    """The account of each record, newest first."""
    return [record["account"] for record in records(program, *options)]


def test_an_account_has_the_name_that_it_has_elsewhere(logged_in: Program) -> None:
    assert logged_in.login(OTHER, "--name", "other").code == 0
    first, second = (one["account"] for one in logged_in("accounts", "--json").json())
    assert accounts(logged_in) == [second, first] == ["other", first]
    assert accounts(logged_in, "--account", "other") == ["other"]
    assert f"  login  {first}  " in logged_in("audit", "--account", first).out
    logged_in("accounts", "forget", "other")
    assert str(accounts(logged_in)[0]).startswith(OTHER)


def test_an_account_that_is_not_known_is_refused_as_everywhere(logged_in: Program) -> None:
    refused = logged_in("sessions", "--account", "nope")
    done = logged_in("audit", "--account", "nope")
    assert (done.code, done.err, done.out) == (refused.code, refused.err, "")
    assert done.code != 0
    forgotten = str(accounts(logged_in)[0])
    assert logged_in("accounts", "forget", forgotten).code == 0
    assert accounts(logged_in, "--account", forgotten) == [forgotten]


def test_accounts_that_cannot_be_read_stop_no_audit(logged_in: Program) -> None:
    before = accounts(logged_in)
    (logged_in.data / "accounts.json").write_text("{")
    assert accounts(logged_in) == before
