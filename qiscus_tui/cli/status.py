"""`status`: the account, where its secrets are, and whether the server accepts them."""

import argparse
from typing import TYPE_CHECKING

from qiscus_tui.cli.options import flag, min_ttl
from qiscus_tui.cli.output.console import error_document, record
from qiscus_tui.cli.output.text_table import moment
from qiscus_tui.cli.verbs import Example, Verb, VerbContext, exit_code_of
from qiscus_tui.cli.workspace import account_record, connected, fit_login_hint
from qiscus_tui.exit_codes import ExitCode
from qiscus_tui.model.clock import as_typed, countdown
from qiscus_tui.model.text import safe
from qiscus_tui.model.timestamps import rfc3339

if TYPE_CHECKING:
    from qiscus_tui.service.account.connection import Connection
    from qiscus_tui.service.account.status import Status


def add_options(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    flag(parser, "--json", "the same as JSON")
    words = "exit 1 if the short-lived token expires sooner; less than 29d (not checked)"
    parser.add_argument("--min-ttl", metavar="TIME", type=min_ttl, help=words)


def _has_min_ttl(options: argparse.Namespace) -> bool:
    return options.min_ttl is not None


_ACCEPTED = {True: "yes", False: "no", None: "unknown"}


async def run(context: VerbContext) -> int:
    """Show the account."""
    from qiscus_tui.service.account.status import status_of

    options, console = context.options, context.console
    wanted: int | None = options.min_ttl
    async with connected(context.workspace) as connection:
        status = await status_of(connection)
    failed: dict[str, object] = {}
    if status.trouble is not None:
        fit_login_hint(status.trouble, connection, context.workspace)
        failed = error_document(status.trouble, exit_code_of(status.trouble, options))
    if options.json:
        console.result_json({**_as_json(connection, status), **failed})
    else:
        for name, value in _lines(connection, status):
            console.report(f"{name:<13} {value}")
    if status.trouble is not None:
        console.show_error(status.trouble)
        return exit_code_of(status.trouble, options)
    if wanted is not None and status.ttl is not None and status.ttl < wanted:
        if status.expires_at is None:
            console.say("There is no short-lived token.")
        else:
            console.say(f"The token expires in less than {as_typed(wanted)}.")
        console.say("  Get a new token: qiscus-tui refresh")
        return ExitCode.FAILED
    return ExitCode.DONE


def _as_json(connection: "Connection", status: "Status") -> dict[str, object]:
    offset = status.clock_offset
    return {
        "account": connection.name,
        **account_record(connection.account),
        **record(connection, "storage", "chosen_by"),
        "expires_at": None if status.expires_at is None else rfc3339(status.expires_at),
        "clock_offset": None if offset is None else round(offset, 3),
        "accepted": status.accepted,
    }


def _lines(connection: "Connection", status: "Status") -> list[tuple[str, str]]:
    """Return what is known of the account."""
    account, offset = connection.account, status.clock_offset
    storage, where = connection.storage.value, connection.secrets.where
    if status.expires_at is None:
        expires = "no short-lived token" if status.ttl is not None else "never (REST key)"
    else:
        expires = f"{moment(status.expires_at)}, in {countdown(status.ttl or 0)}"
    return [
        ("account", f"{safe(connection.name)} ({connection.chosen_by})"),
        ("server", str(account.origin)),
        ("app code", safe(account.app_code)),
        ("user", account.user or "unknown"),
        ("role", account.role.value),
        ("storage", storage if where == storage else f"{storage} ({where})"),
        *([("read-only", "yes, by config.toml")] if account.readonly else []),
        ("expires", expires),
        ("clock offset", "unknown" if offset is None else f"{offset:+.1f} s"),
        ("accepted", _ACCEPTED[status.accepted]),
    ]


VERB = Verb(
    add_options,
    run,
    not_done=(
        "It creates no token: without a valid short-lived one, it only checks the long-lived token."
    ),
    examples=(
        Example("qiscus-tui status --min-ttl 7d", "exit 1 if the token expires within a week"),
    ),
    finds=_has_min_ttl,
    each_account=True,
)
