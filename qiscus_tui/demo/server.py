"""The demo on a real socket, on loopback only.

uvicorn is an optional extra. Without it ImportError is raised before anything is opened.
"""

import asyncio
import contextlib
import signal
import socket
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING

from starlette.types import ASGIApp

if TYPE_CHECKING:
    from uvicorn import Server

_HOST = "127.0.0.1"
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def serve(
    app: ASGIApp,
    *,
    port: int = 0,
    announce: Callable[[str], None] = lambda base_url: None,
) -> int | None:
    """Serve until SIGINT, SIGTERM or SIGHUP, and give that signal's number.

    `announce` gets `http://127.0.0.1:PORT` once connections are taken; port 0 takes a free one.
    Raises OSError where the port is taken, ImportError without uvicorn.
    """
    with listening(port) as listener:
        ended_by: list[int] = []
        server = quiet_server(app, started=lambda: announce(url_of(listener)))

        def end(number: int) -> None:
            ended_by.append(number)
            server.should_exit = True

        async def run() -> None:
            loop = asyncio.get_running_loop()
            for number in _ENDING:
                loop.add_signal_handler(number, end, number)
            await server.serve(sockets=[listener])

        asyncio.run(run())
        return ended_by[0] if ended_by else None


def quiet_server(app: ASGIApp, *, started: Callable[[], None]) -> "Server":
    """Make a server that logs nothing and leaves the signals alone."""
    import uvicorn

    class QuietServer(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            started()

        @contextlib.contextmanager
        def capture_signals(self) -> Generator[None]:
            yield  # uvicorn raises them again after its shutdown, which ends in a traceback

    return QuietServer(
        uvicorn.Config(
            app,
            loop="asyncio",
            http="h11",
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="critical",
            access_log=False,
            server_header=False,
            date_header=False,  # the app's own clock says what time it is
            timeout_graceful_shutdown=1,
        )
    )


@contextlib.contextmanager
def listening(port: int) -> Generator[socket.socket]:
    """Listen on a port, or on a free one where it is 0."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # The end of an answer would wait for the client's delayed acknowledgement, for 40 ms.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        listener.bind((_HOST, port))
        yield listener


def url_of(listener: socket.socket) -> str:
    """Return the base URL of what listens here."""
    return f"http://{_HOST}:{listener.getsockname()[1]}"
