"""`check`: what changed since the last check, limits, and metrics."""

import errno
import io
import os
import signal
import stat
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from qiscus_tui.cli.output.console import system_console
from tests.cli.conftest import EMAIL, Closed, Full, Program
from tests.program import Done
from tests.sandbox import DIALECTS, Dialect
from tests.sandbox.calls import Call, Fault
from tests.sandbox.dialects import Revoking
from tests.sandbox.state import USERS, Caller

DAY = 86_400
CRON = ("GuzzleHttp/7", "203.0.113.9")
PHONE = ("okhttp/4.12", "2001:db8:77::1")


def made(program: Program, *origins: tuple[str, str]) -> None:
    """Scripts log in elsewhere."""
    for agent, ip in origins:
        program.server.issue(USERS[EMAIL], Caller(agent, ip))


def findings(done: Done) -> list[tuple[str, str | None, str | None, int | None]]:
    """Kind, client, network and count of each."""
    found = done.json()["findings"]
    assert done.code == (1 if found else 0), done.err
    return [(one["kind"], one["client"], one["network"], one["count"]) for one in found]


def check(program: Program, *options: str) -> list[tuple[str, str | None, str | None, int | None]]:
    return findings(program("check", "--json", *options))


# What is new


def test_the_first_check_notes_and_says_so_and_the_next_ones_find_what_is_new(
    logged_in: Program,
) -> None:
    assert "only notes" not in logged_in("check").err
    first = logged_in("check", "--new")
    assert (first.code, "only notes" in first.err) == (0, True)
    assert logged_in("check", "--new").err == ""
    made(logged_in, CRON, CRON, PHONE)
    assert check(logged_in) == []  # without --new it uses up nothing
    assert check(logged_in, "--new") == [
        ("new", "GuzzleHttp", "203.0.113.0/24", 2),
        ("new", "okhttp", "2001:db8:77::/48", 1),
    ]
    made(logged_in, ("GuzzleHttp/8", "203.0.113.200"))  # an update, and another address
    assert check(logged_in, "--new") == []
    (logged_in.data / "state" / "checks.json").unlink()
    made(logged_in, ("curl/8", "198.18.9.9"))
    lost = logged_in("check", "--new")
    assert (lost.code, "only notes" in lost.err) == (0, True)


@pytest.mark.parametrize("form", [(), ("--quiet",), ("--json",), ("--all-accounts", "--json")])
@pytest.mark.parametrize(("stdout", "code"), [(Closed, 1), (Full, 6)])
def test_what_nobody_could_read_is_found_again(
    logged_in: Program, stdout: type[io.StringIO], code: int, form: tuple[str, ...]
) -> None:
    check(logged_in, "--new")
    made(logged_in, CRON)
    assert logged_in("check", "--new", *form, out=stdout()).code == code
    assert check(logged_in, "--new") == [("new", "GuzzleHttp", "203.0.113.0/24", 1)]


def test_what_goes_to_a_stdout_that_was_closed_is_read_by_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert not system_console().results.are_lost
    monkeypatch.setattr(sys, "stdout", None)  # as Python has it after `>&-`
    monkeypatch.setattr(sys, "stdin", None)
    console = system_console()
    assert console.results.are_lost
    console.result("\ud800 · whatever the locale can write")
    assert console.read_bytes(9) == b""


def test_the_state_is_private_and_has_no_token_and_no_address(logged_in: Program) -> None:
    made(logged_in, CRON)
    check(logged_in, "--new")
    file = logged_in.data / "state" / "checks.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    text = file.read_text()
    assert not [one.token for one in logged_in.server.sessions() if one.token in text]
    assert "Guzzle" not in text
    assert "203.0.113" not in text


@pytest.mark.parametrize("leap", [-400 * DAY, -3600, 5 * DAY])
def test_a_clock_that_leaps_makes_nothing_new_and_hides_nothing(
    logged_in: Program, leap: int
) -> None:
    check(logged_in, "--new")
    logged_in.clock.time += leap
    logged_in.server.clock = type(logged_in.clock)(logged_in.clock.now() - leap)
    assert check(logged_in, "--new") == []
    made(logged_in, CRON)
    assert len(check(logged_in, "--new")) == 1


