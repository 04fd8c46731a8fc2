"""`api`: any other call, authenticated, with the body on stdout."""

import json
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from tests.cli.conftest import SERVER, Program
from tests.cli.test_tokens import DAY
from tests.program import Stream
from tests.sandbox.app import demo_app
from tests.sandbox.calls import Call, Fault
from tests.sandbox.state import SECRET_KEY

ROOMS = "/api/v2/rooms"


@dataclass
class Rooms(httpx.AsyncBaseTransport):
    """The demo with some more calls, all under ROOMS; remembers what they were asked."""

    program: Program
    answers: list[httpx.Response | Exception] = field(
        default_factory=list[httpx.Response | Exception]
    )
    asked: list[httpx.Request] = field(default_factory=list[httpx.Request])

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if not request.url.path.startswith(ROOMS):
            demo = httpx.ASGITransport(demo_app(self.program.server))
            return await demo.handle_async_request(request)
        await request.aread()
        self.asked.append(request)
        answer = self.answers.pop(0) if self.answers else httpx.Response(200, content=b"{}")
        if isinstance(answer, Exception):
            raise answer
        return answer

    @property
    def only(self) -> httpx.Request:
        """The one request."""
        (request,) = self.asked
        return request


@pytest.fixture
def rooms(logged_in: Program, monkeypatch: pytest.MonkeyPatch) -> Rooms:
    """The admin is logged in, and the server has more to ask for."""
    transport = Rooms(logged_in)
    monkeypatch.setattr(logged_in, "transport", lambda: transport)
    return transport


def piped(program: Program, *arguments: str) -> tuple[int, bytes, str]:
    """Exit code, the bytes of stdout, and stderr, where stdout is a pipe."""
    pipe = Stream()
    done = program(*arguments, out=pipe)
    return done.code, pipe.written, done.err


def test_a_call_is_made_with_the_short_lived_token(rooms: Rooms) -> None:
    done = rooms.program("api", "GET", ROOMS)
    assert (done.code, done.out, done.err) == (0, "{}", "")
    sent = rooms.only
    assert (sent.method, sent.url) == ("GET", f"{SERVER}{ROOMS}")
    assert sent.headers["Authorization"] == rooms.program.kept_token()
    assert sent.headers["Qiscus-App-Id"] == rooms.program.server.credentials.app_code
    assert "Qiscus-Secret-Key" not in sent.headers
    assert "Content-Type" not in sent.headers


def test_fields_are_the_query_of_a_reading_call_and_the_json_body_of_another(rooms: Rooms) -> None:
    words = ("-f", "name=a b&c", "-f", "ids[]=1", "-fids[]=2", "-f", "empty=")
    pairs = [("limit", "5"), ("name", "a b&c"), ("ids[]", "1"), ("ids[]", "2"), ("empty", "")]
    for method in ("GET", "get", "HEAD", "head"):
        assert rooms.program("api", method, f"{ROOMS}?limit=5", *words).code == 0
        sent = rooms.asked.pop()
        assert (sent.method, sent.content) == (method.upper(), b"")
        assert list(sent.url.params.multi_items()) == pairs
    for method in ("POST", "put", "PATCH", "DELETE", "OPTIONS"):
        assert rooms.program("api", "-f", "name=é=1", method, ROOMS, "-f", "n=2").code == 0
        sent = rooms.asked.pop()
        assert (sent.method, sent.url.query) == (method.upper(), b"")
        assert sent.headers["Content-Type"] == "application/json"
        assert json.loads(sent.content) == {"name": "é=1", "n": "2"}
    assert rooms.program("api", "POST", ROOMS).code == 0
    assert rooms.only.content == b""


def test_a_body_comes_from_a_file_or_from_stdin(rooms: Rooms, tmp_path: Path) -> None:
    file = tmp_path / "body"
    file.write_bytes(b'{"a": [1, "\xc3\xa9"]}\n\x00\xff')
    assert rooms.program("api", "POST", ROOMS, "--input", str(file)).code == 0
    assert rooms.asked[0].content == file.read_bytes()
    assert rooms.program("api", "PUT", ROOMS, "--input", "-", stdin='{"b": 1}\n').code == 0
    assert rooms.asked[1].content == b'{"b": 1}\n'
    assert {one.headers["Content-Type"] for one in rooms.asked} == {"application/json"}
    file.write_bytes(b" " * (16 * 1024 * 1024 + 1))
    assert rooms.program("api", "POST", ROOMS, "--input", str(file)).code == 2
    assert len(rooms.asked) == 2


def test_an_overridden_call_is_refused_where_it_is(rooms: Rooms) -> None:
    rooms.program.configure(f'[api.revoke_token]\npath = "{ROOMS}/end"\n')
    assert rooms.program("api", "POST", f"{ROOMS}/END/").code == 2
    assert rooms.program("api", "POST", "/api/v2/auth/revoke_token").code == 2
    assert rooms.program("api", "POST", f"{ROOMS}/ending").code == 0


# Tokens


