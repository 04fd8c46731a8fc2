"""Each retention rule goes whole through all that carries rules."""

import shlex
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from qiscus_tui.cli.parser import parse
from qiscus_tui.cli.prune import prune_request
from qiscus_tui.model.clock import DAY, as_typed
from qiscus_tui.model.group_keys import USUAL_KEYS, GroupKey
from qiscus_tui.model.retention_rules import Retention, RetentionRules, Rule, written_rules
from qiscus_tui.query import Moment
from qiscus_tui.service.account.workspace import config_language
from qiscus_tui.service.revocation.plan import Allowed, Selection, make_plan
from qiscus_tui.service.revocation.plan_files import plan_command
from qiscus_tui.service.revocation.retention import retention_of
from qiscus_tui.store.config import Config, load_config
from qiscus_tui.store.plan_file import PlanFileRule
from tests.service.scripted import START, listed, new_session

OF_EACH = [
    *(msgspec.convert({rule.name: 7 * DAY if rule.is_age else 7}, RetentionRules) for rule in Rule),
    RetentionRules(keep_newest=2, keep_used_within=DAY, include_unknown=True),
]
ON = listed([new_session(number) for number in range(3)])


@pytest.fixture(params=OF_EACH, ids=str)
def rules(request: pytest.FixtureRequest) -> RetentionRules:
    found: RetentionRules = request.param
    return found


def test_every_field_is_a_rule_or_a_switch():
    names = {rule.name for rule in Rule}
    assert {*RetentionRules.__struct_fields__} == names | {"include_unknown"}


def test_the_options_of_prune_and_the_command_that_is_shown(rules: RetentionRules):
    retention = Retention((GroupKey.USER,), rules)
    selection = Selection(range(3), filter_text="curl")
    plan = make_plan(ON, selection, Allowed(), retention, Moment(START, DAY))
    typed = shlex.split(" ".join(plan_command(plan)))[1:]
    assert prune_request(parse(typed), Config())[1] == retention


def test_a_policy_of_the_configuration(rules: RetentionRules, tmp_path: Path):
    def written(rule: Rule) -> str:
        value = rules.value(rule)
        return f'"{as_typed(value or 0)}"' if rule.is_age else f"{value}"

    given = [f"{rule.name} = {written(rule)}" for rule in Rule if rules.value(rule) is not None]
    switch = f"include_unknown = {str(rules.include_unknown).lower()}"
    path = tmp_path / "config.toml"
    path.write_text("\n".join(["[policy.nightly]", *given, switch]))
    policy = load_config(path, config_language).policies["nightly"]
    assert retention_of(policy) == Retention(USUAL_KEYS, rules, "nightly")


def test_a_plan_file(rules: RetentionRules):
    rule = PlanFileRule("words", retention=Retention(USUAL_KEYS, rules, "nightly"))
    assert msgspec.convert(msgspec.to_builtins(rule), PlanFileRule) == rule


def test_a_rule_beside_a_policy_replaces_its_own_and_leaves_the_others(rules: RetentionRules):
    policy = RetentionRules(keep_newest=1, keep_used_within=90, keep_created_within=90)
    given = {one.name: rules.value(one) for one in Rule if rules.value(one) is not None}
    expected = replace(policy, **given, include_unknown=rules.include_unknown)
    assert policy.replaced_by(rules) == expected


def test_every_rule_has_its_words(rules: RetentionRules):
    words = Retention(USUAL_KEYS, rules).words
    for rule, value in written_rules(rules):
        assert rule.words.format(value) in words
