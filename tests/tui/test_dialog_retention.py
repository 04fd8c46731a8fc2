"""The revoke dialog with rules: what it says is what would be sent, and what is left after."""

import shlex
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import pytest

from qiscus_tui.cli.parser import parse
from qiscus_tui.model.group_keys import USUAL_KEYS
from qiscus_tui.model.retention_rules import Retention
from qiscus_tui.service.revocation.plan import Selection
from qiscus_tui.store.config import Config, Policy
from qiscus_tui.tui.dialogs.choice import ChoiceDialog
from qiscus_tui.tui.revoke.choices import USUAL_RULES, PlanChoices
from qiscus_tui.tui.revoke.dialog import RevokeDialog
from tests.clocks import ManualClock
from tests.sandbox import DIALECTS
from tests.tui.demo_app import Running, at_sessions

HOUR = 3600.0
DAY = 24 * HOUR
MORE, FEWER = partial(PlanChoices.more_newest, more=1), partial(PlanChoices.more_newest, more=-1)
USED = PlanChoices.next_used_within


def dialog(running: Running) -> RevokeDialog:
    assert isinstance(running.app.screen, RevokeDialog)
    return running.app.screen


async def test_from_groups_the_newest_and_the_used_stay_and_the_rest_goes(
    clock: ManualClock,
) -> None:
    async with at_sessions(clock, sessions=400) as running:
        before = {one.token: one for one in running.state.sessions()}
        await running.press_slowly("g", "x")
        group = running.sessions.list.group_table.cursor_group
        assert group is not None
        plan = dialog(running)._plan
        count = len(plan.targets)
        kept = group.count - count
        assert f"{count} to revoke + {kept} kept = {group.count}: the newest of 1 group" in (
            running.box()
        )
        assert f"Group {group.name}" in running.box()
        assert "keep the newest [1] of each client and network" in running.box()
        assert "keep what was used within [24h]" in running.box()
        assert f"{count} {group.name} " in running.box()
        await running.press_slowly(*f"{count}", "enter")
        await running.settle()
        assert f"{count} revoked, confirmed gone" in running.box()
        left = {one.token for one in running.state.sessions()}
        gone = {target.token for target in plan.targets}
        assert left == before.keys() - gone
        listed = running.sessions.view.listed
        kept = [one for one in listed.sessions if one.token in before]
        assert sum(one.token not in gone for one in kept) == len(listed)


async def again(running: Running, *pressed: str) -> None:
    """Close what is open, go back to the plain list without filter and marks, and press keys."""
    if running.app.screen is not running.sessions:
        await running.press_slowly("escape")
    if running.sessions.list.is_grouped:
        await running.press_slowly("g")
    if running.sessions.view.is_filtered:
        await running.press_slowly("escape")
    if running.sessions.view.marks.total:
        await running.press_slowly("u")
    await running.press_slowly("home", *pressed)


@pytest.mark.parametrize(
    ("changes", "newest", "used"),
    [
        ((MORE, MORE), 3, DAY),
        ((FEWER,), None, DAY),
        ((FEWER, FEWER, MORE), 1, DAY),
        ((USED,), 1, 7 * DAY),
        ((USED, USED), 1, None),
        ((USED, USED, USED), 1, HOUR),
        ((USED, USED, USED, USED), 1, DAY),
        ((PlanChoices.rules_toggled,), None, None),
        ((PlanChoices.rules_toggled, PlanChoices.rules_toggled), 1, DAY),
    ],
)
def test_each_change_of_the_rules(
    changes: Sequence[Callable[[PlanChoices], PlanChoices]], newest: int | None, used: float | None
) -> None:
    choices = PlanChoices(Selection(()), retention=Retention(USUAL_KEYS, USUAL_RULES, "nightly"))
    for change in changes:
        choices = change(choices)
    rules = choices.retention.rules
    assert (rules.keep_newest, rules.keep_used_within) == (newest, used)
    assert not choices.retention.policy


