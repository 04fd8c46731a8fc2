"""The parser of the command line."""

import argparse
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn

from qiscus_tui import __version__
from qiscus_tui.cli.options import file_path, timeout
from qiscus_tui.cli.output.console import terminal_width
from qiscus_tui.cli.verbs import VERBS, Example, Verb, load
from qiscus_tui.errors import UsageError
from qiscus_tui.exit_codes import ExitCode
from qiscus_tui.model.text import safe

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

EXAMPLES = (
    Example("qiscus-tui --demo", "try the app without a server"),
    Example("qiscus-tui sessions --group-by client,network", "who made all these sessions?"),
)
"""Those of no verb alone, for the help of all."""

_WITH_VALUE = {"--account", "--server", "--config", "--log", "--timeout"}
_WITHOUT_VALUE = {"--all-accounts", "--demo", "--no-input", "--debug", "--version", "-h", "--help"}
_WITH_EQUALS = "It needs a value; write one that begins with a dash with =: --filter=-curl."
_UNKNOWN_VERB = re.compile(r"argument VERB: invalid choice: (['\"])(?P<word>.*?)\1 \(", re.DOTALL)


class _Once(argparse.Action):
    """Store a value. Repeating the option with another value is an error."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: object,
        option_string: str | None = None,
    ) -> None:
        given = parser.given if option_string and isinstance(parser, Parser) else {}
        if given.setdefault(self.dest, values) != values:
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
        """Options and their values so far; a verb's parser shares this with the main parser."""

        self.make_epilog: Callable[[], str] = str
        """Makes what follows the options in --help; only help needs it."""

    def format_help(self) -> str:
        self.epilog = self.make_epilog()
        return super().format_help()

    def actions(self) -> list[argparse.Action]:
        """Return the options and arguments."""
        return self._actions

    def error(self, message: str) -> NoReturn:
        if unknown := _UNKNOWN_VERB.match(message):
            raise _unknown_verb(unknown["word"])
        if message.endswith(": expected one argument"):
            raise UsageError(safe(message, 300), _WITH_EQUALS)
        raise UsageError(safe(message, 300), f"See: {self.prog} --help")

    def _print_message(self, message: str, file: "SupportsWrite[str] | None" = None) -> None:
        """Print it; argparse itself hides errors, such as a full disk."""
        (file or sys.stderr).write(message)


