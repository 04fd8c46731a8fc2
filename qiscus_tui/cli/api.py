"""`api`: make any other call of the API, authenticated, and write the body to stdout."""

import argparse

from qiscus_tui.api.any_call import METHODS, READS, any_call
from qiscus_tui.api.contract import Authentication
from qiscus_tui.api.decode import encode_json
from qiscus_tui.api.error_answers import status_words
from qiscus_tui.cli.options import flag
from qiscus_tui.cli.signals import interruptible
from qiscus_tui.cli.verbs import Example, Verb, VerbContext
from qiscus_tui.cli.workspace import connected
from qiscus_tui.errors import ServerRefused, UsageError
from qiscus_tui.exit_codes import ExitCode
from qiscus_tui.model.text import safe


def add_options(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    add = parser.add_argument
    add("method", metavar="METHOD", type=str.upper, choices=METHODS, help=", ".join(METHODS))
    add("path", metavar="PATH", help="path on the account's server, such as /api/v2/…")
    words = "a text field: in the query for GET and HEAD, else in a JSON body; repeatable"
    add("-f", dest="fields", metavar="K=V", action="append", default=[], help=words)
    add("--input", metavar="FILE", help="send this file as the body, unchanged; - is stdin")
    flag(parser, "--rest", "authenticate with the secret key, not the short-lived token")


MOST_SENT = 16 * 1024 * 1024
"""Bytes of a request body, at most."""


async def run(context: VerbContext) -> int:
    """Make the call. Return DONE for a 2xx."""
    from qiscus_tui.service.account.connection import configured_contract
    from qiscus_tui.service.token.api_call import answer_to

    options, workspace = context.options, context.workspace
    kind = Authentication.REST if options.rest else Authentication.SHORT_LIVED
    fields = _fields(options.fields)
    reads = options.method in READS
    query = fields if reads else []
    call = any_call(options.method, options.path, query, configured_contract(workspace), kind)
    body = _body(context, fields, reads=reads)
    async with (
        connected(workspace) as connection,
        answer_to(connection, call, body) as answer,
    ):
        with context.console.result_stream() as write:
            async for piece in answer.pieces:
                write(piece)
    if 200 <= answer.status < 300:
        return ExitCode.DONE
    context.console.results.flush()
    context.console.show_error(_refusal(options.method, answer.status))
    return ExitCode.FAILED


def _fields(given: list[str]) -> list[tuple[str, str]]:
    fields: list[tuple[str, str]] = []
    for one in given:
        name, equals, value = one.partition("=")
        if not (name and equals):
            raise UsageError("-f needs a name and a value", "For example: -f limit=50")
        one.encode()  # raises UnicodeError for what no request can carry
        fields.append((name, value))
    return fields


def _body(context: VerbContext, fields: list[tuple[str, str]], *, reads: bool) -> bytes | None:
    source: str | None = context.options.input
    if source is not None and fields:
        raise UsageError("-f and --input can't be combined", "Use one of them.")
    if source is not None and reads:
        raise UsageError(
            f"{context.options.method} has no body", "Add values to the query with -f."
        )
    if source is not None:
        return _read(context, source)
    if reads or not fields:
        return None
    value = dict(fields)
    if len(value) < len(fields):
        raise UsageError("-f has the same name twice", "For lists and objects, use --input.")
    return encode_json(value)


def _read(context: VerbContext, source: str) -> bytes:
    """Return the body in this file, or on stdin. Raises UsageError."""
    console = context.console
    try:
        if source == "-":
            body = console.read_bytes(MOST_SENT + 1)
        else:
            with interruptible(console.caught), open(source, "rb") as file:
                body = file.read(MOST_SENT + 1)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is no name of a file"
        raise UsageError(
            f"'{safe(source, 200)}' cannot be read: {why}", "--input needs a file, or - for stdin."
        ) from error
    if len(body) > MOST_SENT:
        raise UsageError(
            f"The body is larger than {MOST_SENT // 1_048_576} MB", "Send a smaller one."
        )
    return body


def _refusal(method: str, status: int) -> ServerRefused:
    """The line for stderr. The server's own words are on stdout; a path may hold a secret."""
    return ServerRefused(
        f"The server answered {status_words(status)} to {method}",
        "Its answer should say why. No redirect was followed.",
    )


VERB = Verb(
    add_options,
    run,
    not_done=(
        "It does not log in, list, refresh, revoke or log out: there are other verbs for that. It "
        "sets no headers, never sends the long-lived token, follows no redirect, and does not "
        "retry."
    ),
    examples=(
        Example("qiscus-tui api GET /api/v1/admin/get_profile", "who is this?"),
        Example("qiscus-tui api POST /api/v1/… --input body.json", "a body from a file"),
    ),
    changes=True,
)
