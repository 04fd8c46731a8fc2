"""The whole program ended with SIGKILL at random instants: nothing is lost, nothing untrue is told.

The store is always readable and holds the old or the new token; the audit log tells how far a
revoke-all came; the next start explains it, once.
"""

import os
import random
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from qiscus_tui.model.account import Credentials
from qiscus_tui.service.history import unfinished_runs
from qiscus_tui.store.audit_records import AuditTokensStored
from qiscus_tui.store.secrets import FileSecrets
from tests.e2e.processes import Machine, machine
from tests.sandbox import DIALECTS, PASSWORD, Call

KILLS = int(os.environ.get("QISCUS_TUI_KILLS", "3"))
"""How often; 200 by hand."""

CALLS = {"login": Call.LOGIN, "refresh": Call.REFRESH, "revoke-all": Call.REVOKE_ALL}
SPEAKING = ("plain", "refresh-ends-older", "new-long-lived")
LATENCY = 20
LONGEST = 1.0
"""Seconds that a command takes, about, where it is not killed."""


@dataclass(frozen=True)
class Killed:
    """What the server had done when the program was gone."""

    carried_out: bool
    before: Credentials
    after: Credentials


def words(here: Machine, verb: str) -> tuple[str, ...]:
    match verb:
        case "login":
            return here.login_words()
        case "revoke-all":
            return "revoke-all", "--yes"
        case _:
            return (verb,)


def wait(here: Machine, verb: str, dice: random.Random) -> None:
    """Any instant of its life, or one right after the server heard of it."""
    if dice.random() < 0.4:
        time.sleep(dice.uniform(0, LONGEST))
        return
    call, asked = CALLS[verb], here.state.calls[CALLS[verb]]
    until = time.monotonic() + 3 * LONGEST
    while here.state.calls[call] == asked and time.monotonic() < until:
        time.sleep(0.0005)
    time.sleep(dice.expovariate(1 / 0.02))


def kill(here: Machine, verb: str, dice: random.Random) -> Killed:
    _, before = here.kept()
    asked = here.state.calls[CALLS[verb]]
    with here.start(*words(here, verb)) as program:
        assert program.stdin is not None
        program.stdin.write(f"{PASSWORD}\n")
        program.stdin.close()
        wait(here, verb, dice)
        program.kill()
        program.wait(30)
    time.sleep(2 * LATENCY / 1000)  # what was on its way reaches the server
    _, after = here.kept()
    return Killed(here.state.calls[CALLS[verb]] > asked, before, after)


def assert_old_or_new(here: Machine, verb: str, killed: Killed) -> None:
    before, after = killed.before, killed.after
    assert after.short_lived is not None
    if after == before:
        if verb != "revoke-all":  # an unknown answer never costs the kept token its session
            assert after.long_lived == here.state.long_lived_token()
        return
    assert killed.carried_out
    assert after.short_lived.token in here.tokens()
    assert after.long_lived == here.state.long_lived_token()


def assert_the_audit_log_is_true(here: Machine, killed: Killed) -> None:
    log = here.local_files().audit
    abandoned = log.abandoned()
    is_new = killed.after != killed.before
    if not abandoned:
        # Its end was recorded, so all was done, or its intent never was: then nothing was sent.
        assert is_new == killed.carried_out
        return
    assert len(abandoned) == 1
    if any(isinstance(one, AuditTokensStored) for one in log.read().records):
        assert is_new
    assert is_new <= killed.carried_out


def assert_the_next_start_explains_it(here: Machine, verb: str, killed: Killed) -> None:
    on = here.local_files()
    told = unfinished_runs(on)
    if verb == "revoke-all" and killed.carried_out and killed.after == killed.before:
        assert any("revoke-all" in run.message for run in told)
    for run in told:
        assert run.message
        run.acknowledge()
    assert unfinished_runs(here.local_files()) == []


def assert_nothing_is_left(here: Machine) -> None:
    FileSecrets(here.paths).probe()
    here.local_files().book.use(here.local_files().book.all()[0].name)
    assert not list(here.paths.data_dir.glob("**/*.damaged*"))
    assert not list(here.paths.data_dir.glob(".secrets.json.*"))


@pytest.mark.parametrize("seed", range(KILLS))
def test_a_killed_program_leaves_the_old_or_the_new_token(tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    verb = tuple(CALLS)[seed % len(CALLS)]
    dialect = DIALECTS[SPEAKING[seed // len(CALLS) % len(SPEAKING)]]
    with machine(tmp_path, dialect=dialect, latency_ms=LATENCY) as here:
        here.log_in_at_once()
        killed = kill(here, verb, dice)
        assert_old_or_new(here, verb, killed)
        if verb == "revoke-all":
            assert_the_audit_log_is_true(here, killed)
        assert_the_next_start_explains_it(here, verb, killed)
        assert_nothing_is_left(here)
