"""Groups: every session is in exactly one, and a group's filter finds exactly its sessions."""

import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qiscus_tui.errors import UsageError
from qiscus_tui.model.clients import UNKNOWN, Known, client_family
from qiscus_tui.model.clock import DAY, HOUR, MINUTE
from qiscus_tui.model.group_keys import GroupKey, parse_group_keys
from qiscus_tui.query import Moment, parse, select
from qiscus_tui.service.sessions.groups import Group, grouped, lacking
from qiscus_tui.service.sessions.session_list import SessionList
from tests.service.scripted import listed, new_session

NOW = 1_792_000_000.0  # Wed 14 Oct 2026 17:46:40 UTC
MOMENT = Moment(NOW, DAY)
ZONES = ("UTC", "Asia/Jakarta", "America/St_Johns", "Pacific/Kiritimati", "XXX-7:00:30")


def by(
    keys: str, sessions: SessionList, moment: Moment = MOMENT, at: list[int] | None = None
) -> tuple[Group, ...]:
    """The groups by a comma list of keys."""
    return grouped(sessions, parse_group_keys(keys), moment, at)


def found_by(group: Group, sessions: SessionList) -> list[int]:
    """What the list shows when it is filtered by the group."""
    return select(parse(group.filter_text), sessions, MOMENT)


NASTY = st.text('aB1."\\ ·/:=*|-\x1b\n\u202e\ud800漢', max_size=6)
AGENTS = (
    st.none()
    | NASTY
    | st.sampled_from(["", " ", "curl/8.5", "curl/9", "curl", "Foo 1 2", "unknown/7", "Unknown"])
    | st.sampled_from(["-7", "unknown", "qiscus-tui/1.2 (host-1)", "Mozilla/5.0 Chrome/126 Linux"])
)
IPS = (
    st.none()
    | NASTY
    | st.sampled_from(["", " ", "10.2.0.1", " 10.2.0.9 ", "::ffff:10.2.0.1", "10.2.1.1", "10.2"])
    | st.sampled_from(["10.2.0.0/24", '"10.2.0.0/24"', "10.2.*.*", "10.2.0.1, 10.3.0.1", "unknown"])
    | st.sampled_from(["2001:db8:1::1", "2001:DB8:1::1", "2001:db8:2::1", "::1", "::/48"])
    | st.sampled_from(["fe80::1%eth0", "fe80::1"])
)
USERS = st.none() | NASTY | st.sampled_from(["", "a@b.c", "A@b.c", "unknown"])
LABELS = st.none() | NASTY.filter(bool) | st.sampled_from(["billing cron", "unknown", " "])
TIMES = st.none() | st.floats(NOW - 40 * DAY, NOW + 2 * DAY) | st.floats(1, NOW)
ROWS = st.lists(st.tuples(AGENTS, IPS, USERS, LABELS, TIMES), max_size=20)
KEYS = st.lists(st.sampled_from(GroupKey), min_size=1, max_size=3, unique=True)


@settings(max_examples=100, deadline=None)
@given(ROWS, KEYS, st.data())
def test_every_session_is_in_one_group_which_its_filter_finds(
    rows: list[tuple[str | None, str | None, str | None, str | None, float | None]],
    keys: list[GroupKey],
    data: st.DataObject,
):
    made = [
        new_session(at, user_agent=agent, ip=ip, user=user, created_at=created)
        for at, (agent, ip, user, _, created) in enumerate(rows)
    ]
    labels = {s.id: Known(row[3]) for s, row in zip(made, rows, strict=True) if row[3]}
    sessions = listed(made, labels=labels)
    groups = grouped(sessions, keys, MOMENT)
    assert sorted(at for group in groups for at in group.positions) == list(range(len(rows)))
    for group in groups:
        assert found_by(group, sessions) == list(group.positions)
        assert group.name.isprintable()
    assert len({group.values for group in groups}) == len(groups)
    assert [group.count for group in groups] == sorted((g.count for g in groups), reverse=True)
    assert not rows or abs(sum(group.share for group in groups) - 1) < 1e-9
    some = sorted(data.draw(st.sets(st.sampled_from(range(len(rows)))))) if rows else []
    for group in grouped(sessions, keys, MOMENT, some):
        assert [at for at in found_by(group, sessions) if at in some] == list(group.positions)


@pytest.mark.parametrize("name", ZONES)
def test_days_are_those_of_the_local_zone(zone: Callable[[str], None], name: str):
    zone(name)
    times = [NOW - hours * 5 * HOUR for hours in range(400)] + [1.0]
    sessions = listed(new_session(at, created_at=created) for at, created in enumerate(times))
    groups = by("day", sessions)
    for group in groups:
        assert found_by(group, sessions) == list(group.positions)
    for group in groups:
        days = {time.strftime("%Y-%m-%d", time.localtime(times[at])) for at in group.positions}
        assert days == {group.values[0]}


FAMILIES = {
    "Foo 1 2": "Foo",
    "Chrome 126 · Windows 11": "Chrome · Windows",
    "okhttp-4.9.1": "okhttp",
    "k6 0.49": "k6",
    "7": "7",
    "qiscus-tui · web 1": "qiscus-tui · web 1",  # the machine that made it
}


