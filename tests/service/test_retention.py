"""Retention rules: of each group, what a rule keeps stays and says why; the rest goes."""

import asyncio
import itertools
import math
import random
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace as replaced

from qiscus_tui import query
from qiscus_tui.errors import CannotTell, UsageError
from qiscus_tui.model.account import Account, parse_origin
from qiscus_tui.model.clients import Known
from qiscus_tui.model.group_keys import USUAL_KEYS, GroupKey
from qiscus_tui.model.retention_rules import Retention
from qiscus_tui.model.retention_rules import RetentionRules as Rules
from qiscus_tui.model.session import Current, Session
from qiscus_tui.service.revocation.outcomes import Evidence, Outcome, Report
from qiscus_tui.service.revocation.plan import (
    Allowed,
    Exclusion,
    RevocationPlan,
    Selection,
    make_plan,
)
from qiscus_tui.service.revocation.plan_files import plan_file_of, plan_from
from qiscus_tui.service.revocation.plan_groups import emptied_words
from qiscus_tui.service.revocation.rechecks import held_back
from qiscus_tui.service.revocation.retention import check_clocks, check_rules
from qiscus_tui.service.sessions.session_list import SessionList
from tests.clocks import ManualClock
from tests.service.scripted import (
    DAY,
    START,
    AuditTrail,
    ListStep,
    Reply,
    ScriptedServer,
    Stage,
    Trials,
    listed,
    new_session,
    plan_of,
)
from tests.service.test_any_faults import READINGS, REPLIES

HOUR = 3600.0
PROTECTED = Known("billing cron", "curl", protect=True)
_NUMBERS = itertools.count()


def one(
    name: str = "",
    *,
    age: float | None = 10 * DAY,
    idle: float | None = None,
    agent: str | None = "curl/8.5",
    ip: str | None = "192.0.2.1",
    **changes: object,
) -> Session:
    """A session of this age and last use, in seconds before now."""
    return new_session(
        next(_NUMBERS),
        created_at=None if age is None else START - age,
        last_used_at=None if idle is None else START - idle,
        user_agent=agent,
        ip=ip,
        user=name or None,
        **changes,
    )


def planned(
    sessions: Iterable[Session],
    rules: Rules,
    *,
    keys: tuple[GroupKey, ...] = USUAL_KEYS,
    allowed: Allowed | None = None,
    protected: str = "",
    where: str = "",
    current: Current | None = None,
) -> RevocationPlan:
    """The plan of these rules on these sessions, which are known by their user."""
    them = list(sessions)
    labels = {session.id: PROTECTED for session in them if session.safe_user in protected.split()}
    on = listed(them, labels=labels, current=current)
    return plan_of(on, where=where, retention=Retention(keys, rules), allowed=allowed)


def targets(plan: RevocationPlan) -> str:
    return " ".join(sorted(target.safe_user for target in plan.targets))


def reasons(plan: RevocationPlan) -> dict[str, str]:
    return {kept.session.safe_user: kept.reason for kept in plan.kept}


ABC = [
    one("a", age=DAY, idle=5 * DAY),
    one("b", age=2 * DAY, idle=HOUR),
    one("c", age=3 * DAY, idle=2 * DAY),
]
UNDATED = [one("u", age=None), one("v", age=None)]
OLD = 90 * DAY


