"""The man page: --help of the program and of every verb, the filter, environment and files."""

import os
import re
import textwrap
from collections.abc import Iterable

from qiscus_tui import __version__
from qiscus_tui.cli.parser import full_parser
from qiscus_tui.cli.run_verb import LOG_VARIABLE
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

REVISED = "2026-12-01"
"""The day of the last change to what the page says; not of the build, which is the same any day."""

FILTER = (
    ("WORD", 'must occur in id, client, user agent, user, label or address; "two words" are one'),
    ("-WORD, not:WORD", "must not occur; negates keys too: -client:curl"),
    *((f"{key.value}:", f"such as {key.example}") for key in Key if key is not Key.IS),
    ("is:", f"one of {', '.join(state.value for state in State)} (marked: in the app only)"),
    ("TIME", "a whole number and s, m, h, d or w, in lower case: 90s, 15m, 24h, 7d, 2w"),
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

_ESCAPED = str.maketrans(
    {"\\": r"\e", "-": r"\-", "'": r"\(aq", '"': r"\(dq", "`": r"\(ga", "^": r"\(ha", "~": r"\(ti"}
)


_GLOBALS = re.compile(r"\nglobal options:\n(  .*\n)+")


def escaped(text: str) -> str:
    """Return roff for this text, in ASCII, whatever a line's first character is."""
    ascii_only = "".join(
        char if char.isascii() else f"\\[u{ord(char):04X}]" for char in text.translate(_ESCAPED)
    )
    return "\n".join(f"\\&{one}" if one[:1] == "." else one for one in ascii_only.split("\n"))


def man_page() -> str:
    """Return the page as roff, in ASCII."""
    os.environ["COLUMNS"] = "80"  # the page is the same wherever it is built
    parser, verbs = full_parser()
    lines = [
        f'.TH QISCUS\\-TUI 1 "{REVISED}" "qiscus\\-tui {escaped(__version__)}" "User Commands"',
        ".SH NAME",
        f"qiscus\\-tui \\- {escaped(parser.description or '').rstrip('.')}",
        ".SH SYNOPSIS",
        *_as_typed(parser.format_help()),
        ".SH VERBS",
    ]
    for name, verb in verbs.items():
        lines += [f".SS {escaped(name)}", *_as_typed(_GLOBALS.sub("", verb.format_help()))]
    lines += [".SH FILTER", escaped("What --filter takes, and / in the app. Words narrow (and).")]
    lines += _entries(FILTER)
    lines += [".SH ENVIRONMENT", *_entries(ENVIRONMENT)]
    lines += [".SH FILES", "On Linux; on macOS below ~/Library.", *_entries(FILES)]
    return "\n".join([*lines, ""])


def _as_typed(text: str) -> Iterable[str]:
    """Return lines that are shown as they are."""
    return [".nf", *(escaped(one) or "\\&" for one in text.strip("\n").split("\n")), ".fi"]


def _entries(entries: Iterable[tuple[str, str]]) -> Iterable[str]:
    return [
        line
        for name, words in entries
        for line in (".TP", f"\\fB{escaped(name)}\\fR", *map(escaped, textwrap.wrap(words, 60)))
    ]
