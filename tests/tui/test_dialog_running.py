"""The revoke dialog while a plan runs, and how it ends."""

import asyncio
from dataclasses import replace

import pytest
from textual.pilot import Pilot

from qiscus_tui.errors import ServerError, StorageError
from qiscus_tui.service.account.connection import Connection
from qiscus_tui.service.revocation.events import Answered, Halted, Rereading
from qiscus_tui.service.revocation.outcomes import Report
from qiscus_tui.service.revocation.plan import Selection, make_plan
from qiscus_tui.service.revocation.run import Revocation
from qiscus_tui.tui.revoke.choices import USUAL_RULES, PlanChoices
from qiscus_tui.tui.revoke.dialog import RevokeDialog
from qiscus_tui.tui.revoke.progress import Progress
from tests.sandbox import Call, Fault
from tests.tui.dialogs_on_demo import DialogApp, Door, Stage, settled, shown, stage, typed


async def confirmed(pilot: Pilot[None], on: Stage, count: int) -> DialogApp:
    """A plan of `count` sessions, said yes to."""
    positions = on.other_positions(count)
    dialog = RevokeDialog(on.connection, on.listed, Selection(positions, "marked"))
    app = await shown(pilot, dialog, on.clock)
    await pilot.press("y")
    return app


async def until(pilot: Pilot[None], words: str) -> None:
    """Wait until the screen says so."""
    app = pilot.app
    assert isinstance(app, DialogApp)
    async with asyncio.timeout(10):
        while words not in app.text():
            await pilot.pause()


async def until_ten_wait(pilot: Pilot[None], door: Door) -> None:
    """Wait until the first ten of a plan of 40 are under way."""
    await until(pilot, "0 of 40 answered")
    async with asyncio.timeout(10):
        while door.waiting < 10:
            await pilot.pause()


async def test_failures_are_shown_with_their_reason_and_ids() -> None:
    on = await stage("revoke-not-found")
    async with DialogApp().run_test(size=(80, 24)) as pilot:
        app = await confirmed(pilot, on, 3)
        await settled(pilot)
        assert "3 failed" in app.text()
        assert "404 Not Found: Token not" in app.text()
        for position in on.other_positions(3):
            assert on.listed.sessions[position].id[:8] in app.text()


async def test_a_yes_that_the_list_does_not_bear_out_is_a_failure() -> None:
    on = await stage("revoke-ignored")
    async with DialogApp().run_test(size=(80, 24)) as pilot:
        app = await confirmed(pilot, on, 3)
        await settled(pilot)
        assert "3 failed" in app.text()
        assert "still listed" in app.text()


async def test_a_first_revoke_that_does_not_work_stops_the_rest_and_says_what_to_do() -> None:
    on = await stage("revoke-ignored", verified=False)
    async with DialogApp().run_test(size=(80, 24)) as pilot:
        app = await confirmed(pilot, on, 5)
        await settled(pilot)
        assert len(on.state.revoke_requests) == 1
        assert "1 failed · 4 not sent" in app.text()
        assert "Stopped: the first revoke did not end its session" in app.text()
        assert "doctor" in app.text()


@pytest.mark.parametrize("key", ["n", "escape", "q"])
async def test_stopping_acts_at_once_and_asks_whether_to_go_on(key: str) -> None:
    door = Door()
    on = await stage(sleep=door.pass_through)
    async with DialogApp().run_test(size=(80, 24)) as pilot:
        door.close()
        app = await confirmed(pilot, on, 40)
        await until_ten_wait(pilot, door)
        await pilot.press(key)
        assert "Stopped: 30 not sent" in app.text()
        door.open()
        await settled(pilot)
        assert len(on.state.revoke_requests) == 10
        assert "Stopped: 30 not sent" in app.text()
        assert "10 revoked, confirmed gone, in " in app.text()
        assert "30 stay marked; x continues" in app.text()
        assert "Go on" in app.text()
        await pilot.press("n")
        (report,) = app.answers
        assert isinstance(report, Report)
        assert report.halted == "cancelled"
    assert len(on.state.revoke_requests) == 10


