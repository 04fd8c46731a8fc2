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
from tests.sandbox import DIALECTS
from tests.tui.demo_app import Running, at_sessions

HOUR = 3600.0
DAY = 24 * HOUR
MORE, FEWER = partial(PlanChoices.more_newest, more=1), partial(PlanChoices.more_newest, more=-1)
USED = PlanChoices.next_used_within


def dialog(here: Running) -> RevokeDialog:
    assert isinstance(here.app.screen, RevokeDialog)
    return here.app.screen


async def test_from_groups_the_newest_and_the_used_stay_and_the_rest_goes() -> None:
    async with at_sessions(sessions=400) as here:
        before = {one.token: one for one in here.state.sessions()}
        await here.press_slowly("g", "x")
        group = here.group
        plan = dialog(here)._plan
        count = len(plan.targets)
        kept = group.count - count
        assert f"{count} to revoke + {kept} kept = {group.count}: the newest of 1 group" in (
            here.box()
        )
        assert f"Group {group.name}" in here.box()
        assert "keep the newest [1] of each client and network" in here.box()
        assert "keep what was used within [24h]" in here.box()
        assert f"{count} {group.name} " in here.box()
        await here.press_slowly(*f"{count}", "enter")
        await here.settle()
        assert f"{count} revoked, confirmed gone" in here.box()
        left = {one.token for one in here.state.sessions()}
        gone = {target.token for target in plan.targets}
        assert left == before.keys() - gone
        listed = here.sessions.view.listed
        kept = [one for one in listed.sessions if one.token in before]
        assert sum(one.token not in gone for one in kept) == len(listed)


async def again(here: Running, *pressed: str) -> None:
    """Close what is open, go back to the plain list without filter and marks, and press keys."""
    if here.app.screen is not here.sessions:
        await here.press_slowly("escape")
    if here.sessions.list.is_grouped:
        await here.press_slowly("g")
    if here.sessions.view.is_filtered:
        await here.press_slowly("escape")
    if here.sessions.view.marks.total:
        await here.press_slowly("u")
    await here.press_slowly("home", *pressed)


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


async def test_r_takes_the_rules_off_and_brings_them_back() -> None:
    async with at_sessions(sessions=200) as here:
        await here.press_slowly("g", "x")
        assert "One goes first, as a trial" in here.box()
        await here.press_slowly("plus", "t")
        assert "keep the newest [2]" in here.box()
        assert "used within [7d]" in here.box()
        assert f"{len(dialog(here)._plan.targets)} to revoke + " in here.box()
        await here.press_slowly("r")
        group = here.group
        assert len(dialog(here)._plan.targets) == group.count
        assert "[ ] r keep the newest of each group" in here.box()
        assert "kept" not in here.box()
        await here.press_slowly("r")
        assert "keep the newest [1]" in here.box()
        assert len(dialog(here)._plan.targets) < group.count
        await again(here, "slash", *"guzzle", "enter", "a", "x")  # off in the list
        everything = len(dialog(here)._plan.targets)
        assert everything == len(here.sessions.view.shown)
        await here.press_slowly("r")
        assert len(dialog(here)._plan.targets) < everything
        assert ": the newest of" in here.box()
        await again(here, "P")
        assert "left with no session" not in here.box()
        await here.press_slowly("minus")  # the newest of each group is kept no longer
        assert "groups would be left with no session: " in here.box()
        await again(here, "slash", *"guzzle", "enter", "P")
        plan = dialog(here)._plan
        assert {*plan.selection.positions} == {*here.sessions.view.shown}
        assert plan.retention is not None
        assert plan.kept


async def test_what_all_rules_keep_leaves_nothing_to_confirm_and_can_be_changed() -> None:
    async with at_sessions(sessions=60) as here:
        await here.press_slowly("g", "end", "x")
        assert "Nothing to revoke" in here.box()
        await here.press_slowly("y")
        assert "There is nothing to revoke." in here.toasts
        await here.press_slowly("r", "y")
        await here.settle()
        assert "1 revoked" in here.box()


