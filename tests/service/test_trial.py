"""The first use on a server is a trial: one session goes first, and the list is read."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from qiscus_tui.errors import StorageError
from qiscus_tui.model.ids import fingerprint
from qiscus_tui.model.session import Session
from qiscus_tui.service.revocation.outcomes import (
    ENDED_OTHERS_HINT,
    LOOK_AGAIN_HINT,
    Outcome,
)
from qiscus_tui.service.revocation.plan import Allowed
from qiscus_tui.service.revocation.rechecks import IDS_CHANGED
from qiscus_tui.service.revocation.run import FIRST_SAMPLE
from qiscus_tui.service.revocation.sending import Answered, Halted, TrialStarted
from qiscus_tui.service.revocation.trial import ENDED_OTHERS, TRIAL_FAILED_HINT
from tests.service.scripted import (
    DAY,
    START,
    Ending,
    ListStep,
    Reply,
    ScriptedServer,
    Stage,
    Trials,
    becomes,
    does_nothing,
    ends_all,
    ends_own,
    lost,
    new_session,
    refused,
    says,
    works,
    works_but_says,
)

Setup = Callable[[Stage], None]


@pytest.fixture
def first_use(stage: Stage) -> Stage:
    """A server on which no revoke was verified yet."""
    stage.trials.verified = False
    return stage


def only_one_was_sent(stage: Stage, end: Ending) -> bool:
    """Whether nothing followed the trial."""
    unsent = len(end.ids(Outcome.NOT_SENT))
    return len(set(stage.server.requests)) == 1 and unsent == len(end.report.plan.targets) - 1


def always(reply: Reply) -> Setup:
    """Each revoke does this."""

    def setup(stage: Stage) -> None:
        stage.server.always = reply

    return setup


def ends_besides(which: Callable[[ScriptedServer], str]) -> Setup:
    """Each revoke ends another session too."""

    def reply(server: ScriptedServer, session: Session) -> None:
        server.end(session.id)
        server.end(which(server))

    return always(reply)


def another_target(server: ScriptedServer) -> str:
    return next(one for one in server.live if one != server.own)


@pytest.mark.parametrize("count", [1, 9])
async def test_one_session_goes_first_and_the_list_is_read_before_the_rest(
    first_use: Stage, count: int
):
    first_use.sessions(count)
    end = await first_use.apply(first_use.plan())
    sent = first_use.server.requests[0]
    assert first_use.server.log[:3] == ["intent", f"send {sent}", "list"]
    assert first_use.server.log.count("list") == (3 if count > 1 else 2)
    assert len(end.ids(Outcome.REVOKED)) == count
    trials = [event for event in end.events if isinstance(event, TrialStarted)]
    assert trials == ([TrialStarted(sent)] if count > 1 else [])  # one alone is its own trial
    told = [(event.done, event.total) for event in end.events if isinstance(event, Answered)]
    assert told == [(n, count) for n in range(1, count + 1)]
    assert first_use.trials.verified


@pytest.mark.parametrize(
    ("verified", "reply", "hint"),
    [
        (False, does_nothing, TRIAL_FAILED_HINT),
        (False, says(refused(404)), TRIAL_FAILED_HINT),
        (True, says(refused(409)), LOOK_AGAIN_HINT),
        (True, does_nothing, LOOK_AGAIN_HINT),
    ],
)
async def test_where_one_alone_is_still_listed_it_is_said_that_an_unverified_call_does_not_work(
    stage: Stage, reply: Reply, hint: str, *, verified: bool
):
    stage.trials.verified = verified
    stage.sessions(1)
    stage.server.always = reply
    end = await stage.apply(stage.plan())
    assert (end.report.words, end.report.hint, end.report.exit_code) == ("1 failed", hint, 3)
    assert not stage.trials.verified


async def test_the_one_that_lives_longest_goes_first_but_never_our_own(first_use: Stage):
    short = new_session(1, expires_at=START + 60)
    long = new_session(2, expires_at=START + 19 * DAY)
    first_use.server.add(short, long, new_session(3, expires_at=None))
    own = first_use.own_session()
    await first_use.apply(first_use.plan(allowed=Allowed(current=True)))
    assert (first_use.server.requests[0], own.id in first_use.server.requests) == (long.id, True)


# What stops the rest


def reads(*steps: ListStep) -> Setup:
    """What happens at the next readings of the list."""
    return lambda stage: stage.server.readings.extend(steps)


def answers(*replies: Reply) -> Setup:
    """What the next revokes do."""
    return lambda stage: stage.server.next_replies.extend(replies)


def changes(**fields: object) -> Setup:
    """The server is so from now on."""
    return lambda stage: becomes(**fields)(stage.server)


OWN_UNKNOWN = reads(becomes(own="not listed"))
ANOTHER_TARGET = ends_besides(another_target)
NOT_ENDED = "the first revoke did not end its session"
OWN_TOO = "the first revoke ended this program's own session too"
UNREAD = f"the list could not be read after the first revoke: {lost().message}"
STOPS: dict[str, tuple[Setup, bool, str, str]] = {
    # what happens, whether we have a session of our own, the result, why it is halted
    "it is still listed": (always(does_nothing), False, "1 failed · 4 not sent", NOT_ENDED),
    "a wrong path answers 404 to all": (
        always(says(refused(404))), False, "1 failed · 4 not sent",
        f"{NOT_ENDED} (Revoking failed: 404)",
    ),
    "401": (always(says(refused(401))), False, "1 failed · 4 not sent", refused(401).message),
    "403": (always(says(refused(403))), False, "1 failed · 4 not sent", refused(403).message),
    "all ended": (always(ends_all), True, "1 revoked · 4 not sent", OWN_TOO),
    "all ended, and none of them was ours": (
        always(ends_all), False, "1 unknown · 4 not sent",
        "can't tell whether the first revoke worked: the list lacks 4 sessions that nothing was "
        "sent for",
    ),
    "another target ended too": (
        ANOTHER_TARGET, True, "1 revoked · 4 not sent",
        "1 other session of the plan ended with the first one",
    ),
    "our own session ended too": (
        ends_besides(lambda server: server.own or ""), True, "1 revoked · 4 not sent", OWN_TOO
    ),
    "our own session ended instead": (always(ends_own), True, "1 failed · 4 not sent", NOT_ENDED),
    "the list cannot be read": (
        reads(lost(), lost()), False, "1 unknown · 4 not sent", UNREAD
    ),
    "the list can be read only a moment later": (
        reads(lost()), False, "1 revoked · 4 not sent", UNREAD
    ),
    "the list is not complete": (
        changes(complete=False), False, "1 unknown · 4 not sent",
        "can't tell whether the first revoke worked: the list is not whole: the pages did not come "
        "to an end",
    ),
    "more entries are unreadable than before": (
        changes(unreadable=1), False, "1 unknown · 4 not sent",
        "can't tell whether the first revoke worked: entries of the list could not be read that "
        "could be read before",
    ),
    "our own session is unknown by now": (
        OWN_UNKNOWN,
        False,
        "1 revoked · 4 not sent", "can't tell any longer which session is this program's own",
    ),
}  # fmt: skip
FAULTS = {refused(401).message: 4, refused(403).message: 1, UNREAD: 5}
"""The exit code of the server's answer, or of the lack of one, by why it is halted."""