async def stopped(pilot: Pilot[None], on: Stage, door: Door) -> DialogApp:
    """A plan of 40 sessions, stopped when 10 were sent, and asked whether to go on."""
    door.close()
    app = await confirmed(pilot, on, 40)
    await until_ten_wait(pilot, door)
    await pilot.press("n")
    door.open()
    await settled(pilot)
    return app


async def go_on(pilot: Pilot[None], on: Stage) -> None:
    """Press `y` once that is armed, and wait for the end."""
    dialog = pilot.app.screen
    assert isinstance(dialog, RevokeDialog)
    async with asyncio.timeout(10):
        while not dialog.guard.armed:
            on.clock.advance(0.2)
            await pilot.pause()
    await pilot.press("y")
    await settled(pilot)


async def test_going_on_sends_the_rest_and_nothing_else() -> None:
    door = Door()
    on = await stage(sleep=door.pass_through)
    async with DialogApp().run_test(size=(80, 24)) as pilot:
        app = await stopped(pilot, on, door)
        await go_on(pilot, on)
        assert "30 revoked, confirmed gone, in " in app.text()
        await pilot.press("enter")
        assert app.answers
    tokens = [on.listed.sessions[at].token for at in on.other_positions(40)]
    assert sorted(on.state.revoke_requests) == sorted(map(str, tokens))


async def test_where_others_ended_beside_what_was_sent_going_on_is_not_offered() -> None:
    door = Door()
    on = await stage("revoke-ends-all", sleep=door.pass_through)
    async with DialogApp().run_test(size=(80, 24)) as pilot:
        app = await stopped(pilot, on, door)
        assert "Stopped: " in app.text()
        assert "not sent" in app.text()
        assert "Go on" not in app.text()


async def test_what_was_used_since_the_stop_is_not_sent_by_going_on() -> None:
    door = Door()
    on = await stage(sessions=200, sleep=door.pass_through)
    choices = PlanChoices(Selection(on.other_positions(190), "shown"), rules=USUAL_RULES)
    plan = make_plan(on.listed, choices.selection, choices.allowed, choices.retention)
    async with DialogApp().run_test(size=(80, 24)) as pilot:
        await shown(pilot, RevokeDialog(on.connection, on.listed, choices), on.clock)
        door.close()
        await typed(pilot, on.clock, *str(len(plan.targets)), "enter")
        await until(pilot, "answered")
        await pilot.press("n")
        door.open()
        await settled(pilot)
        sent = {*on.state.revoke_requests}
        on.clock.advance(60)
        waiting = [str(one.session.token) for one in plan.targets if one.session.token not in sent]
        used = next(token for token in waiting if on.state.holder_of_short_lived(token))
        await go_on(pilot, on)
    assert len(on.state.revoke_requests) > len(sent)
    assert used not in on.state.revoke_requests


@pytest.mark.parametrize("key", ["y", "c", "p", "h", "r", "plus", "t", "equals_sign"])
async def test_right_after_a_stop_no_key_goes_on_or_changes_the_plan(key: str) -> None:
    door = Door()
    on = await stage(sleep=door.pass_through)
    async with DialogApp().run_test(size=(80, 24)) as pilot:
        app = await stopped(pilot, on, door)
        await pilot.press(key)
        await settled(pilot)
        assert "Stopped: 30 not sent" in app.text()
        assert len(on.state.revoke_requests) == 10


@pytest.mark.parametrize("key", ["enter", "space", "y"])
async def test_no_other_key_stops_a_run(key: str) -> None:
    door = Door()
    on = await stage(sleep=door.pass_through)
    async with DialogApp().run_test(size=(80, 24)) as pilot:
        door.close()
        app = await confirmed(pilot, on, 40)
        await until(pilot, "0 of 40 answered")
        on.clock.advance(1)
        await pilot.press(key, "tab", key)
        assert "Stopped" not in app.text()
        door.open()
        await settled(pilot)
        assert "40 revoked" in app.text()
        await pilot.press("enter")
        assert app.answers


async def test_where_all_is_sent_there_is_nothing_to_stop() -> None:
    door = Door()
    on = await stage(sleep=door.pass_through)
    async with DialogApp().run_test(size=(80, 24)) as pilot:
        door.close()
        app = await confirmed(pilot, on, 3)
        await until(pilot, "0 of 3 answered")
        await pilot.press("n")
        assert "Stopped" not in app.text()
        assert "All are sent" in app.text()
        door.open()
        await settled(pilot)
        assert "3 revoked" in app.text()


