"""`prune`: of each group of sessions keep what a rule keeps, and revoke the rest."""

import argparse

from msgspec.structs import replace

from qiscus_tui import query
from qiscus_tui.cli.metrics import add_metrics, failure_noted
from qiscus_tui.cli.options import MOST, flag, named_entry, whole_number
from qiscus_tui.cli.plan_options import (
    add_filter,
    add_plan_options,
    check_plan_options,
    entry_filter,
)
from qiscus_tui.cli.verbs import Example, Verb, VerbContext
from qiscus_tui.cli.workspace import connected
from qiscus_tui.errors import UsageError
from qiscus_tui.exit_codes import ExitCode
from qiscus_tui.model.clock import HOW_TO_WRITE, parse_duration
from qiscus_tui.model.group_keys import USUAL_KEYS, parse_group_keys
from qiscus_tui.model.retention_rules import ANY_RULE, Retention, RetentionRules, Rule
from qiscus_tui.model.text import safe
from qiscus_tui.service.metrics import ended, labels_of
from qiscus_tui.service.revocation.plan import Allowed
from qiscus_tui.service.revocation.retention import retention_of
from qiscus_tui.store.config import Config


def add_options(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    add = parser.add_argument
    add("--policy", metavar="NAME", help="filter, grouping and rules of [policy.NAME]")
    add_filter(parser, "only sessions that match; all without it")
    words = "what makes a group, such as client,network (the default)"
    add("--group-by", metavar="KEYS", type=parse_group_keys, help=words)
    for rule in Rule:
        name, kind = ("TIME", _age_limit) if rule.is_age else ("N", whole_number(1, MOST))
        add(rule.option, metavar=name, type=kind, help=rule.help)
    words = "apply the rules also to sessions of unknown client and network, last use or age"
    flag(parser, "--include-unknown", words)
    add_plan_options(parser)
    add_metrics(parser)


def _age_limit(text: str) -> int:
    """Return an age in seconds, at least one: an age of 0 would keep nothing."""
    seconds = parse_duration(text)
    if seconds < 1:
        what = f"'{safe(text, 40)}' keeps nothing: it is less than a second"
        raise UsageError(what, HOW_TO_WRITE)
    return seconds


def prune_request(
    options: argparse.Namespace, config: Config
) -> tuple[query.Query | None, Retention, Allowed]:
    """Return what is pruned, what is kept of it, and what may enter the plan.

    A filter narrows the policy's; a rule or a grouping replaces the policy's. Raises UsageError.
    """
    typed = RetentionRules(
        **{name: getattr(options, name) for name in RetentionRules.__struct_fields__}
    )
    retention = Retention(USUAL_KEYS, typed)
    filters: list[query.Query] = options.filter
    protected: bool = options.include_protected
    if options.policy is not None:
        policy = named_entry("policy", options.policy, config.policies, ANY_RULE)
        retention = retention_of(policy)
        retention = replace(retention, rules=retention.rules.replaced_by(typed))
        filters = [*entry_filter("policy", policy.name, policy.filter), *filters]
        protected = protected or policy.include_protected
    if not retention.rules.given:
        raise UsageError(
            "No rule says what to keep: nothing was sent",
            "Add --keep-newest 1, --keep-used-within 24h, --keep-created-within 1h or "
            "--policy NAME.",
        )
    return (
        query.all_of(filters) if filters else None,
        replace(retention, keys=options.group_by or retention.keys),
        Allowed(options.include_current, protected, empty=options.allow_empty),
    )


async def run(context: VerbContext) -> int:
    """Revoke what no rule keeps."""
    from qiscus_tui.cli.plan_flow import carry_out, plan_of_rule
    from qiscus_tui.service.revocation.outcomes import prune_samples

    options = context.options
    with failure_noted(context) as samples:
        check_plan_options(options)
        if options.dry_run and options.metrics is not None:
            what = "--metrics can't be combined with --dry-run"
            raise UsageError(what, "A dry run ends nothing that could be counted.")
        rule, retention, allowed = prune_request(options, context.workspace.config)
        async with connected(context.workspace) as connection:
            plan = await plan_of_rule(context, connection, rule, retention, allowed)
            code, report = await carry_out(context, connection, plan)
        labels, now = labels_of(connection.name), context.workspace.clock.now()
        if report is not None:
            samples.extend(prune_samples(report, labels))
        samples.extend(ended("prune", labels, now, success=code is ExitCode.DONE))
    return code


VERB = Verb(
    add_options,
    run,
    not_done=(
        "It keeps what can't be judged: sessions without client and network, and those without a "
        "creation date where the newest are kept. It never revokes this program's own session or a "
        "protected one, unless told to."
    ),
    examples=(
        Example(
            "qiscus-tui prune --keep-newest 1 --keep-used-within 24h --dry-run",
            "of each client and network keep the newest, and what was used today",
        ),
        Example(
            "qiscus-tui prune --account NAME --policy nightly --yes --max 500",
            "by a policy, from cron; add --metrics FILE for Prometheus",
        ),
        Example(
            "qiscus-tui prune --policy nightly --dry-run --out plan.json",
            "write the plan; revoke --plan applies it",
        ),
    ),
    changes=True,
    each_account=True,
)
