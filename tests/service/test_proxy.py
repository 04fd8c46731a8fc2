"""What passes through the proxy, byte for byte, and what it refuses."""

import asyncio
import contextlib
import json
import ssl
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pytest
import trustme

from qiscus_tui.api.contract import DEFAULT
from qiscus_tui.api.wire import WireSettings
from qiscus_tui.cli.serving import listening, serving, url_of
from qiscus_tui.errors import ConfigError
from qiscus_tui.model.account import parse_origin
from qiscus_tui.model.clock import HOUR
from qiscus_tui.service.proxy.app import Proxy
from qiscus_tui.service.proxy.upstream import Upstream
from tests.clocks import ManualClock

HOST = " HTTP/1.1\r\nHost: localhost\r\n"
FORM = "Content-Type: application/x-www-form-urlencoded"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
TOKEN = "QEX" + "t0k3n" * 8


class Server:
    """Records what arrives, and answers with fixed bytes."""

    def __init__(self) -> None:
        self.heads: list[bytes] = []
        self.bodies: list[bytes] = []
        self.answer = OK
        self.closed = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                self.heads.append(head)
                self.bodies.append(await _body(reader, head.lower()))
                writer.write(answer := self.answer)
                await writer.drain()
                if b"connection: close" in answer.lower() or answer.endswith(b"cut"):
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            self.closed.set()
        finally:
            writer.close()


async def _body(reader: asyncio.StreamReader, head: bytes) -> bytes:
    if b"transfer-encoding: chunked" in head:
        body = b""
        while size := int(await reader.readuntil(b"\r\n"), 16):
            body += (await reader.readexactly(size + 2))[:-2]
        await reader.readexactly(2)
        return body
    length = head.partition(b"content-length: ")[2].partition(b"\r\n")[0]
    return await reader.readexactly(int(length or 0))


@dataclass
class Running:
    """A proxy before a server, and connections to it."""

    server: Server
    proxy: Proxy
    port: int

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.port)

    async def send(self, raw: bytes) -> bytes:
        """Send a request as it stands; return all that is answered before the end."""
        reader, writer = await self.connect()
        writer.write(raw)
        answer = await asyncio.wait_for(reader.read(), 10)
        writer.close()
        return answer

    async def get(
        self, path: str = "/x", *headers: str, method: str = "GET", body: bytes = b""
    ) -> bytes:
        lines = (f"{method} {path}{HOST}Connection: close", *headers, "", "")
        return await self.send("\r\n".join(lines).encode() + body)

    async def post(self, path: str, body: bytes, *headers: str) -> bytes:
        length = f"Content-Length: {len(body)}"
        return await self.get(path, *headers, length, method="POST", body=body)

    async def log_in(self, answer: bytes = b"") -> bytes:
        """Log in, which the server answers with a token by itself; return the answer."""
        self.server.answer = answer or login_answer()
        body = urlencode({"email": "a@b.c", "password": "right"}).encode()
        answered = await self.post("/api/v1/auth", body, FORM, "User-Agent: cron")
        self.server.answer = OK
        return answered


@pytest.fixture
async def running(clock: ManualClock) -> AsyncGenerator[Running]:
    server = Server()
    with listening() as listener, listening() as behind:
        upstream = Upstream(parse_origin(url_of(behind)), WireSettings(timeout=5))
        behind.listen()
        async with await asyncio.start_server(server.serve, sock=behind):
            proxy = Proxy(upstream, DEFAULT, clock, HOUR)
            async with serving(proxy, listener):
                yield Running(server, proxy, listener.getsockname()[1])
            await proxy.close(True, 1)
            await asyncio.sleep(0)


def answered(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    lines = (f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", "")
    return "\r\n".join(lines).encode() + body


def login_answer() -> bytes:
    user = {"email": "a@b.c", "authentication_token": TOKEN, "app": {"app_code": "abcd-1"}}
    body = json.dumps({"data": {"user": user, "long_lived_token": "LLT" + "l0ng" * 9}}).encode()
    return answered(body, "Content-Type: application/json", "X-Request: 1")


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        *((one, one) for one in ("/", "/a/../b//c/./%2e%2e/%41?x=1&x=2&y", "/a?", "/a;b=c?d", "*")),
        ("//evil.example/a", "//evil.example/a"),
        ("http://evil.example/a?b", "/a?b"),  # a whole address leads to no other server
    ],
)
async def test_paths_are_sent_as_they_are(running: Running, path: str, sent: str) -> None:
    await running.get(path, method="OPTIONS")
    assert running.server.heads[0].startswith(f"OPTIONS {sent} HTTP/1.1\r\n".encode())
    assert b"evil" not in running.server.heads[0].partition(b"\r\n")[2]