def test_a_damaged_state_is_said_and_the_limits_are_checked_all_the_same(
    logged_in: Program,
) -> None:
    check(logged_in, "--new")
    file = logged_in.data / "state" / "checks.json"
    file.write_text("{")
    done = logged_in("check", "--new")
    assert done.code == 6
    assert "checks.json was damaged" in done.err
    assert "only notes" in done.err
    assert "13 live" in done.out
    made(logged_in, CRON)
    assert len(check(logged_in, "--new")) == 1  # it was noted again
    file.write_text("{")
    assert logged_in("check", "--max-live", "1").code == 1


# Narrowed by a filter


def test_a_filter_narrows_every_finding_but_that_of_our_own_token(logged_in: Program) -> None:
    made(logged_in, CRON, CRON, PHONE)
    file = logged_in.folder / "q.prom"
    only = ("--filter", "client:GuzzleHttp ip:203.0.113")
    line = ("--max-live", "1", "--max-per-day", "1", "--min-ttl", "28d", "--metrics", str(file))
    assert [(kind, count) for kind, _, _, count in check(logged_in, *only, *line)] == [
        ("max_live", 2),
        ("max_per_day", 2),
    ]
    assert 'qiscus_sessions_live{account="' in file.read_text()
    assert 'filter="client:GuzzleHttp ip:203.0.113"} 2' in file.read_text()
    logged_in.clock.advance(29 * DAY)
    assert ("min_ttl", None, None, None) in check(logged_in, *only, "--min-ttl", "2d")
    done = logged_in("check", *only)
    assert "(client:GuzzleHttp ip:203.0.113): 2 live" in done.out


def test_what_is_new_for_a_filter_is_noted_for_that_filter_alone(logged_in: Program) -> None:
    only = ("--filter", "ip:203.0.113")
    assert check(logged_in, "--new") == []
    assert check(logged_in, "--new", *only) == []  # its first: it only notes
    made(logged_in, CRON, PHONE)
    new = ("new", "GuzzleHttp", "203.0.113.0/24", 1)
    assert check(logged_in, "--new", *only) == [new]
    assert check(logged_in, "--new", *only) == []
    assert new in check(logged_in, "--new")
    assert check(logged_in, "--new", "--filter", "client:GuzzleHttp") == []  # its first, too
    assert "ip:203" not in (logged_in.data / "state" / "checks.json").read_text()


def test_where_there_is_no_token_of_our_own_none_is_to_be_renewed(program: Program) -> None:
    program.speak(DIALECTS["rfc3339"])  # else one is made to learn the zone
    program.use_environment()
    done = program("check", "--min-ttl", "7d")
    assert done.code == 1
    assert "no short-lived token stored: get one: qiscus-tui refresh, or let check" in done.out


def test_a_token_of_our_own_that_is_too_short_is_renewed_where_that_is_asked_for(
    logged_in: Program,
) -> None:
    line = ("check", "--min-ttl", "7d")
    assert logged_in(*line, "--refresh").code == 0
    assert logged_in.server.calls[Call.REFRESH] == 0
    logged_in.clock.advance(24 * DAY)
    before = logged_in.kept_token()
    short = logged_in(*line)
    assert short.code == 1
    assert "renew it: qiscus-tui refresh, or let check do so with --refresh" in short.out
    assert logged_in.kept_token() == before
    assert logged_in(*line, "--refresh").code == 0
    assert logged_in.kept_token() != before
    assert logged_in(*line).code == 0


# What came back


def revoke(program: Program, words: str) -> None:
    done = program("revoke", "--filter", words, "--yes", "--max", "100")
    assert done.code == 0, done.err


def test_a_script_that_logs_in_again_after_its_sessions_were_revoked_is_found(
    logged_in: Program,
) -> None:
    made(logged_in, CRON, CRON, PHONE)
    check(logged_in, "--new")
    revoke(logged_in, "ip:203.0.113.9")
    assert check(logged_in, "--new") == []
    logged_in.clock.advance(60)
    made(logged_in, CRON)
    returned = [("returned", "GuzzleHttp", "203.0.113.0/24", 1)]
    assert check(logged_in) == returned
    assert check(logged_in, "--new") == returned
    assert check(logged_in, "--new") == []  # noted
    logged_in.clock.advance(60)
    made(logged_in, CRON, CRON)
    assert check(logged_in) == [("returned", "GuzzleHttp", "203.0.113.0/24", 2)]


