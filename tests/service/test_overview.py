"""A list counted for the overview: each bar's filter shows exactly what the bar counted."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qiscus_tui.model.clients import Known
from qiscus_tui.model.clock import DAY, HOUR
from qiscus_tui.model.group_keys import USUAL_KEYS
from qiscus_tui.model.session import Session
from qiscus_tui.model.timestamps import LATEST
from qiscus_tui.query import Moment, parse, select
from qiscus_tui.service.check import figures_of
from qiscus_tui.service.overview import (
    MOST,
    SHOWN,
    Bar,
    Bars,
    Overview,
    count_overview,
    days_around,
)
from qiscus_tui.service.sessions.groups import grouped
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.service.sessions.user_agents import UNKNOWN
from tests.service.scripted import listed, new_session

NOW = 1_792_000_000.0  # Wed 14 Oct 2026 17:46:40 UTC


def counted(sessions: SessionList, now: float = NOW) -> Overview:
    """All steps at once."""
    return count_overview(sessions, Moment(now, DAY))


def shown_by(bar: Bar, sessions: SessionList, now: float = NOW) -> list[Session]:
    """What the list shows when it is filtered by a bar."""
    found = select(parse(bar.filter), sessions, Moment(now, DAY))
    return [sessions.sessions[at] for at in found]


def charts(overview: Overview, now: float = NOW) -> list[Bars]:
    """All four."""
    return [overview.days, overview.expiries(now), overview.clients, overview.networks]


def assert_true(overview: Overview, sessions: SessionList, now: float = NOW) -> None:
    """Each bar counts what its filter shows."""
    for bar in (bar for chart in charts(overview, now) for bar in chart if bar.filter):
        assert bar.count == len(shown_by(bar, sessions, now)), bar


def with_clients(*names: str | None) -> SessionList:
    """A session of each; None is one without a user agent."""
    made = [
        new_session(at, user_agent=None if name is None else f"{name}/1")
        for at, name in enumerate(names)
    ]
    return replace(listed(made), clients=[name or UNKNOWN for name in names])


def labels(bars: Sequence[Bar]) -> dict[str, int]:
    """Counts by label."""
    return {bar.label: bar.count for bar in bars}


moments = st.none() | st.floats(NOW - 40 * DAY, NOW + 40 * DAY) | st.floats(1, LATEST)
near = st.sampled_from([NOW + part * HOUR for part in (-1, 0, 1, 6, 24, 72, 720)])
names = st.text('aAıIßs1.\\" ·-:', min_size=1, max_size=4).filter(str.strip) | st.sampled_from(
    ["curl 8", "curl 8.5", "CURL 8", UNKNOWN, f"{UNKNOWN} bot", "Chrome 126 · Windows"]
)
ADDRESSES = (
    *(None, "", "10.2.0.1", "10.2.0.9", " 10.2.0.7 ", "10.2.1.1", "::ffff:10.2.0.1", "::1"),
    *("2001:db8:1::1", "2001:db8:1:ffff::1", "2001:db8:2::1", "fe80::1%eth0", "10.2.0.1, 10.3.0.1"),
)
fields = st.tuples(moments, moments | near, st.none() | names, st.sampled_from(ADDRESSES))


@settings(max_examples=100, deadline=None)
@given(st.lists(fields, max_size=30), st.floats(-DAY, DAY))
def test_what_a_bar_counts_is_what_its_filter_shows(
    rows: list[tuple[float | None, float | None, str | None, str | None]], later: float
):
    made = [
        new_session(at, created_at=created, expires_at=ends, user_agent=client, ip=ip)
        for at, (created, ends, client, ip) in enumerate(rows)
    ]
    sessions = replace(listed(made), clients=[row[2] or UNKNOWN for row in rows])
    overview = counted(sessions)
    assert_true(overview, sessions)
    assert_true(overview, sessions, NOW + later)  # of days and names nothing changes
    for chart in charts(overview):
        assert sum(bar.count for bar in chart) == len(rows)
    some = range(0, len(rows), 2)
    part = count_overview(sessions, Moment(NOW, DAY), some)
    for chart in charts(part):
        assert sum(bar.count for bar in chart) == len(some)
        for bar in chart:
            found = [sessions.positions[one.id] for one in shown_by(bar, sessions)]
            assert bar.count == len({*found} & {*some})


def issued(*created: float | None) -> SessionList:
    """A session created at each moment."""
    return listed(
        [
            new_session(number, created_at=at, expires_at=None if at is None else at + 30 * DAY)
            for number, at in enumerate(created)
        ]
    )


def test_days_stand_newest_first_and_what_is_older_newer_or_not_known_has_bars_of_its_own(
    zone: Callable[[str], None],
):
    zone("UTC")
    days_ago = (-2, 1 / 24, 1, 1, 29, 90)
    sessions = issued(*(NOW - days * DAY for days in days_ago), None)
    later, *days, earlier, unknown = counted(sessions).days
    assert [bar.label for bar in days[:3]] == ["today", "Tue 13 Oct", "Mon 12 Oct"]
    assert [bar.count for bar in days[:3]] == [1, 2, 0]
    assert len(days) == SHOWN
    assert days[1].filter == "created:2026-10-13"
    assert (later.label, later.filter) == ("later", "created:>=2026-10-15")
    assert (earlier.label, earlier.filter) == ("earlier", "created:<2026-09-14")
    assert (unknown.label, unknown.filter) == ("unknown", "age:unknown")
    assert_true(counted(sessions), sessions)


@pytest.mark.parametrize(
    "name",
    [
        *("UTC", "Asia/Jakarta", "Asia/Kathmandu", "America/New_York", "Pacific/Kiritimati"),
        *("Africa/Cairo", "America/Sao_Paulo", "Europe/London", "XXX-7:00:30"),
    ],
)
@pytest.mark.parametrize("season", range(0, 366, 26))
def test_days_are_those_of_the_local_zone(zone: Callable[[str], None], name: str, season: int):
    zone(name)
    now = 1_540_000_000.0 + season * DAY  # 2018, when midnights were left out in Sao Paulo
    sessions = issued(*(now - hours * HOUR for hours in range(0, 32 * 24, 5)))
    overview = counted(sessions, now)
    assert_true(overview, sessions, now)
    for bar in overview.days[1:SHOWN]:
        local = {
            time.strftime("%a %e %b", time.localtime(session.created_at))
            for session in shown_by(bar, sessions, now)
        }
        assert local == {bar.label}
    starts = days_around(now)
    assert all(22 * HOUR < until - since < 26 * HOUR for since, until in pairwise(starts))
    assert overview.holds(now)
    assert not overview.holds(starts[-1])
    assert not overview.holds(starts[-2] - 1)


@pytest.mark.parametrize("now", [0.0, 1.0, LATEST, 4e11])
def test_a_clock_at_the_end_of_the_calendar_has_days_too(now: float):
    sessions = issued(1.0, NOW, LATEST)
    overview = counted(sessions, now)
    assert sum(bar.count for bar in overview.days) == 3
    assert_true(overview, sessions)


def test_expiries_move_on_with_the_time():
    sessions = listed([new_session(at, expires_at=NOW + at * HOUR) for at in range(1, 40)])
    overview = counted(sessions)
    soon = [bar.label for bar in overview.expiries(NOW) if bar.is_soon]
    assert soon == ["within 1h", "1h to 6h", "6h to 24h"]
    assert labels(overview.expiries(NOW))["within 1h"] == 1
    assert "expired" not in labels(overview.expiries(NOW))
    for later in (0, 0.25, HOUR - 0.1, HOUR, 5 * HOUR, 3 * DAY, -DAY):
        assert_true(overview, sessions, NOW + later)
    assert labels(overview.expiries(NOW + 5 * HOUR))["expired"] == 5


@settings(max_examples=100, deadline=None)
@given(st.floats(2**31 - 4 * DAY, 2**31), st.sampled_from([0, HOUR, DAY, 3 * DAY, 30 * DAY]))
def test_no_rounding_comes_between_a_bar_and_its_filter(now: float, left: float):
    # Where the sum of a moment and a span is rounded, their difference is not.
    sessions = listed([new_session(at, expires_at=now + left + at * 2.0**-22) for at in (-1, 0, 1)])
    assert_true(counted(sessions, now), sessions, now)


LEFT = st.none() | st.sampled_from([-DAY, -0.1, 0.0, 0.1, DAY - 0.1, DAY, DAY + 0.1])
OFF = st.sampled_from([0.0, 1 / 3, 0.1, 1e-6])
"""Of a second: sums and differences of such times are rounded."""


@given(st.lists(LEFT, max_size=5), OFF)
def test_a_session_that_has_ended_is_not_expiring(lefts: list[float | None], off: float) -> None:
    now = NOW + off
    ends = [None if left is None else now + left for left in lefts]
    sessions = listed(new_session(number, expires_at=end) for number, end in enumerate(ends))
    moment = Moment(now, DAY)
    expiring = len(select(parse("is:expiring"), sessions, moment))
    assert figures_of(sessions, range(len(ends)), moment).expiring == expiring
    assert moment.count_expiring(count_overview(sessions, moment).ends) == expiring
    assert sum(one.expiring for one in grouped(sessions, USUAL_KEYS, moment)) == expiring


def from_addresses(*ips: str | None) -> SessionList:
    """A session from each."""
    return listed([new_session(at, ip=ip) for at, ip in enumerate(ips)])


SIGNS = ('say "hi"', "back\\slash", "-client:curl", "a b", "is:current", '"')
CHARTS = {
    "versions are one": (
        "clients",
        with_clients(*["curl 8"] * 3, *["curl 8.5"] * 2, "libcurl 8", "Curl 8"),
        {"curl": 5, "Curl": 1, "libcurl": 1},
    ),
    "not named": (
        "clients",
        with_clients(None, None, "unknown bot", UNKNOWN),
        {"unknown": 2, '"unknown"': 1, "unknown bot": 1},
    ),
    "signs of the language": ("clients", with_clients(*SIGNS), dict.fromkeys(SIGNS, 1)),
    "networks, and what is no address": (
        "networks",
        from_addresses("10.2.0.1", "10.2.0.9", "2001:db8:1::1", None, *["unix socket"] * 3),
        {"unix socket": 3, "10.2.0.0/24": 2, "2001:db8:1::/48": 1, "unknown": 1},
    ),
}


@pytest.mark.parametrize(("chart", "sessions", "bars"), CHARTS.values(), ids=CHARTS.keys())
def test_clients_are_counted_by_family_and_addresses_by_network(
    chart: str, sessions: SessionList, bars: dict[str, int]
):
    overview = counted(sessions)
    assert labels(getattr(overview, chart)) == bars
    assert_true(overview, sessions)


def test_rare_ones_are_counted_together():
    clients = with_clients("top", "top", *(f"<{number:03}>" for number in range(MOST + 9)))
    bars = counted(clients).clients
    assert (bars[0].label, bars[-1]) == ("top", Bar("", "10 other clients", 10))
    assert sum(bar.count for bar in bars) == len(clients)
    networks = from_addresses(*(f"10.{high}.7.1" for high in range(MOST + 1)))
    assert counted(networks).networks[-1] == Bar("", "1 other network", 1)


@pytest.mark.parametrize(
    ("hours", "unused"),
    [
        ([1] * 12, 0),
        ([25] * 12, 11),  # all but the newest
        ([1, *[23] * 5, *[25] * 6], 6),
        ([30, *[1] * 6, *[None] * 5], 0),
        ([1, *[200] * 3, *[None] * 8], 3),
        ([None] * 12, None),
    ],
)
def test_what_is_not_used_is_what_the_usual_rules_would_revoke(
    hours: list[float | None], unused: int | None
):
    made = [
        new_session(
            at,
            user_agent="Guzzle/7",
            ip="10.2.0.7",
            created_at=NOW - at * HOUR - DAY * 9,
            last_used_at=None if used is None else NOW - used * HOUR,
        )
        for at, used in enumerate(hours)
    ]
    sprawl = counted(replace(listed(made), clients=["Guzzle 7"] * len(made))).sprawl
    assert sprawl is not None
    assert (sprawl.group.name, sprawl.unused) == ("Guzzle · 10.2.0.0/24", unused)


def test_a_protected_integration_is_counted_once_under_its_label():
    cron = [new_session(n, user_agent="GuzzleHttp/7", ip="10.2.7.3") for n in range(30)]
    jobs = [new_session(n, user_agent="GuzzleHttp/7", ip="10.2.0.9") for n in range(30, 50)]
    pager = [new_session(n, user_agent="pager/1", ip="10.2.7.4") for n in range(50, 60)]
    billing = Known("billing cron", client="GuzzleHttp", protect=True)
    named = Known("pager", client="pager")
    labelled = {one.id: billing for one in cron} | {one.id: named for one in pager}
    sessions = listed([*cron, *jobs, *pager], labels=labelled)
    assert labels(counted(sessions).clients) == {"billing cron": 30, "GuzzleHttp": 20, "pager": 10}
    sprawl = counted(sessions).sprawl
    assert sprawl is not None
    assert sprawl.group.name == "GuzzleHttp · 10.2.0.0/24"  # nothing protects it
    assert_true(counted(sessions), sessions)


def test_of_few_or_of_unknown_ones_none_stands_out():
    nowhere = listed([new_session(at, user_agent=None, ip=None) for at in range(40)])
    assert counted(replace(nowhere, clients=[UNKNOWN] * 40)).sprawl is None
    assert counted(from_addresses("10.2.0.1", "10.2.0.2")).sprawl is None
