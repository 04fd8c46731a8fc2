"""A bulk through a network that fails at random, with the whole client."""

import pytest

from tests.benchmarks.revoke_storm import storm


@pytest.mark.parametrize(("share", "seed"), [(0.05, 1), (0.2, 2)])
async def test_500_revokes_through_a_failing_network_end_exactly_the_right_set(
    share: float, seed: int
):
    ended = await storm(500, share=share, seed=seed)
    assert ended.is_exact
    assert len(ended.report.outcomes) == 500
    assert ended.report.halted is None
    assert ended.faults.total() > 500 * share / 2
