"""`proxy`: the API on this machine, with one login for all scripts that log in alike."""

import argparse
import asyncio
import contextlib
import itertools
import socket
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import TYPE_CHECKING

from qiscus_tui.cli.metrics import add_metrics_option, write_metrics
from qiscus_tui.cli.options import file_path, flag, min_ttl, whole_number
from qiscus_tui.cli.output.console import Console
from qiscus_tui.cli.serving import (
    HOST,
    ending_signals,
    listening,
    report_ready,
    serving,
    url_of,
)
from qiscus_tui.cli.verbs import Example, Verb, VerbContext
from qiscus_tui.errors import UsageError
from qiscus_tui.exit_codes import signal_exit_code
from qiscus_tui.model.account import parse_origin
from qiscus_tui.model.clock import MINUTE
from qiscus_tui.model.text import counted, safe

if TYPE_CHECKING:
    from qiscus_tui.service.proxy.app import Proxy

PORT = 8480

ENDED_WITHIN = 1.5
"""Seconds to end the tokens that the proxy made."""


def listen_port(text: str) -> int:
    """Return the port of `127.0.0.1:PORT`. Raises UsageError for any other address."""
    host, _, port = text.partition(":")
    if host != HOST:
        raise UsageError(
            f"--listen {safe(text, 60)}: the proxy gives out tokens, so it listens on {HOST} only",
            f"Listen on {HOST}:{PORT}, or on a --socket.",
        )
    try:
        return whole_number(0, 65_535)(port)
    except argparse.ArgumentTypeError as error:
        raise argparse.ArgumentTypeError(f"must be {HOST}:PORT; PORT {error}") from error


def add_options(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    add = parser.add_argument
    words = "address and port on this machine (127.0.0.1:8480; port 0: a free one)"
    add("--listen", metavar="ADDRESS", type=listen_port, help=words)
    add("--socket", metavar="PATH", type=file_path, help="listen on this Unix socket instead")
    add("--upstream", metavar="URL", help="the server to pass requests on to (the account's)")
    words = "the least time that a token given out again is valid, less than 29d (1h)"
    add("--min-ttl", metavar="TIME", type=min_ttl, default="1h", help=words)
    flag(parser, "--keep-tokens", "do not end the tokens at the end")
    add_metrics_option(parser)


def run(context: VerbContext) -> int:
    """Serve until a signal."""
    return asyncio.run(_serve(context))


async def _serve(context: VerbContext) -> int:
    options, console = context.options, context.console
    path: Path | None = options.socket
    if options.listen is not None and path:
        raise UsageError("--listen and --socket can't be combined", "Leave one of them out.")
    with listening(PORT if options.listen is None else options.listen, path) as listener:
        signals = ending_signals()
        async with served(context, listener) as (proxy, url):
            console.result(f"Proxy: {path or url} for {proxy.origin}")
            console.results.flush()
            report_ready()
            reports = asyncio.create_task(_report(proxy, console, options.metrics))
            number = await signals.get()
            reports.cancel()
        write_metrics(options.metrics, proxy.samples(), console)
    return signal_exit_code(number)


@contextlib.asynccontextmanager
async def served(
    context: VerbContext, listener: socket.socket
) -> AsyncGenerator[tuple["Proxy", str]]:
    """Serve the proxy until the block ends, and then end its tokens; give it and its address.

    Raises UsageError.
    """
    from qiscus_tui.service.account.connection import configured_contract, wire_settings
    from qiscus_tui.service.proxy.app import Proxy
    from qiscus_tui.service.proxy.upstream import Upstream

    options, workspace = context.options, context.workspace
    named = getattr(options, "upstream", None)
    origin = workspace.server() if named is None else parse_origin(named)
    upstream = Upstream(origin, wire_settings(workspace))
    proxy = Proxy(upstream, configured_contract(workspace), workspace.clock, options.min_ttl)
    try:
        waits = {"timeout_keep_alive": 75, "timeout_graceful_shutdown": 2}
        async with serving(proxy, listener, "proxy", **waits):
            yield proxy, url_of(listener)
    finally:
        left = await proxy.close(getattr(options, "keep_tokens", False), ENDED_WITHIN)
        if left:
            context.console.warn(
                f"warning: {counted(left, 'token')} of the proxy may still be valid",
                "They expire within 30 days. See them: qiscus-tui sessions",
            )


async def _report(proxy: "Proxy", console: Console, metrics: Path | None) -> None:
    """Write the metrics each minute, and a line each hour."""
    for minute in itertools.count():
        write_metrics(metrics, proxy.samples(), console)
        if minute and minute % 60 == 0:
            numbers = (one.text.removeprefix("qiscus_proxy_") for one in proxy.samples())
            console.say(" ".join(numbers))
        await asyncio.sleep(MINUTE)


VERB = Verb(
    add_options,
    run,
    not_done=(
        "It adds no credential to a request: whoever uses it needs email and password of the "
        "account, as on the server. Root and this user can read the tokens in its memory."
    ),
    examples=(
        Example("qiscus-tui proxy", "then set the script's base URL to http://127.0.0.1:8480"),
        Example("qiscus-tui proxy --socket /run/user/1000/qiscus.sock", "on a Unix socket"),
    ),
)
