"""Clocks that are wrong, here or at the server, and clocks that leap."""

from itertools import cycle
from typing import cast

import pytest

from qiscus_tui.model.ids import fingerprint
from tests.faults import behaviours as b
from tests.faults.stage import Deed, HastyClock, Stage
from tests.program import run_here
from tests.sandbox import Call

MINUTES, HOURS, YEARS = 180.0, 5 * 3600.0, 3 * 365 * 86_400.0
OFF = [sign * much for much in (MINUTES, HOURS, YEARS) for sign in (1, -1)]
LEAPS = ((HOURS, 3), (-HOURS, 12), (YEARS, 12), (-YEARS, 3))
"""How far a clock leaps, and at which look at it."""


def _left(stage: Stage) -> dict[str, float]:
    """Seconds that each session still has, as `sessions --json` says."""
    run = stage.do(Deed.LIST)
    assert run.code == 0, run
    rows = cast("list[dict[str, object]]", run.json())
    return {str(row["id"]): float(cast("float", row["expires_in"])) for row in rows}


def _truth(stage: Stage) -> dict[str, float]:
    now = stage.server.state.clock.now()
    return {fingerprint(one.token): one.expires - now for one in stage.server.state.sessions()}


@pytest.mark.parametrize(
    ("off", "deed", "whose"), zip(OFF, Deed, cycle(["ours", "the server's"]), strict=False)
)
def test_a_wrong_clock_changes_nothing(stage: Stage, off: float, deed: Deed, whose: str) -> None:
    if whose == "ours":
        stage.clock.ahead = off
    else:
        # The sessions were seeded by the right time: the account is made again at the wrong one.
        clock = stage.server.state.clock
        assert isinstance(clock, HastyClock)
        clock.ahead = off
        stage.server.state.__init__(clock, sessions=50)
    stage.prepare(deed)
    run = stage.do(deed)
    assert run.code == 0, run
    stage.nothing_is_told(run)
    stage.the_outcomes_are_true(run, deed)
    left, truth = _left(stage), _truth(stage)
    assert left == pytest.approx(truth, abs=5)


@pytest.mark.parametrize(("deed", "leaps"), zip(Deed, cycle(LEAPS), strict=False))
def test_a_leap_while_running_loses_nothing(
    stage: Stage, deed: Deed, leaps: tuple[float, int]
) -> None:
    stage.prepare(deed)
    leap, look = leaps
    looks = 0

    def count(clock: HastyClock) -> None:
        nonlocal looks
        looks += 1
        if looks == look:
            clock.ahead += leap

    stage.clock.at_each_look = count
    run = stage.do(deed)
    assert run.code == 0, run
    stage.all_is_well(run, deed)


@pytest.mark.parametrize("leap", [31 * 86_400.0, -YEARS])
def test_after_a_leap_our_own_session_is_still_kept_out_of_plans(stage: Stage, leap: float) -> None:
    stage.prepare(Deed.REVOKE_MANY)
    stage.clock.ahead += leap
    words = ("--filter=-is:expired", "--allow-clock-offset")
    run = run_here("revoke", *words, "--dry-run", "--json")
    plan = cast("dict[str, list[object]]", run.json()["plan"])
    reason = "current: this program's own session"
    assert plan["targets"]
    assert {"id": stage.own, "reason": reason} in plan["left_out"]


def test_a_machine_that_slept_between_plan_and_sending_goes_on(stage: Stage) -> None:
    deed = Deed.REVOKE_MANY
    stage.prepare(deed)

    def wakes() -> None:
        stage.clock.ahead += 9 * 3600
        stage.server.behaves = lambda _: b.gives_up_used_connections

    stage.server.strikes(Call.LIST, b.followed_by(wakes))
    run = stage.do(deed)
    assert run.code == 0, run
    assert set(run.outcomes().values()) == {"revoked"}


@pytest.mark.parametrize("off", [MINUTES, YEARS, -YEARS])
def test_a_clock_that_is_put_right_keeps_no_token_too_long(stage: Stage, off: float) -> None:
    stage.clock.ahead = off
    assert stage.do(Deed.LOGIN).code == 0
    stage.clock.ahead = 0.0
    assert run_here("token").code == 0
    assert stage.server.asked[Call.REFRESH] == (1 if off == -YEARS else 0)
    stage.clock.ahead = 31 * 86_400.0
    assert run_here("token").code == 0
    # A clock that was years ahead may be so again: the server says that the token lives.
    assert stage.server.asked[Call.REFRESH] in ({0} if off == YEARS else {1, 2})