@pytest.mark.parametrize(
    ("sessions", "rules", "gone"),
    [
        pytest.param(ABC, Rules(1), "b c", id="the newest"),
        pytest.param(ABC, Rules(2), "c", id="the newest two"),
        pytest.param(ABC, Rules(3), "", id="as many as there are"),
        pytest.param(ABC[::-1], Rules(1), "b c", id="whatever the order of the list"),
        pytest.param(ABC, Rules(99), "", id="more than there are"),
        pytest.param([one("a", age=OLD)], Rules(1), "", id="a group of one"),
        pytest.param(ABC, Rules(1, 2 * HOUR), "c", id="any rule keeps"),
        pytest.param(ABC, Rules(1, HOUR), "c", id="used exactly so long ago"),
        pytest.param(ABC, Rules(1, HOUR - 1), "b c", id="used longer ago"),
        pytest.param(ABC, Rules(None, None, 2 * DAY), "c", id="created exactly so long ago"),
        pytest.param(ABC, Rules(None, None, DAY - 1), "a b c", id="created longer ago"),
        pytest.param([one("f", age=-HOUR, idle=-HOUR)], Rules(None, 1, 1), "", id="in the future"),
        # Ties
        pytest.param([one("a"), one("b"), one("c", age=OLD)], Rules(1), "c", id="tie for newest"),
        pytest.param([*ABC, one("d", age=2 * DAY)], Rules(2), "c", id="tie at the border"),
        pytest.param([*ABC, one("d", age=DAY)], Rules(2), "b c", id="tie above the border"),
        # Undated
        pytest.param([*ABC, *UNDATED], Rules(1), "b c", id="undated stay where others are dated"),
        pytest.param([*ABC, *UNDATED], Rules(4), "", id="undated take no place of a dated one"),
        pytest.param(UNDATED, Rules(1), "", id="a group without any date stays"),
        pytest.param(UNDATED, Rules(None, HOUR, HOUR), "", id="neither date nor last use"),
        pytest.param([one("a", age=None, idle=DAY)], Rules(None, HOUR, 1), "", id="no creation"),
        pytest.param(
            [one("a", age=None, idle=DAY)], Rules(None, HOUR, 1, include_unknown=True), "a",
            id="included: by last use",
        ),
        pytest.param([one("a", age=None, idle=DAY)], Rules(1, HOUR), "", id="undated and newest"),
        pytest.param([one("c")], Rules(None, HOUR), "", id="last use unknown, and no other rule"),
        pytest.param([one("c")], Rules(None, HOUR, HOUR), "", id="last use unknown"),
        pytest.param(
            [*ABC, one("d")], Rules(None, HOUR, include_unknown=True), "a c d",
            id="included: last use unknown, and no other rule",
        ),
        pytest.param(
            [*ABC, one("d", age=OLD)], Rules(1, HOUR), "c", id="last use unknown: not the newest"
        ),
        pytest.param(
            [*ABC, one("d", age=OLD)], Rules(1, HOUR, include_unknown=True), "c d",
            id="included: last use unknown",
        ),
        # Groups
        pytest.param(
            [one("a"), one("b", agent="wget/1"), one("c", ip="198.51.100.1")], Rules(1), "",
            id="each group has its newest",
        ),
        pytest.param(
            [one("a", age=DAY), one("b", ip="192.0.2.254")], Rules(1), "b", id="the same network"
        ),
        pytest.param(
            [one("a", agent=None, ip=None), one("b", agent=None, ip=None, age=OLD)], Rules(1), "",
            id="an unknown group stays whole",
        ),
        pytest.param(
            [one("a", agent=None, ip=None), one("b", agent=None, ip=None, age=OLD)],
            Rules(1, include_unknown=True), "b",
            id="an unknown group that is included",
        ),
        pytest.param(
            [one("a", agent=None), one("b", agent=None, age=OLD)], Rules(1), "b",
            id="a network without a client is a group like any other",
        ),
    ],
)  # fmt: skip
def test_what_no_rule_keeps_goes(sessions: list[Session], rules: Rules, gone: str):
    plan = planned(sessions, rules)
    assert targets(plan) == gone
    assert len(plan.kept) == len(sessions) - len(gone.split())
    assert [(g.kept + g.targets) for g in plan.groups] == [g.count for g in plan.groups]


def test_each_kept_session_has_its_reason():
    unknown = one("x", agent=None, ip=None)
    unused = one("e", age=4 * DAY, idle=None)
    sessions = [*ABC, one("d", age=4 * DAY, idle=3 * DAY), unused, *UNDATED[:1], unknown]
    plan = planned(sessions, Rules(1, 24 * HOUR, 3 * DAY))
    assert reasons(plan) == {
        "a": "kept: newest 1 of curl · 192.0.2.0/24",
        "b": "kept: used within 24h",
        "c": "kept: created within 3d",
        "e": "kept: last use unknown",
        "u": "kept: no creation date: may be among the newest 1",
        "x": "kept: client and network unknown",
    }
    assert targets(plan) == "d"
    first = plan.groups[0]
    assert (first.name, first.kept, first.targets) == ("curl · 192.0.2.0/24", 5, 1)
    assert plan.rule == (
        "by client, network: keep the newest 1, used within 24h, created within 3d"
    )


OWN = one("own", age=HOUR, current=True)
OLD_OWN = one("own", age=OLD, current=True)
CURRENT = Allowed(current=True)
USERS = [one("a"), one("a", age=OLD), one("b", agent="wget/1", age=OLD), one(), one(age=OLD)]


