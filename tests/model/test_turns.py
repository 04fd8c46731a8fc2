"""Sorting in steps: the same order as `sorted`, and no step that is long."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiscus_tui.model import turns
from qiscus_tui.model.turns import SAMPLE, SORTED, at_once, sorted_in_steps

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


@pytest.mark.parametrize("kind", ["random", "rising", "falling"])
def test_no_step_looks_at_many_items_and_each_is_looked_at_twice(kind: str) -> None:
    items = list(range(20 * SORTED))
    if kind == "random":
        random.Random(1).shuffle(items)
    elif kind == "falling":
        items.reverse()
    looked: list[int] = []

    def noted(item: int) -> int:
        looked.append(item)
        return item

    longest = before = 0
    for _ in sorted_in_steps(items, noted):
        longest, before = max(longest, len(looked) - before), len(looked)
    assert longest <= 2 * SORTED
    assert len(looked) <= 2 * len(items) + SAMPLE * 21
