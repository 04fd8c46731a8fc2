"""The revoke dialog while a plan runs, and how it ends."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest

from qiscus_tui.errors import ServerError, StorageError
from qiscus_tui.model.clock import DAY
from qiscus_tui.model.group_keys import USUAL_KEYS
from qiscus_tui.model.retention_rules import Retention
from qiscus_tui.query import Moment
from qiscus_tui.service.revocation.outcomes import Outcome, Report, SessionOutcome
from qiscus_tui.service.revocation.plan import Allowed, Selection, make_plan
from qiscus_tui.service.revocation.progress import Progress
from qiscus_tui.service.revocation.sending import Answered, Halted, Purpose, Reading
from qiscus_tui.tui.dialogs.question import QuitDialog
from qiscus_tui.tui.revoke.choices import USUAL_RULES, PlanChoices
from qiscus_tui.tui.revoke.dialog import RevokeDialog
from qiscus_tui.tui.revoke.run_text import ended_plan, progress_lead, progress_lines
from tests.sandbox import Call, Fault
from tests.tui.dialogs_on_demo import Asked, DialogApp, Stage, asked, stage

USUAL = Retention(USUAL_KEYS, USUAL_RULES)


def dialog(on: Stage, count: int) -> RevokeDialog:
    choices = PlanChoices(Selection(on.other_positions(count), of_marks=True))
    return RevokeDialog(on.connection, on.listed, choices)


@asynccontextmanager
async def ended(on: Stage, count: int) -> AsyncGenerator[Asked]:
    """A plan of so many sessions, said yes to, at its end."""
    async with asked(on, dialog(on, count)) as here:
        await here.press("y")
        yield here


@asynccontextmanager
async def running(
    count: int = 40, dialect: str = "plain", app: DialogApp | None = None
) -> AsyncGenerator[tuple[Asked, Stage]]:
    """A plan of so many sessions whose requests wait at the door, the first of them under way."""
    on = await stage(dialect)
    async with asked(on, dialog(on, count), app=app) as here:
        on.door.close()
        here.clock.advance(1)
        await here.pilot.press("y")
        await here.until(f"0 of {count} answered")
        async with asyncio.timeout(10):
            while on.door.waiting < min(10, count):
                await here.pilot.pause()
        yield here, on


async def opened(here: Asked, on: Stage) -> None:
    on.door.open()
    await here.settle()


# How it ends.


NOTHING_FAILS = (Call.LIST, 0)


@pytest.mark.parametrize(
    ("dialect", "fault", "words"),
    [
        ("revoke-not-found", NOTHING_FAILS, "None revoked|3 failed: the server answered 404"),
        ("revoke-ends-own", NOTHING_FAILS, "None revoked|own session|See: r in the list, and"),
        ("plain", (Call.LIST, 403), "Can't tell what was revoked"),
        ("plain", (Call.REVOKE, 401), "Log in again: r in the list"),
        (
            "revoke-ignored",
            NOTHING_FAILS,
            "1 failed · 2 not sent|Stopped: the first revoke did not end its session|doctor",
        ),
    ],
)
async def test_what_was_not_revoked_is_said_with_its_reason(
    dialect: str, fault: tuple[Call, int], words: str
) -> None:
    on, (call, status) = await stage(dialect, verified=dialect != "revoke-ignored"), fault
    on.state.fail_next(call, *[Fault(status)] * (5 if status else 0))
    async with ended(on, 3) as here:
        ids = [on.listed.sessions[position].id[:8] for position in on.other_positions(3)]
        here.shows(*words.split("|"), *ids)


async def test_x_is_not_said_to_continue_a_plan_whose_rules_it_would_forget() -> None:
    on = await stage("revoke-not-found")
    async with asked(on, dialog(on, 40)) as here:
        await here.press("r", "y")
        here.shows("None revoked", " stay marked; x asks again, without these choices")


async def test_an_old_list_is_read_again_first() -> None:
    on = await stage()
    on.state.end(str(on.listed.sessions[on.other_positions(1)[0]].token))
    on.clock.advance(60)
    async with ended(on, 2) as here:
        here.shows("1 revoked, confirmed gone, in ", "1 already gone")


async def test_without_an_audit_log_nothing_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fails(*_: object, **__: object) -> None:
        raise StorageError("The audit log could not be written", "Make room on the disk.")

    on = await stage()
    with monkeypatch.context() as patched:
        patched.setattr("qiscus_tui.tui.revoke.dialog.revocation_on", fails)
        async with ended(on, 2) as here:
            here.shows(
                "Not revoked", "The audit log could not be written", "Make room on the disk."
            )
            await here.press("enter")
            assert here.answers == [None]
            assert not on.sent
    monkeypatch.setattr("qiscus_tui.tui.revoke.dialog.forget_own_if_ended", fails)
    async with ended(on, 2) as here:  # trouble beside the result is told with it
        here.shows("2 revoked", "The audit log could not be written")


async def test_the_result_says_what_is_gone_by_group_what_failed_and_what_was_kept() -> None:
    on = await stage(sessions=400)
    group = [at for at, name in enumerate(on.listed.clients) if name.startswith("GuzzleHttp")]
    on.state.fail_next(Call.REVOKE, *[Fault(404)] * 7)
    choices = PlanChoices(Selection(group, of_marks=True), retention=USUAL)
    async with asked(on, RevokeDialog(on.connection, on.listed, choices), size=(120, 60)) as here:
        sent = int(here.text().split(" to revoke")[0].split()[-1])
        await here.press(*str(sent), "enter")
        here.shows(
            f"{sent - 7} revoked, confirmed gone, in ",
            "7 failed: the server answered 404 Not Found",
            "… and 2 more",
            "Gone",
            "SESSIONS  GROUP",
        )
        assert "L shows this plan and the earlier ones" in here.words()


async def test_what_is_said_of_a_group_at_the_end_is_that_of_its_sessions_that_are_gone() -> None:
    on = await stage(sessions=400)
    positions = [at for at, name in enumerate(on.listed.clients) if name.startswith("GuzzleHttp")]
    plan = make_plan(on.listed, Selection(positions), Allowed())
    first, *others = plan.targets
    ends = [(first, Outcome.REVOKED), *((one, Outcome.NOT_SENT) for one in others)]
    outcomes = tuple(SessionOutcome(one.id, outcome) for one, outcome in ends)
    report = Report(plan, outcomes, "cancelled", None, None)
    moment = Moment(on.clock.now(), DAY)
    (group,) = ended_plan(report, USUAL_KEYS, moment, 1.0, was_stopped=True).groups
    assert (group.count, group.oldest_at, group.last_used_at) == (
        1,
        first.created_at,
        first.last_used_at,
    )


# While it runs.


@pytest.mark.parametrize("key", ["n", "escape", "q"])
async def test_stopping_acts_at_once_and_asks_whether_to_go_on(key: str) -> None:
    async with running() as (here, on):
        await here.pilot.press(key)
        assert "Stopped: 30 not sent" in here.text()
        await opened(here, on)
        assert on.sent == 10
        here.shows(
            "Stopped: 30 not sent",
            "10 revoked, confirmed gone, in ",
            "30 stay marked; x continues",
            "Go on",
        )
        await here.burst("y", "c", "p", "h", "r", "plus", "t", "equals_sign")  # too early
        assert "Stopped: 30 not sent" in here.text()
        assert on.sent == 10
        if key == "n":  # finishing is always safe
            await here.burst("n")
            (report,) = here.answers
            assert isinstance(report, Report)
            assert report.halted == "cancelled"
            assert on.sent == 10
            return
        await here.press("y")
        assert "30 revoked, confirmed gone, in " in here.text()
        await here.press("enter")
        assert here.answers
        tokens = [on.listed.sessions[at].token for at in on.other_positions(40)]
        assert sorted(on.state.revoke_requests) == sorted(map(str, tokens))


async def test_where_others_ended_beside_what_was_sent_going_on_is_not_offered() -> None:
    async with running(dialect="revoke-ends-all") as (here, on):
        await here.pilot.press("n")
        await opened(here, on)
        here.shows("Stopped: ", "not sent")
        assert "Go on" not in here.text()


async def test_what_was_used_since_the_stop_is_not_sent_by_going_on() -> None:
    on = await stage(sessions=200)
    choices = PlanChoices(Selection(on.other_positions(190)), retention=USUAL)
    plan = make_plan(on.listed, choices.selection, choices.allowed, choices.retention)
    async with asked(on, RevokeDialog(on.connection, on.listed, choices)) as here:
        here.clock.advance(1)
        await here.press(*str(len(plan.targets)))
        on.door.close()
        await here.pilot.press("enter")
        await here.until("reading the list again first")
        await here.pilot.press("n")
        await opened(here, on)
        sent = {*on.state.revoke_requests}
        here.clock.advance(60)
        waiting = [str(one.token) for one in plan.targets if one.token not in sent]
        used = next(token for token in waiting if on.state.holder_of_short_lived(token))
        await here.armed()
        await here.press("y")
        assert on.sent > len(sent)
        assert used not in on.state.revoke_requests


async def test_no_other_key_stops_a_run_or_begins_a_second_one() -> None:
    async with running() as (here, on):
        here.clock.advance(3)
        for key in ("enter", "space", "y", "tab", "c", "p", "h"):
            await here.pilot.press(key, "tab")
        assert "Stopped" not in here.text()
        await opened(here, on)
        assert "40 revoked" in here.text()
        assert on.sent == 40
        await here.pilot.press("enter")
        assert here.answers


async def test_where_all_is_sent_there_is_nothing_to_stop_and_q_leaves_the_program() -> None:
    asked_to_quit: list[str] = []

    class Asking(DialogApp):
        async def action_quit(self) -> None:
            asked_to_quit.append("quit")

    async with running(3, app=Asking()) as (here, on):
        dialog = here.app.screen
        assert isinstance(dialog, RevokeDialog)
        assert dialog.plan_runs
        await here.pilot.press("n")
        await here.until("All are sent")  # drawn with the next frame
        assert "Stopped" not in here.text()
        await here.pilot.press("q")
        assert asked_to_quit == ["quit"]
        await opened(here, on)
        assert "3 revoked" in here.text()
        assert not dialog.plan_runs
        await here.pilot.press("q")
        assert asked_to_quit == ["quit"]


async def test_a_question_whether_to_quit_says_that_the_plan_has_ended_meanwhile() -> None:
    async with running(3) as (here, on):
        await here.show(QuitDialog(on.clock))
        assert "Quit while sessions are being revoked?" in here.text()
        await opened(here, on)
        here.shows("Quit?", "The plan has ended meanwhile.")
        assert "may remain unverified" not in here.text()


async def test_progress_says_time_and_the_end_how_long_it_took_and_rings() -> None:
    rings: list[str] = []

    class Ringing(DialogApp):
        def bell(self) -> None:
            rings.append("rang")

    async with running(app=Ringing()) as (here, on):
        here.shows("0 of 40 answered · 0 %", "● ")
        here.clock.advance(68)
        await here.until("68 s so far")
        await opened(here, on)
        assert "40 revoked, confirmed gone, in 69 s" in here.text()
        assert rings == ["rang"]


async def test_a_run_ends_when_the_program_does() -> None:
    async with running() as (_, on):
        asyncio.get_running_loop().call_later(0.05, on.door.open)
    assert on.sent <= 16
    assert on.state.calls[Call.REVOKE] <= 16


# The progress as text.


def test_the_bar_takes_the_width_and_what_failed_its_share_of_it() -> None:
    now = [0.0]
    progress = Progress(400, lambda: now[0])
    progress.record(Reading(Purpose.RECHECK))
    for number in range(100):
        error = ServerError("404 Not Found", "") if number % 4 == 0 else None
        progress.record(Answered(f"{number:012x}", error, number + 1, 400))
    now[0] = 25.0
    for number in range(100, 200):
        progress.record(Answered(f"{number:012x}", None, number + 1, 400))
    bar, counts, pace, _, *steps = progress_lead(progress, 80).plain.splitlines()
    assert bar == "━" * 40 + "┄" * 40
    assert counts == "200 of 400 answered · 50 % · 25 failed"
    assert pace == "8 a second · about 25 s left · 25 s so far"
    assert steps == ["● sending"]
    assert progress_lines(progress).plain == "25 404 Not Found"
    progress.record(Halted("the server is away"))
    progress.record(Answered(f"{200:012x}", None, 201, 400))
    _, _, pace, _, *steps = progress_lead(progress, 80).plain.splitlines()
    assert pace == "25 s so far"  # nothing more is sent
    assert steps == ["● sending nothing more, waiting for the last answers"]
