"""`login`: log in, and store the account."""

import argparse
import asyncio
from typing import TYPE_CHECKING

from qiscus_tui.cli.options import flag
from qiscus_tui.cli.output.console import Console
from qiscus_tui.cli.output.text_table import moment
from qiscus_tui.cli.verbs import Example, Verb, VerbContext
from qiscus_tui.cli.workspace import login_hints, warn_of_unmatched_accounts
from qiscus_tui.errors import UsageError
from qiscus_tui.exit_codes import ExitCode
from qiscus_tui.model.account import Storage
from qiscus_tui.model.text import safe
from qiscus_tui.service.account.selection import ENVIRONMENT_NAME, must_not_come_from_environment
from qiscus_tui.service.account.storage import offer, secret_store
from qiscus_tui.store.config_checks import STORAGE

if TYPE_CHECKING:
    from qiscus_tui.service.account.stored_login import LoggedIn
    from qiscus_tui.store.secrets import SecretStore


def add_options(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    add = parser.add_argument
    add("--email", metavar="E", help="email address of the user")
    flag(parser, "--password-stdin", "read the password from stdin")
    way = parser.add_mutually_exclusive_group()
    flag(way, "--with-token", "store a long-lived token, read from stdin")
    flag(way, "--rest", "store a REST secret key, read from stdin")
    add("--app-id", metavar="A", help="app code, with --with-token and --rest")
    words = "where to store the secrets; file also gives consent to it"
    add("--store", choices=list(STORAGE), help=words)
    words = "the name of the account here; renames an existing one"
    add("--name", metavar="N", type=_account_name, default="", help=words)


_HELP = "See: qiscus-tui login --help"


def _account_name(text: str) -> str:
    """Return the name of an account; none where the text is empty."""
    is_name = text.strip() and text.isprintable() and not text.startswith("-")
    if text and (text == ENVIRONMENT_NAME or not is_name):
        raise UsageError(
            f"An account can't be named '{safe(text, 40)}'",
            f"Give printable characters, without a dash at the beginning, and not "
            f"'{ENVIRONMENT_NAME}', such as: --name work",
        )
    return text


async def run(context: VerbContext) -> int:
    """Log in."""
    from qiscus_tui.service.account.login import (
        Password,
        log_in,
        log_in_with_key,
        log_in_with_token,
    )

    options, console, workspace = context.options, context.console, context.workspace
    must_not_come_from_environment(workspace.environ, "this login would not be used")
    with login_hints(workspace, workspace.login_server):
        _check(options, console)
        workspace.login_server()
        kept = await _place(context)
        if options.with_token:
            secret = console.read_secret("Long-lived token")
            done = await log_in_with_token(workspace, kept, options.app_id, secret, options.name)
        elif options.rest:
            secret = console.read_secret("Secret key")
            done = await log_in_with_key(workspace, kept, options.app_id, secret, options.name)
        else:
            password = Password(*_email_and_password(options, console))
            done = await log_in(workspace, kept, password, options.name)
    await done.connection.close()
    await _show(console, done)
    warn_of_unmatched_accounts(workspace, console)  # now that the account is stored
    return ExitCode.DONE


def _check(options: argparse.Namespace, console: Console) -> None:
    """Raise UsageError for options that can't lead to a login."""
    with_secret = options.with_token or options.rest
    if with_secret and not options.app_id:
        raise UsageError("--with-token and --rest need --app-id", _HELP)
    if options.app_id and not with_secret:
        raise UsageError("--app-id needs --with-token or --rest", _HELP)
    if with_secret and (options.email or options.password_stdin):
        what = "--email and --password-stdin can't be combined with --with-token or --rest"
        raise UsageError(what, _HELP)
    if with_secret or (console.can_ask and not options.password_stdin):
        return
    if not options.email:
        raise UsageError("--email is needed", "qiscus-tui login --email a@b.c --password-stdin")
    if not options.password_stdin:
        raise UsageError(
            f"A password is needed, and {console.why_not_asked}",
            "Pass it on stdin with --password-stdin; never as an argument.",
        )


def _email_and_password(options: argparse.Namespace, console: Console) -> tuple[str, str]:
    email: str = options.email or console.ask("Email: ")
    if not email:
        raise UsageError("No email address was given", "qiscus-tui login --email a@b.c")
    password = console.read_secret("Password")
    if not password:
        raise UsageError("No password was given", _HELP)
    email.encode()  # raises UnicodeError for what no request can carry
    return email, password


async def _place(context: VerbContext) -> "SecretStore":
    """Return where to store the secrets, after consent. Raises UsageError, StorageError."""
    workspace, console = context.workspace, context.console
    named = context.options.store
    choice = STORAGE[named] if named else workspace.config.storage.backend
    found = await asyncio.to_thread(offer, workspace, choice)
    if found.needs_consent and choice is None:
        if not console.can_ask:
            raise UsageError(
                f"There is no keyring ({found.reason}), and storing in a file was not agreed to",
                f"To store the tokens in {found.where} (mode 0600), add: --store file",
            )
        if found.reason:
            console.say(f"There is no keyring: {found.reason}")
        if not console.confirms(f"Store the tokens in {found.where} (mode 0600)?"):
            raise UsageError(
                "Not logged in: there is nowhere to store the tokens",
                "Start a keyring, or agree to the file: --store file",
            )
    elif found.storage is not Storage.THIS_RUN:
        console.say(f"The tokens will be stored in: {found.where}")
    return await asyncio.to_thread(secret_store, workspace, found.storage)


async def _show(console: Console, done: "LoggedIn") -> None:
    connection = done.connection
    account = connection.account
    app_code = safe(account.app_code)
    who = f" as {account.user} ({account.role.value})" if account.user else ""
    console.report(f"Logged in{who} at {account.origin}, app {app_code}")
    console.report(f"Account: {safe(connection.name)}, stored in: {connection.storage.value}")
    short = (await connection.credentials()).short_lived
    if short is not None:
        console.report(f"Its short-lived token expires {moment(short.expires_at)}")
    for note in done.notes:
        console.say(note)


VERB = Verb(
    add_options,
    run,
    examples=(
        Example("qiscus-tui login", "ask for email address and password"),
        Example(
            "qiscus-tui login --with-token --app-id APP <token.txt",
            "with a long-lived token: for two-factor accounts",
        ),
    ),
)
