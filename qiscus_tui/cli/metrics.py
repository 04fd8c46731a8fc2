"""`--metrics FILE`: the numbers of a verb for Prometheus, written last, also after a failure."""

import argparse
import contextlib
import os
import time
from collections.abc import Generator, Iterable
from pathlib import Path

from qiscus_tui.cli.options import file_path
from qiscus_tui.cli.output.console import Console
from qiscus_tui.cli.verbs import VerbContext
from qiscus_tui.errors import QiscusTuiError, StorageError
from qiscus_tui.exit_codes import ExitCode
from qiscus_tui.model.masking import MASK, possible_tokens
from qiscus_tui.query import all_of
from qiscus_tui.service.account.selection import environment_account
from qiscus_tui.service.metrics import Sample, ended, labels_of, metrics_text
from qiscus_tui.store.files import write_public


def add_metrics_option(parser: argparse.ArgumentParser) -> None:
    """Add `--metrics`."""
    words = "write the numbers for Prometheus"
    parser.add_argument("--metrics", metavar="FILE", type=file_path, help=words)


def add_metrics(parser: argparse.ArgumentParser) -> None:
    """Add `--metrics`, where the samples of each account are collected, and what writes them."""
    add_metrics_option(parser)
    parser.set_defaults(samples=[], finish=_finish)


def write_metrics(path: Path | None, samples: Iterable[Sample], console: Console) -> ExitCode:
    """Write the samples, if a file is given; return the code of an error that was shown, or 0."""
    try:
        if path is not None:
            write_public(path, metrics_text(samples))
    except StorageError as error:
        console.show_error(error)
        return error.exit_code
    return ExitCode.DONE


@contextlib.contextmanager
def failure_noted(context: VerbContext) -> Generator[list[Sample]]:
    """Give the list for the samples of an account; a failure has its own."""
    options, workspace = context.options, context.workspace
    try:
        yield options.samples
    except BaseException:
        name = _named_account(options)
        with contextlib.suppress(QiscusTuiError):
            name = workspace.choose().name
        options.samples += _failed(options, name, workspace.clock.now())
        raise


def _finish(options: argparse.Namespace, console: Console, code: int) -> int:
    """Write the metrics of every account, also after a failure. Return the exit code."""
    if options.metrics is None:
        return code
    # Without samples it failed before an account was chosen.
    samples = options.samples or _failed(options, _named_account(options), time.time())
    failed = write_metrics(options.metrics, samples, console)
    return failed or code if code in {ExitCode.DONE, ExitCode.FAILED} else code


def _named_account(options: argparse.Namespace) -> str:
    """Return the account that the command line or the environment names; empty for none."""
    return options.account or environment_account(os.environ) or ""


def _failed(options: argparse.Namespace, name: str, at: float) -> list[Sample]:
    """Return the samples of a run that failed; `at` is epoch seconds."""
    text = all_of(options.filter).text if options.verb == "check" else ""
    labels = labels_of(name, MASK if possible_tokens(text) else text)
    return ended(options.verb, labels, at, success=False)
