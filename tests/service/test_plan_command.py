"""The command line of a plan makes the same plan; each rule goes whole wherever rules go."""

import shlex
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from qiscus_tui import query
from qiscus_tui.cli.parser import parse
from qiscus_tui.cli.plan_flow import selected
from qiscus_tui.cli.prune import prune_request
from qiscus_tui.model.clients import Known
from qiscus_tui.model.clock import as_typed
from qiscus_tui.model.group_keys import USUAL_KEYS, GroupKey
from qiscus_tui.model.ids import fingerprint
from qiscus_tui.model.masking import MASK
from qiscus_tui.model.retention_rules import Retention, Rule, written_rules
from qiscus_tui.model.retention_rules import RetentionRules as Rules
from qiscus_tui.service.account.workspace import check_words
from qiscus_tui.service.revocation.plan import Allowed, RevocationPlan, Selection, make_plan
from qiscus_tui.service.revocation.plan_files import MOST_IDS, plan_command
from qiscus_tui.service.revocation.retention import retention_of
from qiscus_tui.store.config import Config, load_config
from qiscus_tui.store.plan_file import PlanFileRule
from tests.service.scripted import DAY, START, listed, new_session, plan_of

HOUR = 3600
CRON = Known("cron", client="curl", protect=True)
SESSIONS = [
    new_session(
        number,
        created_at=START - number * HOUR,
        last_used_at=START - number * HOUR / 4,
        user_agent=agent,
        ip=f"10.0.{number % 3}.1",
    )
    for number, agent in enumerate(["curl/8.5", 'it\'s "odd"', "-x", "Go-http-client/2"] * 20)
]
LISTED = listed(SESSIONS, labels={SESSIONS[0].id: CRON})
MOMENT = query.Moment(START, DAY)


def words(plan: RevocationPlan, account: str = "", reason: str = "") -> list[str]:
    """The words as a shell gives them to the program."""
    return shlex.split(" ".join(plan_command(plan, account, reason)))


@given(
    newest=st.none() | st.integers(1, 5),
    used=st.none() | st.sampled_from([90, HOUR, DAY, 7 * DAY, 90 * DAY]),
    created=st.none() | st.sampled_from([90, HOUR, DAY]),
    keys=st.lists(st.sampled_from(GroupKey), min_size=1, max_size=3, unique=True),
    text=st.sampled_from(
        ["", "client:curl", "-client:curl", 'client:"it\'s \\"odd"', "ip:10.0.1", "age:>3h"]
    ),
    allowed=st.builds(Allowed, st.booleans(), st.booleans()),
    unknown=st.booleans(),
)
def test_prune_from_the_command_line_is_the_same_plan(
    newest: int | None,
    used: int | None,
    created: int | None,
    keys: list[GroupKey],
    text: str,
    allowed: Allowed,
    unknown: bool,
) -> None:
    rules = Rules(newest, used, created, include_unknown=unknown)
    if not rules.given:
        return
    chosen = query.select(query.parse(text), LISTED, MOMENT)
    selection = Selection(chosen, filter_text=text)
    plan = make_plan(LISTED, selection, allowed, Retention((*keys,), rules), MOMENT)
    options = parse(words(plan)[1:])
    rule, retention, again = prune_request(options, Config())
    same = make_plan(LISTED, selected(LISTED, rule, MOMENT), again, retention, MOMENT)
    assert {one.id for one in same.targets} == {one.id for one in plan.targets}


@pytest.mark.parametrize("protected", [True, False])
def test_what_was_picked_one_by_one_is_named_by_ids(protected: bool) -> None:
    plan = plan_of(LISTED, 0, 3, 2, allowed=Allowed(protected=protected))
    ids = [SESSIONS[at].id for at in ((0, 3, 2) if protected else (3, 2))]
    flags = ["--include-protected"] if protected else []
    account = ["--account", "a@b.c@x y"]
    assert words(plan, account[1]) == ["qiscus-tui", "revoke", *ids, *flags, *account]


@pytest.mark.parametrize("reason", ["-x leaked", 'it\'s "odd"'])
def test_the_reason_is_one_word_of_the_command(reason: str) -> None:
    plan = plan_of(LISTED, 0, allowed=Allowed(protected=True))
    typed = shlex.split(" ".join(plan_command(plan, reason=reason)))
    assert parse(typed[1:]).reason == reason