@pytest.mark.parametrize(("happens", "own", "words", "why"), STOPS.values(), ids=STOPS.keys())
async def test_nothing_follows_a_trial_where(
    first_use: Stage, happens: Setup, words: str, why: str, *, own: bool
):
    sessions = first_use.sessions(5)
    if own:
        first_use.own_session()
    plan = first_use.plan(sessions)
    happens(first_use)
    end = await first_use.apply(plan)
    assert only_one_was_sent(first_use, end)
    assert (end.report.words, end.report.halted) == (words, why)
    ended_more = why == OWN_TOO or "of the plan ended" in why
    assert (end.report.hint == ENDED_OTHERS_HINT) is ended_more
    is_own_gone = own and happens is not ANOTHER_TARGET
    assert (end.report.lost_own, end.report.own_is_gone) == (is_own_gone, is_own_gone)
    assert ("own session is gone" in (end.report.warning or "")) is is_own_gone
    assert sum(isinstance(event, Halted) for event in end.events) == 1
    assert first_use.trials.verified is (happens is OWN_UNKNOWN)
    assert (end.report.fault and end.report.fault.exit_code) == FAULTS.get(why)
    assert (end.report.hint == TRIAL_FAILED_HINT) is why.startswith(NOT_ENDED)


async def test_one_reading_that_lacks_it_lets_only_the_first_few_follow(first_use: Stage):
    """Nothing ends here, and one reading lacks the trial: the second witness has it again."""
    first_use.sessions(40)
    live = dict(first_use.server.live)
    first_use.server.always = does_nothing

    def lacks_the_trial(server: ScriptedServer) -> None:
        server.live.pop(server.requests[0])

    def has_it_again(server: ScriptedServer) -> None:
        server.live = dict(live)

    first_use.server.readings.extend([lacks_the_trial, has_it_again])
    end = await first_use.apply(first_use.plan())
    assert len(first_use.server.requests) == 1 + FIRST_SAMPLE
    assert end.report.halted == NOT_ENDED
    assert len(end.ids(Outcome.FAILED)) == 1 + FIRST_SAMPLE
    assert not first_use.trials.verified


