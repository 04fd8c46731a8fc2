"""What a real connection does when the network or the server fails it."""

import asyncio
import socket
import subprocess
import sys

import httpcore
import pytest

from qiscus_tui.api.client import ApiClient
from qiscus_tui.api.list.listing import read_listing
from qiscus_tui.api.list.rows import Listing
from qiscus_tui.api.retry import RetryPolicy
from qiscus_tui.api.wire import PIECE, WireSettings
from qiscus_tui.errors import AnswerLost, NotConnected, QiscusTuiError, TimedOut
from qiscus_tui.model.account import parse_origin
from qiscus_tui.model.clock import SystemClock
from tests.api.serving import APP_ID, LONG_LIVED, SHORT_LIVED, answering_port
from tests.clocks import ManualClock
from tests.sandbox import demo_state
from tests.sandbox.server import running

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def client_at(port: int, clock: ManualClock, timeout: float = 5.0) -> ApiClient:
    origin = parse_origin(f"http://127.0.0.1:{port}")
    return ApiClient(origin, APP_ID, WireSettings(timeout=timeout), clock, None, RetryPolicy(clock))


async def listing_at(port: int, clock: ManualClock) -> Listing:
    async with client_at(port, clock) as client:
        return await read_listing(client, LONG_LIVED, None)


async def test_a_port_where_nobody_listens_is_not_connected(clock: ManualClock) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        with pytest.raises(NotConnected, match=rf"127\.0\.0\.1:{port} could not be reached: conn"):
            await listing_at(port, clock)
    assert len(clock.slept) == 4


@pytest.mark.parametrize(
    "part",
    [
        b"",
        b"HTTP/1.1 200",
        HEAD,
        HEAD + b'Content-Length: 500\r\n\r\n{"data":[{"token":"a"}',
        HEAD + b'Content-Length: 500\r\n\r\n[{"token":"QEX-of-an-ordinary-one"}]',
        HEAD + b'Transfer-Encoding: chunked\r\n\r\nF\r\n[{"token":"QEX-of-an-ordinary-one"}]\r\n',
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n[]",
        HEAD + b"Content-Encoding: gzip\r\n\r\n\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03",
    ],
)
@pytest.mark.parametrize("polite", [True, False])
async def test_an_answer_that_breaks_off_is_never_a_list_and_asked_for_again(
    part: bytes, polite: bool, clock: ManualClock
) -> None:
    async with answering_port(part, polite=polite) as (port, asked):
        with pytest.raises(AnswerLost):
            await listing_at(port, clock)
    assert len(asked) == 5


@pytest.mark.parametrize(
    ("begun", "endless"),
    [
        (b"", b""),
        (HEAD + b"Content-Length: 500\r\n\r\n[", b""),
        (HEAD, b"X: y\r\n"),
        (b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
    ],
    ids=["nothing", "half an answer", "headers without end", "hints without end"],
)
async def test_an_answer_that_does_not_come_to_its_end_is_a_time_out(
    begun: bytes, endless: bytes, clock: ManualClock
) -> None:
    async with (
        answering_port(begun, endless=endless) as (port, _),
        client_at(port, clock, 0.05) as client,
    ):
        with pytest.raises(TimedOut, match=r"did not answer within 0\.05 s"):
            await client.logout(SHORT_LIVED)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"SSH-2.0-OpenSSH_9.6\r\n\r\n", "sent something that is not HTTP"),
        (HEAD + b"X: " + b"y" * 1_000_000, None),
    ],
    ids=["another protocol", "endless headers"],
)
async def test_what_is_not_http_or_too_large_a_head_is_refused(
    answer: bytes, words: str | None, clock: ManualClock
) -> None:
    async with answering_port(answer) as (port, _), client_at(port, clock) as client:
        with pytest.raises(QiscusTuiError, match=words):
            await client.logout(SHORT_LIVED)


async def test_the_connection_is_kept_and_two_calls_at_once_share_it(clock: ManualClock) -> None:
    state = demo_state(SystemClock(), sessions=20)
    token = state.long_lived_token()
    assert token is not None
    with running(state) as url:
        origin = parse_origin(url)
        app = state.credentials.app_code
        async with ApiClient(
            origin, app, WireSettings(), clock, None, RetryPolicy(clock)
        ) as client:
            found = await asyncio.gather(*(read_listing(client, token, None) for _ in range(4)))
            assert [len(listing.sessions) for listing in found] == [20] * 4
            async with await client.another() as worker:
                await worker.revoke(token, state.sessions()[0].token)
    assert len(state.sessions()) == 19


def test_what_connects_is_loaded_before_the_first_request() -> None:
    """Keys would wait for it: it is imported with our own modules, in a thread."""
    code = (
        "import sys, qiscus_tui.api.wire; before = {*sys.modules};"
        "import asyncio, socket, threading, httpx\n"
        "with socket.create_server(('127.0.0.1', 0)) as server:\n"
        "    url = f'http://127.0.0.1:{server.getsockname()[1]}'\n"
        "    said = b'HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok'\n"
        "    threading.Thread(target=lambda: server.accept()[0].sendall(said)).start()\n"
        "    async def ask():\n"
        "        async with httpx.AsyncClient(trust_env=False) as client: await client.get(url)\n"
        "    asyncio.run(ask())\n"
        "print(sum(name.startswith('anyio') for name in {*sys.modules} - before))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "0"


class _Asked(httpcore.AsyncMockStream):
    """A connection that notes how many bytes it is asked for."""

    def __init__(self, said: list[bytes]) -> None:
        super().__init__(said)
        self.asked: set[int] = set()

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 httpcore names it so
        self.asked.add(max_bytes)
        return await super().read(max_bytes, timeout)


async def test_a_body_is_taken_from_the_socket_in_large_pieces() -> None:
    stream = _Asked([b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", b"ok"])
    origin = httpcore.Origin(b"http", b"localhost", 80)
    async with httpcore.AsyncHTTP11Connection(origin, stream) as connection:
        answer = await connection.request("GET", "http://localhost/")
    assert answer.content == b"ok"
    assert stream.asked == {PIECE}
