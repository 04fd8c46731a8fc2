"""A while in front of a changing list: neither memory nor tasks grow."""

import pytest

from tests.benchmarks.soak import soaked


@pytest.mark.parametrize(("way", "seconds"), [("service", 240), ("app", 90)])
def test_it_stays_as_it_began(way: str, seconds: int) -> None:
    soak = soaked(way, seconds, 60)
    assert soak.growth() < 1
    assert soak.tasks[-1] <= soak.tasks[0]