@pytest.mark.parametrize(
    ("sessions", "rules", "how", "gone"),
    [
        pytest.param([OWN, *ABC], Rules(1), {}, "a b c", id="our own counts among the newest"),
        pytest.param([OWN, *ABC], Rules(2), {}, "b c", id="and of the newest two"),
        pytest.param(ABC, Rules(1), {"protected": "a"}, "b c", id="a protected one counts too"),
        pytest.param(ABC, Rules(1), {"protected": "c"}, "b", id="and stays where it is old"),
        pytest.param([OWN, *ABC], Rules(1), {"allowed": CURRENT}, "a b c", id="allowed: it stays"),
        pytest.param([*ABC, OLD_OWN], Rules(1), {"allowed": CURRENT}, "b c own", id="or goes"),
        pytest.param(ABC, Rules(1), {"where": "-user:a"}, "c", id="of what the filter leaves"),
        pytest.param(
            USERS, Rules(1), {"keys": (GroupKey.USER,)}, "a", id="other keys; who has none stays"
        ),
        pytest.param(
            USERS, Rules(1, include_unknown=True), {"keys": (GroupKey.USER,)}, " a",
            id="unless the unknown ones are included",
        ),
    ],
)  # fmt: skip
def test_what_counts_and_what_is_judged(
    sessions: list[Session], rules: Rules, how: dict[str, Any], gone: str
):
    assert targets(planned(sessions, rules, **how)) == gone


def test_our_own_session_is_left_out_and_not_among_what_is_kept():
    plan = planned([OWN, *ABC], Rules(1))
    assert [left.exclusion for left in plan.left_out] == [Exclusion.CURRENT]
    assert plan.kept == ()


def test_a_plan_says_its_filter_and_rules_and_why_an_unknown_group_stays():
    rule = "filter -user:a; by client, network: keep the newest 1"
    assert planned(ABC, Rules(1), where="-user:a").rule == rule
    kept = planned([one("a"), one()], Rules(1), keys=(GroupKey.USER,)).kept
    assert kept[1].reason == "kept: user unknown"


def test_a_group_that_loses_its_last_session_is_named_but_for_that_of_unknown_origin():
    unknown = one("x", age=DAY, idle=2 * DAY, agent=None, ip=None)
    plan = planned([*ABC, unknown], Rules(None, HOUR / 2, include_unknown=True))
    assert targets(plan) == "a b c x"
    words = "1 group would be left with no session: curl · 192.0.2.0/24"
    assert emptied_words(plan) == words
    assert emptied_words(planned([*ABC, unknown], Rules(None, HOUR))) == ""


@pytest.mark.parametrize(
    ("plan", "doubt"),
    [
        pytest.param(planned(ABC, Rules(99)), None, id="rules keep all of them"),
        pytest.param(planned(UNDATED, Rules(1)), "no creation date", id="nothing could be judged"),
        pytest.param(
            planned([*UNDATED, one("w", age=None, ip="198.51.100.1")], Rules(1)),
            "no creation date",
            id="nor the group of one",
        ),
        pytest.param(planned([*UNDATED, ABC[0]], Rules(1)), None, id="some could"),
        pytest.param(planned(UNDATED[:1], Rules(1)), None, id="kept by number, whatever its date"),
        pytest.param(planned([], Rules(1)), None, id="nothing there"),
        pytest.param(
            planned(ABC, Rules(1), current=Current.UNKNOWN), "may be the current", id="own unknown"
        ),
        pytest.param(planned(ABC, Rules(9), current=Current.UNKNOWN), None, id="own kept anyway"),
    ],
)
def test_where_nothing_goes_for_lack_of_knowledge_the_plan_says_so(
    plan: RevocationPlan, doubt: str | None
):
    assert plan.targets == ()
    assert (plan.doubt is None) is (doubt is None)
    assert plan.doubt is None or (doubt or "") in plan.doubt.words


@pytest.mark.parametrize(
    ("sessions", "rules", "lacks"),
    [
        ([one("a"), one("b")], Rules(1, HOUR), "no last use (last_used_at) for any session"),
        ([one("a"), one("b")], Rules(1, HOUR, include_unknown=True), "keep-used-within can't"),
        (UNDATED, Rules(1), "no creation date (created_at) for any session: keep-newest can't"),
        (UNDATED, Rules(None, None, HOUR), "keep-created-within can't be applied"),
        ([one("a"), one("b", idle=HOUR)], Rules(1, HOUR), ""),
        ([], Rules(1, HOUR, HOUR), ""),
    ],
)
def test_a_rule_that_no_session_of_the_list_can_answer_is_refused(
    sessions: list[Session], rules: Rules, lacks: str
):
    if not lacks:
        check_rules(sessions, rules)
        return
    with pytest.raises(CannotTell, match=re.escape(lacks)) as refusal:
        check_rules(sessions, rules)
    assert "Nothing was sent" in refusal.value.hint