def sent_tokens(rooms: Rooms) -> list[str]:
    return [one.headers["Authorization"] for one in rooms.asked]


@pytest.mark.parametrize(
    "refusal",
    [
        (401, b"<html>"),
        (403, b'{"error": {"message": "no", "detail": "token_expired"}}'),
        (200, b'{"detail": "token_expired"}'),
    ],
)
def test_a_token_that_has_ended_is_refreshed_and_the_call_repeated(
    rooms: Rooms, refusal: tuple[int, bytes]
) -> None:
    old = rooms.program.kept_token()
    rooms.answers.append(httpx.Response(refusal[0], content=refusal[1]))
    done = rooms.program("api", "POST", ROOMS, "-f", "a=1")
    assert (done.code, done.out, done.err) == (0, "{}", "")
    assert sent_tokens(rooms) == [old, rooms.program.kept_token()]
    assert rooms.asked[0].content == rooms.asked[1].content == b'{"a":"1"}'
    assert rooms.program.server.calls[Call.REFRESH] == 1


def test_it_is_repeated_once(rooms: Rooms) -> None:
    rooms.answers.extend(httpx.Response(401, content=b'{"errors": "%d"}' % n) for n in (1, 2, 3))
    done = rooms.program("api", "GET", ROOMS)
    assert (done.code, done.out) == (1, '{"errors": "2"}')
    assert len(rooms.asked) == 2
    assert rooms.program.server.calls[Call.REFRESH] == 1


def test_words_about_tokens_in_an_answer_that_says_yes_are_none_of_ours(rooms: Rooms) -> None:
    for answer in (b'{"message": "token expired"}', b'{"data": {"detail": "token_expired"}}'):
        rooms.answers.append(httpx.Response(200, content=answer))
        assert rooms.program("api", "GET", ROOMS).out == answer.decode()
    assert rooms.program.server.calls[Call.REFRESH] == 0


def test_one_that_is_known_to_have_ended_is_not_sent(rooms: Rooms) -> None:
    old = rooms.program.kept_token()
    rooms.program.clock.advance(31 * DAY)
    assert rooms.program("api", "GET", ROOMS).code == 0
    assert sent_tokens(rooms) == [rooms.program.kept_token()]
    assert old not in sent_tokens(rooms)


def test_where_a_refresh_brings_no_short_lived_token_none_is_sent(rooms: Rooms) -> None:
    long_lived = rooms.program.server.credentials.long_lived_token
    rooms.answers += [httpx.Response(401), httpx.Response(401)]
    answer = f'{{"data": {{"auth": {{"token": "{long_lived}"}}}}}}'.encode()
    rooms.program.server.fail_next(Call.REFRESH, Fault(401), Fault(200, answer))
    for _ in range(3):
        done = rooms.program("api", "GET", ROOMS)
        assert (done.code, done.out) == (4, "")
    assert long_lived not in sent_tokens(rooms)


# The secret key


@pytest.fixture
def key(program: Program, monkeypatch: pytest.MonkeyPatch) -> Rooms:
    """A secret key is kept, and no token."""
    assert program.login_with_key().code == 0
    transport = Rooms(program)
    monkeypatch.setattr(program, "transport", lambda: transport)
    return transport


def test_with_rest_the_secret_key_is_sent_and_no_token(key: Rooms) -> None:
    done = key.program("api", "GET", ROOMS)
    assert (done.code, done.out, key.asked) == (4, "", [])
    assert "--rest" in done.err.splitlines()[1]
    assert key.program("api", "GET", ROOMS, "--rest").code == 0
    assert key.only.headers["Qiscus-Secret-Key"] == SECRET_KEY
    assert key.only.headers["Qiscus-App-Id"] == key.program.server.credentials.app_code
    assert "Authorization" not in key.only.headers
    key.answers.append(httpx.Response(401, content=b"no"))  # there is nothing to refresh
    done = key.program("api", "GET", ROOMS, "--rest")
    assert (done.code, done.out, len(key.asked)) == (1, "no", 2)


def test_without_a_key_rest_is_4(rooms: Rooms) -> None:
    done = rooms.program("api", "GET", ROOMS, "--rest")
    assert (done.code, done.out) == (4, "")
    assert rooms.asked == []


def test_a_readonly_account_reads_alone(rooms: Rooms) -> None:
    app_id = rooms.program.server.credentials.app_code
    assert rooms.program.login_with_key().code == 0  # the account is both now
    rooms.program.configure(f'[account."admin@demo.example@{app_id}"]\nreadonly = true\n')
    for rest in ([], ["--rest"]):
        for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
            assert rooms.program("api", method, ROOMS, *rest).code == 2
        assert rooms.asked == []
        for method in ("GET", "HEAD"):
            assert rooms.program("api", method, ROOMS, *rest).code == 0
        rooms.asked.clear()


# Answers


