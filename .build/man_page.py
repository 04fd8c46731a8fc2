"""The man page, made from the parser: what --help says of every verb, in one place."""

import argparse
import textwrap
from collections.abc import Iterable, Iterator

from qiscus_tui import __version__
from qiscus_tui.cli.parser import EXAMPLES, Parser, full_parser
from qiscus_tui.cli.verbs import VERBS, load
from qiscus_tui.cli.workspace import LOG_VARIABLE
from qiscus_tui.exit_codes import ExitCode
from qiscus_tui.query import Key
from qiscus_tui.query.terms import State
from qiscus_tui.service.account.selection import (
    ACCOUNT_VARIABLE,
    APP_ID_VARIABLE,
    LONG_LIVED_VARIABLE,
    SECRET_KEY_VARIABLE,
    SERVER_VARIABLE,
)
from qiscus_tui.store.paths import CONFIG_VARIABLE, DATA_VARIABLE

REVISED = "2026-11-25"
"""The day of the last change to what the page says; not of the build, which is the same any day."""

DESCRIPTION = (
    "Shows the live sessions of a Qiscus Omnichannel admin, counts down to when they expire, and "
    "revokes them: in the terminal without a VERB, from scripts with one. Revoking shows a plan, "
    "asks (or needs --yes), and verifies by the server's list what became of each session."
)

FILTER = (
    ("WORD", 'must occur in id, client, user agent, user, label or address; "two words" are one'),
    ("-WORD, not:WORD", "must not occur; negates keys too: -client:curl"),
    *((f"{key.value}:", f"such as {key.example}") for key in Key if key is not Key.IS),
    ("is:", f"one of {', '.join(state.value for state in State)} (marked: in the app only)"),
)

FILTER_RULES = (
    "TIME is a whole number and s, m, h, d or w, in lower case: 90s, 15m, 24h, 7d, 2w.",
    "A comparison with a value that is unknown never matches, negated or not. There is no OR: use "
    "several commands. What is not understood is an error with its position, and exit status 2.",
    'For example: client:GuzzleHttp ip:10.2 idle:>7d -label:"billing cron"',
)

ENVIRONMENT = (
    (f"{LONG_LIVED_VARIABLE}, {APP_ID_VARIABLE}", "an account without a login"),
    (SECRET_KEY_VARIABLE, "a REST secret key, beside the long-lived token or instead of it"),
    (SERVER_VARIABLE, "the server, for login and for these credentials"),
    (ACCOUNT_VARIABLE, "the account to use"),
    (CONFIG_VARIABLE, "the folder of config.toml"),
    (DATA_VARIABLE, "the folder of everything else that is kept"),
    (LOG_VARIABLE, "a file for a log of the calls, without secrets"),
    ("NO_COLOR, HTTPS_PROXY, SSL_CERT_FILE", "what they give everywhere"),
)

FILES = (
    ("~/.config/qiscus-tui/config.toml", "settings; never written"),
    ("~/.local/share/qiscus-tui/", "accounts, and the secrets of those that are kept in a file"),
    ("~/.local/state/qiscus-tui/", "the audit log, and what earlier runs saw"),
    ("~/.cache/qiscus-tui/", "session ids for the shell's completion"),
)

_ESCAPED = {
    "\\": r"\e",
    "-": r"\-",
    "'": r"\(aq",
    '"': r"\(dq",
    "`": r"\(ga",
    "^": r"\(ha",
    "~": r"\(ti",
}


def escaped(text: str) -> str:
    """Return roff for this text, in ASCII and on one line, whatever its first character is."""
    line = "".join(
        _ESCAPED.get(char) or (char if char.isascii() else f"\\[u{ord(char):04X}]")
        for char in " ".join(text.split())
    )
    return f"\\&{line}" if line.startswith(".") else line


def paragraph(text: str) -> str:
    """Return roff for this text, in ASCII and in lines of a usual length."""
    lines = textwrap.wrap(text, 60, break_long_words=False, break_on_hyphens=False)
    return "\n".join(map(escaped, lines))


def man_page() -> str:
    """Return the page as roff, in ASCII."""
    parser, verbs = full_parser()
    globally = {option for action in parser.actions() for option in action.option_strings}
    lines = [
        f'.TH QISCUS\\-TUI 1 "{REVISED}" "qiscus\\-tui {escaped(__version__)}" "User Commands"',
        ".SH NAME",
        f"qiscus\\-tui \\- {escaped(parser.description or '').rstrip('.')}",
        ".SH SYNOPSIS",
        r".B qiscus\-tui",
        "[OPTION]... [VERB [ARGUMENT]...]",
        ".SH DESCRIPTION",
        paragraph(DESCRIPTION),
        ".SH OPTIONS",
        "These may stand before or after a verb.",
        *_options(parser.actions()),
        ".SH VERBS",
    ]
    for name in VERBS:
        sub, verb = verbs[name], load(name)
        lines += [f".SS {escaped(name)}", _bold(_usage(name, sub)), ".PP"]
        lines += [paragraph(sub.description or "")]
        lines += _options(one for one in sub.actions() if not globally & set(one.option_strings))
        lines += [".PP", paragraph(verb.not_done)] if verb.not_done else []
        lines += [".PP", "Examples:", *_entries(verb.examples)]
    lines += [".SH FILTER", escaped("What --filter takes, and / in the app. Words narrow (and).")]
    lines += _entries(FILTER)
    lines += [line for words in FILTER_RULES for line in (".PP", paragraph(words))]
    lines += [".SH EXIT STATUS", *_entries((str(code.value), code.meaning) for code in ExitCode)]
    lines += [".SH ENVIRONMENT", *_entries(ENVIRONMENT)]
    lines += [".SH FILES", "On Linux; on macOS below ~/Library.", *_entries(FILES)]
    lines += [".SH EXAMPLES", *_entries(EXAMPLES)]
    return "\n".join([*lines, ""])


def _usage(name: str, parser: Parser) -> str:
    if parser.usage:
        return parser.usage
    words = [_value(one) for one in parser.actions() if not one.option_strings]
    return " ".join([f"qiscus-tui {name} [OPTION]...", *words])


def _options(actions: Iterable[argparse.Action]) -> Iterator[str]:
    """Yield an entry for each option and argument that is documented."""
    for action in actions:
        if action.help in {None, argparse.SUPPRESS} or action.dest == "verb":
            continue
        names = ", ".join(action.option_strings)
        value = "" if action.nargs == 0 else _value(action)
        yield from _entries([(f"{names} {value}".strip(), action.help or "")])


def _value(action: argparse.Action) -> str:
    """Return the name of an option's value or of an argument, as usage has it."""
    choices = "|".join(map(str, action.choices or ()))
    name = str(action.metavar or choices or action.dest.upper())
    forms = {"*": f"[{name}...]", "+": f"{name}...", "?": f"[{name}]"}
    return forms.get(str(action.nargs), name)


def _entries(entries: Iterable[tuple[str, str]]) -> Iterator[str]:
    for name, words in entries:
        yield from (".TP", _bold(name), paragraph(words))


def _bold(text: str) -> str:
    return f"\\fB{escaped(text)}\\fR"