@pytest.mark.parametrize("answers", [1, 3])
async def test_a_run_that_is_stopped_once_its_trial_passed_proves_the_call(
    first_use: Stage, answers: int
):
    first_use.sessions(9)
    end = await first_use.apply(first_use.plan(), width=1, stop_after=answers)
    assert (len(end.ids(Outcome.REVOKED)), end.report.halted) == (answers, "cancelled")
    assert first_use.trials.verified


# What stops nothing


@pytest.mark.parametrize(
    "happens",
    [
        always(works_but_says(refused(404))),
        changes(unreadable=7),
        answers(works_but_says(lost()), works),
    ],
    ids=["a 404, and it is gone", "entries unreadable all along", "a lost answer, tried again"],
)
async def test_the_rest_follows_where(first_use: Stage, happens: Setup):
    first_use.sessions(5)
    happens(first_use)
    end = await first_use.apply(first_use.plan())
    assert end.report.words == "5 revoked"


@pytest.mark.parametrize(("others", "readings"), [(2, 3), (1, 2)])
async def test_another_target_that_expired_meanwhile_stops_nothing_and_is_not_sent(
    first_use: Stage, others: int, readings: int
):
    """Where nothing is left after the trial, its reading is one of the two that prove the end."""
    first_use.sessions(others)
    soon = new_session(50, expires_at=START + 1)
    first_use.server.add(soon)

    def a_second_passes(server: ScriptedServer) -> None:
        first_use.clock.advance(2)
        server.end(soon.id)

    first_use.server.readings.append(a_second_passes)
    end = await first_use.apply(first_use.plan())
    assert end.report.halted is None
    assert len(end.ids(Outcome.REVOKED)) == others
    assert end.ids(Outcome.ALREADY_GONE) == {soon.id}
    assert soon.id not in first_use.server.requests
    assert end.report.is_whole
    assert first_use.server.log.count("list") == readings


async def test_our_own_session_that_another_program_replaced_does_not_stop_the_rest(
    first_use: Stage,
):
    sessions = first_use.sessions(3)
    old = first_use.own_session()

    def refreshed_elsewhere(server: ScriptedServer) -> None:
        server.end(old.id)
        new = new_session(888_888)
        server.add(new)
        server.own = new.id

    first_use.server.readings.append(refreshed_elsewhere)
    end = await first_use.apply(first_use.plan(sessions))
    assert end.ids(Outcome.REVOKED) == {s.id for s in sessions}
    assert not end.report.lost_own


# What proves nothing of the call, or disproves it


