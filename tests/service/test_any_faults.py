"""Whatever goes wrong, in whatever order: nothing is claimed that is not so."""

import asyncio
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from qiscus_tui.errors import NotConnected, QiscusTuiError
from qiscus_tui.service.revocation.outcomes import Outcome
from tests.clocks import ManualClock
from tests.service.scripted import (
    AuditTrail,
    ListStep,
    Reply,
    ScriptedServer,
    Stage,
    Trials,
    becomes,
    does_nothing,
    ends_own,
    lost,
    new_session,
    refused,
    says,
    slow_down,
    timed_out,
    works,
    works_but_says,
)


def ends_another_too(server: ScriptedServer, session: object) -> None:
    """Somebody else is at it as well."""
    server.end(server.requests[-1])
    if server.live:
        server.end(next(iter(server.live)))


def somebody_logs_in(server: ScriptedServer, session: object) -> None:
    server.end(server.requests[-1])
    server.add(new_session(5_000 + len(server.requests)))


FAULTS: list[QiscusTuiError] = [
    lost(),
    timed_out(),
    NotConnected("refused"),
    slow_down(3),
    *(refused(status) for status in (400, 401, 403, 404, 405, 409, 422, 429, 500, 502, 503, 504)),
]
REPLIES: list[Reply] = [
    *[works] * 20,
    does_nothing,
    ends_own,
    ends_another_too,
    somebody_logs_in,
    *(says(fault) for fault in FAULTS),
    *(works_but_says(fault) for fault in FAULTS),
]


def omits(every: int) -> ListStep:
    """One reading lacks some sessions that live: never two in a row, which are believed."""

    def step(server: ScriptedServer) -> None:
        if not server.has_lied:
            server.omitted = set(list(server.live)[::every])

    return step


READINGS: list[ListStep] = [
    *map(omits, (1, 2, 5, 9)),
    *[becomes(hidden=set())] * 2,
    becomes(complete=True),
    lambda server: becomes(hidden=set(list(server.live)[::2]))(server),
    becomes(complete=False),
    lambda server: server.end(server.own or ""),
    lost(),
    refused(503),
    refused(401),
]


@given(
    targets=st.integers(1, 25),
    others=st.integers(0, 3),
    has_own=st.booleans(),
    verified=st.booleans(),
    plan_age=st.sampled_from([0.0, 60.0]),
    width=st.integers(1, 8),
    turns=st.integers(0, 3),
    always=st.sampled_from([works, works, works, does_nothing, says(refused(404)), says(lost())]),
    replies=st.lists(st.sampled_from(REPLIES), max_size=40),
    readings=st.lists(st.sampled_from(READINGS), max_size=7),
    stop_after=st.none() | st.integers(0, 20),
)
@settings(max_examples=100, deadline=None)
def test_nothing_is_claimed_that_is_not_so(
    targets: int,
    others: int,
    has_own: bool,
    verified: bool,
    plan_age: float,
    width: int,
    turns: int,
    always: Reply,
    replies: list[Reply],
    readings: list[ListStep],
    stop_after: int | None,
):
    clock = ManualClock()
    server = ScriptedServer(clock, always=always, turns=turns)
    stage = Stage(clock, server, AuditTrail(server.log), Trials(verified))
    chosen = stage.sessions(targets)
    server.add(*(new_session(1_000 + number) for number in range(others)))
    if has_own:
        stage.own_session()
    plan = stage.plan(chosen)
    clock.advance(plan_age)
    server.next_replies.extend(replies)
    server.readings.extend(readings)
    report = asyncio.run(stage.apply(plan, width, stop_after)).report

    planned = [target.id for target in plan.targets]
    sent, live = set(server.requests), set(server.live)
    found = {kind: {o.id for o in report.outcomes if o.outcome is kind} for kind in Outcome}

    # Every target is counted exactly once, and nothing else is.
    assert Counter(o.id for o in report.outcomes) == Counter(planned)
    # Nothing outside the plan is ever sent.
    assert sent <= set(planned)
    # What is called revoked was sent and is gone.
    assert found[Outcome.REVOKED] <= sent - live
    # What is called gone was not sent, and is gone.
    assert not found[Outcome.ALREADY_GONE] & (sent | live)
    # What is called not sent was not sent; what is unknown or failed was.
    assert not found[Outcome.NOT_SENT] & sent
    assert found[Outcome.UNKNOWN] | found[Outcome.FAILED] <= sent
    # Where the list could be read whole, it says all of it.
    if not found[Outcome.UNKNOWN]:
        assert found[Outcome.REVOKED] == sent - live
        assert found[Outcome.FAILED] == sent & live
    # Everything that is not there has its reason.
    assert all(
        o.reason
        for o in report.outcomes
        if o.outcome not in {Outcome.REVOKED, Outcome.ALREADY_GONE}
    )
    # Never wider than asked, never unwritten, nothing left open.
    assert server.most_under_way <= width
    assert server.log[0] == "intent"
    assert stage.audit_trail.reports
    assert server.senders_open == 0
    # No try but the retried ones.
    assert all(count <= 5 for count in Counter(server.requests).values())