def test_2xx_is_0_and_all_else_1_with_the_body_and_a_word_about_it(rooms: Rooms) -> None:
    for status in (200, 201, 204, 299):
        rooms.answers.append(httpx.Response(status, content=b"" if status == 204 else b"x"))
        done = rooms.program("api", "GET", ROOMS)
        assert (done.code, done.err) == (0, "")
    rooms.asked.clear()
    for status in (301, 302, 304, 307, 400, 402, 403, 404, 409, 429, 500, 503, 599):
        headers = {"Location": "https://evil.example/"} if status < 400 else {}
        rooms.answers.append(httpx.Response(status, headers=headers, content=b"the body"))
        done = rooms.program("api", "GET", f"{ROOMS}/secret?secret=1")
        assert (done.code, done.out) == (1, "the body")
        first, second = done.err.splitlines()
        assert (str(status) in first, second[:2]) == (True, "  ")
        assert "secret" not in done.err
        rooms.asked.pop()
        assert rooms.asked == []


def test_a_pipe_gets_the_body_byte_for_byte_as_it_comes_however_slow_it_is(rooms: Rooms) -> None:
    bodies = (b"\x00\xff\r\n\x1b[31m\xc2\x9b", b"{}\n", b"", "é\u202e".encode(), b"a\rb\n\n")
    for one in (*bodies, b"x" * 9_000_000):
        rooms.answers.append(httpx.Response(200, content=one))
        assert piped(rooms.program, "api", "GET", ROOMS) == (0, one, "")

    class SlowPipe(Stream):
        def flush(self) -> None:
            rooms.program.clock.advance(3600)
            super().flush()

    pipe, sizes = SlowPipe(), list[int]()

    async def body() -> AsyncGenerator[bytes]:
        for _ in range(10):
            yield b"x" * 1_000_000
            sizes.append(len(pipe.written))

    rooms.answers.append(httpx.Response(200, content=body()))
    assert rooms.program("api", "GET", ROOMS, out=pipe).code == 0
    assert sizes == [n * 1_000_000 for n in range(1, 11)]


def test_a_person_gets_it_in_safe_form(rooms: Rooms) -> None:
    body = b'{"a":\t"\x1b]52;c;x\x07\xc2\x9b31m"}\r\n\xff\xe2\x80\xae [@click=app.quit]\n\n'
    rooms.answers.append(httpx.Response(200, content=body))
    done = rooms.program("api", "GET", ROOMS, terminal=True)
    assert done.code == 0
    assert all(line.isprintable() for line in done.out.split("\n"))
    assert done.out.split("\n")[0].startswith('{"a":')
    assert len(done.out.split("\n")) == 4
    rooms.answers.append(httpx.Response(200, content=b"x" * 1_000_000))
    assert len(rooms.program("api", "GET", ROOMS, terminal=True).out) < 70_000

    async def torn() -> AsyncGenerator[bytes]:
        for byte in b"a\xc3\xa9\r\n\x1b[m\xff\nlast":
            yield bytes([byte])

    rooms.answers.append(httpx.Response(200, content=torn()))
    assert rooms.program("api", "GET", ROOMS, terminal=True).out == "a\xe9\n␛[m\\xff\nlast\n"


@pytest.mark.parametrize("terminal", [True, False])
def test_a_body_that_breaks_off_is_5_with_what_came(rooms: Rooms, terminal: bool) -> None:
    async def body() -> AsyncGenerator[bytes]:
        yield b"x" * 100_000
        raise httpx.ReadError("reset")

    rooms.answers.append(httpx.Response(200, content=body()))
    done = rooms.program("api", "GET", ROOMS, terminal=terminal)
    assert (done.code, done.out.startswith("xxx")) == (5, True)
    assert len(done.err.splitlines()) == 2


def test_no_answer_is_5_and_nothing_is_tried_again(rooms: Rooms) -> None:
    disconnected = httpx.RemoteProtocolError("Server disconnected")
    for fault in (httpx.ConnectError("refused"), httpx.ReadTimeout("slow"), disconnected):
        rooms.answers.append(fault)
        done = rooms.program("api", "GET", ROOMS)
        assert (done.code, done.out, len(done.err.splitlines())) == (5, "", 2)
        assert rooms.asked.pop() is not None
        assert rooms.asked == []
    for method, known in (("GET", True), ("POST", False)):
        rooms.answers.append(httpx.ReadError("reset"))
        done = rooms.program("api", method, ROOMS)
        assert done.code == 5
        assert ("may have carried it out" in done.err) is not known
        assert "sessions" not in done.err


def test_no_failure_tells_a_secret(rooms: Rooms, tmp_path: Path) -> None:
    secrets = (rooms.program.kept_token(), rooms.program.server.credentials.long_lived_token)
    log = tmp_path / "log"
    for answer in (httpx.ConnectError("x"), httpx.Response(500, text=secrets[0])):
        rooms.answers.append(answer)
        done = rooms.program(
            *("api", "--debug", "--log", str(log), "POST", f"{ROOMS}?key=typed-secret"),
            *("-f", "password=typed-secret"),
        )
        assert done.code in {1, 5}
        assert not any(secret in done.err for secret in (*secrets, "typed-secret"))
    assert not any(secret in log.read_text() for secret in (*secrets, "typed-secret"))
