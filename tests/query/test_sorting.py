"""The orders of the list."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from qiscus_tui.model.session import Session
from qiscus_tui.query import SortKey, order
from tests.query.sample import a_session, columns_of


def ordered(key: SortKey, *sessions: Session, reverse: bool = False) -> list[int]:
    return order(columns_of(*sessions), key, reverse=reverse)


@pytest.mark.parametrize(
    ("key", "field", "values", "order"),
    [
        (SortKey.CREATED, "created_at", (1.0, 3.0, 2.0), [1, 2, 0]),
        (SortKey.EXPIRES, "expires_at", (1.0, 3.0, 2.0), [0, 2, 1]),
        (SortKey.LAST_USED, "last_used_at", (1.0, 3.0, 2.0), [1, 2, 0]),
        (SortKey.USER, "user", ("bob", "Ada", "carl"), [1, 0, 2]),
        (SortKey.CLIENT, "user_agent", ("curl/8", "Chrome/1", "axios"), [2, 1, 0]),
    ],
)
def test_each_key_has_a_usual_direction(
    key: SortKey, field: str, values: tuple[object, ...], order: list[int]
) -> None:
    assert ordered(key, *(a_session(**{field: value}) for value in values)) == order


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


@given(st.lists(_sessions, max_size=40), st.sampled_from(SortKey), st.booleans(), st.data())
def test_every_session_is_in_the_order_once_and_the_first_one_first(
    sessions: list[Session], key: SortKey, reverse: bool, data: st.DataObject
) -> None:
    sessions = [replace(one, id=f"{number:03}") for number, one in enumerate(sessions)]
    data.draw(st.randoms()).shuffle(sessions)
    whole = ordered(key, *sessions, reverse=reverse)
    assert sorted(whole) == list(range(len(sessions)))
    first = data.draw(st.sampled_from(whole)) if whole else None
    pinned = order(columns_of(*sessions), key, reverse=reverse, first=first)
    assert pinned == ([] if first is None else [first]) + [at for at in whole if at != first]
