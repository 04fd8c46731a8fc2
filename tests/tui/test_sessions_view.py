"""What is shown of a list: all that the filter leaves, our own session first, in any order."""

import threading
from collections.abc import Awaitable, Callable

import pytest
from msgspec.structs import replace

from qiscus_tui.query import Moment, SortKey, parse, select
from qiscus_tui.tui.listed.view import Sorting
from qiscus_tui.tui.listed.work import AT_ONCE, ListWork
from tests.tui.conftest import DAY, MOMENT, NOW, many, view_of


@pytest.mark.parametrize("text", ["", "curl", "ip:10", "age:<30d", "-curl expires:>1d", "zzz"])
def test_what_a_filter_leaves_is_what_the_language_selects(text: str) -> None:
    listed = many(500)
    view = view_of(listed, text)
    assert sorted(view.shown) == select(parse(text), listed, MOMENT)
    assert view.is_whole


def test_until_it_is_found_what_was_asked_for_before_is_shown_and_only_the_last_is_taken() -> None:
    listed = many(500)
    view = view_of(listed, "curl")
    before = view.shown
    view.type_filter("guzzle", MOMENT)
    first = view.request
    view.type_filter("chrome", MOMENT)
    view.take(first.find(view.result))
    assert view.shown is before
    assert not view.is_whole
    view.finish()
    assert sorted(view.shown) == select(parse("chrome"), listed, MOMENT)


def test_groups_are_counted_again_once_a_minute_and_where_the_filter_leaves_others() -> None:
    view, minute = view_of(many(500), "age:>1s"), NOW - NOW % 60 + 60
    counted = list[int]()
    for seconds in (0, 1, 59, 60, 61):
        moment = Moment(minute + seconds, DAY)
        view.request = replace(view.request, is_grouped=True, moment=moment)
        view.finish()
        counted.append(int(view.result.counted - minute))
    assert counted == [0, 0, 0, 60, 60]
    view.type_filter("curl age:>1s", view.request.moment)
    view.finish()
    assert sum(group.count for group in view.result.largest_first) == len(view.shown) < 500


def test_what_is_counted_of_the_expiries_is_right_at_any_time() -> None:
    listed = many(300)
    counts = view_of(listed).result
    ends = [one.expires_at for one in listed.sessions if one.expires_at is not None]
    for later in (0, 60, 3600, 40 * DAY):
        now = NOW + later
        assert counts.active(now) == sum(end > now for end in ends)
        assert counts.expiring(now, DAY) == sum(now < end <= now + DAY for end in ends)


@pytest.mark.parametrize("key", SortKey)
def test_sorted_again_a_filtered_list_has_the_same_sessions_in_the_new_order(key: SortKey) -> None:
    listed = many(500)
    view = view_of(listed, "curl")
    left = {*view.shown}
    view.request = replace(view.request, sorting=Sorting(key, reverse=True))
    view.finish()
    order = view.result.order
    assert order[0] == 0
    assert view.own is listed.sessions[0]
    assert view.shown == [at for at in order if at in left]
    assert 10 < len(left) < 490


async def test_work_on_a_long_list_is_done_in_a_thread_and_only_the_last_is_taken() -> None:
    running: list[Callable[[], Awaitable[None]]] = []
    threads: list[str] = []
    taken: list[int] = []
    work = ListWork(running.append)

    def numbered(number: int) -> Callable[[], int]:
        def done() -> int:
            threads.append(threading.current_thread().name)
            return number

        return done

    work.do(AT_ONCE, numbered(0), taken.append)
    assert taken == [0]
    for number in (1, 2, 3):
        work.do(AT_ONCE + 1, numbered(number), taken.append)
    assert taken == [0]
    (run,) = running
    await run()
    assert taken == [0, 3]
    assert threads[0] == "MainThread"
    assert "MainThread" not in threads[1:]
    work.do(AT_ONCE + 1, numbered(4), taken.append)
    work.do(1, numbered(5), taken.append)  # a short list came meanwhile
    await running[1]()
    assert taken == [0, 3, 5]
