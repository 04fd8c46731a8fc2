"""Which sessions end soon: every count of them says the same as the filter `is:expiring`."""

from hypothesis import given
from hypothesis import strategies as st

from qiscus_tui.model.clock import DAY
from qiscus_tui.model.group_keys import USUAL_KEYS
from qiscus_tui.query import Moment, parse, select
from qiscus_tui.service.check import figures_of
from qiscus_tui.service.overview import count_overview
from qiscus_tui.service.sessions.groups import grouped
from qiscus_tui.tui.listed.order import ExpiryCounts
from tests.service.scripted import START, listed, new_session

LEFT = st.none() | st.sampled_from([-DAY, -0.1, 0.0, 0.1, DAY - 0.1, DAY, DAY + 0.1])
OFF = st.sampled_from([0.0, 1 / 3, 0.1, 1e-6])
"""Of a second: sums and differences of such times are rounded."""


@given(st.lists(LEFT, max_size=5), OFF)
def test_a_session_that_has_ended_is_not_expiring(lefts: list[float | None], off: float) -> None:
    now = START + off
    ends = [None if left is None else now + left for left in lefts]
    sessions = listed(new_session(number, expires_at=end) for number, end in enumerate(ends))
    moment = Moment(now, DAY)
    expiring = len(select(parse("is:expiring"), sessions, moment))
    assert figures_of(sessions.sessions, now, DAY, None).expiring == expiring
    assert moment.count_expiring(count_overview(sessions, moment).ends) == expiring
    assert sum(one.expiring for one in grouped(sessions, USUAL_KEYS, moment)) == expiring
    assert ExpiryCounts.of(sessions).expiring(now, DAY) == expiring