class _VerbParser(Parser):
    """Gets its options on first use: a run loads only one verb, and --help none."""

    verb = ""
    runs_command = False
    words_anywhere = False

    def load(self) -> None:
        """Load the verb, unless it is loaded already."""
        if not self.verb:
            return
        verb, self.verb = load(self.verb), ""
        _add_globals(self, suppressed=True)
        self.make_epilog = partial(_verb_epilog, verb)
        self.runs_command, self.words_anywhere = verb.runs_command, verb.words_anywhere
        verb.add_options(self)

    def parse_known_args(  # pyright: ignore[reportIncompatibleMethodOverride]  typeshed overloads it
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        self.load()
        words = list(args or ())
        namespace = namespace or argparse.Namespace()
        if self.runs_command:  # cut here: each version of argparse treats `--` differently
            namespace.command = words[words.index("--") + 1 :] if "--" in words else None
            words = words[: words.index("--")] if "--" in words else words
        if self.words_anywhere:
            self.words_anywhere = False  # the next call may call this method again
            if "--" in words:  # lost between the two passes, and with it what it says
                at = words.index("--")
                words[at:] = map(_Word, words[at + 1 :])
            return self.parse_known_intermixed_args(words, namespace)
        return super().parse_known_args(words, namespace)

    def _parse_optional(self, arg_string: str) -> Any:
        return None if isinstance(arg_string, _Word) else super()._parse_optional(arg_string)


def build_parser(names: Iterable[str] = VERBS) -> tuple[Parser, dict[str, _VerbParser]]:
    """Return the main parser, and those of the verbs by name; of all verbs, or of those named.

    Global options may come before or after the verb.
    """
    parser = Parser(
        prog="qiscus-tui",
        description="See and revoke the live sessions of a Qiscus Omnichannel admin.",
        formatter_class=_HelpFormatter,
        allow_abbrev=False,
    )
    parser.make_epilog = _epilog
    _add_globals(parser, suppressed=False)
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", parser_class=_VerbParser)
    parsers: dict[str, _VerbParser] = {}
    for name in names:
        words = VERBS[name]
        sub = verbs.add_parser(
            name,
            help=words,
            description=f"{words[0].upper()}{words[1:]}.",
            formatter_class=_HelpFormatter,
            allow_abbrev=False,
        )
        sub.verb, sub.given = name, parser.given
        parsers[name] = sub
    return parser, parsers


def _epilog() -> str:
    """What follows the verbs and options in --help."""
    import textwrap

    lines = ["Without a verb, the app starts. For the options of a verb: qiscus-tui VERB --help"]
    lines += ["", *_example_lines(EXAMPLES), "", "exit codes:"]
    for code in ExitCode:
        lines += textwrap.wrap(
            code.meaning, 78, initial_indent=f"  {code.value:<5}", subsequent_indent=" " * 7
        )
    return "\n".join(lines)


def _verb_epilog(verb: Verb) -> str:
    """What follows the options in --help of a verb: its limits, and examples."""
    import textwrap

    lines = [*textwrap.wrap(verb.not_done, 78), "", *_example_lines(verb.examples)]
    return "\n".join(lines).strip("\n")


def _example_lines(examples: Iterable[Example]) -> Iterator[str]:
    yield "examples:"
    for one in examples:
        yield from (f"  {one.command}", f"      {one.does}")


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the options of a run. Raises UsageError; SystemExit for --help and --version."""
    # A parser takes a millisecond to make, and only --help shows all verbs.
    is_help = not {"-h", "--help"}.isdisjoint(arguments)
    parser, _ = build_parser(VERBS if is_help else [name for name in VERBS if name in arguments])
    _check_before_verb(arguments)
    options, unknown = parser.parse_known_args(arguments)
    if unknown:
        raise _unknown_arguments(unknown, options.verb)
    return options


def named_verb(arguments: Sequence[str]) -> str | None:
    """Return the verb of a command line, also of one that is not valid; None if it has none."""
    words = iter(arguments)
    for word in words:
        if not word.startswith("-"):
            return word if word in VERBS else None
        if word in _WITH_VALUE:
            next(words, None)
    return None


def _check_before_verb(arguments: Sequence[str]) -> None:
    """Raise UsageError for an unknown option: argparse would take its value for a verb."""
    words = iter(arguments)
    for word in words:
        name, equals, _ = word.partition("=")
        if not word.startswith("-"):
            return
        if name in _WITH_VALUE:
            if not equals:
                next(words, None)
        elif name not in _WITHOUT_VALUE:
            raise _unknown_arguments([word], None)


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


def _add_globals(parser: Parser, *, suppressed: bool) -> None:
    """Add the global options; a verb's defaults must not overwrite values given before it."""

    def default(value: object) -> object:
        return argparse.SUPPRESS if suppressed else value

    group = parser.add_argument_group("global options")
    add = group.add_argument
    add("--account", metavar="NAME", default=default(None), help="the account to use")
    add(
        "--all-accounts",
        action="store_true",
        default=default(False),
        help="each account in turn: sessions, prune, check, scan, status",
    )
    add("--server", metavar="URL", default=default(None), help="the server to log in to")
    add(
        "--config",
        metavar="FILE",
        type=file_path,
        default=default(None),
        help="the configuration to use instead of config.toml",
    )
    add(
        "--timeout",
        metavar="TIME",
        type=timeout,
        default=default(None),
        help="the time limit of a call, retries included (60s; a whole list 10m)",
    )
    add(
        "--demo",
        action="store_true",
        default=default(False),
        help="use the demo instead of a server",
    )
    add(
        "--log",
        metavar="FILE",
        type=file_path,
        default=default(None),
        help="write a log, without secrets",
    )
    add("--no-input", action="store_true", default=default(False), help="never ask for input")
    add(
        "--debug",
        action="store_true",
        default=default(False),
        help="show where an error comes from",
    )
    add("--version", action="version", version=f"qiscus-tui {__version__}")
