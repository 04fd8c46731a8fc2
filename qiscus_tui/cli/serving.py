"""A quiet HTTP server on this machine, for `sandbox` and `proxy`.

uvicorn is an optional extra. Without it ImportError is raised before anything is opened.
"""

import asyncio
import contextlib
import signal
import socket
from collections.abc import AsyncGenerator, Generator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from starlette.types import ASGIApp


@contextlib.asynccontextmanager
async def serving(app: "ASGIApp", listener: socket.socket, **settings: Any) -> AsyncGenerator[None]:
    """Take connections as long as the block runs. It logs nothing, and signals are the caller's.

    `settings` are uvicorn's. Raises ImportError without it.
    """
    import uvicorn

    started = asyncio.Event()

    class QuietServer(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            started.set()

        @contextlib.contextmanager
        def capture_signals(self) -> Generator[None]:
            yield  # uvicorn raises them again after its shutdown, which ends in a traceback

    quiet: dict[str, Any] = {
        "loop": "asyncio",
        "http": "h11",
        "ws": "none",
        "lifespan": "off",
        "log_config": None,
        "log_level": "critical",
        "access_log": False,
        "server_header": False,
        "date_header": False,  # the app's own clock says what time it is
        "timeout_graceful_shutdown": 1,
    }
    server = QuietServer(uvicorn.Config(app, **quiet | settings))
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        await started.wait()
        yield
    finally:
        server.should_exit = True
        await task


def ending_signals() -> asyncio.Queue[int]:
    """Return the numbers of SIGINT, SIGTERM and SIGHUP as they come, instead of ending by them."""
    signals: asyncio.Queue[int] = asyncio.Queue()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, signals.put_nowait, number)
    return signals


def listening(port: int = 0, path: str = "") -> socket.socket:
    """Return what listens on a port of this machine (0: a free one), or on the socket `path`.

    Raises OSError.
    """
    listener = socket.socket(socket.AF_UNIX if path else socket.AF_INET, socket.SOCK_STREAM)
    try:
        if not path:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            # The end of an answer would wait for the client's delayed acknowledgement, for 40 ms.
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        listener.bind(path or ("127.0.0.1", port))
    except BaseException:
        listener.close()
        raise
    return listener


def url_of(listener: socket.socket) -> str:
    """Return the base URL of what listens on a port."""
    return f"http://127.0.0.1:{listener.getsockname()[1]}"
