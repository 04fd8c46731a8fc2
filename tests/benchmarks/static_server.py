"""A server that costs nothing: every answer is a list that was made before, at once or paced.

    python -m tests.benchmarks.static_server SESSIONS [BYTES PER SECOND]

Prints its address, and after each answer the monotonic time of its last byte.
"""

import socket
import sys
import time
from collections.abc import Iterator

from qiscus_tui.model.clock import SystemClock
from tests.sandbox import demo_state
from tests.sandbox.listing import Listing

PIECE = 64 * 1024


def body_of(sessions: int) -> bytes:
    """The list of the demo."""
    state = demo_state(SystemClock(), sessions=sessions)
    return Listing(state.dialect).body(state.sessions(), None, {})


def paced(body: bytes, rate: float) -> Iterator[bytes]:
    """The pieces of a body, each when it is due."""
    began = time.monotonic()
    for start in range(0, len(body), PIECE):
        if rate:
            time.sleep(max(0.0, began + start / rate - time.monotonic()))
        yield body[start : start + PIECE]


def main(sessions: int, rate: float = 0.0) -> None:
    """Serve until it is ended."""
    body = body_of(sessions)
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    with socket.create_server(("127.0.0.1", 0)) as listening:
        print(f"http://127.0.0.1:{listening.getsockname()[1]}", flush=True)
        while True:
            connection, _ = listening.accept()
            with connection:
                connection.recv(PIECE)
                connection.sendall(head.encode())
                for piece in paced(body, rate):
                    connection.sendall(piece)
            print(time.monotonic(), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), *map(float, sys.argv[2:]))
