"""A quiet HTTP server on this machine, for `sandbox` and `proxy`.

uvicorn is an optional extra. Without it ImportError is raised before anything is opened.
"""

import asyncio
import contextlib
import signal
import socket
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from starlette.types import ASGIApp
    from uvicorn import Server

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def serve(app: "ASGIApp", listener: socket.socket, announce: Callable[[str], object]) -> int | None:
    """Serve until SIGINT, SIGTERM or SIGHUP, and return that signal's number.

    `announce` gets the base URL once connections are taken. Raises ImportError without uvicorn.
    """
    ended_by: list[int] = []
    server = quiet_server(app, started=lambda: announce(url_of(listener)))

    def end(number: int) -> None:
        ended_by.append(number)
        server.should_exit = True

    async def run() -> None:
        on_ending_signals(end)
        await server.serve(sockets=[listener])

    asyncio.run(run())
    return ended_by[0] if ended_by else None


def on_ending_signals(end: Callable[[int], object]) -> None:
    """Have `end` called for SIGINT, SIGTERM and SIGHUP by the running loop."""
    for number in _ENDING:
        asyncio.get_running_loop().add_signal_handler(number, end, number)


def quiet_server(app: "ASGIApp", *, started: Callable[[], object], **settings: Any) -> "Server":
    """Return a server that logs nothing and leaves the signals alone.

    `settings` are uvicorn's. Raises ImportError without it.
    """
    import uvicorn

    class QuietServer(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            started()

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
    return QuietServer(uvicorn.Config(app, **quiet | settings))


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
