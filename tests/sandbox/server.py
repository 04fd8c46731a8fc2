"""The tests' server on a real socket, on loopback only."""

import contextlib
from collections.abc import Generator

from qiscus_tui.cli.serving import listening, serving, url_of
from tests.listening import in_a_thread
from tests.sandbox.app import demo_app
from tests.sandbox.state import DemoState


@contextlib.contextmanager
def running(state: DemoState, *, latency_ms: float = 0) -> Generator[str]:
    """Serve from a thread as long as the block runs; gives the base URL."""
    app = demo_app(state, latency_ms=latency_ms)
    with listening() as listener, in_a_thread(serving(app, listener)):
        yield url_of(listener)
