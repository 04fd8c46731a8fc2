"""What a verb is made of."""

import argparse
from collections.abc import Callable, Coroutine
from dataclasses import dataclass

from qiscus_tui.cli.console import Console
from qiscus_tui.service.workspace import Workspace


@dataclass(frozen=True)
class Context:
    """What a verb runs with."""

    options: argparse.Namespace
    console: Console
    workspace: Workspace
    core_limit: int | None = None
    """Size of core dumps that this process may have made before it forbade itself any; None
    where it did not."""


Run = Callable[[Context], Coroutine[object, object, int] | int]
"""Carries the verb out and gives its exit code."""


@dataclass(frozen=True)
class Verb:
    """One verb: its options, its work, and what it leaves undone."""

    add_options: Callable[[argparse.ArgumentParser], None]
    run: Run
    not_done: str = ""
    """What the verb does not do, for its help."""
    changes: bool = False
    """Whether it may change something on the server: a mistake in the configuration, by which
    that is not forbidden as the user thinks, is said first."""
    tells_of_crashes: bool = True
    """Whether it first says what an earlier run left half done."""
    runs_command: bool = False
    """Whether what stands after `--` is a command of the user's: `options.command`, untouched,
    None without a `--`."""
    words_anywhere: bool = False
    """Whether its words, such as ids, may stand on either side of its options."""
