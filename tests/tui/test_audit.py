"""The audit screen: what was revoked from here, newest first; and what a crash left half done."""

import asyncio
import socket

import pytest

from qiscus_tui.errors import StorageError
from qiscus_tui.store.audit_records import AuditGroup, AuditKind
from qiscus_tui.store.processes import Process
from qiscus_tui.tui.audit.screen import AuditScreen
from qiscus_tui.tui.sessions.screen import SessionsScreen
from tests.tui.demo_app import AGENT, Machine, Running

EMAIL = "admin@demo.example"
HOSTILE = "\x1b]0;owned\x07[@click=app.bell]x[/]"


def written(machine: Machine, plan: str, at: float, *, ended: bool = True) -> None:
    """A plan of two sessions stands in the audit log."""
    (stored,) = machine.local_files.book.all()
    log, ids = machine.local_files.audit, ["3fa9c01b0001", "3fa9c01b0002"]
    log.intent(plan, stored.account, AuditKind.REVOKE, ids, at)
    log.outcomes(plan, [(ids[0], "revoked", "")])
    if ended:
        log.outcomes(plan, [(ids[1], "failed", f"still listed {HOSTILE}")])
        log.summary(plan, {"revoked": 1, "failed": 1})


async def open_audit(here: Running) -> None:
    await here.press("L")
    assert isinstance(here.app.screen, AuditScreen)


async def test_the_palette_opens_it_and_escape_goes_back(machine: Machine):
    async with machine.app() as here:
        await here.press("colon", *"audit", "enter")
        assert any(" login " in line and "issued" in line for line in here.lines())
        assert f"Account {EMAIL}" in here.words()
        await here.resize(80, 24)
        assert "admin@demo.example@demo-5t1xk9q2w7m3z8r6" in here.text()
        assert "not recorded" not in here.text()
        await here.press("escape")
        assert isinstance(here.app.screen, SessionsScreen)


async def test_plans_stand_newest_first_with_how_they_ended_at_any_width(machine: Machine):
    written(machine, "older", machine.clock.now() - 7200)
    written(machine, "newer", machine.clock.now() - 60)
    async with machine.app() as here:
        await open_audit(here)
        rows = [line for line in here.lines() if "revoke" in line and "failed" in line]
        assert ["17:45" in rows[0], "15:46" in rows[1]] == [True, True]
        assert all("1 revoked · 1 failed" in row and "admin@demo" not in row for row in rows)
        for size in ((80, 24), (60, 15)):
            await here.resize(*size)
            (row, _) = [line for line in here.lines() if "1 revoked · 1 failed" in line]
            assert "today" in row
        await here.pilot.resize_terminal(120, 40)
        await here.press("down")  # below the login
        assert "3fa9c01b0002" in here.text()
        assert "\x1b" not in here.text()  # what a server said is shown in its safe form alone
        assert "[@click=app.bell]x[/]" in here.text()


async def test_a_plan_has_outcomes_rule_and_groups_below_the_list(machine: Machine):
    (stored,) = machine.local_files.book.all()
    log, ids = machine.local_files.audit, [f"{number:012x}" for number in range(470)]
    groups = [AuditGroup("GuzzleHttp", "10.2.0.0/24", 461), AuditGroup("curl", None, 8)]
    rule, why = "filter client:curl", "cron leaves them behind"
    log.intent("aaaa1111", stored.account, AuditKind.REVOKE, ids, None, rule, why, groups=groups)
    log.outcomes("aaaa1111", [(one, "revoked", "") for one in ids[14:]])
    log.outcomes("aaaa1111", [(one, "failed", "still listed") for one in ids[:14]])
    log.summary("aaaa1111", {"revoked": 456, "failed": 14})
    written(machine, "older", machine.clock.now() - 7200)
    async with machine.app() as here:
        await open_audit(here)
        (row,) = [line for line in here.lines() if "456 revoked" in line and "revoke " in line]
        assert "GuzzleHttp · 10.2.0.0/24 and 1" in row
        assert "filter" in row
        words = here.words()
        for part in (f"Rule {rule}", f"Reason {why}", "14 failed: still listed", ids[9], "4 more"):
            assert part in words
        assert ids[10] not in words
        assert words.index("14 failed: still") < words.rindex("456 revoked")
        for part in ("461 GuzzleHttp · 10.2.0.0/24", "8 curl · unknown", "1 from elsewhere"):
            assert part in words
        assert "revoke plan aaaa1111" in words
        assert "https://demo.invalid" in words
        await here.press("end")
        assert f"Rule {rule}" not in here.words()
        assert "1 failed: still listed" in here.words()
        await here.press("escape")
        assert isinstance(here.app.screen, SessionsScreen)


async def test_a_filter_leaves_the_plans_with_all_its_words(machine: Machine):
    written(machine, "aaaa1111", machine.clock.now())
    log, agent = machine.local_files.audit, await machine.log_in(AGENT)
    account = next(one.account for one in machine.local_files.book.all() if one.name == agent)
    groups = [AuditGroup("billing", "10.2.7.0/24", 1)]
    log.intent("bbbb2222", account, AuditKind.REVOKE, ["0" * 12], None, "age:>7d", groups=groups)
    async with machine.app() as here:
        await open_audit(here)
        assert "ACCOUNT" in here.text()
        await here.press("slash", *"Billing age")
        assert "1 of 4" in here.lines()[0]
        assert "10.2.7.0/24" in here.text()
        assert "revoke plan bbbb2222" in here.words()
        await here.press("enter", "slash", *" zzz")
        assert "No plan has these words." in here.text()
        await here.press("escape")
        assert isinstance(here.app.screen, AuditScreen)
        assert "1 failed" in here.text()
        await here.press("escape")
        assert isinstance(here.app.screen, SessionsScreen)


# What an earlier run left half done


async def test_a_plan_that_was_cut_short_is_named_once(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
):
    gone = Process(socket.gethostname(), 0, "long ago")
    monkeypatch.setattr("qiscus_tui.store.audit.this_process", lambda: gone)
    written(machine, "aaaa1111", machine.clock.now(), ended=False)
    async with machine.app() as here:
        for words in ("aaaa1111", "cut short", "1 outcome recorded"):
            assert words in here.toasts
        await open_audit(here)
        assert "its end was not recorded" in here.text()
        assert "1 not recorded" in here.words()
    async with machine.app() as here:
        assert "cut short" not in here.toasts


async def test_an_audit_log_that_cannot_be_read_is_said_and_the_list_is_shown(machine: Machine):
    written(machine, "aaaa1111", machine.clock.now())
    machine.local_files.paths.audit_file.chmod(0o644)
    async with machine.app() as here:
        assert "audit.jsonl" in here.toasts
        assert "active" in here.text()
        await open_audit(here)
        assert "audit.jsonl" in here.text()


async def test_a_record_that_could_not_be_written_is_said_from_any_thread(machine: Machine):
    async with machine.app() as here:
        error = StorageError("The audit log lacks this refresh: [/] no space", "Make space.")
        await asyncio.to_thread(here.app._warn, error)
        await here.pilot.pause()
        assert "lacks this refresh: [/] no space" in here.toasts
        assert "Make space." in here.toasts
