"""What the readings after a list prove of a session: a table of cases."""

from collections.abc import Iterable, Sequence
from dataclasses import replace as list_replace

import pytest
from msgspec.structs import replace

from qiscus_tui.errors import NotConnected
from qiscus_tui.model.session import Current, Session
from qiscus_tui.service.revocation.verification import Fate, Verification
from qiscus_tui.service.sessions.session_list import SessionList
from tests.service.scripted import DAY, START, listed, new_session

OLD = START - 10 * DAY
SURE = (Fate.GONE, "")


def dated(number: int, **changes: object) -> Session:
    """A session that was created at a time of its own."""
    return new_session(number, **{"created_at": OLD + number * 60, **changes})


def login(number: int) -> Session:
    """A session that began after the first list was read."""
    return new_session(number, created_at=START + 5)


def by_id(number: int, **changes: object) -> Session:
    """A session that is listed by an id of the server, without its token."""
    return dated(number, id=f"{number:012x}", token=None, revoke_with=number, **changes)


TARGET = dated(1)
OTHERS = [dated(number) for number in range(2, 12)]
OWN = dated(99, current=True)
EVERY = [TARGET, *OTHERS, OWN]
REST = [*OTHERS, OWN]
IDS = [by_id(number) for number in range(1, 12)]
FIFTY = [TARGET, *(dated(number) for number in range(2, 51))]
UNDATED = [replace(one, created_at=None, expires_at=None) for one in EVERY]
UNDATED_IDS = [replace(one, created_at=None) for one in IDS]


def without_token(one: Session) -> Session:
    return replace(one, id="0000" + one.id[:8], token=None, revoke_with=None)


def under_other_ids(sessions: Iterable[Session], first: int) -> list[Session]:
    """The same sessions, with tokens that no list had before."""
    return [
        replace(one, id=new_session(first + n).id, token=f"t{first + n}", revoke_with=None)
        for n, one in enumerate(sessions)
    ]


def verified(
    before: Sequence[Session] | SessionList,
    *readings: Sequence[Session] | SessionList,
    sent: Sequence[Session] = (TARGET,),
) -> Verification:
    """The readings a second apart, after these were sent."""
    first = before if isinstance(before, SessionList) else listed(before)
    found = Verification(first, frozenset(one.id for one in sent))
    for seconds, reading in enumerate(readings, 1):
        found.add(reading if isinstance(reading, SessionList) else listed(reading), START + seconds)
    return found


def judged(
    before: Sequence[Session] | SessionList, *readings: Sequence[Session] | SessionList
) -> tuple[Fate, str]:
    """What becomes known of the first session of the list before, which was sent."""
    first = before if isinstance(before, SessionList) else listed(before)
    target = first.get(TARGET.id) or first.sessions[0]
    return verified(first, *readings, sent=[target]).fate(target)


SOME = [dated(-3), *OTHERS]
LOGINS = [login(500), login(501)]
GONE: dict[str, tuple[object, ...]] = {
    "both readings lack it, and hold the rest": (EVERY, REST, REST),
    "others logged in meanwhile": (EVERY, *[[*REST, *LOGINS]] * 2),
    "a login on a list without our own session": ([TARGET, *SOME], SOME, [*SOME, login(500)]),
    "the first readings did not lack it yet": (EVERY, EVERY, EVERY, REST, REST),
    "the first reading was empty": (EVERY, [], REST, REST),
    "somebody else logged out": (EVERY, REST[1:], REST[1:]),
    "two of three others logged out": ([TARGET, *OTHERS[:3]], OTHERS[2:3], OTHERS[2:3]),
    "four of ten others logged out": (EVERY, REST[4:], REST[4:]),
    "a list without dates": (UNDATED, UNDATED[1:], UNDATED[1:]),
    "a list without dates, and a row with a token of its own came to light": (
        UNDATED,
        *[[*UNDATED[2:], replace(login(500), created_at=None)]] * 2,
    ),
    "an id, and no other row has it": (IDS, IDS[1:], IDS[1:]),
    "an id without a date, and a row of another client came to light": (
        UNDATED_IDS,
        *[[*UNDATED_IDS[2:], by_id(300, created_at=None, user_agent="wget/1")]] * 2,
    ),
    "the only one there was": ([TARGET], [], []),
    "it was the newest of fifty": (FIFTY, FIFTY[1:], FIFTY[1:]),
}


@pytest.mark.parametrize("case", GONE.values(), ids=GONE.keys())
def test_it_is_gone(case: tuple[list[Session], ...]):
    assert judged(*case) == SURE


@pytest.mark.parametrize(
    ("expires_at", "computed"), [(START + 1, False), (START - DAY, False), (START - DAY, True)]
)
def test_what_was_sent_and_expired_needs_two_readings_all_the_same(
    expires_at: float, *, computed: bool
):
    expired = dated(1, expires_at=expires_at, expires_computed=computed)
    before = [expired, *REST]
    assert judged(before, REST) == (Fate.UNKNOWN, "the list was read only once")
    assert judged(before, before, REST)[0] is Fate.UNKNOWN
    assert judged(before, REST, REST) == SURE