def test_a_script_that_kept_a_session_did_not_return(logged_in: Program) -> None:
    made(logged_in, CRON)
    logged_in.clock.advance(60)
    made(logged_in, CRON)
    (newest,) = [one for one in logged_in.server.sessions() if one.agent == CRON[0]][-1:]
    pruned = logged_in("prune", "--filter", "ip:203.0.113.9", "--keep-newest", "1", "--yes")
    assert pruned.code == 0, pruned.err
    assert newest in logged_in.server.sessions()
    logged_in.clock.advance(60)
    made(logged_in, CRON)
    assert check(logged_in) == []


def test_after_revoke_all_everything_that_logs_in_is_found_but_ourselves(
    logged_in: Program,
) -> None:
    made(logged_in, PHONE)
    assert logged_in("revoke-all", "--yes").code == 0
    logged_in.clock.advance(60)
    made(logged_in, PHONE)
    for _ in range(2):
        assert check(logged_in) == [("returned", "okhttp", "2001:db8:77::/48", 1)]
        assert logged_in("refresh").code == 0  # which leaves the token of revoke-all valid


def test_a_script_beside_us_is_found_too_where_no_client_is_named(logged_in: Program) -> None:
    fields = replace(logged_in.server.dialect.fields, agent=None)
    logged_in.server.dialect = replace(logged_in.server.dialect, fields=fields)
    ours = (one for one in logged_in.server.sessions() if "qiscus-tui" in str(one.agent))
    (here,) = {str(one.ip) for one in ours}
    made(logged_in, (CRON[0], here))
    assert logged_in("revoke-all", "--yes").code == 0
    logged_in.clock.advance(60)
    made(logged_in, (CRON[0], here))
    assert [(kind, count) for kind, *_, count in check(logged_in)] == [("returned", 1)]


def test_a_plan_whose_trial_failed_makes_nothing_return(logged_in: Program) -> None:
    made(logged_in, CRON, CRON)
    logged_in.server.dialect = replace(logged_in.server.dialect, revoking=Revoking.IGNORED)
    assert logged_in("revoke", "--filter", "ip:203.0.113.9", "--yes").code == 3
    logged_in.clock.advance(60)
    made(logged_in, CRON)
    assert check(logged_in) == []


# Limits


def test_a_limit_is_found_only_beyond_it(logged_in: Program) -> None:
    for line, kinds in (
        ("--max-live 13", []),
        ("--max-live 12", ["max_live"]),
        ("--max-per-day 1000", []),
        ("--max-per-day 0", ["max_per_day"]),
        ("--min-ttl 28d", []),
    ):
        assert [one[0] for one in check(logged_in, *line.split())] == kinds
    numbers, finding = logged_in("check", "--max-live", "1").out.splitlines()
    assert "13 live" in numbers
    assert finding == "max_live: 13 live sessions, more than 1"
    logged_in.clock.advance(29 * DAY)
    assert check(logged_in, "--min-ttl", "2d") == [("min_ttl", None, None, None)]
    logged_in.server.end(logged_in.kept_token())
    assert check(logged_in, "--min-ttl", "1h") == [("min_ttl", None, None, None)]


PLAIN, UNDATED = DIALECTS["plain"], DIALECTS["undated"]
UNUSED = replace(PLAIN, fields=replace(PLAIN.fields, last_used=None))


@pytest.mark.parametrize(
    ("dialect", "words", "said"),
    [
        (DIALECTS["unreadable"], (), "could not be read"),
        (UNUSED, ("--filter", "idle:>7d"), "the server lists no last use"),
        (UNDATED, ("--max-per-day", "5"), "no creation date"),
    ],
)
def test_what_cannot_be_checked_is_3_and_its_numbers_are_no_metrics(
    program: Program, tmp_path: Path, dialect: Dialect, words: tuple[str, ...], said: str
) -> None:
    program.log_in_to(dialect)
    file = tmp_path / "q.prom"
    done = program("check", *words, "--metrics", str(file))
    assert (done.code, said in done.err) == (3, True)
    assert samples(file)["qiscus_check_success"] == "0"
    assert "qiscus_sessions_live" not in samples(file)
    assert ('filter="idle:>7d"} 0' in file.read_text()) is (dialect is UNUSED)
    issued = program("check", "--json").json()["issued_24h"]
    assert (issued is None) is (dialect is UNDATED)


