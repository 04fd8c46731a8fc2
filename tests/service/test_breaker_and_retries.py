"""When a bulk stops by itself, and how wide it goes."""

import pytest

from qiscus_tui.errors import (
    ConfigError,
    NamedTokenInvalid,
    NotQiscus,
    QiscusTuiError,
    Unreadable,
)
from qiscus_tui.service.revocation.outcomes import Outcome
from qiscus_tui.service.revocation.sending import GROW_AFTER, IN_A_ROW, Breaker, Width
from tests.service.scripted import (
    Stage,
    lost,
    refused,
    says,
    timed_out,
)

# The breaker


@pytest.mark.parametrize(("status", "code"), [(401, 4), (403, 1)])
async def test_the_first_401_or_403_stops_the_bulk(stage: Stage, status: int, code: int):
    sessions = stage.sessions(30)
    stage.server.replies[sessions[3].id].append(says(refused(status)))
    end = await stage.apply(stage.plan(), width=1)
    assert stage.server.requests == [s.id for s in sessions[:4]]
    assert end.report.halted == refused(status).message
    assert end.report.fault is not None
    assert end.report.fault.exit_code == code
    assert len(end.ids(Outcome.NOT_SENT)) == 26
    assert {o.reason for o in end.report.outcomes if o.outcome is Outcome.NOT_SENT} == {
        end.report.halted
    }


async def test_what_was_under_way_when_the_breaker_tripped_is_verified(stage: Stage):
    sessions = stage.sessions(30)
    stage.server.replies[sessions[0].id].append(says(refused(401)))
    end = await stage.apply(stage.plan(), width=8)
    assert len(stage.server.requests) == 8
    assert len(end.ids(Outcome.REVOKED)) == 7
    assert end.of(sessions[0]).outcome is Outcome.FAILED


NOT_UNDERSTOOD = [refused(400), refused(405), refused(422)]
PAGE, NAMED = NotQiscus("a web page", status=405), NamedTokenInvalid("invalid token", status=401)
NINE = [refused(400)] * (IN_A_ROW - 1)
ANOTHER = [None, refused(404), refused(409), refused(503), Unreadable("HTML", status=200)]


@pytest.mark.parametrize(
    ("answers", "trips"),
    [
        *(([one] * IN_A_ROW, True) for one in (*NOT_UNDERSTOOD, PAGE, NAMED)),
        ([*NOT_UNDERSTOOD * 3, PAGE], True),
        (NINE, False),
        ([*NINE, lost(), timed_out(), PAGE], True),  # no answer is neither of the row nor its end
        *(([*NINE, between, *NINE], False) for between in ANOTHER),
    ],
)
def test_ten_answers_in_a_row_that_the_call_is_not_understood_trip_the_breaker(
    answers: list[QiscusTuiError | None], trips: bool
):
    tripped: list[QiscusTuiError] = []
    breaker = Breaker(tripped.append)
    for answer in answers:
        breaker.record(answer)
    assert tripped == ([answers[-1]] if trips else [])


async def test_ten_sessions_in_a_row_given_up_stop_the_bulk(stage: Stage):
    stage.sessions(30)
    stage.server.always = says(timed_out())
    end = await stage.apply(stage.plan(), width=1)
    assert len(set(stage.server.requests)) == IN_A_ROW
    assert end.report.halted == "No answer within 20 s"
    assert end.report.fault is not None
    assert end.report.fault.exit_code == 5
    assert len(end.ids(Outcome.NOT_SENT)) == 20


async def test_a_session_that_went_well_between_begins_that_row_anew(stage: Stage):
    sessions = stage.sessions(25)
    for index, session in enumerate(sessions):
        if index % 10 != 9:
            stage.server.replies[session.id].extend([says(lost())] * 5)
    end = await stage.apply(stage.plan(), width=1)
    assert end.report.halted is None


async def test_where_no_connection_can_be_had_nothing_is_sent_and_it_is_told(stage: Stage):
    stage.sessions(30)
    stage.server.no_sender = ConfigError("The proxy cannot be used")
    for verified in (True, False):
        stage.trials.verified = verified
        end = await stage.apply(stage.plan())
        assert stage.server.requests == []
        assert len(end.ids(Outcome.NOT_SENT)) == 30
        assert end.report.halted == "The proxy cannot be used"


# The width


@pytest.mark.parametrize(("count", "width", "most"), [(100, 5, 5), (3, 64, 3)])
async def test_no_more_are_under_way_than_the_width(
    stage: Stage, count: int, width: int, most: int
):
    stage.sessions(count)
    stage.server.turns = 7
    await stage.apply(stage.plan(), width=width)
    assert stage.server.most_under_way == most


@pytest.mark.parametrize("width", [0, -3])
async def test_a_width_below_one_is_one(stage: Stage, width: int):
    stage.sessions(3)
    end = await stage.apply(stage.plan(), width=width)
    assert len(end.ids(Outcome.REVOKED)) == 3


def hear(width: Width, *errors: QiscusTuiError | None, era: int = 0) -> int:
    """The width after these answers."""
    for error in errors:
        width.record(error, era)
    return width.now


@pytest.mark.parametrize(
    ("answers", "width"),
    [([429], 8), ([503], 8), ([503] * 16, 8), ([500], 16), ([502], 16), ([504], 16)],
)
def test_one_overload_halves_the_width_once_and_no_other_fault_does(answers: list[int], width: int):
    assert hear(Width(16), *map(refused, answers)) == width


def test_the_next_overload_halves_it_again_down_to_one():
    width = Width(16)
    for era in range(10):
        hear(width, refused(503), era=era)
    assert width.now == 1


def test_it_grows_back_after_good_answers_and_not_beyond_what_was_asked():
    width = Width(4)
    hear(width, refused(503))
    assert hear(width, *[None] * (GROW_AFTER - 1)) == 2
    assert hear(width, None) == 3
    assert hear(width, *[None] * GROW_AFTER) == 4
    assert hear(width, *[None] * GROW_AFTER * 3) == 4


async def test_the_tries_after_an_overload_are_narrow_too(stage: Stage):
    stage.sessions(10)
    stage.server.turns = 5
    stage.server.next_replies.extend([says(refused(503))] * 10)
    widths: list[int] = []

    def notes(server: object, session: object) -> None:
        widths.append(stage.server.under_way)
        stage.server.end(stage.server.requests[-1])

    stage.server.always = notes
    await stage.apply(stage.plan(), width=10)
    assert stage.server.most_under_way == 10
    assert max(widths) <= 5


async def test_a_request_that_meets_overload_again_and_again_narrows_again_and_again():
    width = Width(16)
    for _ in range(3):
        async with width.slot() as era:
            width.record(refused(503), era)
    assert width.now == 2
