"""Servers on a socket of this machine that take a request and never answer it."""

import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class SilentServer:
    """Reads whatever is sent to it."""

    listener: socket.socket
    requests: list[str] = field(default_factory=list[str])
    """The first line of each request."""
    asked: threading.Event = field(default_factory=threading.Event)
    """Set when the first request is in."""

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    def serve(self) -> None:
        """Take connections until the listener is closed."""
        kept: list[socket.socket] = []
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                break
            kept.append(connection)
            threading.Thread(target=self._read, args=(connection,), daemon=True).start()
        for connection in kept:
            connection.close()

    def _read(self, connection: socket.socket) -> None:
        try:
            while data := connection.recv(65_536):
                self.requests.append(data.partition(b"\r\n")[0].decode())
                self.asked.set()
        except OSError:
            return


@contextmanager
def silent_server() -> Generator[SilentServer]:
    """A server that accepts each connection and swallows what is sent."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = SilentServer(listener)
        serving = threading.Thread(target=server.serve, daemon=True)
        serving.start()
        yield server
        listener.shutdown(socket.SHUT_RDWR)
        serving.join()


@contextmanager
def unconnectable_server() -> Generator[str]:
    """An address to which no connection comes about: its queue is full. Gives the URL."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        port = listener.getsockname()[1]
        waiting: list[socket.socket] = []
        for _ in range(4):
            one = socket.socket()
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
            waiting.append(one)
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            for one in waiting:
                one.close()
