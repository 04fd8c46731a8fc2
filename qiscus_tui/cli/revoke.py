"""`revoke`: plan, confirm, apply, verify."""

import argparse

from qiscus_tui import query
from qiscus_tui.cli.id import ids_of_lines, read_lines, read_tokens
from qiscus_tui.cli.options import file_path, flag, session_id
from qiscus_tui.cli.plan_options import add_filter, add_plan_options, check_plan_options
from qiscus_tui.cli.verbs import Example, Verb, VerbContext
from qiscus_tui.cli.workspace import connected
from qiscus_tui.errors import UsageError
from qiscus_tui.model.clock import parse_duration

STDIN = "-"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    add = parser.add_argument
    words = "a session's id, or its first 8 digits or more; - reads ids from stdin, one a line"
    add("ids", metavar="ID", nargs="*", type=_id_or_stdin, help=words)
    add_filter(parser, "every session that matches")
    flag(parser, "--token-stdin", "the sessions of the tokens on stdin")
    add(
        "--older-than",
        metavar="AGE",
        type=parse_duration,
        action="append",
        default=[],
        help="sessions created longer ago than this, such as 7d",
    )
    words = "the sessions in a plan file, made with --dry-run --out, that are still listed"
    add("--plan", metavar="FILE", type=file_path, help=words)
    add_plan_options(parser)


def _id_or_stdin(text: str) -> str:
    return text if text == STDIN else session_id(text)


async def run(context: VerbContext) -> int:
    """Revoke the sessions that the options, or a plan file, name."""
    from qiscus_tui.cli.plan_flow import carry_out, plan_of_file, plan_of_ids, plan_of_rule

    options = context.options
    check_plan_options(options)
    rules = [*options.filter, *map(query.older_than, options.older_than)]
    by_id = bool(options.ids) or options.token_stdin
    _check_ways(options, by_id=by_id, by_rule=bool(rules))
    if STDIN in options.ids:
        options.ids = [one for one in options.ids if one != STDIN] + _ids_on_stdin(context)
    token_ids = ids_of_lines(read_tokens(context.console)) if options.token_stdin else ()
    async with connected(context.workspace) as connection:
        if options.plan is not None:
            plan = await plan_of_file(context, connection)
        elif by_id:
            plan = await plan_of_ids(context, connection, token_ids)
        else:
            plan = await plan_of_rule(context, connection, query.all_of(rules))
        code, _ = await carry_out(context, connection, plan)
    return code


def _ids_on_stdin(context: VerbContext) -> list[str]:
    """Return the ids on stdin; blank lines have none. Raises UsageError."""
    ids: list[str] = []
    if context.console.source.isatty():
        context.console.tell("Type ids, one a line, and ctrl-d at the end.")
    for number, line in enumerate(read_lines(context.console).split("\n"), 1):
        try:
            ids += [session_id(line)] if line.strip() else []
        except UsageError as error:
            what = f"Line {number:,} on stdin: {error.message}"
            raise UsageError(what, f"Nothing was sent. {error.hint}") from error
    return ids


def _check_ways(options: argparse.Namespace, *, by_id: bool, by_rule: bool) -> None:
    """Raise UsageError unless the options choose sessions in exactly one way."""
    if options.plan is not None and (by_id or by_rule or options.out):
        raise UsageError(
            "--plan can't be combined with session ids, --filter, --older-than, --token-stdin or "
            "--out",
            "Everything in the plan is revoked. To revoke less, make another plan.",
        )
    if options.ids.count(STDIN) + options.token_stdin > 1:
        raise UsageError("stdin can be read once", "Give - once, or --token-stdin.")
    if by_id and by_rule:
        raise UsageError(
            "Session ids can't be combined with a filter",
            "Give session ids, or a filter, not both.",
        )
    if not by_id and not by_rule and options.plan is None:
        raise UsageError(
            "Nothing to revoke was named",
            "Give session ids, --filter=WORDS or --older-than 7d; for every session: revoke-all",
        )


VERB = Verb(
    add_options,
    run,
    not_done=(
        "It ends sessions of the logged-in user only. It does not end the long-lived token; no "
        "known call does."
    ),
    examples=(
        Example("qiscus-tui revoke 3fa9c01b", "one session, by its id or the beginning of it"),
        Example(
            "qiscus-tui revoke --filter='client:=GuzzleHttp idle:>7d' --dry-run",
            "see what would be revoked",
        ),
        Example(
            "qiscus-tui revoke --older-than 14d --yes --max 500",
            "without a question; more than 500 is an error",
        ),
        Example("qiscus-tui revoke --plan plan.json", "what a plan file has"),
        Example("qiscus-tui revoke - --yes --max 1000 <ids.txt", "the ids in a file, one a line"),
        Example(
            "qiscus-tui revoke --token-stdin --yes <leaked.txt", "the session of a leaked token"
        ),
    ),
    changes=True,
)