async def test_a_rule_without_an_answer_can_be_turned_off(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = DIALECTS["plain"]
    unused = replace(plain, fields=replace(plain.fields, last_used=None))
    monkeypatch.setitem(DIALECTS, "unused", unused)
    async with at_sessions(dialect="unused") as here:
        await here.press_slowly("P")
        assert "Nothing will be sent." in here.box()
        assert "The server lists no last use" in here.box()
        await here.press_slowly("t", "t")
        assert "Nothing will be sent." not in here.box()


async def test_a_plan_by_rules_of_a_list_that_is_not_whole_says_so() -> None:
    async with at_sessions(dialect="unreadable", sessions=200) as here:
        await here.press_slowly("P")
        assert "7 sessions could not be read: the plan is made of what was read." in here.box()
        assert "--allow-unreadable" in (dialog(here)._command or ())
        await again(here, "end", "x")  # what is named does not depend on others
        assert "the plan is made of" not in here.box()


async def test_rules_are_refused_where_the_list_cannot_be_grouped() -> None:
    async with at_sessions(dialect="bare") as here:
        await here.press_slowly("a", "x", "r")
        assert "The server lists no client" in here.toasts
        assert dialog(here)._plan.retention is None


# Everything shown, and policies.


NIGHTLY = Policy(name="nightly", filter="client:curl", group_by=("client",), keep_newest=2)
EVERYTHING = Policy(name="everything", keep_used_within=DAY, include_protected=True)


async def test_policies_of_the_configuration_are_offered() -> None:
    policies = (Policy(name="without a rule"), NIGHTLY, EVERYTHING)
    config = Config(policies={one.name: one for one in policies})
    async with at_sessions(sessions=200, config=config) as here:
        await here.press_slowly("P")
        assert isinstance(here.app.screen, ChoiceDialog)
        here.shows("nightly", "client:curl · by client: keep the newest 2")
        here.shows("everything", "used within 24h; protected ones judged too")
        await here.press_slowly("2")
        plan = dialog(here)._plan
        assert plan.retention is not None
        assert plan.retention.policy == "nightly"
        clients = {here.sessions.view.listed.clients[at] for at in plan.selection.positions}
        assert clients
        assert all(client.startswith("curl") for client in clients)
        assert "keep the newest [2] of each client" in here.box()
        await again(here, "slash", *"guzzle", "enter", "P", "2")  # which it does not match
        assert "Nothing to revoke" in here.box()
        assert "No session matches" in here.box()
        assert "reasons are below" not in here.box()


async def test_what_ends_soon_still_does_when_the_list_is_read_again() -> None:
    async with at_sessions(sessions=400) as here:
        await here.press_slowly("slash", *"is:expiring", "enter", "P", "t", "t")
        count = len(dialog(here)._plan.targets)
        assert count > 2
        here.clock.advance(10)  # the list of the plan is old by now
        await here.press_slowly(*([*f"{count}", "enter"] if count > 50 else ["y"]))
        await here.settle()
        assert f"{count} revoked, confirmed gone" in here.box()


# The command line.


async def test_the_command_line_shown_does_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    prune = "prune --group-by client,network --keep-newest 1"
    async with at_sessions(sessions=200) as here:
        for pressed, expected in (
            (["g", "x"], f"{prune} --keep-used-within 24h --filter"),
            (["slash", *"guzzle", "enter", "a", "x"], "revoke --filter guzzle"),
            (["j", "x"], "revoke"),
        ):
            await again(here, *pressed)
            line = shlex.split(" ".join(dialog(here)._command or ()))  # as a shell reads it
            assert " ".join(line).startswith(f"qiscus-tui {expected}")
            parse(line[1:])
            if expected == "revoke":
                assert line[2:-1] == [one.id for one in dialog(here)._plan.targets]
            assert here.state.credentials.long_lived_token not in " ".join(line)
        copied: list[str] = []
        monkeypatch.setattr(here.app, "copy_to_clipboard", copied.append)
        await here.press_slowly("equals_sign")
        (target,) = dialog(here)._plan.targets
        assert copied == [f"qiscus-tui revoke {target.id} --demo"]


async def test_marks_by_age_stay_marks_by_age_whatever_is_shown() -> None:
    async with at_sessions(sessions=60) as here:
        await here.press_slowly("slash", *"age:>1m", "enter", "a", "escape")
        others = len(here.sessions.view.shown) - here.sessions.view.marks.total
        await here.press_slowly("slash", *"-is:current", "enter")
        assert others == 1
        (marked_by,) = here.sessions.list.marked().marked_by
        assert marked_by.query.text == "age:>1m"


async def test_a_filter_whose_marks_were_all_revoked_is_said_of_no_later_mark() -> None:
    async with at_sessions(sessions=40) as here:
        await here.press_slowly("slash", *"idle:>20d", "enter", "a", "x", "y")
        await here.settle()
        assert "confirmed gone" in here.box()
        await here.press_slowly("escape", "escape", "home", "down", "space")
        assert here.sessions.list.marked().marked_by == ()


async def test_what_was_used_since_it_was_marked_by_a_filter_is_not_sent() -> None:
    async with at_sessions(sessions=40) as here:
        await here.press_slowly("slash", *"idle:>20d", "enter", "a", "escape")
        marked = here.sessions.view.marks.total
        await here.press_slowly("home", "down", "space", "x")  # one is marked by hand
        ids = {target.id for target in dialog(here)._plan.targets}
        assert len(ids) == marked + 1 > 2
        listed = here.sessions.view.listed
        used = next(
            one
            for one in listed.sessions
            if one.id in ids
            and (one.last_used_at or here.clock.now()) < here.clock.now() - 20 * DAY
        )
        assert used.token is not None
        here.clock.advance(1)  # the server's times are whole seconds
        here.state.holder_of_short_lived(used.token)
        await here.press_slowly("y")
        await here.settle()
        assert f"{len(ids) - 1} revoked" in here.box()
        assert "used since the plan was made" in here.box()
        assert used.token in {one.token for one in here.state.sessions()}


# What the plan says of its groups.


async def test_a_long_plan_is_made_between_the_keys() -> None:
    async with at_sessions(sessions=6000) as here:
        await here.press("a")
        await here.press("x")
        assert f"{len(dialog(here)._plan.targets):,} to revoke + 1 kept" in here.box()
        assert len(dialog(here)._plan.targets) > 5000
        assert not dialog(here)._command
