"""The orders of the list."""

from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from qiscus_tui.model import turns
from qiscus_tui.model.session import Session
from qiscus_tui.model.turns import at_once
from qiscus_tui.query import (
    SortKey,
    order,
    order_in_steps,
    partly_sorted,
    partly_sorted_in_steps,
    sorting,
)
from tests.query.sample import a_session, columns_of


def ordered(key: SortKey, *sessions: Session, reverse: bool = False) -> list[int]:
    return order(columns_of(*sessions), key, reverse=reverse)


def test_the_newest_stand_first_where_nothing_is_said() -> None:
    assert order(columns_of(*(a_session(created_at=t) for t in (1.0, 3.0, 2.0)))) == [1, 2, 0]


def test_the_soonest_to_end_stand_first() -> None:
    sessions = [a_session(expires_at=t) for t in (1.0, 3.0, 2.0)]
    assert ordered(SortKey.EXPIRES, *sessions) == [0, 2, 1]


def test_the_most_recently_used_stand_first() -> None:
    sessions = [a_session(last_used_at=t) for t in (1.0, 3.0, 2.0)]
    assert ordered(SortKey.LAST_USED, *sessions) == [1, 2, 0]


def test_texts_sort_whatever_their_case() -> None:
    sessions = [a_session(user=u) for u in ("bob", "Ada", "carl")]
    assert ordered(SortKey.USER, *sessions) == [1, 0, 2]
    agents = [a_session(user_agent=a) for a in ("curl/8", "Chrome/1", "axios")]
    assert ordered(SortKey.CLIENT, *agents) == [2, 1, 0]


def test_addresses_sort_by_number_v4_first_unreadable_last() -> None:
    ips = ["::1", "10.10.0.1", "?", "10.9.0.1", "::ffff:10.9.0.2"]
    sessions = [a_session(ip=ip) for ip in ips]
    assert ordered(SortKey.IP, *sessions) == [3, 4, 1, 0, 2]
    assert ordered(SortKey.IP, *sessions, reverse=True) == [0, 1, 4, 3, 2]


@pytest.mark.parametrize("key", [key for key in SortKey if key is not SortKey.ID])
@pytest.mark.parametrize("reverse", [False, True])
def test_the_unknown_stand_last_in_either_direction(key: SortKey, reverse: bool) -> None:
    known = a_session(
        created_at=1.0, expires_at=1.0, last_used_at=1.0, user_agent="z", ip="1.1.1.1", user="z"
    )
    assert ordered(key, a_session(), known, reverse=reverse)[0] == 1


@pytest.mark.parametrize("reverse", [False, True])
def test_equals_stand_in_order_of_their_ids(reverse: bool) -> None:
    sessions = [a_session(id=i, created_at=t) for i, t in (("b", 1.0), ("a", 1.0), ("d", None))]
    sessions.append(a_session(id="c"))
    assert ordered(SortKey.CREATED, *sessions, reverse=reverse) == [1, 0, 3, 2]


_sessions = st.builds(
    a_session,
    created_at=st.sampled_from([None, 1.0, 2.0]),
    user_agent=st.sampled_from([None, "a", "B"]),
    ip=st.sampled_from([None, "?", "10.0.0.1", "9.0.0.1", "::2"]),
)


@given(st.lists(_sessions, max_size=40), st.sampled_from(SortKey), st.booleans())
def test_steps_of_any_size_give_the_same_order(
    sessions: list[Session], key: SortKey, reverse: bool
) -> None:
    whole = ordered(key, *sessions, reverse=reverse)
    assert sorted(whole) == list(range(len(sessions)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sorting, "RUN", 3)
        assert ordered(key, *sessions, reverse=reverse) == whole


@given(
    st.lists(_sessions, min_size=1, max_size=40),
    st.sampled_from(SortKey),
    st.booleans(),
    st.integers(1, 9),
    st.data(),
)
def test_an_order_that_is_sorted_as_it_is_looked_at_is_the_order(
    sessions: list[Session], key: SortKey, reverse: bool, size: int, data: st.DataObject
) -> None:
    sessions = [replace(one, id=f"{number:03}") for number, one in enumerate(sessions)]
    data.draw(st.randoms()).shuffle(sessions)
    whole = ordered(key, *sessions, reverse=reverse)
    first = data.draw(st.none() | st.sampled_from(whole))
    if first is not None:
        whole.remove(first)
        whole.insert(0, first)
    with pytest.MonkeyPatch.context() as patch:
        for module, name in (turns, "SORTED"), (sorting, "RUN"), (partly_sorted, "MANY"):
            patch.setattr(module, name, size)
        patch.setattr(partly_sorted, "_SAMPLE", 3 * size)
        patch.setattr(partly_sorted, "_AROUND", size % 3)
        steps = partly_sorted_in_steps(columns_of(*sessions), key, reverse=reverse, first=first)
        partly = at_once(steps)
        for row in data.draw(st.lists(st.sampled_from(range(len(whole))), max_size=5)):
            assert partly[row] == whole[row]
            assert partly.index(whole[row]) == row
            assert partly[row : row + 3] == whole[row : row + 3]
        steps, some_steps = partly.sorted_in_steps(), data.draw(st.integers(0, 9))
        for _ in islice(steps, some_steps):  # looked at while the rest is sorted
            row = data.draw(st.sampled_from(range(len(whole))))
            assert partly[row] == whole[row]
        assert len(partly) == len(whole)
        some = [at for at in whole if at % 3]
        assert [*partly.only(some)] == some
        assert at_once(partly.sorted_in_steps()) == whole == [*partly]
        assert [*partly.only(some)] == some
    assert len(sessions) not in partly


def test_a_long_list_is_sorted_in_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in turns, sorting:
        monkeypatch.setattr(module, "RUN", 3)
    columns = columns_of(*(a_session(created_at=1.0) for _ in range(30)))
    assert len(list(order_in_steps(columns))) > 20


def test_no_step_compares_many_though_all_have_the_same_value(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compared = 0

    class Counted(str):
        __slots__ = ()

        def __lt__(self, other: str) -> bool:
            nonlocal compared
            compared += 1
            return super().__lt__(other)

    monkeypatch.setattr(turns, "SORTED", 1000)
    monkeypatch.setattr(partly_sorted, "MANY", 2000)
    sessions = [a_session(id=Counted(f"{at:012x}"), user_agent="curl") for at in range(20_000)]
    most = before = 0
    for _ in order_in_steps(columns_of(*sessions), SortKey.CLIENT):
        most, before = max(most, compared - before), compared
    assert compared > 15 * most


@pytest.mark.parametrize("key", SortKey)
def test_the_first_rows_need_a_small_part_to_be_sorted(
    monkeypatch: pytest.MonkeyPatch, key: SortKey
) -> None:
    monkeypatch.setattr(partly_sorted, "MANY", 200)
    at = range(5_000)
    sessions = [
        a_session(id=f"{n:012x}", created_at=n, expires_at=n, last_used_at=n, user_agent=str(n % 3))
        for n in at
    ]
    partly = at_once(partly_sorted_in_steps(columns_of(*sessions), key))
    first = partly[:40]
    assert first == order(columns_of(*sessions), key)[:40]
    assert sum(len(partly._parts[at]) for at in partly._ready) <= 200
