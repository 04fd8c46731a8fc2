"""`revoke-all` between the server and the disk: what is proven first, and what a failure says."""

import signal
from dataclasses import replace

import pytest

from qiscus_tui.model.ids import fingerprint
from qiscus_tui.store.audit import AuditLog
from qiscus_tui.store.secrets import FileSecrets
from tests.cli.conftest import SERVER, Program, full
from tests.sandbox import DIALECTS
from tests.sandbox.calls import Call, Fault


@pytest.fixture
def nearly_full(logged_in: Program, monkeypatch: pytest.MonkeyPatch) -> Program:
    """Logged in; the probe still fits on the disk, new tokens do not."""

    monkeypatch.setattr(FileSecrets, "write", full)
    return logged_in


def test_a_record_that_fails_after_the_call_is_not_said_to_have_lost_the_token(
    logged_in: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    logged_in.speak(DIALECTS["new-long-lived"])
    monkeypatch.setattr(AuditLog, "tokens_stored", full)
    done = logged_in("revoke-all", "--yes")
    assert done.code == 0
    assert "stored" not in done.err
    assert logged_in("token").out.strip() in {one.token for one in logged_in.server.sessions()}


def test_a_signal_before_the_call_keeps_it_from_being_sent(logged_in: Program) -> None:
    number, prove = signal.SIGTERM, FileSecrets.probe

    def probe(self: FileSecrets) -> None:
        signal.raise_signal(number)
        prove(self)

    logged_in.monkeypatch.setattr(FileSecrets, "probe", probe)
    done = logged_in("revoke-all", "--yes", "--json")
    assert (done.code, done.out) == (128 + number, "")
    assert logged_in.server.calls[Call.REVOKE_ALL] == 0


@pytest.mark.parametrize(
    ("is_new", "is_typed", "has_tty", "audit"),
    [
        (True, True, False, "written"),
        (True, True, False, "full"),
        (True, False, True, "written"),  # the output goes elsewhere
        (True, False, False, "written"),  # there is no terminal
        (False, True, False, "written"),
    ],
)
def test_a_new_long_lived_token_that_is_not_kept_is_shown_once_on_a_terminal_alone(
    nearly_full: Program, is_new: bool, is_typed: bool, has_tty: bool, audit: str
) -> None:
    if audit == "full":
        nearly_full.monkeypatch.setattr(AuditLog, "summary", full)
    if is_new:
        nearly_full.speak(DIALECTS["new-long-lived"])
    if has_tty:
        nearly_full.terminal.touch()
    if is_typed:
        code = nearly_full.server.credentials.app_code
        done = nearly_full("revoke-all", stdin=f"{code}\n", terminal=True)
    else:
        done = nearly_full("revoke-all", "--yes", "--json", "--no-input")
    on_tty = nearly_full.terminal.read_text() if has_tty else ""
    token = nearly_full.server.credentials.long_lived_token
    assert (done.text.count(token), on_tty.count(token)) == (is_new and is_typed, has_tty)
    assert (done.code, "qiscus-tui login" in done.err) == (6, is_new)
    assert ("get another one: qiscus-tui refresh" in done.err) is (not is_new)
    assert ("--with-token" in done.err) is (on_tty != "" or (is_new and is_typed))
    assert nearly_full.server.sessions() == []  # the short-lived one is ended


def test_with_credentials_of_the_environment_it_needs_a_terminal_for_what_it_may_show(
    program: Program,
) -> None:
    program.speak(DIALECTS["new-long-lived"])
    program.use_environment()
    refused = program("revoke-all", "--yes")
    # A login is refused as well, as long as the credentials are set.
    assert (refused.code, "unset the QISCUS_* credentials" in refused.err) == (2, True)
    assert "qiscus-tui login" not in refused.err
    assert program.server.calls[Call.REVOKE_ALL] == 0
    assert program("token").code == 0
    program.terminal.touch()
    done = program("revoke-all", "--yes")
    told = "Set QISCUS_LONG_LIVED_TOKEN to the token just shown" in done.err
    assert (done.code, told, "qiscus-tui login" in done.err) == (6, True, False)
    assert program.server.credentials.long_lived_token in program.terminal.read_text()


def test_a_dry_run_counts_what_is_protected_by_label(logged_in: Program) -> None:
    listed = logged_in.listed("--filter", "client:GuzzleHttp")
    logged_in.protect("GuzzleHttp", "billing cron")
    done = logged_in("revoke-all", "--dry-run")
    assert done.code == 0
    assert listed
    assert f"{len(listed)} protected among them: billing cron {len(listed)}" in done.out
    assert "billing cron" in logged_in("revoke-all", "--dry-run", "--json").err
    asked = logged_in("revoke-all", stdin="no\n", terminal=True)
    assert (asked.code, "protected among them: billing cron" in asked.err) == (2, True)


REFUSALS = [Fault(403), Fault(200, b'{"errors": "no"}'), Fault(503)]


@pytest.mark.parametrize("fault", REFUSALS)
def test_a_refusal_is_told_by_what_the_list_shows(logged_in: Program, fault: Fault) -> None:
    logged_in.server.fail_next(Call.REVOKE_ALL, fault)
    done = logged_in("revoke-all", "--yes", "--json")
    assert (done.code, "Nothing was ended" in done.err, "refresh" in done.err) == (1, True, False)
    outcomes = {(one["outcome"], one["reason"]) for one in done.json()["outcomes"]}
    ((outcome, reason),) = outcomes
    assert (outcome, f"{reason}\n" in done.err) == ("failed", True)  # the server's answer
    logged_in.server.fail_next(Call.REVOKE_ALL, replace(fault, after=True))
    done = logged_in("revoke-all", "--yes", "--json")
    assert (done.code, "Nothing was ended" in done.err, "refresh" in done.err) == (3, False, True)
    assert logged_in.server.calls[Call.REVOKE_ALL] == 2  # none is sent again
    assert {one["outcome"] for one in done.json()["outcomes"]} == {"revoked"}
    # No dead token is handed out.
    assert logged_in("token").out.strip() in {one.token for one in logged_in.server.sessions()}


def test_a_login_that_is_suggested_is_on_the_accounts_server(logged_in: Program) -> None:
    logged_in.server.fail_next(Call.REVOKE_ALL, Fault(401))
    done = logged_in("revoke-all", "--yes")
    assert (done.code, f"qiscus-tui login --server {SERVER}" in done.err) == (4, True)


def test_what_is_listed_all_the_same_has_failed(logged_in: Program) -> None:
    stays = logged_in.server.sessions()[0]
    end = logged_in.server.end

    def ends_others(token: str) -> None:
        if token != stays.token:
            end(token)

    logged_in.monkeypatch.setattr(logged_in.server, "end", ends_others)
    done = logged_in("revoke-all", "--yes")
    assert done.code == 3
    assert f"1 failed: still listed\n    {fingerprint(stays.token)}\n" in done.out


def test_an_answer_that_arrived_without_a_token_is_not_said_to_be_lost(logged_in: Program) -> None:
    logged_in.server.fail_next(Call.REVOKE_ALL, Fault(200, b'{"status": "ok"}', after=True))
    done = logged_in("revoke-all", "--yes")
    assert (done.code, "lost" in done.err) == (3, False)
    assert "its answer has no new token" in done.err
    assert "qiscus-tui refresh" in done.err


def test_an_end_that_cannot_be_written_down_is_told_and_is_6(logged_in: Program) -> None:
    logged_in.monkeypatch.setattr(AuditLog, "outcomes", full)
    done = logged_in("revoke-all", "--yes")
    assert done.code == 6
    assert "revoked" in done.out
    assert "The disk is full" in done.err


def test_an_old_token_that_cannot_be_forgotten_hides_no_outcome(nearly_full: Program) -> None:
    nearly_full.server.fail_next(Call.REVOKE_ALL, Fault(502, after=True))
    done = nearly_full("revoke-all", "--yes")
    assert done.code == 3
    assert "revoked" in done.out
    assert "The disk is full" in done.err
