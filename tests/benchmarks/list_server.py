"""A server that costs nothing: every answer is a list that was made before, at once or paced.

    python -m tests.benchmarks.list_server SESSIONS KIND [BYTES PER SECOND]

Prints its address, and after each answer the monotonic time of its last byte.
"""

import random
import socket
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from email.utils import formatdate

from qiscus_tui.demo.seed import DemoSession
from qiscus_tui.model.clock import SystemClock
from tests.sandbox import DIALECTS, demo_state
from tests.sandbox.listing import Listing

KINDS = {
    "demo": "plain",
    "demo, with zone": "rfc3339",
    "many": "plain",
    "many, with zone": "rfc3339",
}
"""The demo's few clients and addresses, or 40,000 of them in no order; and how it writes times."""
ORIGINS = 40_000
PIECE = 64 * 1024
NOT_FOUND = b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"


def body_of(sessions: int, kind: str) -> bytes:
    """A list of that many sessions."""
    state = demo_state(SystemClock(), sessions=sessions, hostile=False)
    listed: Sequence[DemoSession] = state.sessions()
    if kind.startswith("many"):
        listed = of_many_origins(listed)
    return Listing(DIALECTS[KINDS[kind]]).body(listed, None, {})


def of_many_origins(sessions: Sequence[DemoSession]) -> list[DemoSession]:
    """The same sessions, from 40,000 different clients and addresses, in no order."""
    rng = random.Random(1)
    mixed = [
        one._replace(
            agent=f"Mozilla/5.0 (X11; Linux x86_64; rv:{origin % 200}.0) client-{origin}/1.0",
            ip=f"{11 + origin % 180}.{origin // 256}.{origin % 256}.{1 + origin % 250}",
        )
        for one in sessions
        for origin in (rng.randrange(ORIGINS),)
    ]
    rng.shuffle(mixed)
    return mixed


def paced(body: bytes, rate: float) -> Iterator[bytes]:
    """The pieces of a body, each when it is due."""
    began = time.monotonic()
    for start in range(0, len(body), PIECE):
        if rate:
            time.sleep(max(0.0, began + start / rate - time.monotonic()))
        yield body[start : start + PIECE]


def main(sessions: int, kind: str, rate: float) -> None:
    """Serve until it is ended."""
    body = body_of(sessions, kind)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        print(f"http://127.0.0.1:{listening.getsockname()[1]}", flush=True)
        while True:
            connection, _ = listening.accept()
            with connection, suppress(OSError):  # it was not read to its end
                if not connection.recv(PIECE).startswith(b"GET "):  # a refresh: its zone is unknown
                    connection.sendall(NOT_FOUND)
                    continue
                lines = ("HTTP/1.1 200 OK", f"Content-Length: {len(body)}", "Connection: close")
                date = f"Date: {formatdate(usegmt=True)}"
                connection.sendall("\r\n".join((*lines, date, "", "")).encode())
                for piece in paced(body, rate):
                    connection.sendall(piece)
            print(time.monotonic(), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], float(sys.argv[3]))
