"""The parser of the command line."""

import argparse
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn

from qiscus_tui import __version__
from qiscus_tui.cli.options import file_path
from qiscus_tui.cli.output.console import terminal_width
from qiscus_tui.cli.verbs import VERBS, Example, Verb, load
from qiscus_tui.errors import UsageError
from qiscus_tui.exit_codes import ExitCode
from qiscus_tui.model.durations import HOUR, parse_duration
from qiscus_tui.model.text import safe

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

EXAMPLES = (
    Example("qiscus-tui --demo", "try the app without a server"),
    Example("qiscus-tui sessions --group-by client,network", "who made all these sessions?"),
)
"""Those of no verb alone, for the help of all."""

_WITH_EQUALS = "It needs a value; write one that begins with a dash with =: --filter=-curl."


class _Once(argparse.Action):
    """Store a value. Repeating the option with another value is an error."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: object,
        option_string: str | None = None,
    ) -> None:
        given = parser.given if isinstance(parser, Parser) else {}
        if option_string and given.setdefault(self.dest, values) != values:
            raise UsageError(
                f"{option_string} was given twice, with different values", "Give it once."
            )
        setattr(namespace, self.dest, values)


class _Word(str):
    """A word after `--`: no option, whatever it begins with."""

    __slots__ = ()


class _HelpFormatter(argparse.RawDescriptionHelpFormatter):
    """As wide as the terminal; argparse would load shutil for the width, for each command."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=terminal_width(sys.stdout) - 2)


class Parser(argparse.ArgumentParser):
    """Raises UsageError for mistakes, instead of printing the usage."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.register("action", None, _Once)
        self.register("type", None, str)
        self.given: dict[str, object] = {}
        """Options and their values so far."""
        self.make_epilog: Callable[[], str] = str
        """Makes what follows the options in --help; only help needs it."""

    def format_help(self) -> str:
        self.epilog = self.make_epilog()
        return super().format_help()

    def actions(self) -> list[argparse.Action]:
        """Return the options and arguments."""
        return self._actions

    def error(self, message: str) -> NoReturn:
        if message.endswith(": expected one argument"):
            raise UsageError(safe(message, 300), _WITH_EQUALS)
        raise UsageError(safe(message, 300), f"See: {self.prog} --help")

    def _print_message(self, message: str, file: "SupportsWrite[str] | None" = None) -> None:
        """Print it; argparse itself hides errors, such as a full disk."""
        (file or sys.stderr).write(message)

    def _parse_optional(self, arg_string: str) -> Any:
        return None if isinstance(arg_string, _Word) else super()._parse_optional(arg_string)


def _settings(description: str) -> dict[str, Any]:
    return {
        "description": description,
        "formatter_class": _HelpFormatter,
        "allow_abbrev": False,
    }


def main_parser() -> Parser:
    """Return the parser of the global options, which the app has too."""
    about = "See and revoke the live sessions of a Qiscus Omnichannel admin."
    parser = Parser(prog="qiscus-tui", **_settings(about))
    parser.make_epilog = _epilog
    _add_globals(parser)
    return parser


def full_parser(*, loaded: bool = True) -> tuple[Parser, dict[str, Parser]]:
    """Return the main parser with all verbs, and theirs by name, to read: for help and the like.

    `loaded` is whether those of the verbs have their options.
    """
    parser = main_parser()
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", parser_class=Parser)
    parsers: dict[str, Parser] = {}
    for name, words in VERBS.items():
        parsers[name] = verbs.add_parser(name, help=words, **_settings(_sentence(words)))
        if loaded:
            _fill(parsers[name], load(name))
    return parser, parsers


def _fill(parser: Parser, verb: Verb) -> None:
    """Add the options of a verb, after the global ones."""
    _add_globals(parser)
    parser.make_epilog = partial(_verb_epilog, verb)
    verb.add_options(parser)


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."


def _epilog() -> str:
    """What follows the verbs and options in --help."""
    lines = ["Without a verb, the app starts. For the options of a verb: qiscus-tui VERB --help"]
    lines += ["", *_example_lines(EXAMPLES), "", "exit codes:"]
    for code in ExitCode:
        lines += textwrap.wrap(
            code.meaning, 78, initial_indent=f"  {code.value:<5}", subsequent_indent=" " * 7
        )
    return "\n".join(lines)


def _verb_epilog(verb: Verb) -> str:
    """What follows the options in --help of a verb: its limits, and examples."""
    lines = [*textwrap.wrap(verb.not_done, 78), "", *_example_lines(verb.examples)]
    return "\n".join(lines).strip("\n")


def _example_lines(examples: Iterable[Example]) -> Iterator[str]:
    yield "examples:"
    for one in examples:
        yield from (f"  {one.command}", f"      {one.does}")


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the options of a run. Raises UsageError; SystemExit for --help and --version."""
    at = _place_of_verb(arguments)
    before = arguments[:at]
    if not {"-h", "--help"}.isdisjoint(before):
        full_parser(loaded=False)[0].parse_args(["--help"])
    options, unknown = main_parser().parse_known_args(before)
    if unknown:
        raise _unknown_arguments(unknown[:1], None)
    options.verb = None
    if at is None:
        return options
    name = arguments[at]
    if name not in VERBS:
        raise _unknown_verb(name)
    options, unknown = _parsed(name, [*before, *arguments[at + 1 :]])
    if unknown:
        raise _unknown_arguments(unknown, name)
    return options


