"""What an earlier run left half done is said once, by `audit`; no other verb says it."""

import pytest
from msgspec.structs import replace

from qiscus_tui.model.account import Account, parse_origin
from qiscus_tui.model.clock import local_time
from qiscus_tui.store.audit import AuditLog
from qiscus_tui.store.audit_records import AuditKind
from qiscus_tui.store.paths import Paths
from qiscus_tui.store.processes import this_process
from tests.cli.conftest import SERVER, Program

ACCOUNT = Account(parse_origin(SERVER), "demo", "a@b.c")


def left_by_a_crash(program: Program, kind: AuditKind, count: int = 1) -> AuditLog:
    """A log with a plan of so many sessions, of a program that is gone by now."""
    data = program.data
    log = AuditLog(Paths(data, data, data / "state", data / "cache"), now=lambda: 0.0)
    gone = replace(this_process(), started="long ago")
    with program.monkeypatch.context() as patch:
        patch.setattr("qiscus_tui.store.audit.this_process", lambda: gone)
        log.intent("abcd1234", ACCOUNT, kind, [str(number) * 12 for number in range(count)])
    return log


def test_a_plan_that_was_cut_short_is_named_once(program: Program) -> None:
    left_by_a_crash(program, AuditKind.REVOKE)
    assert "cut short" not in program("--demo", "audit").err  # it looks at no file
    assert program("accounts", "--json").err == ""
    first = program("audit", "--json")
    assert [one["plan"] for one in first.json()] == ["abcd1234"]
    when = local_time(0.0)
    for words in ("abcd1234", "1 session", when, "qiscus-tui sessions", "it is not known how many"):
        assert words in first.err
    again = program("audit")
    assert (again.err, "its end was not recorded" in again.out) == ("", True)


def test_it_says_how_many_were_sent_and_answered(program: Program) -> None:
    left_by_a_crash(program, AuditKind.REVOKE, 3).cut_short("abcd1234", sent=2, answered=1)
    done = program("audit")
    said = done.err
    assert "of 3 sessions" in said
    assert "was cut short: 2 were sent, and 1 of them was answered" in said
    assert "See in the list which of them ended: qiscus-tui sessions" in said
    assert "2 of 3 sent, 1 answered" in done.out
    assert f"3 not recorded\n      {'0' * 12}  {'1' * 12}  {'2' * 12}" in done.out


@pytest.mark.parametrize(
    ("stored", "words"),
    [
        (False, "was cut short; it is not known whether it took effect"),
        (True, "was cut short after its new token was stored"),
    ],
)
def test_a_revoke_all_that_was_cut_short_is_explained_once(
    program: Program, words: str, *, stored: bool
) -> None:
    log = left_by_a_crash(program, AuditKind.REVOKE_ALL)
    if stored:
        log.tokens_stored("abcd1234")
    first = program("audit", "--json")
    assert len(first.err.splitlines()) == 2
    assert f"revoke-all plan abcd1234 of 1 session ({ACCOUNT.name}, begun " in first.err
    assert words in first.err
    assert program("audit", "--json").err == ""


def test_records_that_cannot_be_read_stop_no_listing_and_are_said_by_audit(
    logged_in: Program,
) -> None:
    (logged_in.data / "state" / "audit.jsonl").unlink()
    (logged_in.data / "state" / "audit.jsonl").mkdir()
    done = logged_in("sessions", "--json")
    assert (done.code, done.err) == (0, "")
    done = logged_in("audit")
    assert (done.code, len(done.err.splitlines())) == (6, 2)
