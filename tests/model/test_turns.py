"""Turns let others run; sorting in steps gives the same order as `sorted`, by no long step."""

import asyncio
import random
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiscus_tui.model import turns
from qiscus_tui.model.turns import ROUNDS, SAMPLE, SORTED, Turn, at_once, sorted_in_steps

PAIRS = st.lists(st.tuples(st.integers(0, 5), st.integers()), max_size=60)


@given(PAIRS, st.booleans(), st.integers(1, 7))
def test_it_is_sorted_and_equals_stay_in_order(
    pairs: list[tuple[int, int]], reverse: bool, run: int
) -> None:
    def first(pair: tuple[int, int]) -> int:
        return pair[0]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(turns, "SORTED", run)
        found = at_once(sorted_in_steps(pairs, first, reverse=reverse))
    assert found == sorted(pairs, key=first, reverse=reverse)


@pytest.mark.parametrize("kind", ["random", "rising", "falling", "in turn"])
def test_no_step_looks_at_many_items_and_each_is_looked_at_twice(kind: str) -> None:
    items = list(range(20 * SORTED))
    if kind == "random":
        random.Random(1).shuffle(items)
    elif kind == "falling":
        items.reverse()
    elif kind == "in turn":  # as of five clients
        items = [at % 5 * len(items) + at for at in items[:-1]]
    looked: list[int] = []

    def noted(item: int) -> int:
        looked.append(item)
        return item

    longest = before = 0
    for _ in sorted_in_steps(items, noted):
        longest, before = max(longest, len(looked) - before), len(looked)
    assert longest <= 2 * SORTED
    assert len(looked) <= 2 * len(items) + SAMPLE * 21


@pytest.mark.parametrize(("steps", "done"), [(0, 0), (1, 1), (6, 6), (10 * ROUNDS, ROUNDS)])
async def test_between_two_turns_a_key_goes_all_its_way(
    monkeypatch: pytest.MonkeyPatch, steps: int, done: int
) -> None:
    now, went = [0.0], [0]
    monkeypatch.setattr(turns, "time", SimpleNamespace(perf_counter=lambda: now[0]))

    async def key() -> None:
        for _ in range(steps):  # driver, app, screen, table, and back: one round each
            now[0] += 0.001
            went[0] += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(key())
    await Turn().give_way()
    assert went[0] == done
    task.cancel()
