"""`sandbox`: serve the demo API on loopback."""

import argparse
import asyncio

from qiscus_tui.cli.options import whole_number
from qiscus_tui.cli.verbs import Example, Verb, VerbContext
from qiscus_tui.demo import DemoState
from qiscus_tui.exit_codes import signal_exit_code

MOST_SESSIONS = 200_000


def add_options(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    add = parser.add_argument
    add("--port", metavar="P", type=whole_number(0, 65_535), default=0, help="port (a free one)")
    kind = whole_number(0, MOST_SESSIONS)
    words = "sessions that the account starts with (400)"
    add("--sessions", metavar="N", type=kind, default=400, help=words)
    kind, words = whole_number(0, 60_000), "delay before each answer"
    add("--latency", metavar="MS", type=kind, default=0, help=words)
    kind, words = whole_number(0, 2**31), "seed of the random data (1)"
    add("--seed", metavar="N", type=kind, default=1, help=words)


def run(context: VerbContext) -> int:
    """Serve until a signal."""
    options, console = context.options, context.console
    state = DemoState(context.workspace.clock, sessions=options.sessions, seed=options.seed)
    credentials = state.credentials

    def announce(url: str) -> None:
        for line in (
            f"Sandbox API: {url}  ({options.sessions:,} sessions)",
            f"  email             {credentials.email}",
            f"  password          {credentials.password}",
            f"  app code          {credentials.app_code}",
            f"  long-lived token  {credentials.long_lived_token}",
            f"  secret key        {credentials.secret_key}",
            "Try:",
            f"  echo {credentials.password} | qiscus-tui login --server {url} "
            f"--email {credentials.email} --password-stdin --store file",
            "  qiscus-tui sessions",
            "Stop with ctrl-c.",
        ):
            console.result(line)
        console.results.flush()

    from qiscus_tui.cli.serving import ending_signals, listening, serving, url_of
    from qiscus_tui.demo.app import demo_app

    async def serve() -> int:
        with listening(options.port) as listener:
            async with serving(demo_app(state, latency_ms=options.latency), listener):
                signals = ending_signals()
                announce(url_of(listener))
                return await signals.get()

    return signal_exit_code(asyncio.run(serve()))


VERB = Verb(
    add_options,
    run,
    examples=(
        Example("qiscus-tui sandbox --port 8080 --sessions 5000", "5,000 sessions on port 8080"),
    ),
)
