"""Whether the server's times without a zone are UTC."""

import pytest

from qiscus_tui.service.account.server_zone import zone_offset_of
from tests.service.scripted import START, listed, new_session


def offset(difference: float) -> float:
    """What is learnt when our new session seems to be made so many seconds off."""
    own = new_session(1, current=True, created_at=START + difference)
    return zone_offset_of(listed([new_session(2), own]), START)


@pytest.mark.parametrize("hours", [7, -3, 5.5, 5.75, 0.25, 14, -11])
def test_whole_quarter_hours_are_a_zone(hours: float):
    assert offset(hours * 3600) == hours * 3600


@pytest.mark.parametrize("slack", [-119, -1, 0, 1, 119])
def test_a_little_slack_does_not_matter(slack: float):
    assert offset(7 * 3600 + slack) == 7 * 3600
    assert offset(slack) == 0


@pytest.mark.parametrize("difference", [300, 7 * 3600 + 400, -450, 14.25 * 3600, 86_400 * 30])
def test_anything_else_is_no_zone(difference: float):
    assert offset(difference) == 0


def test_nothing_is_learnt_without_our_own_session():
    assert zone_offset_of(listed([new_session(1)]), START) == 0


def test_nothing_is_learnt_where_our_own_session_has_no_date():
    own = new_session(1, current=True, created_at=None)
    assert zone_offset_of(listed([own]), START) == 0
