"""Each fault of the network and of the server, in the things that a user does.

What one answer is read as: `tests/api`.
"""

import gzip
from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from tests.faults import behaviours as b
from tests.faults.server import Behaviour
from tests.faults.stage import PATIENT, TIMEOUT, Deed, Stage, cells

NO = 1
LOGIN_NEEDED = 4
OUT_OF_REACH = 5
NOT_ALL = 3
FINE = 0


@dataclass(frozen=True)
class Fault:
    """One thing that is done to every request of the call that a deed is about."""

    name: str
    behaviour: Behaviour
    code: int
    """Exit code of a deed that fails by it."""
    codes: Mapping[Deed, int] = field(default_factory=dict[Deed, int])
    """Deeds that end otherwise."""
    done: bool = False
    """Whether the server carries the call out all the same."""
    timeout: float = PATIENT
    """Of the program, in seconds."""

    def codes_for(self, deed: Deed) -> set[int]:
        if deed in self.codes:
            return {self.codes[deed]}
        if deed is Deed.REVOKE_ALL and self.done and self.code != FINE:
            return {NOT_ALL}  # all are gone, and so is the new token
        if deed not in REVOKES:
            return {self.code}
        # The list shows what is gone, whatever was answered.
        if deed is Deed.REVOKE_MANY and self.done and self.code != FINE:
            return {FINE, NOT_ALL}  # ten that were given up in a row stop the rest
        return {FINE if self.done or self.code == FINE else NOT_ALL}


REVOKES = (Deed.REVOKE_ONE, Deed.REVOKE_MANY)
CONNECTION = (
    Fault("never answers", b.says_nothing, OUT_OF_REACH, timeout=TIMEOUT),
    Fault("silent after", b.does_it_and_says_nothing, OUT_OF_REACH, done=True, timeout=TIMEOUT),
    Fault("reset before", b.resets_before, OUT_OF_REACH),
    Fault("reset after", b.resets_after, OUT_OF_REACH, done=True),
    Fault("closes kept connections", b.closes_kept_connections, FINE),
)

REFUSED_LOGIN = {Deed.LOGIN: LOGIN_NEEDED}

STATUS = (
    Fault("400 that quotes", b.repeats_what_it_was_asked_with, NO, REFUSED_LOGIN),
    Fault("401", b.errors(401, "Unauthorized"), LOGIN_NEEDED),
    Fault("401 web page", b.answers(401, b.PAGE, b.HTML), LOGIN_NEEDED, {Deed.LOGIN: NO}),
    Fault("403", b.errors(403, "Forbidden"), NO, REFUSED_LOGIN),
    Fault("429 absurd", b.errors(429, Retry_After="99999999999999999999"), NO),
    Fault("500", b.errors(500), NO),
    Fault("500 after it was done", b.answers(500, done=True), NO, done=True),
    Fault("a status of its own", b.answers(799, b.PAGE, b.HTML), NO),
)


def _gzip_cut(body: bytes) -> bytes:
    return gzip.compress(body)[:-6]


BODY = (
    Fault("204", b.answers(204, b"", {}), NO),
    Fault("a web page", b.answers(200, b.PAGE, b.HTML), NO),
    Fault("invalid token in a yes", b.answers(200, {"detail": "invalid token"}), LOGIN_NEEDED),
    Fault("no in a yes", b.answers(200, {"errors": "no"}), NO, REFUSED_LOGIN),
    Fault("JSON that breaks off", b.breaks_off_json, NO, done=True),
    Fault(
        "gzip that breaks off",
        b.changed(_gzip_cut, content_encoding="gzip"),
        OUT_OF_REACH,
        {Deed.REFRESH: FINE, Deed.REVOKE_ALL: FINE},  # the new token is in what came
        done=True,
    ),
    Fault("a nested entry", b.with_entry(b"[" * 500 + b"]" * 500), FINE, {Deed.LIST: NOT_ALL}),
)

FAULTS = (*CONNECTION, *STATUS, *BODY)


@pytest.mark.parametrize(("fault", "deed"), cells(FAULTS))
def test_a_fault_is_told_as_it_is_and_nothing_is_lost(
    stage: Stage, fault: Fault, deed: Deed
) -> None:
    stage.timeout = fault.timeout
    stage.prepare(deed)
    stage.server.strikes(deed.call, fault.behaviour)
    run = stage.do(deed)
    assert run.code in fault.codes_for(deed), run
    stage.all_is_well(run, deed)


@pytest.mark.parametrize("dialect", ["new-long-lived"])
def test_a_new_long_lived_token_that_never_arrived_asks_for_a_login(stage: Stage) -> None:
    stage.prepare(Deed.REVOKE_ALL)
    stage.server.strikes(Deed.REVOKE_ALL.call, b.resets_after)
    run = stage.do(Deed.REVOKE_ALL)
    assert run.code != 0
    assert set(run.outcomes().values()) == {"unknown"}
    assert "login" in run.err
    stage.nothing_is_told(run)
    stage.says_what_and_what_to_do(run)
    stage.nothing_was_done_twice()
    assert stage.do(Deed.LIST).code == 4
    assert stage.do(Deed.LOGIN).code == 0
    assert stage.do(Deed.LIST).code == 0