def test_one_means_that_something_was_found_and_nothing_else(logged_in: Program) -> None:
    for line in ("check", "scan .", "status --min-ttl 1h", "--all-accounts check"):
        for faults, code in ((503, 503, 503, 503, 503), 5), ((429,) * 5, 5), ((422,), 4):
            logged_in.server.faults.clear()
            for call in (Call.LIST, Call.PROFILE):
                logged_in.server.fail_next(call, *map(Fault, faults))
            assert logged_in(*line.split()).code == code, line


# Metrics


def samples(file: Path) -> dict[str, str]:
    """Value by metric, without labels; the last one of each."""
    lines = [line for line in file.read_text().splitlines() if not line.startswith("#")]
    return {line.partition("{")[0]: line.rpartition(" ")[2] for line in lines}


def test_the_metrics_are_replaced_as_a_whole_and_others_can_read_them(logged_in: Program) -> None:
    file = logged_in.folder / "qiscus.prom"
    file.write_text("old")
    assert logged_in("check", "--max-live", "1", "--metrics", str(file)).code == 1
    assert stat.S_IMODE(file.stat().st_mode) == 0o644
    assert [path.name for path in logged_in.folder.glob("*.prom*")] == ["qiscus.prom"]
    found = samples(file)
    assert list(found) == [
        "qiscus_sessions_live",
        "qiscus_sessions_expiring",
        "qiscus_sessions_issued_24h",
        "qiscus_sessions_oldest_age_seconds",
        "qiscus_sessions_by_client",
        "qiscus_token_expires_timestamp_seconds",
        "qiscus_check_findings",
        "qiscus_check_success",
        "qiscus_check_timestamp_seconds",
    ]
    assert (found["qiscus_sessions_live"], found["qiscus_check_success"]) == ("13", "1")
    assert 'kind="max_live"} 1' in file.read_text()
    assert all(f'account="{EMAIL}' in line for line in file.read_text().splitlines() if "{" in line)


def _no_list(program: Program) -> None:
    program.server.fail_next(Call.LIST, *[Fault(503)] * 5)


def _interrupted(program: Program) -> None:
    program.server.before_page = lambda: signal.raise_signal(signal.SIGTERM)


def _open_secrets(program: Program) -> None:
    (program.data / "secrets.json").chmod(0o644)


def _broken_config(program: Program) -> None:
    (program.data.parent / "config" / "config.toml").write_text("[")


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (_no_list, 5),
        (_interrupted, 128 + signal.SIGTERM),
        (_open_secrets, 6),
        (_broken_config, 2),
    ],
)
def test_after_a_failure_the_old_numbers_are_gone_and_its_code_is_kept(
    logged_in: Program, tmp_path: Path, spoil: Callable[[Program], object], code: int
) -> None:
    file = tmp_path / "qiscus.prom"
    assert logged_in("check", "--metrics", str(file)).code == 0
    spoil(logged_in)
    assert logged_in("check", "--metrics", str(file)).code == code
    assert set(samples(file)) == {"qiscus_check_success", "qiscus_check_timestamp_seconds"}
    assert samples(file)["qiscus_check_success"] == "0"


@pytest.mark.parametrize("place", ["missing/q.prom", ".", "..", "/", "link"])
def test_metrics_that_cannot_be_written_are_6(logged_in: Program, place: str) -> None:
    logged_in.monkeypatch.chdir(logged_in.folder)
    (logged_in.folder / "link").symlink_to("/dev/null")
    done = logged_in("check", "--metrics", place)
    assert done.code == 6
    assert "13 live" in done.out
    assert (logged_in.folder / "link").is_symlink()


def test_on_a_full_disk_the_old_numbers_do_not_stay(logged_in: Program) -> None:
    file = logged_in.folder / "q.prom"
    assert logged_in("check", "--metrics", str(file)).code == 0
    fsync = os.fsync

    def full(descriptor: int) -> None:
        if "q.prom" in os.readlink(f"/proc/self/fd/{descriptor}"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        fsync(descriptor)

    logged_in.monkeypatch.setattr(os, "fsync", full)
    done = logged_in("check", "--metrics", str(file))
    assert done.code == 6
    assert "No space left" in done.err
    assert not list(logged_in.folder.glob("*q.prom*"))