def test_fewer_than_one_cannot_be_kept():
    with pytest.raises(ValueError, match="1 or more"):
        Rules(0)


@pytest.mark.parametrize(
    ("rules", "refused"), [(Rules(1), False), (Rules(1, HOUR), True), (Rules(1, None, 1), True)]
)
def test_rules_about_age_need_clocks_that_agree(rules: Rules, refused: bool):
    wrong = replace(listed(ABC), offset=3 * DAY)
    retention = Retention(USUAL_KEYS, rules)
    if not refused:
        return check_clocks(wrong, None, retention)
    with pytest.raises(UsageError, match="days ahead") as refusal:
        check_clocks(wrong, None, retention)
    assert "--allow-clock-offset" in refusal.value.hint
    return check_clocks(replace(wrong, offset=DAY / 2), None, retention)


# What is kept by the newer list, which is read before the sending


A, B, C = (replaced(session, last_used_at=START - 9 * DAY) for session in ABC)
BEGAN = one("n", age=-30)
ELSEWHERE = replaced(C, ip="203.0.113.5", safe_ip="203.0.113.5")
A_USED, C_USED = (replaced(session, last_used_at=START + 60) for session in (A, C))
NEWEST = "kept now: newest 1 of curl · 192.0.2.0/24"


@pytest.mark.parametrize(
    ("rules", "where", "after", "held", "reason"),
    [
        pytest.param(Rules(1), "", [A, B, C, BEGAN], "", "", id="nothing of it changed"),
        pytest.param(
            Rules(1, HOUR), "", [A, B, C_USED], "c", "kept now: used within 1h", id="used since"
        ),
        pytest.param(Rules(1), "", [B, C], "b", NEWEST, id="the newest ended since"),
        pytest.param(
            Rules(1), "", [B, C, BEGAN], "b", NEWEST, id="another that began takes nobody's place"
        ),
        pytest.param(
            Rules(1), "", [A, B, ELSEWHERE], "c", "kept now: newest 1 of curl · 203.0.113.0/24",
            id="alone in its group by now",
        ),
        pytest.param(
            Rules(1), "-idle:<1d", [A, B, C_USED], "c",
            "no longer matches the filter: used since the plan was made",
            id="left the filter",
        ),
        pytest.param(
            Rules(1), "-idle:<1d", [A_USED, B, C], "b", NEWEST, id="the newest left the filter"
        ),
    ],
)  # fmt: skip
def test_what_a_rule_keeps_when_the_list_is_read_again_is_held_back(
    rules: Rules, where: str, after: list[Session], held: str, reason: str
):
    plan = planned([A, B, C], rules, where=where)
    assert targets(plan) == "b c"
    found = held_back(Evidence(plan, {}), plan.targets, listed(after), START + 60)
    names = {session.id: session.safe_user for session in ABC}
    outcomes = {names[o.id]: (o.outcome, o.reason) for o in found.values()}
    assert outcomes == ({held: (Outcome.NOT_SENT, reason)} if held else {})


@dataclass
class Judge(ScriptedServer):
    """Remembers each list that it gave, and when."""

    given: list[tuple[int, SessionList, float]] = field(
        default_factory=list[tuple[int, SessionList, float]]
    )
    """How many requests had come before, the list, and the server's time."""

    async def read_list(self, **_: object) -> SessionList:
        before = len(self.requests)
        now = await super().read_list()
        self.given.append((before, now, self.clock.now()))
        return now


ACCOUNT = Account(parse_origin("https://demo.invalid"), "app-1", "a@b.c")


def keeps(rules: Rules, session: Session, group: list[Session], now: float) -> bool:
    """Whether a rule keeps it, by the words of the rules alone."""
    created, used = session.created_at, session.last_used_at
    if group_of(session) == (None, None) and not rules.include_unknown:
        return True
    newer = sum(created is None or (s.created_at or -math.inf) > created for s in group)
    return any(
        [
            rules.keep_newest is not None and (created is None or newer < rules.keep_newest),
            is_within(rules.keep_used_within, used, now),
            is_within(rules.keep_created_within, created, now),
            not rules.include_unknown and used is None and rules.keep_used_within is not None,
            not rules.include_unknown and created is None and rules.keep_created_within is not None,
        ]
    )


