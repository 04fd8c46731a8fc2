"""Rules about time on servers whose times name no zone, or whose clock is wrong."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from qiscus_tui.demo.seed import DemoSession
from qiscus_tui.model.clock import DAY, HOUR
from tests.cli.conftest import Program
from tests.clocks import ManualClock
from tests.sandbox import demo_state
from tests.sandbox.calls import Call, Fault
from tests.sandbox.dialects import Dialect, Entry, Fields, Stamp
from tests.sandbox.listing import entry

PRUNE = ("prune", "--keep-used-within", "2h", "--dry-run", "--json")


def no_date(_at: float, *, usegmt: bool) -> str:
    return "" if usegmt else "never"


def naive(at: float, hours: float) -> str:
    return datetime.fromtimestamp(int(at) + hours * HOUR, UTC).isoformat(" ")[:19]


@pytest.fixture
def in_zone(program: Program, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Makes the server write its times without a zone, so many hours from UTC."""
    program.speak(Dialect(stamp=Stamp.RFC3339), sessions=40)
    served = program.server.sessions

    def used_now(email: str = "") -> list[DemoSession]:
        used = program.clock.now() - 300
        listed = served(email) if email else served()
        return [one._replace(last_used=max(used, one.created)) for one in listed]

    monkeypatch.setattr(program.server, "sessions", used_now)

    def written(hours: float, *fields: str) -> None:
        def in_this_zone(dialect: Dialect, session: DemoSession, *, current: bool) -> object:
            listed = entry(dialect, session, current=current)
            assert isinstance(listed, dict)
            times = {
                "created_at": session.created,
                "expired_at": session.expires,
                "last_used_at": session.last_used,
            }
            zoneless = {
                name: naive(at, hours)
                for name, at in times.items()
                if at is not None and (not fields or name in fields)
            }
            return {**listed, **zoneless}

        monkeypatch.setattr("tests.sandbox.listing.entry", in_this_zone)

    return written


def targets(program: Program) -> int:
    done = program(*PRUNE)
    assert done.code == 0, done.err
    return len(done.json()["plan"]["targets"])


@pytest.mark.parametrize("with_token", [False, True])
@pytest.mark.parametrize(
    ("hours", "fields"), [(-11, ()), (0, ()), (5.75, ("last_used_at",)), (7, ("last_used_at",))]
)
def test_what_is_used_now_stays_in_any_zone(
    program: Program,
    in_zone: Callable[..., None],
    hours: float,
    fields: tuple[str, ...],
    *,
    with_token: bool,
) -> None:
    in_zone(hours, *fields)
    assert (program.login_with_token() if with_token else program.login()).code == 0
    assert targets(program) == 0
    in_zone(hours - 1, *fields)  # it is checked again with each token of ours
    program.clock.advance(HOUR)
    assert program("refresh").code == 0
    assert targets(program) == 0


def test_credentials_of_the_environment_learn_the_zone_by_one_refresh(
    program: Program, in_zone: Callable[..., None]
) -> None:
    program.use_environment()
    in_zone(7)
    assert targets(program) == 0
    assert targets(program) == 0
    ages = program("sessions", "--filter=age:<1h", "--json")
    created = [one["created_at"] for one in ages.json()]
    now = datetime.fromtimestamp(program.clock.now(), UTC)
    assert created
    assert all(0 <= (now - datetime.fromisoformat(one)).total_seconds() < HOUR for one in created)
    assert program.server.calls[Call.REFRESH] == 1


def test_where_the_zone_can_not_be_learned_rules_about_time_are_refused(
    program: Program, in_zone: Callable[..., None]
) -> None:
    program.use_environment()
    in_zone(-5)
    by_age, by_use = ("revoke", "--older-than=7d", "--dry-run"), ("revoke", "--filter=idle:>2h")
    checks = (("check", "--filter=age:>7d"), ("check", "--max-per-day=5"))
    for words in (PRUNE, by_age, (*by_use, "--yes"), *checks):
        program.server.fail_next(Call.REFRESH, Fault(403))
        done = program(*words)
        assert (done.code, "outcomes" in done.out) == (3, False)
        assert "The server's times name no zone, and which one it is is unknown" in done.err
        assert "no token of our own could be made" in done.err
    assert program.server.calls[Call.REVOKE] == 0
    program.server.fail_next(Call.REFRESH, Fault(403))
    done = program("check", "--filter=client:curl", "--max-live=99")
    assert (done.code, "times may be hours off" in done.err) == (0, True)
    for words in (("sessions",), ("sessions", "--group-by=client")):
        program.server.fail_next(Call.REFRESH, Fault(403))
        done = program(*words)
        assert done.code == 0
        assert "which one it is is unknown" in done.err
        assert "times may be hours off" in done.err
        assert re.search(r":\d\d  ", done.out)
        assert not re.search(r":\d\dZ", done.out)  # that would claim to know it


def test_times_that_seem_to_lie_ahead_count_where_the_zone_is_unknown(
    program: Program, in_zone: Callable[..., None]
) -> None:
    in_zone(7)
    fields = Fields(id="id")
    program.server.dialect = Dialect(entry=Entry.ID_ONLY, fields=fields, stamp=Stamp.RFC3339)
    assert "which one it is is unknown" in program.login().err  # our own session is not found
    anyway = ("--allow-clock-offset", "--include-unknown", "--include-current")
    done = program(*PRUNE, *anyway)
    assert done.code == 0, done.err
    assert done.json()["plan"]["targets"] == []


def test_where_the_server_sends_no_date_a_token_of_our_own_shows_whether_our_clock_is_right(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    program.use_environment()
    program.speak(Dialect(stamp=Stamp.RFC3339), sessions=40)
    monkeypatch.setattr("qiscus_tui.demo.app.formatdate", no_date)
    program.server.fail_next(Call.REFRESH, Fault(403))
    refused = program("revoke", "--older-than=7d", "--dry-run")
    assert refused.code == 3
    assert "The server does not say what time it is" in refused.err
    assert program.server.calls[Call.REVOKE] == 0
    assert program("revoke", "--older-than=7d", "--dry-run").code == 0


def test_a_wrong_clock_is_found_out_without_a_date_and_without_a_token_of_our_own(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    program.use_environment()
    right = ManualClock(program.clock.now() - 400 * DAY)
    credentials = program.server.credentials
    program.server = demo_state(right, sessions=40, dialect=Dialect(stamp=Stamp.RFC3339))
    assert program.server.credentials == credentials
    monkeypatch.setattr("qiscus_tui.demo.app.formatdate", no_date)
    done = program("revoke", "--older-than=7d", "--yes", "--max=99")
    assert done.code == 3
    assert "created 400.0 days before it was made" in done.err
    assert program.server.calls[Call.REVOKE] == 0
