"""Why something was revoked, in the audit log; and the log in the system's own, if wanted."""

import json
import socket
import syslog
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from qiscus_tui.store import audit
from tests.cli.conftest import Program
from tests.cli.test_audit import records
from tests.cli.test_tokens import kept_token
from tests.sandbox.calls import Call

Configured = Callable[[str], None]

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
def test_the_reason_is_in_the_audit(
    logged_in: Program, configured: Configured, verb: Words
) -> None:
    for settings in ("", REQUIRED):
        configured(settings)
        assert logged_in(*verb(logged_in, "--reason", WHY)).code == 0
        assert records(logged_in)[0]["reason"] == SEEN
        assert f"    reason: {SEEN}" in logged_in("audit").out.splitlines()


@VERBS
@pytest.mark.parametrize("whose", ["ours", "long-lived", "a session's"])
def test_a_token_of_ours_or_of_a_session_in_a_reason_is_hidden(
    logged_in: Program, verb: Words, whose: str
) -> None:
    secrets = {
        "ours": kept_token(logged_in),
        "long-lived": logged_in.server.credentials.long_lived_token,
        "a session's": logged_in.server.sessions()[0].token,
    }
    assert logged_in(*verb(logged_in, "--reason", f"{secrets[whose]} leaked")).code == 0
    audit = (logged_in.data / "state" / "audit.jsonl").read_text()
    assert "[hidden]" in audit
    assert str(secrets[whose]) not in audit


@VERBS
def test_where_it_is_required_nothing_is_revoked_without_one(
    logged_in: Program, configured: Configured, verb: Words
) -> None:
    configured(REQUIRED)
    words = verb(logged_in)
    lists = logged_in.server.calls[Call.LIST]
    done = logged_in(*words)
    assert (done.code, done.out) == (2, "")
    assert "--reason" in done.err
    calls = logged_in.server.calls
    assert (calls[Call.REVOKE], calls[Call.REVOKE_ALL], calls[Call.LIST]) == (0, 0, lists)
    assert logged_in(*words, "--dry-run").code == 0
    assert logged_in("logout").code == 0


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


def test_each_record_is_a_line_of_the_system_log_without_secrets(
    program: Program, configured: Configured, lines: list[str]
) -> None:
    configured("[audit]\nsyslog = true\n")
    assert program.login().code == 0
    first, second, *_ = program.ids()
    assert program("revoke", first, second, "--yes").code == 0
    program.clock.advance(1)
    assert program("refresh").code == 0
    sent = [json.loads(line) for line in lines]
    assert [one["event"] for one in sent] == [
        *("access", "intent", "outcome", "outcome", "summary", "access")
    ]
    assert [one["kind"] for one in sent if "kind" in one] == ["login", "revoke", "refresh"]
    tokens = {one.token for one in program.server.sessions()} | {kept_token(program)}
    tokens.add(program.server.credentials.long_lived_token)
    assert not [line for line in lines if any(token in line for token in tokens)]


def test_a_line_is_short_however_many_sessions_it_is_about(
    program: Program, configured: Configured, lines: list[str]
) -> None:
    configured("[audit]\nsyslog = true\n")
    program.speak(program.dialect, sessions=90)
    assert program.login().code == 0
    assert program("revoke-all", "--yes", "--reason", "moved").code == 0
    intent = next(one for one in map(json.loads, lines) if one["event"] == "intent")
    (line,) = [line for line in lines if '"intent"' in line]
    assert '"reason": "moved", "ids_in_all": 91' in line[:600]  # whatever is cut off behind
    assert (len(intent["ids"]), intent["ids_in_all"]) == (50, 91)
    assert len(intent["groups"]) == 10
    assert max(map(len, lines)) < 4000


def test_by_itself_nothing_goes_there(program: Program, lines: list[str]) -> None:
    assert program.login().code == 0
    assert lines == []


def test_a_system_log_that_is_not_there_is_said_once_and_stops_nothing(
    program: Program, configured: Configured, monkeypatch: pytest.MonkeyPatch
) -> None:
    configured("[audit]\nsyslog = true\n")
    monkeypatch.setattr(audit, "SOCKETS", ("/nowhere",))
    assert program.login().code == 0
    done = program("revoke", *program.ids()[:2], "--yes")
    assert done.code == 0
    assert done.err.count("The system log got no audit record") == 1
    assert "syslog = false" in done.err
    assert records(program)[0]["counts"]
