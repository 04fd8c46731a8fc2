"""What chose the sessions of a plan chooses again on the last list before they are sent."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from msgspec.structs import replace as replaced

from qiscus_tui import query
from qiscus_tui.errors import UsageError
from qiscus_tui.model.group_keys import USUAL_KEYS
from qiscus_tui.model.ids import fingerprint
from qiscus_tui.model.retention_rules import Retention, RetentionRules
from qiscus_tui.model.session import Session
from qiscus_tui.service.revocation.outcomes import Outcome, Report
from qiscus_tui.service.revocation.plan import (
    Allowed,
    ChosenBy,
    RevocationPlan,
    Selection,
    make_plan,
)
from qiscus_tui.service.revocation.plan_files import plan_file_of, plan_from
from qiscus_tui.service.sessions.session_list import SessionList
from tests.service.scripted import DAY, START, ScriptedServer, Stage, Trials, plan_of
from tests.service.test_retention import ACCOUNT, HOUR, one

Make = Callable[[SessionList], RevocationPlan]
IDLE = "idle:>2d"
USED = "no longer matches the filter: used since the plan was made"
KEPT = "kept now: used within 2d"


def used_now(name: str) -> Callable[[ScriptedServer], None]:
    """Its token is used."""

    def step(server: ScriptedServer) -> None:
        for session in list(server.live.values()):
            if session.safe_user == name:
                server.add(replaced(session, last_used_at=server.clock.now()))

    return step


@pytest.fixture
def idle(stage: Stage) -> list[Session]:
    """Three sessions of one script, all unused for days, and one that is in use."""
    names = ("a", "b", "c", "busy")
    sessions = [one(name, idle=HOUR if name == "busy" else 3 * DAY) for name in names]
    stage.server.add(*sessions)
    return sessions


def by_filter(listed: SessionList) -> RevocationPlan:
    return plan_of(listed, where=IDLE)


def by_marks(listed: SessionList) -> RevocationPlan:
    """`a` and `b` marked by a filter, `c` by hand."""
    moment, rule = query.Moment(START, DAY), query.parse(IDLE)
    ids = {one.safe_user: one.id for one in listed.sessions}
    marked = ChosenBy(rule, frozenset((ids["a"], ids["b"])))
    selection = Selection(query.select(rule, listed, moment), marked_by=(marked,))
    return make_plan(listed, selection, Allowed(), None, moment)


def by_rules(listed: SessionList) -> RevocationPlan:
    rules = RetentionRules(keep_used_within=2 * DAY)
    return plan_of(listed, retention=Retention(USUAL_KEYS, rules))


def in_file(plan: RevocationPlan, stage: Stage) -> RevocationPlan:
    """The plan as it goes on from its file, on the list as it is now."""
    file, moment = plan_file_of(plan, ACCOUNT, START), query.Moment(stage.clock.now(), DAY)
    return plan_from(file, stage.server.now_listed(), Allowed(), moment)


def not_sent(report: Report) -> list[str | None]:
    return [one.reason for one in report.outcomes if one.outcome is Outcome.NOT_SENT]


def users(stage: Stage, sessions: list[Session]) -> str:
    names = {session.id: session.safe_user for session in sessions}
    return " ".join(sorted(names[one] for one in stage.server.requests))


def by_client(listed: SessionList) -> RevocationPlan:
    return plan_of(listed, where="client:curl")


def by_new(listed: SessionList) -> RevocationPlan:
    return plan_of(replace(listed, new=b"\x01" * 4), where=f"is:new {IDLE}")


@pytest.mark.parametrize(
    ("make", "used", "days", "sent", "reasons"),
    [
        pytest.param(by_filter, "a", 0, "b c", [USED], id="by a filter"),
        pytest.param(by_rules, "a", 0, "b c", [KEPT], id="by rules"),
        pytest.param(by_marks, "a", 0, "b c", [USED], id="marked by a filter"),
        pytest.param(by_marks, "c", 0, "a b c", [], id="marked by hand"),
        pytest.param(by_new, "a", 0, "b c", [USED], id="new ones: the rest of the filter"),
        pytest.param(by_client, "a", 0, "a b busy c", [], id="no time made it: not read again"),
        pytest.param(by_filter, "", 3, "a b c", [], id="what is chosen by now is not added"),
    ],
)
async def test_what_was_used_since_the_plan_was_made_is_not_sent(
    stage: Stage,
    idle: list[Session],
    make: Make,
    used: str,
    days: int,
    sent: str,
    reasons: list[str],
):
    plan = make(stage.server.now_listed())  # if days is 0, the list is but a moment old
    stage.clock.advance(days * DAY)
    stage.server.readings.append(used_now(used))
    report = (await stage.apply(plan)).report
    assert users(stage, idle) == sent
    assert not_sent(report) == reasons


@pytest.mark.parametrize(
    ("make", "reason"), [(by_filter, USED), (by_rules, KEPT), (by_marks, USED)]
)
async def test_nor_is_what_was_used_during_the_trial(
    stage: Stage, idle: list[Session], make: Make, reason: str
):
    plan = make(stage.server.now_listed())
    stage.trials = Trials(verified=False)

    def after_the_trial(server: ScriptedServer) -> None:
        left = next(one.safe_user for one in idle if one.id not in server.requests)
        used_now(left)(server)

    stage.server.readings.extend((lambda _: None, after_the_trial))
    report = (await stage.apply(plan)).report
    assert len(stage.server.requests) == 2
    assert not_sent(report) == [reason]


@pytest.mark.parametrize(("make", "reason"), [(by_filter, USED), (by_rules, KEPT)])
async def test_a_plan_file_chooses_again_when_it_is_applied_and_before_it_is_sent(
    stage: Stage, idle: list[Session], make: Make, reason: str
):
    plan = make(stage.server.now_listed())
    stage.clock.advance(HOUR)
    used_now("a")(stage.server)
    now = in_file(plan, stage)
    assert [left.reason for left in now.left_out] == [reason]
    assert [target.safe_user for target in now.targets] == ["b", "c"]
    stage.server.readings.append(used_now("b"))
    report = (await stage.apply(now)).report
    assert users(stage, idle) == "c"
    assert not_sent(report) == [reason, reason]


@pytest.mark.parametrize("token", ["-token-000001", "QEXab+/cd0123456789=="])
@pytest.mark.parametrize("text", ['-ua:"{}"', 'ua:"x {}"', "-{}", 'ua:="{}"'])
def test_a_filter_with_a_token_in_it_goes_into_no_file_and_no_record(
    stage: Stage, token: str, text: str
):
    session = one("a", id=fingerprint(token), token=token, revoke_with=token)
    stage.server.add(session)
    plan = plan_of(stage.server.now_listed(), where=text.format(token))
    assert token not in plan.rule
    with pytest.raises(UsageError, match="a plan file may hold none"):
        plan_file_of(plan, ACCOUNT, START)


@pytest.mark.parametrize("created", [True, False])
def test_an_id_in_a_file_that_stands_for_another_session_by_now_is_left_out(
    stage: Stage, created: bool
):
    """Where the server's ids are the numbers of its rows, a login shifts them."""
    age = 10 * DAY if created else None
    first = one("a", age=age, token=None, revoke_with=7)
    stage.server.add(first)
    plan = plan_of(stage.server.now_listed(), where="user:a")
    other = replaced(
        one("b", age=None if age is None else 9 * DAY, agent="GuzzleHttp/7"),
        id=first.id,
        token=None,
        revoke_with=7,
    )
    stage.server.live = {first.id: other}
    plan = in_file(plan, stage)
    assert not plan.targets
    assert [left.reason for left in plan.left_out] == ["its id stands for another session now"]


def test_the_ids_of_a_plan_file_are_looked_at_a_few_times_however_many_are_left_out(stage: Stage):
    class Counted(tuple[str, ...]):
        __slots__ = ()

        def __iter__(self) -> Iterator[str]:
            looked.append(1)
            return super().__iter__()

    looked: list[int] = []
    stage.server.add(*(one(f"{number}", idle=3 * DAY) for number in range(50)))
    on = stage.server.now_listed()
    file = plan_file_of(by_filter(on), ACCOUNT, START)
    file = replaced(file, ids=Counted(file.ids))
    for session in list(stage.server.live.values()):
        stage.server.add(replaced(session, last_used_at=START))
    plan = plan_from(file, stage.server.now_listed(), Allowed(), query.Moment(START, DAY))
    assert len(plan.left_out) == 50
    assert len(looked) < 10
