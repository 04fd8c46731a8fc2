"""Every verb by name, and what a verb is made of.

The module of a verb, `cli/NAME.py`, has its options and its work. It is loaded on demand; what
needs httpx is imported by its `run`, so that help does not wait for it.
"""

import argparse
import sys
from collections.abc import Callable, Coroutine
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, NamedTuple, cast

from qiscus_tui.cli.output.console import Console
from qiscus_tui.errors import (
    Blocked,
    Forbidden,
    NamedTokenInvalid,
    QiscusTuiError,
    ServerRefused,
    TokenExpired,
)
from qiscus_tui.exit_codes import ExitCode

if TYPE_CHECKING:
    from qiscus_tui.service.account.workspace import Workspace

VERB_GROUPS = {
    "see": {
        "sessions": "list every live session of the user",
        "status": "show the account, where its secrets are, and whether the server accepts them",
        "audit": "show what was revoked from here, and who logged in and out",
    },
    "end": {
        "revoke": "end sessions, and verify that they are gone",
        "prune": "of each group of sessions keep what a rule keeps, and end the rest",
        "revoke-all": "end every session, and keep the new token",
        "known": "list, name or forget integrations; protected ones stay out of plans",
    },
    "watch": {
        "check": "find what changed since the last check, for cron and monitoring",
        "scan": "find the live tokens that stand in files",
    },
    "accounts and tokens": {
        "login": "log in, and store the account on this machine",
        "logout": "end this account's own token, and forget the account",
        "accounts": "list, choose or forget the accounts of this machine",
        "refresh": "get a new short-lived token now",
        "token": "print a valid short-lived token, for scripts",
        "exec": "run a command with a valid token, or the secret key, in its environment",
        "api": "make any other call of the API, and print the body of its answer",
        "id": "print the ids of tokens on stdin, one a line",
        "proxy": "the API on this machine, with one login for scripts that log in on each run",
    },
    "this machine": {
        "doctor": "check configuration, storage, network, clock and the paths of the API",
        "sandbox": "serve the demo API on this machine, for trying things out",
        "completion": "print the completion functions for a shell",
        "man": "show the manual page",
    },
}
"""What each verb does, in the groups and the order of --help."""

VERBS = {name: words for group in VERB_GROUPS.values() for name, words in group.items()}


class VerbContext(NamedTuple):
    """What a verb runs with: its options, the terminal and the workspace."""

    options: argparse.Namespace
    console: Console
    workspace: "Workspace"


_REFUSALS = (ServerRefused, Forbidden, Blocked, TokenExpired, NamedTokenInvalid)

Run = Callable[[VerbContext], Coroutine[object, object, int] | int]
"""Runs the verb and returns its exit code."""


def always(_options: argparse.Namespace) -> bool:
    """Return True, whatever the options are."""
    return True


class Example(NamedTuple):
    """A command line, and what it does."""

    command: str
    does: str


class Verb(NamedTuple):
    """The options of a verb, what runs it, and what must be known of it before it runs."""

    add_options: Callable[[argparse.ArgumentParser], None]
    run: Run
    not_done: str = ""
    """What the verb does not do, for its help."""
    examples: tuple[Example, ...] = ()
    """For its help and the man page. A test gives each command to the parser."""
    changes: bool = False
    """Whether it may change something on the server; it then first warns of configured accounts
    that match none: one of them may be meant to be read-only."""
    runs_command: bool = False
    """Whether the words after `--` are a command of the user: `options.command`, unchanged, None
    without a `--`."""
    finds: Callable[[argparse.Namespace], bool] | None = None
    """Whether exit 1 means that it found something, so that no failure may have it."""
    examines: bool = False
    """Whether it runs although the configuration can't be used, and says why."""
    each_account: bool = False
    """Whether `--all-accounts` can run it for one account after the other."""


def load(name: str) -> Verb:
    """Return the verb of this name."""
    # msgspec does without typing_extensions, whose import takes a quarter of a cached `token`.
    modules = cast("dict[str, ModuleType | None]", sys.modules)
    is_left_out = "msgspec" not in modules and modules.setdefault("typing_extensions") is None
    import_module("msgspec")
    if is_left_out:
        del modules["typing_extensions"]
    verb: Verb = import_module(f"qiscus_tui.cli.{name.replace('-', '_')}").VERB
    return verb


def exit_code_of(error: Exception, options: argparse.Namespace) -> int:
    """Return the exit code of a failure: where 1 means that something was found, another one."""
    code = error.exit_code if isinstance(error, QiscusTuiError) else ExitCode.FAILED
    finds = load(options.verb).finds if options.verb is not None else None
    if code is not ExitCode.FAILED or finds is None or not finds(options):
        return code
    is_refused = isinstance(error, _REFUSALS)
    return ExitCode.LOGIN if is_refused else ExitCode.UNREACHABLE
