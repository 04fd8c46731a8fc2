"""`revoke` by age, where the server's clock is not ours."""

import pytest

from qiscus_tui.model.durations import DAY
from tests.cli.conftest import Program
from tests.clocks import ManualClock
from tests.sandbox import demo_state
from tests.sandbox.calls import Call

BY_TIME = [
    ["--older-than", "7d"],
    ["--filter=age:>7d"],
    ["--filter=curl", "--filter=-idle:<7d"],
    ["--filter=created:>2020-10-01"],
    ["--filter=expires:>1h"],
    ["--filter=-is:expired"],
]


def server_ahead(program: Program, seconds: float) -> Program:
    """The account on a server whose clock is this much ahead of ours."""
    program.server = demo_state(ManualClock(program.clock.now() + seconds), sessions=40)
    assert program.login().code == 0
    return program


@pytest.mark.parametrize("rule", BY_TIME, ids=" ".join)
@pytest.mark.parametrize(
    ("seconds", "said"),
    [(3.5 * DAY, "3.5 days ahead of"), (-400 * DAY, "400.0 days behind")],
)
def test_a_rule_about_time_is_refused_where_the_clocks_differ_by_days(
    program: Program, rule: list[str], seconds: float, said: str
) -> None:
    done = server_ahead(program, seconds)("revoke", *rule, "--dry-run")
    assert (done.code, done.out) == (2, "")
    assert f"The server's clock is {said} this machine's" in done.err
    assert "--allow-clock-offset" in done.err


def test_the_offset_can_be_allowed_and_is_said(program: Program) -> None:
    wrong = server_ahead(program, 3.5 * DAY)
    done = wrong("revoke", "--older-than=7d", "--allow-clock-offset", "--yes", "--max=99")
    assert done.code == 0
    assert "3.5 days ahead of this machine's" in done.err
    assert program.server.calls[Call.REVOKE]


def test_what_is_no_rule_about_time_needs_no_clock(program: Program) -> None:
    wrong = server_ahead(program, 3.5 * DAY)
    first = wrong.ids()[0]
    assert wrong("revoke", first, "--dry-run").code == 0
    assert wrong("revoke", "--filter=curl", "--dry-run").code == 0


@pytest.mark.parametrize("rule", BY_TIME, ids=" ".join)
def test_clocks_that_differ_by_hours_refuse_nothing(program: Program, rule: list[str]) -> None:
    assert server_ahead(program, -0.9 * DAY)("revoke", *rule, "--dry-run").code == 0
