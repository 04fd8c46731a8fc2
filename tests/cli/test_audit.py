"""`audit`: what was done from here and why, a line each, newest first; in the system's log too."""

import json
import re
import socket
import syslog
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from qiscus_tui.model.ids import fingerprint
from qiscus_tui.store import audit
from tests.cli.conftest import EMAIL, Program, full

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
    first_token = logged_in.kept_token()
    logged_in.clock.advance(60)
    first, *_ = logged_in.ids()
    assert logged_in("revoke", first, "--yes").code == 0
    logged_in.clock.advance(60)
    assert logged_in("refresh").code == 0
    second_token = logged_in.kept_token()
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
    _, _, plan, _ = records(logged_in)
    assert (plan["kind"], plan["ids"]) == ("revoke", [first])
    assert plan["outcomes"] == [{"id": first, "outcome": "revoked", "reason": None}]
    assert re.search(r"^    from \S.* · \S+ \(1\)$", logged_in("audit").out, re.MULTILINE)


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
    assert all(one["ids"] == [fingerprint(logged_in.kept_token())] for one in made)


def test_the_age_of_a_rule_is_recorded_as_it_is_typed(logged_in: Program) -> None:
    assert logged_in("revoke", "--older-than", "7d", "--yes").code == 0
    assert " age:>7d\n" in logged_in("audit").out


@pytest.mark.parametrize("verb", ["token", "refresh"])
def test_a_record_that_cannot_be_written_costs_no_script_its_token(
    logged_in: Program, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    monkeypatch.setattr("qiscus_tui.store.audit.AuditLog.access", full)
    logged_in.clock.advance(31 * DAY)
    done = logged_in(verb)
    assert done.code == 0
    assert (logged_in.kept_token() in done.out) is (verb == "token")
    assert logged_in.kept_token() in {one.token for one in logged_in.server.sessions()}
    assert "audit log lacks this refresh: The disk is full" in done.err


def test_a_token_is_stored_before_it_is_recorded(logged_in: Program) -> None:
    before, stored = logged_in.kept_token(), list[str]()

    def access(*_: object) -> None:
        stored.append(logged_in.kept_token())

    logged_in.monkeypatch.setattr("qiscus_tui.store.audit.AuditLog.access", access)
    logged_in.clock.advance(1)
    assert logged_in("refresh").code == 0
    assert stored == [logged_in.kept_token()] != [before]


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
    before = accounts(logged_in)
    (logged_in.data / "accounts.json").write_text("{")
    assert accounts(logged_in) == before  # what cannot be read stops no audit, and is set aside
    assert accounts(logged_in, "--account", str(before[0])) == before


# Why it was revoked

REQUIRED = '[audit]\nreason = "required"\n'
WHY = "leaked in a log, \x1b[31mticket 4711"
SEEN = "leaked in a log, ␛[31mticket 4711"


def revoke(program: Program, *more: str) -> tuple[str, ...]:
    return ("revoke", program.ids()[0], "--yes", *more)


def revoke_all(_program: Program, *more: str) -> tuple[str, ...]:
    return ("revoke-all", "--yes", *more)


Words = Callable[..., tuple[str, ...]]
VERBS = pytest.mark.parametrize("verb", [revoke, revoke_all])


@VERBS
def test_a_reason_is_recorded_and_where_it_is_required_nothing_is_revoked_without_one(
    logged_in: Program, verb: Words
) -> None:
    for settings in ("", REQUIRED):
        logged_in.configure(settings)
        assert logged_in(*verb(logged_in, "--reason", WHY)).code == 0
        assert records(logged_in)[0]["reason"] == SEEN
        assert f"    reason: {SEEN}" in logged_in("audit").out.splitlines()
    words = verb(logged_in)
    calls = logged_in.server.calls.copy()
    done = logged_in(*words)
    assert (done.code, done.out, "--reason" in done.err) == (2, "", True)
    assert logged_in.server.calls == calls
    assert logged_in(*words, "--dry-run").code == 0
    assert logged_in("logout").code == 0


@VERBS
@pytest.mark.parametrize("whose", ["ours", "long-lived", "a session's"])
def test_a_token_of_ours_or_of_a_session_in_a_reason_is_hidden(
    logged_in: Program, verb: Words, whose: str
) -> None:
    secrets = {
        "ours": logged_in.kept_token(),
        "long-lived": logged_in.server.credentials.long_lived_token,
        "a session's": logged_in.server.sessions()[0].token,
    }
    assert logged_in(*verb(logged_in, "--reason", f"{secrets[whose]} leaked")).code == 0
    audit = (logged_in.data / "state" / "audit.jsonl").read_text()
    assert "[hidden]" in audit
    assert str(secrets[whose]) not in audit


# The system's log


@pytest.fixture
def lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[list[str]]:
    """What the system's log got; it is there."""
    got: list[str] = []

    def took(_priority: int, text: str) -> None:
        got.append(text)

    monkeypatch.chdir(tmp_path)  # the whole path may be too long for a socket
    place = Path("syslog")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(place))
        monkeypatch.setattr(audit, "SOCKETS", ("/nowhere", str(place)))
        monkeypatch.setattr(syslog, "syslog", took)
        yield got


def test_each_record_is_a_line_of_the_system_log_without_secrets_where_that_is_asked_for(
    logged_in: Program, lines: list[str]
) -> None:
    logged_in.clock.advance(1)
    assert logged_in("refresh").code == 0
    assert lines == []
    logged_in.configure("[audit]\nsyslog = true\n")
    first, second, *_ = logged_in.ids()
    assert logged_in("revoke", first, second, "--yes").code == 0
    assert logged_in.login().code == 0
    sent = [json.loads(line) for line in lines]
    assert [one["event"] for one in sent] == [
        *("intent", "outcome", "outcome", "summary", "access", "access")
    ]
    assert [one["kind"] for one in sent if "kind" in one] == ["revoke", "login", "logout"]
    tokens = {one.token for one in logged_in.server.sessions()} | {logged_in.kept_token()}
    tokens.add(logged_in.server.credentials.long_lived_token)
    assert not [line for line in lines if any(token in line for token in tokens)]


def test_a_line_is_short_however_many_sessions_it_is_about(
    program: Program, lines: list[str]
) -> None:
    program.configure("[audit]\nsyslog = true\n")
    program.log_in_to(program.dialect, sessions=90)
    assert program("revoke-all", "--yes", "--reason", "moved").code == 0
    intent = next(one for one in map(json.loads, lines) if one["event"] == "intent")
    (line,) = [line for line in lines if '"intent"' in line]
    assert '"reason": "moved", "ids_in_all": 91' in line[:600]  # whatever is cut off behind
    assert (len(intent["ids"]), intent["ids_in_all"]) == (50, 91)
    assert len(intent["groups"]) == 10
    assert max(map(len, lines)) < 4000


def test_a_system_log_that_is_not_there_is_said_once_and_stops_nothing(program: Program) -> None:
    program.configure("[audit]\nsyslog = true\n")
    program.monkeypatch.setattr(audit, "SOCKETS", ("/nowhere",))
    assert program.login().code == 0
    done = program("revoke", *program.ids()[:2], "--yes")
    assert done.code == 0
    assert done.err.count("The system log got no audit record") == 1
    assert "syslog = false" in done.err
    assert records(program)[0]["counts"]
    named = program("known", "add", "--client", "curl", "--label", "probe", "--protect")
    assert named.code == 0
    assert named.err.count("The system log got no audit record") == 1
