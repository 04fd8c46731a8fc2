"""The tests' server on a real socket, on loopback only."""

import asyncio
import contextlib
import threading
from collections.abc import Generator
from concurrent.futures import Future

from qiscus_tui.cli.serving import listening, serving, url_of
from tests.sandbox.app import demo_app
from tests.sandbox.state import DemoState

_SECONDS_TO_START = 10


@contextlib.contextmanager
def running(state: DemoState, *, latency_ms: float = 0) -> Generator[str]:
    """Serve from a thread as long as the block runs; gives the base URL."""
    ready, over = threading.Event(), Future[None]()
    app = demo_app(state, latency_ms=latency_ms)

    async def serve() -> None:
        async with serving(app, listener):
            ready.set()
            await asyncio.wrap_future(over)

    with listening() as listener:
        thread = threading.Thread(target=lambda: asyncio.run(serve()), name="demo-server")
        thread.start()
        try:
            if not ready.wait(_SECONDS_TO_START):
                raise RuntimeError("the demo server did not start")
            yield url_of(listener)
        finally:
            over.set_result(None)
            thread.join()