async def test_our_own_session_alone_proves_nothing_of_the_call(first_use: Stage):
    first_use.own_session()
    first_use.server.always = ends_own
    end = await first_use.apply(first_use.plan(allowed=Allowed(current=True)))
    assert len(end.ids(Outcome.REVOKED)) == 1
    assert not first_use.trials.verified


async def test_a_session_that_expired_meanwhile_proves_nothing_of_the_call(first_use: Stage):
    session = new_session(1, expires_at=START + 1)
    first_use.server.add(session)

    def it_expires(server: ScriptedServer) -> None:
        first_use.clock.advance(2)
        server.end(session.id)

    first_use.server.always = does_nothing
    first_use.server.readings.append(it_expires)
    await first_use.apply(first_use.plan())
    assert not first_use.trials.verified


@pytest.mark.parametrize("verified", [False, True])
async def test_a_single_revoke_that_ends_everything_is_told_and_not_trusted(
    stage: Stage, *, verified: bool
):
    stage.trials.verified = verified
    sessions = stage.sessions(5)
    stage.own_session()
    stage.server.always = ends_all
    end = await stage.apply(stage.plan(sessions[:1]))
    assert end.report.lost_own
    assert "4 sessions outside the plan are gone as well" in (end.report.warning or "")
    assert (end.report.others_ended, end.report.exit_code) == (5, 3)
    assert end.report.hint == ENDED_OTHERS_HINT
    assert not stage.trials.verified


async def test_where_the_record_of_the_trial_cannot_be_read_or_written_there_is_one_and_it_is_told(
    stage: Stage,
):
    stage.sessions(3)
    stage.trials.broken = True
    end = await stage.apply(stage.plan())
    assert any(isinstance(event, TrialStarted) for event in end.events)
    assert len(end.ids(Outcome.REVOKED)) == 3
    assert isinstance(end.report.audit_error, StorageError)
    assert stage.audit_trail.reports


@pytest.mark.parametrize("count", [1, 2, 3])
async def test_up_to_two_rows_that_the_server_cannot_revoke_do_not_keep_the_rest_from_going(
    first_use: Stage, count: int
):
    sessions = [new_session(n, expires_at=START + DAY * (20 - n)) for n in range(8)]
    first_use.server.add(*sessions)
    stuck = [session.id for session in sessions[:count]]
    for session_id in stuck:
        first_use.server.replies[session_id].extend([says(refused(500))] * 5)
    end = await first_use.apply(first_use.plan())
    assert end.ids(Outcome.FAILED) == set(stuck)
    assert len(end.ids(Outcome.REVOKED)) == (8 - count if count < 3 else 0)
    told = [event.why_another for event in end.events if isinstance(event, TrialStarted)]
    assert told == [None, *["the server could not revoke the one before it"] * min(count, 2)]
    if count == 3:
        assert "the first 3 revokes did not end their sessions" in (end.report.halted or "")
        assert end.report.fault is not None
        assert end.report.fault.exit_code == 1
        assert end.report.hint != TRIAL_FAILED_HINT, "the path is not called wrong"
    assert first_use.trials.verified is (end.report.halted is None) is (count < 3)


def beside_others(stage: Stage, times: int) -> list[Session]:
    """Sessions to plan for, each of which ends one outside the plan too, so many times."""
    sessions = stage.sessions(15)
    outside = [new_session(100 + n) for n in range(15)]
    stage.server.add(*outside)
    left = iter(outside[:times])

    def reply(server: ScriptedServer, session: Session) -> None:
        server.end(session.id)
        if (another := next(left, None)) is not None:
            server.end(another.id)

    stage.server.always = reply
    return sessions