LISTED: dict[str, tuple[object, ...]] = {
    "one reading has it": (EVERY, EVERY),
    "after an empty one, two have it": (EVERY, [], EVERY, EVERY),
    "a list that is not whole has it": (EVERY, listed(EVERY[:2], complete=False)),
    "an id that stands for the same session": (IDS, IDS, IDS),
}


@pytest.mark.parametrize("case", LISTED.values(), ids=LISTED.keys())
def test_it_is_still_listed(case: tuple[list[Session], ...]):
    assert judged(*case)[0] is Fate.LISTED


MASKED = [without_token(TARGET), *REST]
RENUMBERED = [by_id(n, created_at=one.created_at) for n, one in enumerate(IDS[1:], 1)]
NO_OWN = listed(OTHERS, current=Current.UNKNOWN)
WITH_MASKED = [*EVERY, without_token(dated(300))]
NOT_WHOLE = "the list is not whole: the pages did not come to an end"
UNKNOWN: dict[str, dict[str, tuple[object, ...]]] = {
    "the list was not read": {"none": (EVERY,)},
    "the list was read only once": {"one reading": (EVERY, REST)},
    "the last two readings of the list differ": {
        "an empty one, and one that lacks it": (EVERY, [], REST),
    },
    "the last two readings of the list differ about it": {
        "two replicas that answer in turn": (EVERY, REST, EVERY, REST),
        "the other one last": (EVERY, EVERY, REST, EVERY),
    },
    "the list lacks this program's own session": {
        "one without our own session, and one that lacks it": (EVERY, EVERY, NO_OWN, REST),
        "empty, where our own should be": (EVERY, *[listed([], current=Current.UNKNOWN)] * 2),
    },
    NOT_WHOLE: {
        "one that is not whole": (EVERY, listed(REST[:3], complete=False), REST),
        "a list that says that it is not whole": (EVERY, *[listed(REST, complete=False)] * 2),
        "a list that was not whole before": (listed(EVERY, complete=False), REST, REST),
    },
    "the list lacks 10 sessions that nothing was sent for": {
        "empty, without a session of ours": ([TARGET, *OTHERS], [], []),
    },
    "the list lacks 7 sessions that nothing was sent for": {
        "most of the others are missing": (EVERY, *[[OWN, *OTHERS[:3]]] * 2),
    },
    "the list lacks 3 sessions that nothing was sent for": {
        "three of five others are missing": ([TARGET, *OTHERS[:5]], OTHERS[:2], OTHERS[:2]),
    },
    "11 sessions came to light: ids may have changed": {
        "tokens that are new at each reading": (
            EVERY[:-1], under_other_ids(EVERY[:-1], 700), under_other_ids(EVERY[:-1], 800)
        ),
        "ids that are new": (
            IDS, *[[by_id(n + 100, created_at=one.created_at) for n, one in enumerate(IDS)]] * 2
        ),
    },
    "1 session came to light: ids may have changed": {
        "a token that changed once": (
            [TARGET, *OTHERS], *[[*OTHERS, *under_other_ids([TARGET], 700)]] * 2
        ),
        "its token is masked, beside one that was": (
            WITH_MASKED, *[[*MASKED, without_token(dated(300))]] * 2
        ),
    },
    "it may be listed under another id now": {
        "one of two ids without dates, and a row of its client came to light": (
            UNDATED_IDS, *[[*UNDATED_IDS[2:], by_id(300, created_at=None)]] * 2
        ),
    },
    "its id stands for another session now": {
        "row numbers that moved up": (IDS, RENUMBERED, RENUMBERED),
    },
    "sessions are no longer listed with their tokens": {
        "its token is masked afterwards": (EVERY, MASKED, MASKED),
    },
    "entries of the list could not be read that could be read before": {
        "an entry that can't be read any more": (EVERY, *[listed(REST, unreadable=1)] * 2),
        "another entry in place of one": (
            listed(EVERY, unreadable=["x"]), *[listed(REST, unreadable=["y"])] * 2
        ),
    },
    "the server may list only its newest sessions": {
        "as many as before, a round number": (FIFTY, *[[*FIFTY[1:], login(900)]] * 2),
        "as many as before, and only the oldest is missing": (
            [TARGET, *OTHERS], *[[*OTHERS, login(900)]] * 2
        ),
        "as many as before, and the oldest is missing besides others": (
            [TARGET, *OTHERS], *[[*OTHERS[:4], *OTHERS[5:], login(900), login(901)]] * 2
        ),
        "as many as before, and the last in the list is missing": (
            [*OTHERS, dated(0), TARGET], *[[login(900), *OTHERS, dated(0)]] * 2
        ),
        "as many as before, and one that may be the oldest is missing": (
            [dated(1, created_at=None), *OTHERS], *[[*OTHERS, login(900)]] * 2
        ),
        "a row came to light that is older than all": (EVERY, *[[*REST, dated(-5)]] * 2),
        "a row without a date came to light in a list of a round number": (
            FIFTY, *[[*FIFTY[2:], dated(400, created_at=None)]] * 2
        ),
    },
}  # fmt: skip