def _parsed(name: str, words: list[str]) -> tuple[argparse.Namespace, list[str]]:
    """Return the options of a verb, global ones included, and the words that are none."""
    verb = load(name)
    parser = Parser(prog=f"qiscus-tui {name}", **_settings(_sentence(VERBS[name])))
    _fill(parser, verb)
    options = argparse.Namespace(verb=name)
    end = words.index("--") if "--" in words else len(words)
    if verb.runs_command:  # cut here: each version of argparse treats `--` differently
        options.command = words[end + 1 :] if end < len(words) else None
        return parser.parse_known_args(words[:end], options)
    if verb.words_anywhere:  # in two passes, between which `--` is lost, and with it what it says
        words[end:] = map(_Word, words[end + 1 :])
        return parser.parse_known_intermixed_args(words, options)
    return parser.parse_known_args(words, options)


def named_verb(arguments: Sequence[str]) -> str | None:
    """Return the verb of a command line, also of one that is not valid; None if it has none."""
    at = _place_of_verb(arguments)
    return arguments[at] if at is not None and arguments[at] in VERBS else None


def _place_of_verb(arguments: Sequence[str]) -> int | None:
    """Return where the first word is that is neither a global option nor its value."""
    actions = main_parser().actions()
    with_value = {name for one in actions if one.nargs != 0 for name in one.option_strings}
    words = iter(enumerate(arguments))
    for at, word in words:
        if not word.startswith("-"):
            return at
        if word in with_value:
            next(words, None)
    return None


def _unknown_arguments(words: Sequence[str], verb: str | None) -> UsageError:
    """Return the error; it shows no values, which may be passwords."""
    names = [word.partition("=")[0] for word in words if word.startswith("-")]
    about = f": {', '.join(safe(name, 60) for name in names)}" if names else ""
    what = f"{len(words)} unknown arguments" if len(words) > 1 else "Unknown argument"
    verb_help = f"{verb} --help" if verb else "--help"
    return UsageError(f"{what}{about}", f"See: qiscus-tui {verb_help}")


def _unknown_verb(word: str) -> UsageError:
    from qiscus_tui.model.spelling import similar

    shown = safe(word) if len(word) <= 20 else f"{word[:4]}…"  # it may be a pasted token
    near = " or ".join(f"qiscus-tui {name}" for name in similar(word, VERBS))
    if near:
        return UsageError(f"There is no verb '{shown}'", f"Did you mean: {near}")
    return UsageError(f"There is no verb '{shown}'", f"The verbs are: {', '.join(VERBS)}")


def _add_globals(parser: Parser) -> None:
    """Add the global options."""
    group = parser.add_argument_group("global options")
    add = group.add_argument
    add("--account", metavar="NAME", help="the account to use")
    add(
        "--all-accounts",
        action="store_true",
        help="each account in turn: sessions, prune, check, scan, status",
    )
    add("--server", metavar="URL", help="the server to log in to")
    add(
        "--config",
        metavar="FILE",
        type=file_path,
        help="the configuration to use instead of config.toml",
    )
    add(
        "--timeout",
        metavar="TIME",
        type=_timeout,
        help="the time limit of a call, retries included (60s; a whole list 10m)",
    )
    add(
        "--demo",
        action="store_true",
        help="use the demo instead of a server",
    )
    add(
        "--log",
        metavar="FILE",
        type=file_path,
        help="write a log, without secrets",
    )
    add("--no-input", action="store_true", help="never ask for input")
    add(
        "--debug",
        action="store_true",
        help="show where an error comes from",
    )
    add("--version", action="version", version=f"qiscus-tui {__version__}")


def _timeout(text: str) -> int:
    """Return `--timeout` in seconds."""
    seconds = parse_duration(text)
    if not 1 <= seconds <= HOUR:
        raise UsageError("--timeout must be from 1s to 1h", "For example: --timeout 30s")
    return seconds