async def test_r_takes_the_rules_off_and_brings_them_back(clock: ManualClock) -> None:
    async with at_sessions(clock, sessions=200) as running:
        await running.press_slowly("g", "x")
        assert "One goes first, as a trial" in running.box()
        await running.press_slowly("plus", "t")
        assert "keep the newest [2]" in running.box()
        assert "used within [7d]" in running.box()
        assert f"{len(dialog(running)._plan.targets)} to revoke + " in running.box()
        await running.press_slowly("r")
        group = running.sessions.list.group_table.cursor_group
        assert group is not None
        assert len(dialog(running)._plan.targets) == group.count
        assert "[ ] r keep the newest of each group" in running.box()
        assert "kept" not in running.box()
        await running.press_slowly("r")
        assert "keep the newest [1]" in running.box()
        assert len(dialog(running)._plan.targets) < group.count
        await again(running, "slash", *"guzzle", "enter", "a", "x")  # off in the list
        everything = len(dialog(running)._plan.targets)
        assert everything == len(running.sessions.view.shown)
        await running.press_slowly("r")
        assert len(dialog(running)._plan.targets) < everything
        assert ": the newest of" in running.box()
        await again(running, "P")
        assert "left with no session" not in running.box()
        await running.press_slowly("minus")  # the newest of each group is kept no longer
        assert "groups would be left with no session: " in running.box()
        await again(running, "slash", *"guzzle", "enter", "P")
        plan = dialog(running)._plan
        assert {*plan.selection.positions} == {*running.sessions.view.shown}
        assert plan.retention is not None
        assert plan.kept


async def test_what_all_rules_keep_leaves_nothing_to_confirm_and_can_be_changed(
    clock: ManualClock,
) -> None:
    async with at_sessions(clock, sessions=60) as running:
        await running.press_slowly("g", "end", "x")
        assert "Nothing to revoke" in running.box()
        await running.press_slowly("y")
        assert "There is nothing to revoke." in running.toasts
        await running.press_slowly("r", "y")
        await running.settle()
        assert "1 revoked" in running.box()


