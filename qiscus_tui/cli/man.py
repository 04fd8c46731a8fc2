"""`man`: the manual page: --help of every verb, filter, configuration, files, JSON, exit codes."""

import argparse
import os
import shutil
import subprocess
import tempfile
import textwrap
from collections.abc import Iterable
from pathlib import Path

from qiscus_tui import __version__
from qiscus_tui.cli.parser import ABOUT, full_parser, help_parser
from qiscus_tui.cli.run_verb import LOG_VARIABLE
from qiscus_tui.cli.verbs import Example, Verb, VerbContext
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

REVISED = "2026-12-02"
"""The day of the last change to what the page says; not of the build, which is the same any day."""

FILTER = (
    ("WORD", 'must occur in id, client, user agent, user, label or address; "two words" are one'),
    ("-WORD, not:WORD", "must not occur; negates keys too: -client:curl"),
    *((f"{key.value}:", f"such as {key.example}") for key in Key if key is not Key.IS),
    ("is:", f"one of {', '.join(state.value for state in State)} (marked: in the app only)"),
    ("TIME", "a whole number and s, m, h, d or w, in lower case: 90s, 15m, 24h, 7d, 2w"),
)

CONFIGURATION = (
    ("[server]", "url, timeout (20s), ca_bundle, proxy"),
    ("[ui]", "theme, reload (60s), expiring (24h), mouse, bell"),
    ("[storage]", "backend: auto, keyring or file"),
    ("[account.NAME]", "readonly; label: a part of this program's user agent"),
    ("[[known]]", "client, ip, label, protect: an integration, whose sessions plans leave out"),
    (
        "[policy.NAME]",
        "for prune --policy: filter, group_by, keep_newest, keep_used_within, "
        "keep_created_within, include_unknown, include_protected",
    ),
    ("[view.NAME]", "for sessions --view and the app: filter, group_by, sort, reverse"),
    ("[audit]", "syslog; reason: optional or required"),
    ("[api.CALL]", "path and field of a call, where this server has others"),
    ("[keys]", "the key of a command of the app, by the command's name"),
)

JSON = (
    ("an error", "error, hint, exit"),
    (
        "sessions",
        "id, created_at, expires_at, expires_computed, expires_in, last_used_at, client, "
        "user_agent, ip, user, current, revocable, label, extra",
    ),
    (
        "sessions --group-by",
        "the KEYS, count, share, per_day, oldest_at, newest_at, last_used_at, expiring, current, "
        "protected",
    ),
    (
        "revoke, prune",
        "account, server, plan {targets, left_out, kept, groups}, list {complete, unreadable}, "
        "outcomes {id, outcome, reason}, others_ended",
    ),
    (
        "check",
        "account, server, checked_at, live, expiring, issued_24h, token_expires_at, findings "
        "{kind, client, network, count, message}",
    ),
    ("scan", "path, line, id, client, ip, expires_at"),
    (
        "status",
        "account, server, app_id, user, role, storage, chosen_by, expires_at, clock_offset, "
        "accepted",
    ),
    ("token", "token, expires_at, app_id"),
)
"""The fields of each `--json`, briefly; their types are in REFERENCE."""

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

SEE_ALSO = "curl(1), jq(1), crontab(5); README and REFERENCE of the source have all the rest"

_ESCAPED = str.maketrans(
    {"\\": r"\e", "-": r"\-", "'": r"\(aq", '"': r"\(dq", "`": r"\(ga", "^": r"\(ha", "~": r"\(ti"}
)


def escaped(text: str) -> str:
    """Return roff for this text, in ASCII, whatever a line's first character is."""
    ascii_only = "".join(
        char if char.isascii() else f"\\[u{ord(char):04X}]" for char in text.translate(_ESCAPED)
    )
    return "\n".join(f"\\&{one}" if one[:1] == "." else one for one in ascii_only.split("\n"))


def man_page() -> str:
    """Return the page as roff, in ASCII."""
    columns = os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = "80"  # the page is the same wherever it is made
    try:
        of_all = help_parser().format_help()
        of_verbs = {name: parser.format_help() for name, parser in full_parser()[1].items()}
    finally:
        if columns is None:
            del os.environ["COLUMNS"]
        else:
            os.environ["COLUMNS"] = columns
    of_all = of_all.partition("\nexit codes:\n")[0]
    lines = [
        f'.TH QISCUS\\-TUI 1 "{REVISED}" "qiscus\\-tui {escaped(__version__)}" "User Commands"',
        ".nh",
        ".ad l",
        ".SH NAME",
        f"qiscus\\-tui \\- {escaped(ABOUT).rstrip('.')}",
        ".SH SYNOPSIS",
        *_as_typed(of_all),
        ".SH VERBS",
    ]
    for name, text in of_verbs.items():
        lines += [f".SS {escaped(name)}", *_as_typed(text.partition("\nGlobal options,")[0])]
    lines += [".SH FILTER", escaped("What --filter takes, and / in the app. Words narrow (and).")]
    lines += _entries(FILTER)
    lines += [".SH CONFIGURATION", "config.toml; a mistake in it is an error that names the line."]
    lines += _entries(CONFIGURATION)
    lines += [".SH ENVIRONMENT", *_entries(ENVIRONMENT)]
    lines += [".SH FILES", escaped("On Linux; on macOS below ~/Library."), *_entries(FILES)]
    words = "One document in ASCII; times are RFC 3339 in UTC, what is unknown is null."
    lines += [".SH JSON", escaped(words), *_entries(JSON)]
    lines += [".SH EXIT STATUS", *_entries((str(code.value), code.meaning) for code in ExitCode)]
    lines += [".SH SEE ALSO", *map(escaped, textwrap.wrap(SEE_ALSO, 60))]
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


def add_options(_parser: argparse.ArgumentParser) -> None:
    """Options of the verb: none."""


def run(context: VerbContext) -> int:
    """Show the page by `man`; elsewhere than on a terminal, print it as roff."""
    if not context.console.out_is_tty or shutil.which("man") is None:
        context.console.result(man_page().rstrip("\n"))
        return ExitCode.DONE
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder, "qiscus-tui.1")
        page.write_text(man_page(), encoding="ascii")
        subprocess.run(["man", str(page)], check=False)
    return ExitCode.DONE


VERB = Verb(
    add_options,
    run,
    examples=(
        Example("qiscus-tui man", "on a terminal"),
        Example("qiscus-tui man >qiscus-tui.1", "the page itself, as roff"),
    ),
)
