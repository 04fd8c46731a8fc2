"""The words of the command line."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from qiscus_tui import __version__
from qiscus_tui.cli.verbs import VERBS
from qiscus_tui.errors import UsageError
from qiscus_tui.model.text import safe

_EPILOG = "Without a verb the app starts. qiscus-tui VERB --help tells of a verb."


class Parser(argparse.ArgumentParser):
    """Says what is wrong in two lines, by the exception that all else uses."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(safe(message, 300), f"See: {self.prog} --help")


def build_parser() -> Parser:
    """The parser of all verbs. Global options stand before or behind the verb."""
    parser = Parser(
        prog="qiscus-tui",
        description="See and revoke the live sessions of a Qiscus Omnichannel admin.",
        epilog=_EPILOG,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"qiscus-tui {__version__}")
    _add_globals(parser, suppressed=False)
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", parser_class=Parser)
    for verb in VERBS:
        sub = verbs.add_parser(
            verb.name,
            help=verb.help,
            description=f"{verb.help[0].upper()}{verb.help[1:]}.",
            epilog=verb.not_done or None,
            allow_abbrev=False,
        )
        _add_globals(sub, suppressed=True)
        verb.add_options(sub)
        sub.set_defaults(run=verb.run)
    return parser


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """The options of a run. Raises UsageError; SystemExit for --help and --version."""
    return build_parser().parse_args(arguments)


def _add_globals(parser: Parser, *, suppressed: bool) -> None:
    """The global options; in a verb's parser they must not overwrite what stood before it."""

    def default(value: object) -> object:
        return argparse.SUPPRESS if suppressed else value

    group = parser.add_argument_group("global options")
    add = group.add_argument
    add("--account", metavar="NAME", default=default(None), help="the account to use")
    add("--server", metavar="URL", default=default(None), help="server of a login")
    add("--config", metavar="FILE", type=Path, default=default(None), help="another config.toml")
    add("--demo", action="store_true", default=default(False), help="use the demo in this process")
    add("--log", metavar="FILE", type=Path, default=default(None), help="write a log, no secrets")
    add("--no-input", action="store_true", default=default(False), help="never ask anything")
    add("--debug", action="store_true", default=default(False), help="show where errors come from")