@pytest.mark.parametrize(
    ("verified", "planned", "times", "sent", "trials", "proves"),
    [
        pytest.param(False, 15, 1, 15, 2, True, id="one went with the first: a second decides"),
        pytest.param(False, 15, 9, 2, 2, False, id="one with each of two: nothing more is sent"),
        pytest.param(False, 1, 1, 1, 0, False, id="one alone proves nothing"),
        pytest.param(True, 9, 1, 9, 0, False, id="what was verified is so no longer"),
    ],
)
async def test_where_one_outside_the_plan_went_too(
    stage: Stage, verified: bool, planned: int, times: int, sent: int, trials: int, proves: bool
):
    stage.trials.verified = verified
    sessions = beside_others(stage, times)
    end = await stage.apply(stage.plan(sessions[:planned]))
    assert len(end.ids(Outcome.REVOKED)) == len(stage.server.requests) == sent
    assert [type(event) for event in end.events].count(TrialStarted) == trials
    assert end.report.halted == (ENDED_OTHERS.reason if times == 9 else None)
    assert (end.report.others_ended, end.report.exit_code) == (min(times, sent), 3)
    assert end.report.warning
    assert stage.trials.verified is proves


async def test_a_run_that_is_stopped_before_a_second_decides_proves_nothing(first_use: Stage):
    plan = first_use.plan(beside_others(first_use, 1))
    end = await first_use.apply(plan, width=1, stop_after=1)
    assert (len(end.ids(Outcome.REVOKED)), end.report.halted) == (1, "cancelled")
    assert not first_use.trials.verified


# What is sent is compared again


def by_row_number(stage: Stage, count: int, *, with_tokens: bool = False) -> list[Session]:
    """Add sessions that are revoked by the numbers of their rows, which change as one ends."""

    def renumber(server: ScriptedServer) -> None:
        rows = sorted(server.live.values(), key=lambda one: one.created_at or 0)
        server.live.clear()
        for number, one in enumerate(rows, 1):
            unnamed = {} if with_tokens else {"id": fingerprint(str(number)), "token": None}
            server.add(replace(one, revoke_with=number, **unnamed))

    stage.server.add(
        *(
            new_session(n, created_at=START - 1000 + n, expires_at=START + DAY * (n + 1))
            for n in range(count)
        )
    )
    renumber(stage.server)
    stage.server.before_list = renumber
    return list(stage.server.live.values())


@pytest.mark.parametrize("chosen", [slice(0, 8), slice(3, 8), slice(0, 2), slice(6, 8)])
@pytest.mark.parametrize("dated", [True, False])
async def test_row_numbers_for_ids_are_found_out_before_a_wrong_row_is_revoked(
    first_use: Stage, chosen: slice, dated: bool
):
    by_row_number(first_use, 8)
    if not dated:
        undated = [replace(one, created_at=None) for one in first_use.server.live.values()]
        first_use.server.live = {one.id: one for one in undated}
    wanted = list(first_use.server.live.values())[chosen]
    end = await first_use.apply(first_use.plan(wanted))
    assert len(first_use.server.requests) == 1
    assert len(first_use.server.live) == 7
    assert not end.ids(Outcome.REVOKED)
    assert not first_use.trials.verified
    # Each new try would end one more session.
    assert (end.report.hint == IDS_CHANGED.hint) is dated
    assert "Try again" not in (end.report.hint or "")


async def test_the_last_row_alone_proves_nothing_of_ids(first_use: Stage):
    await first_use.apply(first_use.plan(by_row_number(first_use, 8)[-1:]))
    assert not first_use.trials.verified


async def test_a_session_that_is_revoked_by_another_id_than_before_stops_everything(
    first_use: Stage,
):
    class NeverRemembered(Trials):
        def remember(self) -> None:
            raise AssertionError("remembered, if only until the end of the run")

    first_use.trials = NeverRemembered(verified=False)
    by_row_number(first_use, 5, with_tokens=True)
    end = await first_use.apply(first_use.plan())
    assert only_one_was_sent(first_use, end)
    assert not first_use.trials.verified


@pytest.mark.parametrize("verified", [False, True])
async def test_one_revoke_that_changed_the_ids_of_others_proves_nothing(
    stage: Stage, verified: bool
):
    stage.trials.verified = verified
    middle = by_row_number(stage, 5, with_tokens=True)[2]
    end = await stage.apply(stage.plan([middle]))
    assert end.of(middle).outcome is Outcome.REVOKED
    assert not stage.trials.verified