async def test_progress_says_pace_and_time_left_and_the_end_how_long_it_took() -> None:
    door = Door()
    on = await stage(sleep=door.pass_through)
    rings: list[str] = []

    class Ringing(DialogApp):
        def bell(self) -> None:
            rings.append("rang")

    async with Ringing().run_test(size=(80, 24)) as pilot:
        door.close()
        app = await confirmed(pilot, on, 40)
        await until(pilot, "0 of 40 answered")
        assert "0 of 40 answered · 0 %" in app.text()
        assert "✓ writing the audit log" not in app.text()
        assert "○ reading the list to see what is gone" in app.text()
        on.clock.advance(68)
        await until(pilot, "68 s so far")
        door.open()
        await settled(pilot)
        assert "40 revoked, confirmed gone, in 69 s" in app.text()
        assert rings == ["rang"]


def test_the_bar_takes_the_width_and_what_failed_its_share_of_it() -> None:
    now = [0.0]
    progress = Progress(400, lambda: now[0])
    progress.record(Rereading())
    for number in range(100):
        error = ServerError("404 Not Found", "") if number % 4 == 0 else None
        progress.record(Answered(f"{number:012x}", error, number, 400))
    now[0] = 25.0
    for number in range(100, 200):
        progress.record(Answered(f"{number:012x}", None, number, 400))
    bar, counts, pace, _, *steps = progress.lead(80).plain.splitlines()
    assert bar == "━" * 40 + "┄" * 40
    assert counts == "200 of 400 answered · 50 % · 25 failed"
    assert pace == "8 a second · about 25 s left · 25 s so far"
    assert steps == [
        "✓ writing the audit log",
        "✓ reading the list again first",
        "● sending",
        "○ reading the list to see what is gone",
    ]
    assert progress.lines().plain.splitlines() == [
        "25 404 Not Found",
        "  00000000  00000000  00000000  00000000  00000000  and 20 more",
    ]


def test_after_the_last_was_sent_no_answer_says_that_more_is_sent() -> None:
    now = [0.0]
    progress = Progress(400, lambda: now[0])
    progress.record(Answered(f"{0:012x}", None, 1, 400))
    now[0] = 10.0
    progress.record(Halted("the server is away"))
    progress.record(Answered(f"{1:012x}", None, 2, 400))
    _, _, pace, _, *steps = progress.lead(80).plain.splitlines()
    assert pace == "10 s so far"
    assert steps[-2] == "● sending nothing more, waiting for the last answers"


async def test_the_result_says_what_is_gone_by_group_what_failed_and_what_was_kept() -> None:
    on = await stage(sessions=400)
    group = [at for at, name in enumerate(on.listed.clients) if name.startswith("GuzzleHttp")]
    on.state.fail_next(Call.REVOKE, *[Fault(404)] * 7)
    async with DialogApp().run_test(size=(120, 60)) as pilot:
        choices = PlanChoices(Selection(group, "marked"), rules=USUAL_RULES)
        app = await shown(pilot, RevokeDialog(on.connection, on.listed, choices), on.clock)
        sent = int(app.text().split("Revoke ")[1].split()[0])
        await typed(pilot, on.clock, *str(sent), "enter")
        await settled(pilot)
        assert f"{sent - 7} revoked, confirmed gone, in " in app.text()
        assert "7 failed" in app.text()
        assert "7 failed: the server answered 404 Not Found" in app.text()
        assert "… and 2 more" in app.text()
        assert f"Gone: {sent - 7} sessions" in app.text()
        assert "GONE  GROUP" in app.text()
        assert f"Kept by the rules: {len(group) - sent} sessions" in app.text()
        assert "L shows what was revoked from here" in app.flat()


async def test_keys_do_not_begin_a_second_run() -> None:
    door = Door()
    on = await stage(sleep=door.pass_through)
    async with DialogApp().run_test(size=(80, 24)) as pilot:
        door.close()
        app = await confirmed(pilot, on, 3)
        await until(pilot, "0 of 3 answered")
        on.clock.advance(3)
        await pilot.press("y", "c", "p", "h")
        door.open()
        await settled(pilot)
        assert "3 revoked" in app.text()
        assert len(on.state.revoke_requests) == 3


