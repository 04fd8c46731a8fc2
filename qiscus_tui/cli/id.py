"""`id`: the ids of tokens, without asking the server."""

import argparse

from qiscus_tui.cli.output.console import Console
from qiscus_tui.cli.verbs import Example, Verb, VerbContext
from qiscus_tui.errors import UsageError
from qiscus_tui.exit_codes import ExitCode
from qiscus_tui.model.ids import can_be_token, fingerprint


def add_options(parser: argparse.ArgumentParser) -> None:
    """Options of the verb: none."""


MOST_STDIN = 1 << 24
"""Characters that are read from stdin, at most."""


def read_tokens(console: Console) -> str:
    """Return what is on stdin; on a terminal, the user is asked. Raises UsageError."""
    return console.ask_secret("Token: ") if console.source.isatty() else read_lines(console)


def read_lines(console: Console) -> str:
    """Return all of stdin. Raises UsageError."""
    text = console.read_all(MOST_STDIN + 1)
    if len(text) > MOST_STDIN:
        raise UsageError(
            f"stdin has more than {MOST_STDIN:,} characters", "Pass fewer lines at a time."
        )
    return text


def ids_of_lines(text: str) -> tuple[str, ...]:
    """Return the id of the token on each line; blank lines have none. Raises UsageError."""
    ids: list[str] = []
    for number, line in enumerate(text.split("\n"), 1):
        token = line.strip(" \t\r")
        if token and not can_be_token(token):
            raise UsageError(
                f"Line {number:,} on stdin is not a token: nothing was done",
                "One token per line, without header name, quotes, spaces or byte order mark.",
            )
        if token:
            ids.append(fingerprint(token))
    if not ids:
        raise UsageError("There is no token on stdin", "Pass one per line.")
    return tuple(ids)


_BYTE_ORDER_MARK = "\ufeff"


def run(context: VerbContext) -> int:
    """Print the id of each token on stdin, in its order."""
    text = read_tokens(context.console).removeprefix(_BYTE_ORDER_MARK)
    context.console.result_lines(ids_of_lines(text))
    return ExitCode.DONE


VERB = Verb(
    add_options,
    run,
    not_done="It reads tokens from stdin alone, and says nothing about whether they are live.",
    examples=(
        Example("qiscus-tui id <tokens.txt", "the ids of these tokens, without asking the server"),
    ),
)