def is_within(limit: float | None, then: float | None, now: float) -> bool:
    return limit is not None and then is not None and now - then <= limit


def group_of(session: Session) -> tuple[str | None, str | None]:
    return session.user_agent, session.ip and session.ip.rpartition(".")[0]


def kept_on(on: SessionList, rules: Rules, now: float) -> set[str]:
    groups: dict[object, list[Session]] = {}
    for session in on.sessions:
        groups.setdefault(group_of(session), []).append(session)
    return {s.id for s in on.sessions if keeps(rules, s, groups[group_of(s)], now)}


AGES = st.none() | st.sampled_from([HOUR, 2 * HOUR, DAY, DAY, 3 * DAY, 20 * DAY])
SESSIONS = st.builds(
    one,
    age=AGES,
    idle=AGES,
    agent=st.sampled_from(["curl/8.5", "curl/8.5", "Wget/1.21", None]),
    ip=st.sampled_from(["192.0.2.1", "192.0.2.9", "198.51.100.1", None]),
)
RULES = st.builds(
    Rules,
    st.none() | st.integers(1, 3),
    st.none() | st.sampled_from([HOUR, 1.5 * DAY]),
    st.none() | st.sampled_from([HOUR, 2 * DAY]),
    st.booleans(),
).filter(lambda rules: rules.given)


Change = Callable[[ScriptedServer], None]


def changes_something(seed: int) -> Change:
    """Sessions are used, end, move and begin."""

    def step(server: ScriptedServer) -> None:
        now, chance = server.clock.now(), random.Random(seed)
        for session in list(server.live.values()):
            match chance.randrange(8):
                case 0:
                    server.end(session.id)
                case 1:
                    server.add(replaced(session, last_used_at=now))
                case 2:
                    server.add(replaced(session, ip="198.51.100.7"))
                case 3:
                    server.add(one("new", age=START - now, idle=START - now))
                case 4:
                    server.labels[session.id] = PROTECTED
                case _:
                    pass

    return step


@given(
    sessions=st.lists(SESSIONS, min_size=1, max_size=25),
    rules=RULES,
    own=st.booleans(),
    filed=st.none() | st.integers(0, 999).map(changes_something),
    verified=st.booleans(),
    plan_age=st.sampled_from([0.0, 60.0, 60.0, 2 * HOUR]),
    replies=st.lists(st.sampled_from(REPLIES), max_size=20),
    readings=st.lists(
        st.integers(0, 999).map(changes_something) | st.sampled_from(READINGS),
        min_size=1,
        max_size=4,
    ),
)
@settings(max_examples=100, deadline=None)
def test_no_session_that_any_rule_keeps_is_ever_sent(
    sessions: list[Session],
    rules: Rules,
    own: bool,
    filed: Change | None,
    verified: bool,
    plan_age: float,
    replies: list[Reply],
    readings: list[ListStep],
):
    clock = ManualClock()
    server = Judge(clock)
    stage = Stage(clock, server, AuditTrail(server.log), Trials(verified))
    server.add(*sessions)
    if own:
        stage.own_session()
    server.next_replies.extend(replies)
    server.readings.extend(readings)
    on = server.now_listed()
    retention, moment = Retention(USUAL_KEYS, rules), query.Moment(clock.now(), DAY)
    plan = make_plan(on, Selection(range(len(on))), Allowed(), retention, moment)
    assert {k.session.id for k in plan.kept} | {
        left.session.id for left in plan.left_out if left.why
    } == kept_on(on, rules, clock.now())

    if filed is not None:  # the plan goes by a file, and the list is another by then
        file = plan_file_of(plan, ACCOUNT, clock.now())
        clock.advance(HOUR / 2)
        filed(server)
        server.given.append((0, server.now_listed(), clock.now()))
        moment_now = query.Moment(clock.now(), DAY)
        plan = plan_from(file, server.given[0][1], Allowed(), moment_now)
        assert {target.id for target in plan.targets} <= {*file.ids}

    async def run() -> Report:
        clock.advance(plan_age)
        return await stage.run(plan, 3).apply()

    report = asyncio.run(run())
    for number, session_id in enumerate(server.requests):
        assert session_id not in kept_on(on, rules, moment.server_now)
        known = [given for given in server.given if given[0] <= number]
        for _, then, now in known[-1:]:
            assert session_id not in kept_on(then, rules, now)
    assert {o.id for o in report.outcomes if o.outcome is Outcome.NOT_SENT} & set(
        server.requests
    ) == set()