async def test_a_rule_that_no_session_answers_can_be_turned_off(
    clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = DIALECTS["plain"]
    unused = replace(plain, fields=replace(plain.fields, last_used=None))
    monkeypatch.setitem(DIALECTS, "unused", unused)
    async with at_sessions(clock, dialect="unused") as running:
        await running.press_slowly("P")
        assert "Nothing will be sent." in running.box()
        assert "The server lists no last use" in running.box()
        await running.press_slowly("t", "t")
        assert "Nothing will be sent." not in running.box()


async def test_rules_are_refused_where_the_list_cannot_be_grouped(clock: ManualClock) -> None:
    async with at_sessions(clock, dialect="bare") as running:
        await running.press_slowly("a", "x", "r")
        assert "The server lists no client" in running.toasts
        assert dialog(running)._plan.retention is None


# Everything shown, and policies.


NIGHTLY = Policy(name="nightly", filter="client:curl", group_by=("client",), keep_newest=2)


async def test_policies_of_the_configuration_are_offered(clock: ManualClock) -> None:
    config = Config(policies={"nightly": NIGHTLY})
    async with at_sessions(clock, sessions=200, config=config) as running:
        await running.press_slowly("P")
        assert isinstance(running.app.screen, ChoiceDialog)
        assert "nightly" in running.text()
        assert "by client: keep the newest 2" in running.text()
        await running.press_slowly("2")
        plan = dialog(running)._plan
        assert plan.retention is not None
        assert plan.retention.policy == "nightly"
        clients = {running.sessions.view.listed.clients[at] for at in plan.selection.positions}
        assert clients
        assert all(client.startswith("curl") for client in clients)
        assert "keep the newest [2] of each client" in running.box()


async def test_a_policy_that_nothing_shown_matches_says_so(clock: ManualClock) -> None:
    config = Config(policies={"nightly": NIGHTLY})
    async with at_sessions(clock, sessions=200, config=config) as running:
        await running.press_slowly("slash", *"guzzle", "enter", "P", "2")
        assert "Nothing to revoke" in running.box()
        assert "No session matches" in running.box()
        assert "reasons are below" not in running.box()


async def test_what_ends_soon_still_does_when_the_list_is_read_again(clock: ManualClock) -> None:
    async with at_sessions(clock, sessions=400) as running:
        await running.press_slowly("slash", *"is:expiring", "enter", "P", "t", "t")
        count = len(dialog(running)._plan.targets)
        assert count > 2
        running.clock.advance(10)  # the list of the plan is old by now
        await running.press_slowly(*([*f"{count}", "enter"] if count > 50 else ["y"]))
        await running.settle()
        assert f"{count} revoked, confirmed gone" in running.box()


# The command line.


async def command(running: Running) -> list[str]:
    """The words that are shown as the command line, as a shell reads them."""
    return shlex.split(" ".join(dialog(running)._command))


async def test_the_command_line_does_the_same_and_is_sent_to_the_clipboard(
    clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    prune = "prune --group-by client,network --keep-newest 1"
    async with at_sessions(clock, sessions=200) as running:
        for pressed, expected in (
            (["g", "x"], f"{prune} --keep-used-within 24h --filter"),
            (["slash", *"guzzle", "enter", "a", "x"], "revoke --filter guzzle"),
            (["j", "x"], "revoke"),
        ):
            await again(running, *pressed)
            line = await command(running)
            assert " ".join(line).startswith(f"qiscus-tui {expected}")
            parse(line[1:])
            if expected == "revoke":
                assert line[2:] == [one.id for one in dialog(running)._plan.targets]
            assert running.state.credentials.long_lived_token not in " ".join(line)
        copied: list[str] = []
        monkeypatch.setattr(running.app, "copy_to_clipboard", copied.append)
        await running.press_slowly("equals_sign")
        (target,) = dialog(running)._plan.targets
        assert copied == [f"qiscus-tui revoke {target.id}"]


async def test_marks_by_age_stay_marks_by_age_whatever_is_shown(clock: ManualClock) -> None:
    async with at_sessions(clock, sessions=60) as running:
        await running.press_slowly("slash", *"age:>1m", "enter", "a", "escape")
        others = len(running.sessions.view.shown) - running.sessions.view.marks.total
        await running.press_slowly("slash", *"-is:current", "enter")
        assert others == 1
        (marked_by,) = running.sessions.list.marked().marked_by
        assert marked_by.query.text == "age:>1m"


async def test_what_was_used_since_it_was_marked_by_a_filter_is_not_sent(
    clock: ManualClock,
) -> None:
    async with at_sessions(clock, sessions=40) as running:
        await running.press_slowly("slash", *"idle:>20d", "enter", "a", "escape")
        marked = running.sessions.view.marks.total
        await running.press_slowly("home", "down", "space", "x")  # one is marked by hand
        ids = {target.id for target in dialog(running)._plan.targets}
        assert len(ids) == marked + 1 > 2
        listed = running.sessions.view.listed
        used = next(
            one
            for one in listed.sessions
            if one.id in ids and (one.last_used_at or clock.now()) < clock.now() - 20 * DAY
        )
        assert used.token is not None
        running.clock.advance(1)  # the server's times are whole seconds
        running.state.holder_of_short_lived(used.token)
        await running.press_slowly("y")
        await running.settle()
        assert f"{len(ids) - 1} revoked" in running.box()
        assert "used since the plan was made" in running.box()
        assert used.token in {one.token for one in running.state.sessions()}


# What the plan says of its groups.


async def test_a_long_plan_is_made_between_the_keys(clock: ManualClock) -> None:
    async with at_sessions(clock, sessions=6000) as running:
        await running.press("a")
        await running.press("x")
        assert f"{len(dialog(running)._plan.targets):,} to revoke + 1 kept" in running.box()
        assert len(dialog(running)._plan.targets) > 5000
        assert not dialog(running)._command