@given(st.text("aB1. -_/v·", max_size=12))
def test_a_family_has_no_version_at_all_so_that_its_own_family_is_itself(name: str):
    family = client_family(name)
    assert client_family(family) == family
    assert bool(family) == bool(name)
    for versions, one in FAMILIES.items():
        assert client_family(versions) == one


def test_a_group_of_clients_and_networks_says_what_a_script_does():
    cron = [
        new_session(at, user_agent=f"GuzzleHttp/{7 + at % 2}", ip=f"10.2.0.{at}",
                created_at=NOW - at * DAY, expires_at=NOW + (30 - at) * DAY,
                last_used_at=NOW - HOUR if at == 3 else None)
        for at in range(30)
    ]  # fmt: skip
    own = new_session(99, current=True, created_at=NOW - MINUTE, user_agent=None, ip="")
    protected = {cron[4].id: Known("billing", protect=True)}
    first, other = by("client,network", listed([*cron, own], labels=protected))
    assert (first.name, first.count) == ("GuzzleHttp · 10.2.0.0/24", 30)
    assert first.filter_text == 'client:="GuzzleHttp" ip:10.2.0.0/24'
    assert first.share == 30 / 31
    assert (first.oldest_at, first.newest_at) == (NOW - 29 * DAY, NOW)
    assert (first.last_used_at, first.expiring) == (NOW - HOUR, 1)
    assert first.per_day == 1
    assert (first.current, first.protected, first.is_unknown) == (False, True, False)
    assert (other.values, other.is_unknown, other.name) == (
        (None, None),
        True,
        "unknown · unknown",
    )
    assert (other.current, other.last_used_at) == (True, None)
    assert other.per_day == 1  # not 1,440, as it is a minute old


@pytest.mark.parametrize(
    ("protected", "words"), [((), ""), ((1,), "some protected"), ((1, 2), "protected")]
)
def test_a_group_is_protected_where_all_of_it_is(protected: tuple[int, ...], words: str):
    sessions = [new_session(1), new_session(2)]
    labels = {sessions[at - 1].id: Known(f"cron {at}", protect=True) for at in protected}
    (group,) = by("client", listed(sessions, labels=labels))
    assert group.protection_words == words
    assert group.protected is bool(words)


def test_our_own_session_may_be_in_any_group_where_it_is_unknown():
    groups = by("client", listed([new_session(1, current=None), new_session(2, current=False)]))
    assert [group.current for group in groups] == [None]


@pytest.mark.parametrize(
    ("ages", "per_day"), [([0.5] * 12, 12), ([0.0, 2.0], 1), ([1, 2, 3, 4, 8, 9], 4 / 7), ([8], 0)]
)
def test_sessions_per_day_are_of_the_last_week_or_since_the_oldest(
    ages: list[float], per_day: float
):
    sessions = listed(new_session(at, created_at=NOW - age * DAY) for at, age in enumerate(ages))
    assert by("client", sessions)[0].per_day == pytest.approx(per_day)


def test_nothing_is_said_of_times_that_are_not_listed():
    (group,) = by("day", listed([new_session(1, created_at=None, expires_at=None)]))
    assert (group.per_day, group.oldest_at, group.newest_at) == (None, None, None)
    assert (group.expiring, group.filter_text) == (0, "age:unknown")


def test_a_client_that_calls_itself_unknown_is_not_the_unknown_one():
    sessions = listed([new_session(1, user_agent="unknown/7"), new_session(2, user_agent=None)])
    groups = {group.values[0]: group for group in by("client", sessions)}
    assert groups[UNKNOWN].name == '"unknown"'
    assert not groups[UNKNOWN].is_unknown
    assert groups[None].filter_text == "client:=unknown"


def test_the_largest_come_first_and_equals_by_name():
    agents = ["b", "c", "a", "c"]
    sessions = listed(new_session(at, user_agent=agent) for at, agent in enumerate(agents))
    assert [group.name for group in by("client", sessions)] == ["c", "a", "b"]
    assert by("client", sessions, at=[]) == ()


@pytest.mark.parametrize(
    ("text", "hint"),
    [("clint", "client"), ("client,", "network"), ("", "day"), ("Client", "client")],
)
def test_keys_keep_their_order_and_one_that_is_none_is_an_error_with_the_right_names(
    text: str, hint: str
):
    with pytest.raises(UsageError) as caught:
        parse_group_keys(text)
    assert hint in caught.value.hint
    assert parse_group_keys("network, client,network") == (GroupKey.NETWORK, GroupKey.CLIENT)


def test_a_list_without_the_data_says_by_what_else_it_can_be_grouped():
    bare = listed([new_session(1, user_agent=None, ip=None)])
    assert lacking(bare, parse_group_keys("client,network")) == (
        "The server lists no client and no network for any session; group by user or day instead"
    )
    assert lacking(bare, parse_group_keys("client,user")) is None
    assert lacking(bare, parse_group_keys("label")) == (
        "No session has a label; group by user or day instead"
    )
    undated = listed([new_session(1, created_at=None)])
    assert (lacking(undated, parse_group_keys("day")) or "").startswith(
        "The server lists no creation date for any session"
    )
    assert lacking(bare, parse_group_keys("client,label")) == (
        "The server lists no client for any session, and none has a label; "
        "group by user or day instead"
    )
    assert lacking(listed([]), parse_group_keys("client")) is None
