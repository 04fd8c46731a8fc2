"""A quiet HTTP server on this machine, for `sandbox` and `proxy`."""

import asyncio
import contextlib
import os
import resource
import socket
import stat
from collections.abc import AsyncGenerator, Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qiscus_tui.cli.signals import obeyed
from qiscus_tui.errors import UsageError
from qiscus_tui.model.text import safe

if TYPE_CHECKING:
    from starlette.types import ASGIApp

HOST = "127.0.0.1"

DESCRIPTORS = 4096
"""Two for each of 1,000 connections, and some."""


@contextlib.asynccontextmanager
async def serving(
    app: "ASGIApp", listener: socket.socket, extra: str = "sandbox", **settings: Any
) -> AsyncGenerator[None]:
    """Take connections as long as the block runs. It logs nothing, and signals are the caller's.

    `settings` are uvicorn's. Raises UsageError where what the `extra` installs is not there.
    """
    try:
        import uvicorn

        from qiscus_tui.cli.http_protocol import BoundedProtocol
    except ImportError as error:
        raise UsageError(
            f"The {extra} needs uvicorn with httptools, which is not installed",
            f"In a clone of the repository: pip install '.[{extra}]'",
        ) from error

    _allow_descriptors()
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
        "http": BoundedProtocol,
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
    """Return the signals that end a verb as they come, instead of ending by them."""
    signals: asyncio.Queue[int] = asyncio.Queue()
    for number in obeyed():
        asyncio.get_running_loop().add_signal_handler(number, signals.put_nowait, number)
    return signals


@contextlib.contextmanager
def listening(port: int = 0, path: Path | None = None) -> Generator[socket.socket]:
    """Give what listens on a port of this machine (0: a free one), or on the Unix socket `path`.

    That is this user's alone, and is removed at the end. Raises UsageError.
    """
    listener = socket.socket(socket.AF_UNIX if path else socket.AF_INET, socket.SOCK_STREAM)
    before = os.umask(0o177)  # a Unix socket is this user's alone from its first moment
    try:
        if path is not None:
            _remove_socket(path)
        else:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            # The end of an answer would wait for the client's delayed acknowledgement, for 40 ms.
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        listener.bind(str(path) if path else (HOST, port))
        listener.listen()  # whoever finds the socket can connect, and no other server removes it
    except OSError as error:
        listener.close()
        where = safe(str(path), 200) if path else f"Port {port}"
        words = error.strerror or str(error)  # a path that is too long has no number
        raise UsageError(f"{where} cannot be used: {words}", "Choose another one.") from error
    finally:
        os.umask(before)
    try:
        with listener:
            yield listener
    finally:
        if path is not None:
            _remove_socket(path)


def _remove_socket(path: Path) -> None:
    """Remove a socket that nothing listens on; anything else stays."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as probe:
        if stat.S_ISSOCK(path.lstat().st_mode):
            try:
                probe.connect(str(path))
            except ConnectionRefusedError:
                path.unlink()


def url_of(listener: socket.socket) -> str:
    """Return the base URL of what listens on a port."""
    return f"http://{HOST}:{listener.getsockname()[1]}"


def _allow_descriptors() -> None:
    """Allow this process as many connections as are served, where its limit is lower."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = DESCRIPTORS if hard == resource.RLIM_INFINITY else min(DESCRIPTORS, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, most), hard))


def report_ready() -> None:
    """Report that connections are taken (sd_notify), where systemd waits for it."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if address:
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as up:
            up.sendto(b"READY=1", address.replace("@", "\0", 1))
