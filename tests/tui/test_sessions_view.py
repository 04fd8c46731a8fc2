"""What is shown of a list: first hits at once, all hits in the end, our own session first."""

from dataclasses import replace

import pytest

from qiscus_tui.model.turns import at_once
from qiscus_tui.query import Moment, SortKey, parse, select
from qiscus_tui.service.sessions.session_list import SessionList, search_text
from qiscus_tui.tui.listed.changes_ahead import expiries_in_steps
from qiscus_tui.tui.listed.order import ListView
from qiscus_tui.tui.listed.sorting import Sorting, own_first_in_steps
from tests.tui.conftest import DAY, NOW, many

MOMENT = Moment(NOW, DAY)


def searchable(count: int) -> SessionList:
    """Sessions with the texts that a filter looks into."""
    listed = many(count)
    texts = [search_text(one, one.safe_agent, "") for one in listed.sessions]
    return replace(listed, search=texts)


class Hasty:
    """A clock by which every look has taken too long."""

    def __init__(self) -> None:
        self.time = 0.0

    def __call__(self) -> float:
        self.time += 1
        return self.time


@pytest.mark.parametrize("text", ["", "curl", "ip:10", "age:<30d", "-curl expires:>1d", "zzz"])
def test_the_rest_of_a_filter_is_what_the_language_selects(text: str) -> None:
    listed = searchable(500)
    view = ListView(Hasty())
    view.take(listed, Sorting(), at_once(view.sorted_in_steps(listed, Sorting())), MOMENT)
    first = view.ask(parse(text), MOMENT)
    assert set(first) <= set(view.hits)
    assert sorted(view.hits) == (select(parse(text), listed, MOMENT) if text else [*range(500)])
    assert view.is_whole


def test_an_unfinished_filter_is_never_narrowed() -> None:
    listed = searchable(500)
    view = ListView(Hasty())
    view.take(listed, Sorting(), range(500), MOMENT)
    view.ask(parse("c"), MOMENT)
    assert not view.is_whole
    view.ask(parse("curl"), MOMENT)
    assert sorted(view.hits) == select(parse("curl"), listed, MOMENT)


def test_a_census_tells_what_a_count_would() -> None:
    listed = many(300)
    expiry_counts = at_once(expiries_in_steps(listed, NOW, DAY))
    for later in (0, 60, 3600):
        ends = [s.expires_at for s in listed.sessions if s.expires_at is not None]
        now = NOW + later
        assert expiry_counts.active(now) == sum(end > now for end in ends)
        assert expiry_counts.expiring(now, DAY) == sum(now < end <= now + DAY for end in ends)


@pytest.mark.parametrize("key", SortKey)
def test_new_names_change_the_order_by_client_alone(key: SortKey) -> None:
    listed, sorting = many(300), Sorting(key)
    view = ListView(Hasty())
    view.take(listed, sorting, at_once(view.sorted_in_steps(listed, sorting)), MOMENT)
    named = replace(listed, clients=[name[::-1] for name in listed.clients])
    again = at_once(view.sorted_in_steps(named, sorting))
    assert again == at_once(ListView(Hasty()).sorted_in_steps(named, sorting))


@pytest.mark.parametrize("key", SortKey)
def test_sorted_again_a_filtered_list_has_the_same_sessions_in_the_new_order(key: SortKey) -> None:
    listed = searchable(500)
    view = ListView(Hasty())
    view.take(listed, Sorting(), at_once(view.sorted_in_steps(listed, Sorting())), MOMENT)
    view.ask(parse("curl"), MOMENT)
    left = {*view.hits}
    view.sorting = Sorting(key, reverse=True)
    view.sort(at_once(own_first_in_steps(listed, view.sorting)))
    assert view.is_whole
    assert [*view.hits] == [at for at in view.order if at in left]
    assert [*view.order] == at_once(ListView(Hasty()).sorted_in_steps(listed, view.sorting))
    assert 10 < len(left) < 490


def test_what_time_changed_is_seen_though_the_list_was_sorted_while_it_was_looked_for() -> None:
    listed, later = searchable(5000), Moment(NOW + DAY, DAY)
    view = ListView(Hasty())
    view.take(listed, Sorting(), at_once(view.sorted_in_steps(listed, Sorting())), MOMENT)
    view.ask(parse("is:expired"), MOMENT)
    before = len(view.hits)
    for _ in view.updated_in_steps(lambda: later):
        view.sorting = view.sorting.turned()
        view.sort(at_once(own_first_in_steps(listed, view.sorting)))
    while view.is_outdated(later.server_now):
        at_once(view.updated_in_steps(lambda: later))
    assert sorted(view.hits) == select(parse("is:expired"), listed, later)
    assert len(view.hits) > before