def test_a_token_in_a_filter_or_a_reason_is_not_in_the_command() -> None:
    token = "QEX-of-a-session-0123456789"
    session = new_session(1, id=fingerprint(token), token=token, revoke_with=token)
    on, selection = listed([session]), Selection([0], filter_text=f"-{token}")
    typed = words(make_plan(on, selection, Allowed()), reason=f"leaked: {token}")
    assert typed == ["qiscus-tui", "revoke", session.id, "--reason", MASK]
    ruled = make_plan(on, selection, Allowed(), Retention((GroupKey.IP,), Rules(1)), MOMENT)
    assert token not in " ".join(words(ruled))


def test_too_many_ids_are_no_command() -> None:
    many = listed([new_session(number) for number in range(MOST_IDS + 1)])
    plan = plan_of(many)
    assert plan_command(plan) == ()
    filtered = replace(plan, selection=replace(plan.selection, filter_text="curl"))
    assert words(filtered) == ["qiscus-tui", "revoke", "--filter", "curl"]
    assert plan_command(make_plan(many, Selection(()), Allowed())) == ()


@pytest.mark.parametrize(("text", "expected"), [("", True), ("client:curl", True), (None, False)])
def test_a_list_that_is_not_whole_is_allowed_where_no_ids_are_named(
    text: str | None, *, expected: bool
) -> None:
    for gap in ({"unreadable": 2}, {"moved": True}, {"incomplete_because": "60 of 80 listed"}):
        partial = replace(LISTED, **gap)
        selection = Selection(range(1, 9), filter_text=text)
        plan = make_plan(
            partial, selection, Allowed(), Retention((GroupKey.CLIENT,), Rules(1)), MOMENT
        )
        assert ("--allow-unreadable" in words(plan)) is expected


# Each rule of retention

OF_EACH = [
    *(msgspec.convert({rule.name: 7 * DAY if rule.is_age else 7}, Rules) for rule in Rule),
    Rules(keep_newest=2, keep_used_within=DAY, include_unknown=True),
]


@pytest.fixture(params=OF_EACH, ids=str)
def rules(request: pytest.FixtureRequest) -> Rules:
    found: Rules = request.param
    return found


def test_every_field_is_a_rule_or_a_switch():
    names = {rule.name for rule in Rule}
    assert {*Rules.__struct_fields__} == names | {"include_unknown"}


def test_the_options_of_prune_and_the_command_that_is_shown(rules: Rules):
    retention = Retention((GroupKey.USER,), rules)
    plan = make_plan(LISTED, Selection([0], filter_text="curl"), Allowed(), retention, MOMENT)
    assert prune_request(parse(words(plan)[1:]), Config())[1] == retention


def test_a_policy_of_the_configuration(rules: Rules, tmp_path: Path):
    def written(rule: Rule) -> str:
        value = rules.value(rule)
        return f'"{as_typed(value or 0)}"' if rule.is_age else f"{value}"

    given = [f"{rule.name} = {written(rule)}" for rule in Rule if rules.value(rule) is not None]
    switch = f"include_unknown = {str(rules.include_unknown).lower()}"
    path = tmp_path / "config.toml"
    path.write_text("\n".join(["[policy.nightly]", *given, switch]))
    policy = load_config(path, check_words).policies["nightly"]
    assert retention_of(policy) == Retention(USUAL_KEYS, rules, "nightly")


def test_a_plan_file(rules: Rules):
    rule = PlanFileRule("words", retention=Retention(USUAL_KEYS, rules, "nightly"))
    assert msgspec.convert(msgspec.to_builtins(rule), PlanFileRule) == rule


def test_a_rule_beside_a_policy_replaces_its_own_and_leaves_the_others(rules: Rules):
    policy = Rules(keep_newest=1, keep_used_within=90, keep_created_within=90)
    given = {one.name: rules.value(one) for one in Rule if rules.value(one) is not None}
    expected = structs.replace(policy, **given, include_unknown=rules.include_unknown)
    assert policy.replaced_by(rules) == expected


def test_every_rule_has_its_words(rules: Rules):
    words = Retention(USUAL_KEYS, rules).words
    for rule, value in written_rules(rules):
        assert rule.words.format(value) in words