async def test_a_run_ends_when_the_program_does() -> None:
    door = Door()
    on = await stage(sleep=door.pass_through)
    async with DialogApp().run_test(size=(80, 24)) as pilot:
        door.close()
        await confirmed(pilot, on, 40)
        await until(pilot, "0 of 40 answered")
        asyncio.get_running_loop().call_later(0.05, door.open)
    assert len(on.state.revoke_requests) <= 16
    assert on.state.calls[Call.REVOKE] <= 16


async def test_quitting_can_be_asked_for_while_it_runs() -> None:
    asked: list[str] = []

    class Asking(DialogApp):
        async def action_quit(self) -> None:
            asked.append("quit")

    door = Door()
    on = await stage(sleep=door.pass_through)
    async with Asking().run_test(size=(80, 24)) as pilot:
        app = await confirmed(pilot, on, 3)
        await settled(pilot)
        await pilot.press("q")
        assert not asked
        await pilot.press("enter")
        door.close()
        dialog = RevokeDialog(
            on.connection, on.listed, Selection(on.other_positions(9)[5:], "marked")
        )
        await shown(pilot, dialog, on.clock)
        await pilot.press("y")
        await until(pilot, "answered")
        assert dialog.plan_runs
        await pilot.press("q")
        assert asked == ["quit"]
        door.open()
        await settled(pilot)
        assert not dialog.plan_runs
        assert app.answers


async def test_a_list_that_cannot_be_read_afterwards_is_unknown_not_revoked() -> None:
    on = await stage()
    async with DialogApp().run_test(size=(80, 24)) as pilot:
        on.state.fail_next(Call.LIST, *[Fault(403)] * 5)
        app = await confirmed(pilot, on, 2)
        await settled(pilot)
        assert "2 unknown" in app.text()


async def test_a_session_that_ended_says_how_to_log_in() -> None:
    on = await stage()
    async with DialogApp().run_test(size=(80, 24)) as pilot:
        on.state.fail_next(Call.REVOKE, *[Fault(401)] * 3)
        app = await confirmed(pilot, on, 2)
        await settled(pilot)
        assert "Stopped" in app.text()
        assert "Log in again" in app.text()


async def test_a_diary_that_cannot_be_written_sends_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    on = await stage()

    async def no_diary(*_: object, **__: object) -> Revocation:
        raise StorageError("The audit log could not be written", "Make room on the disk.")

    monkeypatch.setattr("qiscus_tui.tui.revoke.dialog.revocation_on", no_diary)
    async with DialogApp().run_test(size=(80, 24)) as pilot:
        app = await confirmed(pilot, on, 2)
        await settled(pilot)
        assert "Not revoked" in app.text()
        assert "The audit log could not be written" in app.text()
        assert "Make room on the disk." in app.text()
        await pilot.press("enter")
        assert app.answers == [None]
    assert not on.state.revoke_requests


async def test_trouble_beside_the_result_is_told_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    on = await stage()

    async def forgets(_self: Connection, _report: Report) -> None:
        raise StorageError("The keyring is locked", "Unlock it.")

    monkeypatch.setattr("qiscus_tui.tui.revoke.dialog.forget_own_if_ended", forgets)
    async with DialogApp().run_test(size=(80, 24)) as pilot:
        app = await confirmed(pilot, on, 2)
        await settled(pilot)
        assert "2 revoked" in app.text()
        assert "The keyring is locked" in app.text()


async def test_what_else_happened_is_told() -> None:
    on = await stage("revoke-ends-own")
    async with DialogApp().run_test(size=(80, 24)) as pilot:
        app = await confirmed(pilot, on, 2)
        await settled(pilot)
        assert "own session" in app.text()
        assert "Not all revoked" in app.text()


async def test_an_old_list_is_read_again_first() -> None:
    on = await stage()
    on.state.end(str(on.listed.sessions[on.other_positions(1)[0]].token))
    on.clock.advance(60)
    async with DialogApp().run_test(size=(80, 24)) as pilot:
        app = await confirmed(pilot, replace(on), 2)
        await settled(pilot)
        assert "1 revoked, confirmed gone, in " in app.text()
        assert "1 already gone" in app.text()
