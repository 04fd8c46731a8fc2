"""The parser of the command line."""

import argparse
import sys
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NoReturn

from qiscus_tui import __version__
from qiscus_tui.cli.options import file_path, flag, time_limit
from qiscus_tui.cli.output.console import Results, terminal_width
from qiscus_tui.cli.verbs import VERB_GROUPS, VERBS, Example, Verb, load
from qiscus_tui.errors import UsageError
from qiscus_tui.exit_codes import ExitCode
from qiscus_tui.model.text import did_you_mean, safe, similar

ABOUT = "See and revoke the live sessions of a Qiscus Omnichannel admin."

EXAMPLES = (
    Example("qiscus-tui --demo", "try the app without a server"),
    Example("qiscus-tui sessions --group-by client,network", "who made all these sessions?"),
)
"""Those of no verb alone, for the help of all."""


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
    """Raises UsageError instead of printing the usage."""

    def __init__(self, description: str, **settings: Any) -> None:
        super().__init__(
            description=description,
            formatter_class=_HelpFormatter,
            allow_abbrev=False,
            **settings,
        )
        self.register("action", None, _Once)
        self.register("type", None, str)
        self._positionals.title = "arguments"
        self.given: dict[str, object] = {}
        """Options and their values so far."""

    def actions(self) -> list[argparse.Action]:
        """Return the options and arguments."""
        return self._actions

    def hide(self, group: argparse._ArgumentGroup) -> None:  # pyright: ignore[reportPrivateUsage]
        """Leave these options out of the help; they are parsed all the same."""
        self._action_groups.remove(group)

    def error(self, message: str) -> NoReturn:
        if message.endswith(": expected one argument"):
            name = message.removeprefix("argument ").partition(":")[0].rpartition("/")[2]
            hint = f"It needs a value. One that begins with a dash is written with =: {name}=-x"
            if name == "--filter":
                hint = "Write it as --filter=-client:curl or --filter not:client:curl"
            raise UsageError(safe(message, 300), hint)
        raise UsageError(safe(message, 300), f"See: {self.prog} --help")

    def _print_message(self, message: str, file: Any = None) -> None:
        """Print it; argparse itself hides errors, such as a full disk."""
        Results(file or sys.stderr).write(message)

    def _get_values(self, action: argparse.Action, arg_strings: list[str]) -> Any:
        if action.option_strings and arg_strings == ["--"]:  # Python 3.11 leaves it out
            value = self._get_value(action, "--")
            self._check_value(action, value)
            return value
        return super()._get_values(action, arg_strings)

    def _parse_optional(self, arg_string: str) -> Any:
        return None if isinstance(arg_string, _Word) else super()._parse_optional(arg_string)


def _add_globals(parser: Parser, verb: Verb | None = None) -> None:
    """Add the options that every verb takes; of these, the help of a verb is silent."""
    group = parser.add_argument_group("global options")
    add = group.add_argument
    add("--account", metavar="NAME", help="the account to use")
    if verb is not None and verb.each_account:
        flag(parser, "--all-accounts", "each account in turn")
    else:
        words = "each account in turn: sessions, status, prune, check, scan"
        flag(group, "--all-accounts", words)
    flag(group, "--quiet", "show nothing that was not asked for, unless something is wrong")
    add("--server", metavar="URL", help="the server to log in to")
    words = "the configuration to use instead of config.toml"
    add("--config", metavar="FILE", type=file_path, help=words)
    words = "the time limit of a call, retries included (60s; a whole list 10m)"
    add("--timeout", metavar="TIME", type=time_limit, help=words)
    flag(group, "--demo", "use the demo instead of a server")
    add("--log", metavar="FILE", type=file_path, help="write a log, without secrets")
    flag(group, "--no-input", "never ask for input")
    flag(group, "--debug", "show where an error comes from")
    add("-V", "--version", action="version", version=f"qiscus-tui {__version__}")
    if verb is not None:
        parser.hide(group)


def _main_parser() -> Parser:
    """Return the parser of the global options, which the app has too."""
    parser = Parser(ABOUT, prog="qiscus-tui", usage="%(prog)s [options] [VERB ...]")
    _add_globals(parser)
    return parser


def help_parser() -> Parser:
    """Return the parser whose help is that of all verbs."""
    parser = _main_parser()
    parser.description = "\n".join([ABOUT, *_verb_lines()])
    parser.epilog = _epilog()
    return parser


def full_parser() -> tuple[Parser, dict[str, Parser]]:
    """Return the main parser with all verbs, and theirs by name, to read: for completion."""
    parser = _main_parser()
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", parser_class=Parser)
    parsers: dict[str, Parser] = {}
    for name, words in VERBS.items():
        parsers[name] = verbs.add_parser(name, help=words, description=_sentence(words))
        _fill(parsers[name], load(name))
    return parser, parsers


def _fill(parser: Parser, verb: Verb) -> None:
    """Add the options of a verb, global ones included; below them its limits, and examples."""
    _add_globals(parser, verb)
    verb.add_options(parser)
    words = [_usage(action) for action in parser.actions() if not action.option_strings]
    parser.usage = parser.usage or " ".join(["%(prog)s [options]", *words])
    lines = [*textwrap.wrap(verb.not_done, 78), "", *_example_lines(verb.examples)]
    lines += ["", "Global options, such as --account, --quiet and --demo: qiscus-tui --help"]
    parser.epilog = "\n".join(lines).strip("\n")