@pytest.mark.parametrize(
    ("case", "why"),
    [
        pytest.param(case, why, id=name)
        for why, cases in UNKNOWN.items()
        for name, case in cases.items()
    ],
)
def test_it_is_unknown_with_the_reason(case: tuple[list[Session], ...], why: str):
    assert judged(*case) == (Fate.UNKNOWN, why)


def test_one_of_two_that_are_missing_may_be_the_row_that_came_to_light():
    before = [TARGET, *OTHERS]
    after = [*OTHERS[1:], replace(new_session(700), created_at=TARGET.created_at)]
    found = verified(before, after, after, sent=before[:2])
    assert found.fate(TARGET) == (Fate.UNKNOWN, "it may be listed under another id now")
    assert found.fate(OTHERS[0]) == SURE


def test_what_the_list_before_lacked_already_is_not_proved_gone_by_the_lists_after():
    why = "it was not listed any more before it was sent"
    assert verified(REST, REST, REST).fate(TARGET) == (Fate.UNKNOWN, why)


@pytest.mark.parametrize("readings", [1, 2])
def test_a_list_that_could_not_be_read_again_takes_nothing_from_what_two_readings_proved(
    readings: int,
):
    found = verified(EVERY, *[REST] * readings)
    found.fail(NotConnected("The host is away"))
    why = "the list could not be read again: The host is away"
    assert found.fate(TARGET) == ((Fate.UNKNOWN, why) if readings == 1 else SURE)


# What ended besides


def ended(before: SessionList, *readings: SessionList) -> frozenset[str]:
    return verified(before, *readings).others_ended


def test_what_both_readings_lack_and_nothing_was_sent_for_ended_too():
    readings = [listed(REST[2:])] * 2
    assert ended(listed(EVERY), *readings) == {one.id for one in REST[:2]}
    assert not ended(listed(EVERY), *readings[:1])


def test_what_two_readings_lack_ended_too_though_they_differ_about_another():
    found = verified(EVERY, REST[1:], REST[2:])
    assert found.fate(TARGET) == SURE
    assert found.others_ended == {REST[0].id}


@pytest.mark.parametrize(
    ("expires_at", "offset", "is_ended"),
    [(1, 0, False), (3601, 3600, False), (-3599, -3600, False), (-60, -3600, True)],
)
def test_what_expired_by_the_servers_clock_ended_by_itself(
    expires_at: float, offset: float, is_ended: bool
):
    expiring = dated(50, expires_at=START + expires_at)
    readings = [list_replace(listed(REST), offset=offset)] * 2
    before = list_replace(listed([*EVERY, expiring]), offset=offset)
    assert ended(before, *readings) == ({expiring.id} if is_ended else set())


def test_a_computed_expiry_that_a_session_outlived_does_not_explain_that_it_ended():
    outlived = dated(50, expires_at=START - DAY, expires_computed=True)
    assert ended(listed([*EVERY, outlived]), *[listed(REST)] * 2) == {outlived.id}


def test_all_can_end_where_the_server_says_that_our_own_token_did():
    empty = listed([], current=Current.NONE)
    assert ended(listed(EVERY), empty, empty) == {one.id for one in REST}


def test_most_can_end_beside_our_own_session_where_every_reading_says_so():
    left = listed([OWN])
    assert not ended(listed(EVERY), *[left] * 4)
    assert ended(listed(EVERY), *[left] * 5) == {one.id for one in OTHERS}


def test_our_own_session_that_was_replaced_did_not_end_and_casts_no_doubt_on_the_list():
    new = dated(98, current=True)
    assert not ended(listed(EVERY), *[listed([*OTHERS, new])] * 2)
    assert verified(EVERY, [*EVERY[:-1], new], [*EVERY[:-1], new], sent=[OWN]).fate(OWN) == SURE


def test_readings_between_which_a_new_session_vanished_do_not_agree():
    assert verified(EVERY, [*REST, dated(98)], REST).agreeing == 1


def test_readings_between_which_ids_lost_their_new_sessions_do_not_agree():
    three = IDS[:3]
    moved = [by_id(1, created_at=three[2].created_at)]
    found = verified(three, moved, moved, [], sent=three)
    why = "ids in the list stand for other sessions than before"
    assert found.fate(three[2]) == (Fate.UNKNOWN, why)


def test_a_reading_that_lacks_nothing_or_is_cut_by_the_server_needs_no_second():
    cut = list_replace(listed(REST), incomplete_because="100 of 250 listed")
    assert [verified(EVERY, one).is_settled() for one in (EVERY, cut, REST)] == [True, True, False]