async def test_over_tls_and_another_proxy_too(tmp_path: Path) -> None:
    authority, server, asked = trustme.CA(), Server(), list[bytes]()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("up.example").configure_cert(tls)

    async def tunnel(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append((await reader.readuntil(b"\r\n\r\n")).partition(b"\r\n")[0])
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        await writer.start_tls(tls)
        await server.serve(reader, writer)

    async with await asyncio.start_server(tunnel, "127.0.0.1") as between:
        proxy = "http://{}:{}".format(*between.sockets[0].getsockname())
        settings = WireSettings(timeout=5, proxy=proxy, ca_bundle=str(tmp_path / "ca.pem"))
        upstream = Upstream(parse_origin("https://up.example"), settings)
        for target in (b"/a/../b//c", b"/d"):
            async with upstream.ask("GET", target, []) as answer:
                assert await answer.aread() == b"ok"
        await upstream.close()
    assert asked == [b"CONNECT up.example:443 HTTP/1.1"]
    assert [head.split()[1] for head in server.heads] == [b"/a/../b//c", b"/d"]


def test_another_proxy_that_cannot_be_used_is_an_error_at_the_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "ftp://me:hunter2@proxy.example:1")
    with pytest.raises(ConfigError, match=r"The proxy proxy\.example:1 cannot be used"):
        Upstream(parse_origin("https://up.example"), WireSettings())


async def test_headers_pass_but_for_those_of_the_connection(running: Running) -> None:
    running.server.answer = answered(
        b"", "Set-Cookie: a=1", "Set-Cookie: b=2", "X-Odd: \xe9", "Keep-Alive: timeout=5",
        "Access-Control-Allow-Origin: *", "X-Hop: 1", "Connection: X-Hop",
    )  # fmt: skip
    answer = await running.get(
        "/x", "X-A: 1", "X-A: 2", "Accept-Encoding: br", "User-Agent: cron",
        "Connection: X-Mine", "X-Mine: 1", "TE: trailers", "Upgrade: h2c",
    )  # fmt: skip
    head = running.server.heads[0].lower()
    for passed in (b"x-a: 1", b"x-a: 2", b"accept-encoding: br", b"user-agent: cron"):
        assert b"\r\n%b\r\n" % passed in head
    for dropped in (b"x-mine", b"te:", b"upgrade", b"localhost", b"httpx"):
        assert dropped not in head
    lowered = answer.lower()
    assert lowered.count(b"set-cookie") == 2
    assert "x-odd: é".encode() in lowered
    for dropped in (b"x-hop: 1", b"keep-alive", b"access-control"):
        assert dropped not in lowered


async def test_bodies_pass_in_both_ways(running: Running) -> None:
    running.server.answer = answered(b"\x1f\x8bx", "Content-Encoding: gzip")
    assert (await running.post("/up", b"\x00\xff" * 100_000)).endswith(b"\r\n\r\n\x1f\x8bx")
    chunked = b"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"
    await running.get("/up", "Transfer-Encoding: chunked", method="PUT", body=chunked)
    assert running.server.bodies == [b"\x00\xff" * 100_000, b"hello world"]


async def test_a_body_waits_for_100_continue(running: Running) -> None:
    reader, writer = await running.connect()
    writer.write(
        b"POST /up HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
    )
    assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
    writer.write(b"hi")
    assert (await reader.readuntil(b"ok")).startswith(b"HTTP/1.1 200")
    assert b"expect" not in running.server.heads[0].lower()
    writer.close()


