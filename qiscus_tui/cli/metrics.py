"""`--metrics FILE`: the numbers of a verb for Prometheus, written last, also after a failure."""

import argparse
import contextlib
import time
from collections.abc import Generator, Sequence
from pathlib import Path

from qiscus_tui.cli.options import file_path
from qiscus_tui.cli.output.console import Console
from qiscus_tui.cli.verbs import VerbContext
from qiscus_tui.cli.workspace import open_for
from qiscus_tui.errors import QiscusTuiError, StorageError
from qiscus_tui.exit_codes import ExitCode
from qiscus_tui.model.masking import MASK, possible_tokens
from qiscus_tui.query import Query, all_of
from qiscus_tui.service.metrics import Sample, ended, labels_of, metrics_text
from qiscus_tui.store.named_files import write_public

NEEDS = ("--metrics", "--filter", "--account", "--all-accounts", "--server", "--config", "--demo")
"""The options that are needed to write them, also where another option has a mistake."""


def add_metrics(parser: argparse.ArgumentParser) -> None:
    """Add `--metrics`, and where the samples of each account are collected."""
    words = "write the numbers for Prometheus"
    parser.add_argument("--metrics", metavar="FILE", type=file_path, help=words)
    parser.set_defaults(samples=[])


@contextlib.contextmanager
def failure_noted(context: VerbContext) -> Generator[list[Sample]]:
    """Give the list for the samples of an account; a failure has its own."""
    options, workspace = context.options, context.workspace
    samples: list[Sample] = options.samples
    try:
        yield samples
    except BaseException:
        name = options.account or ""
        with contextlib.suppress(QiscusTuiError):
            name = workspace.choose().name
        samples += _failed(options, name, workspace.clock.now())
        raise


def finish(options: argparse.Namespace, console: Console, code: int) -> int:
    """Write the metrics of every account, also after a failure. Return the exit code."""
    path: Path | None = options.metrics
    if path is None:
        return code
    if options.demo:
        console.say("The demo writes nothing, so there are no metrics.")
        return code
    now = time.time()
    samples = options.samples or [
        sample for name in _names_of(options) for sample in _failed(options, name, now)
    ]
    try:
        write_public(path, metrics_text(samples))
    except StorageError as error:
        console.show_error(error)
        return error.exit_code if code in {ExitCode.DONE, ExitCode.FAILED} else code
    return code


def _failed(options: argparse.Namespace, name: str, at: float) -> list[Sample]:
    """Return the samples of a run that failed; `at` is epoch seconds."""
    filters: list[Query] = options.filter if options.verb == "check" else []
    text = all_of(filters).text
    labels = labels_of(name, MASK if possible_tokens(text) else text)
    return ended(options.verb, labels, at, success=False)


def _names_of(options: argparse.Namespace) -> Sequence[str]:
    """Return the accounts that a run with these options is for, as far as is known here."""
    with contextlib.suppress(QiscusTuiError):
        workspace = open_for(options)
        if not options.all_accounts:
            return [workspace.choose().name]
        if stored := workspace.local_files.book.all():
            return [one.name for one in stored]
    return [options.account or ""]