def _sentence(words: str) -> str:
    return textwrap.fill(f"{words[0].upper()}{words[1:]}.", 78)


def _usage(action: argparse.Action) -> str:
    """Return an argument as the usage shows it: `[ID ...]`."""
    name = str(action.metavar or action.dest)
    forms = {"?": f"[{name}]", "*": f"[{name} ...]", "+": f"{name} [{name} ...]"}
    return forms.get(str(action.nargs), name)


def _verb_lines() -> Iterator[str]:
    """Yield what each verb does, in groups."""
    for group, verbs in VERB_GROUPS.items():
        yield from ("", f"{group}:")
        for name, words in verbs.items():
            begin = f"  {name:<12}"
            yield from textwrap.wrap(words, 78, initial_indent=begin, subsequent_indent=" " * 14)


def _epilog() -> str:
    """What follows the verbs and options in --help."""
    lines = ["Without a verb, the app starts. For the options of a verb: qiscus-tui help VERB"]
    lines += ["", *_example_lines(EXAMPLES), "", "exit codes:"]
    for code in ExitCode:
        first = f"  {code.value:<5}"
        lines += textwrap.wrap(code.meaning, 78, initial_indent=first, subsequent_indent=" " * 7)
    return "\n".join(lines)


def _example_lines(examples: Iterable[Example]) -> Iterator[str]:
    yield "examples:"
    for one in examples:
        yield from (f"  {one.command}", f"      {one.does}")


def parse(
    arguments: Sequence[str], options: argparse.Namespace | None = None
) -> argparse.Namespace:
    """Return the options of a run; `options` has those that are understood before a mistake.

    Raises UsageError; SystemExit for --help and --version.
    """
    options = argparse.Namespace() if options is None else options
    at = _place_of_verb(arguments)
    if at is not None and arguments[at] == "help":  # `help VERB` is `VERB --help`
        topic = [word for word in arguments[at + 1 :] if not word.startswith("-")][:1]
        arguments = [*arguments[:at], *topic, "--help"]
        at = at if topic else None
    before = arguments[:at]
    if not {"-h", "--help"}.isdisjoint(before):
        help_parser().parse_args(["--help"])
    parser = _main_parser()
    _, unknown = parser.parse_known_args(before, None if at is not None else options)
    if unknown:
        raise _unknown_arguments(unknown[:1], parser)
    options.verb = None
    if at is None:
        return options
    name = arguments[at]
    if name not in VERBS:
        raise _unknown_verb(name)
    options.verb = name
    _parse_verb(name, [*before, *arguments[at + 1 :]], options)
    return options


def _parse_verb(name: str, words: list[str], options: argparse.Namespace) -> None:
    """Add the options of a verb, global ones included. Raises UsageError."""
    verb = load(name)
    parser = Parser(_sentence(VERBS[name]), prog=f"qiscus-tui {name}")
    _fill(parser, verb)
    end = words.index("--") if "--" in words else len(words)
    if verb.runs_command:  # cut here: each version of argparse treats `--` differently
        options.command = words[end + 1 :] if end < len(words) else None
        _, unknown = parser.parse_known_args(words[:end], options)
    else:  # in two passes, between which `--` is lost, and with it what it says
        words[end:] = map(_Word, words[end + 1 :])
        _, unknown = parser.parse_known_intermixed_args(words, options)
    if unknown:
        raise _unknown_arguments(unknown, parser)


def _place_of_verb(arguments: Sequence[str]) -> int | None:
    """Return where the first word is that is neither a global option nor its value."""
    actions = _main_parser().actions()
    with_value = {name for one in actions if one.nargs != 0 for name in one.option_strings}
    words = iter(enumerate(arguments))
    for at, word in words:
        if not word.startswith("-"):
            return at
        if word in with_value:
            next(words, None)
    return None


def _unknown_arguments(words: Sequence[str], parser: Parser) -> UsageError:
    """Return the error; it shows no values, which may be passwords."""
    names = [word.partition("=")[0] for word in words if word.startswith("-")]
    options = [name for action in parser.actions() for name in action.option_strings]
    near = did_you_mean(names[0], options) if names and names[0] not in {*options, "--"} else ""
    about = f": {', '.join(safe(name, 60) for name in names)}" if names else ""
    count = len(names or words)
    what = f"{count} unknown arguments" if count > 1 else "Unknown argument"
    return UsageError(f"{what}{about}", f"{near} See: {parser.prog} --help".lstrip())


def _unknown_verb(word: str) -> UsageError:
    shown = safe(word) if len(word) <= 20 else f"{word[:4]}…"  # it may be a pasted token
    near = " or ".join(f"qiscus-tui {name}" for name in similar(word, VERBS))
    hint = f"Did you mean: {near}" if near else f"The verbs are: {', '.join(VERBS)}"
    return UsageError(f"There is no verb '{shown}'", hint)
