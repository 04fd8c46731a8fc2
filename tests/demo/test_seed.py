"""The account that the demo starts with."""

import pytest

from qiscus_tui.demo.seed import LIFETIME
from tests.clocks import ManualClock
from tests.demo.conftest import START
from tests.sandbox import demo_state

DAY = 86_400


@pytest.mark.parametrize("count", [0, 1, 7, 8, 401])
def test_there_are_as_many_live_sessions_as_asked_for(clock: ManualClock, count: int) -> None:
    assert len(demo_state(clock, sessions=count).sessions()) == count


def test_the_same_seed_gives_the_same_account_and_another_another(clock: ManualClock) -> None:
    one, two, other = (demo_state(clock, seed=seed) for seed in (7, 7, 8))
    assert one.sessions() == two.sessions()
    assert one.credentials == two.credentials
    assert {s.token for s in one.sessions()}.isdisjoint(s.token for s in other.sessions())
    assert one.credentials.long_lived_token != other.credentials.long_lived_token


def test_each_session_is_shaped_as_a_real_one(clock: ManualClock) -> None:
    sessions = demo_state(clock).sessions()
    tokens = [session.token for session in sessions]
    assert len(set(tokens)) == len(tokens) == 400
    assert all(len(token) == 43 and token.startswith("QEXdemo") for token in tokens)
    for session in sessions:
        assert session.created == int(session.created) <= START
        assert session.expires == session.created + LIFETIME
        assert session.last_used is None or session.created <= session.last_used <= START
    assert [s.created for s in sessions] == sorted(s.created for s in sessions)
    assert any(s.last_used is None for s in sessions)
    assert any(s.agent is None for s in sessions)
    assert any(s.ip is None for s in sessions)


def test_some_expire_within_minutes_and_ages_spread_over_30_days(clock: ManualClock) -> None:
    sessions = demo_state(clock).sessions()
    assert sum(s.expires - START < 600 for s in sessions) >= 5
    assert sum(s.expires - START < 60 for s in sessions) >= 1
    for day in range(30):
        assert any(day <= (START - s.created) / 86_400 < day + 1 for s in sessions)


@pytest.mark.parametrize("count", [400, 1_283])
def test_the_cron_uses_the_newest_token_of_each_of_its_hosts_alone(
    clock: ManualClock, count: int
) -> None:
    sessions = demo_state(clock, sessions=count).sessions()
    cron = [s for s in sessions if s.agent == "GuzzleHttp/7" and (s.ip or "").startswith("10.2.0.")]
    assert 0.33 < len(cron) / count < 0.38
    in_use = [s for s in cron if s.last_used is not None and START - s.last_used < 16 * 60]
    assert {s.ip for s in in_use} == {"10.2.0.11", "10.2.0.12", "10.2.0.13"}
    newest = {s.ip: s for s in cron}  # the oldest come first
    assert set(newest.values()) <= set(in_use)
    assert len(in_use) < len(cron) / 20


@pytest.mark.parametrize(
    ("agent", "ip", "idle"),
    [
        ("Go-http", "10.4.1.7", 3_600),
        ("python-requests", "10.6.0.4", DAY),
        ("Java", "10.8.0.15", 30 * DAY),
    ],
)
def test_a_careless_rule_would_end_a_token_that_is_needed(
    clock: ManualClock, agent: str, ip: str, idle: float
) -> None:
    """Its one token is old, and its client has newer ones, or it is not used for weeks."""
    sessions = demo_state(clock).sessions()
    same_client = [s for s in sessions if (s.agent or "").startswith(agent)]
    [needed] = [s for s in same_client if s.ip == ip]
    assert START - needed.created > 20 * DAY
    assert needed.last_used is not None
    assert START - needed.last_used < idle
    assert same_client[-1] != needed or START - needed.last_used > 7 * DAY