@pytest.mark.parametrize(
    ("method", "answer"),
    [
        ("HEAD", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"),
        ("GET", b"HTTP/1.1 304 Not Modified\r\nETag: x\r\nContent-Length: 5\r\n\r\n"),
        ("DELETE", b"HTTP/1.1 204 No Content\r\n\r\n"),
    ],
)
async def test_answers_without_a_body_have_none(
    running: Running, method: str, answer: bytes
) -> None:
    running.server.answer = answer
    got = await running.get(method=method)
    assert got.startswith(answer.split(b"\r\n", 1)[0])
    assert got.endswith(b"\r\n\r\n")


@pytest.mark.parametrize("kind", ["text/event-stream", "application/json"])
@pytest.mark.parametrize("token", ["another", TOKEN])
async def test_what_has_no_length_passes_as_it_comes_and_ends_with_the_client(
    running: Running, kind: str, token: str
) -> None:
    await running.log_in()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nTransfer-Encoding: chunked\r\n\r\n"
    running.server.answer = head.encode() + b"8\r\ndata: 1\n\r\n"
    running.server.closed.clear()
    reader, writer = await running.connect()
    writer.write(f"GET /events{HOST}Authorization: {token}\r\n\r\n".encode())
    await asyncio.wait_for(reader.readuntil(b"data: 1\n"), 5)
    writer.close()
    await asyncio.wait_for(running.server.closed.wait(), 5)


async def test_a_client_that_leaves_before_the_answer_leaves_nothing(running: Running) -> None:
    running.server.answer = b""
    _reader, writer = await running.connect()
    writer.write(b"GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n")
    while not running.server.heads:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    writer.close()
    await asyncio.wait_for(running.server.closed.wait(), 5)


async def test_a_connection_that_was_given_up_is_used_by_nobody(running: Running) -> None:
    async def half() -> AsyncGenerator[bytes]:
        yield b"half"
        await asyncio.Event().wait()

    upstream, length = running.proxy._upstream, [(b"Content-Length", b"8")]
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(0.05), upstream.ask("POST", b"/up", length, half()):
            pass
    assert upstream._idle == []
    assert (await running.get()).endswith(b"ok")
    assert len(upstream._idle) == 1


async def test_an_old_client_gets_a_length(running: Running) -> None:
    running.server.answer = (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
    )
    answer = await running.send(b"GET /x HTTP/1.0\r\nHost: localhost\r\n\r\n")
    assert b"content-length: 3\r\n" in answer.lower()
    assert answer.endswith(b"\r\n\r\nabc")


@pytest.mark.parametrize(
    "raw",
    [
        f"POST /x{HOST}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        f"POST /x{HOST}Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
        f"POST /x{HOST}Content-Length: 1\r\nContent-Length: 2\r\n\r\na",
        f"POST /x{HOST}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        "GET /x HTTP/1.1\nHost: localhost\n\n",
        f"GET /x{HOST}X: a\nY: b\r\n\r\n",
        f"GET /x{HOST} folded\r\n\r\n",
        f"GET /\xff{HOST}\r\n",
        f"CONNECT evil.example:443{HOST}Connection: close\r\n\r\n",
        f"GET /x{HOST}X: " + "a" * 70_000,
    ],
)
async def test_what_can_be_read_in_two_ways_is_refused(running: Running, raw: str) -> None:
    assert (await running.send(raw.encode("latin-1"))).startswith(b"HTTP/1.1 400 ")
    assert running.server.heads == []


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200), ("127.0.0.1:8480", 200), ("[::1]:80", 200), ("LOCALHOST:1", 200),
        ("evil.example", 421), ("127.0.0.1.evil.example", 421), ("10.0.0.1", 421), ("", 421),
        ("localhost\r\nHost: evil.example", 421), ("[", 421),
    ],
)  # fmt: skip
async def test_only_this_machine_is_answered(running: Running, host: str, status: int) -> None:
    raw = f"GET /x HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
    assert (await running.send(raw.encode())).startswith(b"HTTP/1.1 %d " % status)


async def test_the_second_login_asks_nobody(running: Running) -> None:
    first, second = await running.log_in(), await running.log_in()
    assert first == second
    assert TOKEN.encode() in first
    assert b"x-request: 1" in first.lower()
    assert len(running.server.heads) == 1
    assert b"user-agent: cron" in running.server.heads[0].lower()
    assert b"accept-encoding: identity" in running.server.heads[0].lower()
    texts = [one.text.removeprefix("qiscus_proxy_") for one in running.proxy.samples()]
    assert 'logins_total{answered="memory"} 1' in texts
    assert 'requests_total{code="200"} 2' in texts
    assert "tokens 1" in texts


async def test_a_login_that_is_too_long_is_refused(running: Running) -> None:
    body = b"email=a&password=b&x=" + b"y" * 100_000
    assert (await running.post("/api/v1/auth", body, FORM)).startswith(b"HTTP/1.1 413 ")
    assert running.server.heads == []


async def test_a_login_that_cannot_be_read_passes_as_anything_else(running: Running) -> None:
    body = b"\x1f\x8bpacked"
    await running.post("/api/v1/auth", body, FORM, "Content-Encoding: gzip")
    assert running.server.bodies == [body]


async def test_a_login_in_pieces_is_a_login_too(running: Running) -> None:
    await running.log_in()
    form = b"email=a%40b.c&password=right"
    body = b"%x\r\n%b\r\n0\r\n\r\n" % (len(form), form)
    headers = (FORM, "Transfer-Encoding: chunked")
    answer = await running.get("/api/v1/auth", *headers, method="POST", body=body)
    assert TOKEN.encode() in answer
    assert len(running.server.heads) == 1


@pytest.mark.parametrize(
    ("answer", "left"),
    [
        (b'{"data": {"success": true}}', 0),
        (b'{"data": {"success": false}}', 1),
        (b"ok", 1),
        (b'{"detail": "token_expired"}', 0),
    ],
)
async def test_logging_out_of_a_shared_token_ends_nobodys_work(
    running: Running, answer: bytes, left: int
) -> None:
    await running.log_in()
    said = await running.post("/api/v1/auth/logout", b"", f"Authorization: {TOKEN}")
    assert said.endswith(b'{"data":{"success":true}}')
    assert len(running.server.heads) == 1
    await running.post("/api/v1/auth/logout", b"", "Authorization: another")
    assert len(running.server.heads) == 2
    running.server.answer = answered(answer)
    assert await running.proxy.close(False, 1) == left  # by what the server says
    logout = running.server.heads[2]
    assert logout.startswith(b"POST /api/v1/auth/logout ")
    assert f"Authorization: {TOKEN}\r\nQiscus-App-Id: abcd-1\r\n".encode() in logout


@pytest.mark.parametrize(
    ("answer", "is_forgotten"),
    [
        (answered(b"", status="401 Unauthorized"), True),
        (answered(b'{"detail": "token_expired"}', "Content-Type: application/json"), True),
        (answered(b'{"errors": {"detail": "token_expired"}}', "Content-Type: application/json",
                  status="403 Forbidden"), True),
        (answered(b"\x1f\x8b", "Content-Encoding: gzip", status="400 Bad Request"), True),
        (answered(b'{"errors": "no"}', "Content-Type: application/json",
                  status="422 Unprocessable"), False),
        (answered(b"token_expired", "Content-Type: text/plain"), False),
        (OK, False),
    ],
)  # fmt: skip
async def test_a_token_that_has_ended_is_forgotten(
    running: Running, answer: bytes, is_forgotten: bool
) -> None:
    await running.log_in()
    running.server.answer = answer
    passed = await running.get("/api/v1/rooms", f"Authorization: {TOKEN}")
    assert passed.partition(b"\r\n\r\n")[2] == answer.partition(b"\r\n\r\n")[2]
    left = 0 if is_forgotten else 1
    assert (len(running.proxy.logins), len(await running.proxy.logins.finish())) == (left, left)
    running.server.answer = b"cut"
    assert await running.proxy.close(False, 1) == left  # what could not be ended


async def test_a_revoke_that_passes_forgets_every_login(running: Running) -> None:
    await running.log_in()
    await running.post("/api/v2/auth/revoke_token", b"{}", "Authorization: LLT")
    assert len(running.proxy.logins) == 0


async def test_a_server_that_is_away_is_said_and_comes_back(running: Running) -> None:
    running.server.answer = b"cut"
    answer = await running.get()
    assert answer.startswith(b"HTTP/1.1 502 ")
    assert b"qiscus-tui proxy: The connection to 127.0.0.1:" in answer
    assert (await running.log_in(b"cut")).startswith(b"HTTP/1.1 502 ")
    assert (await running.get()).endswith(b"ok")


async def test_an_answer_that_breaks_off_is_not_whole_for_the_client(running: Running) -> None:
    running.server.answer = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf-cut"
    answer = await running.get()
    assert b"content-length: 100" in answer.lower()
    assert len(answer.partition(b"\r\n\r\n")[2]) < 100
