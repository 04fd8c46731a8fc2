"""Which request is whose: logins and logouts of shared tokens are answered here, all else passes.

| request | who answers |
| --- | --- |
| login with the same email and password as one that the server accepted | memory |
| any other login | the server; remembered while its token is valid |
| logout with a token that logins are answered with | here; the proxy ends the token at its end |
| revoke, revoke-all that succeeds | the server; every remembered login is forgotten |
| anything else | the server; a shared token that it says has ended is forgotten |
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator
from email.utils import formatdate
from urllib.parse import urlsplit

import httpx
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Message, Receive, Scope, Send

from qiscus_tui.api.contract import APP_ID_HEADER, TOKEN_HEADER, Call, Contract
from qiscus_tui.api.error_answers import says_token_ended
from qiscus_tui.model.account import is_loopback
from qiscus_tui.model.clock import Clock
from qiscus_tui.service.metrics import Sample
from qiscus_tui.service.proxy.logins import Answer, Logins, TooManyLogins, read_request
from qiscus_tui.service.proxy.upstream import Headers, Upstream, answer_headers, end_to_end

LONGEST_LOGIN = 64 * 1024
"""Bytes of a login's body; a longer one is passed on as anything else."""

LONGEST_REFUSAL = 64 * 1024
"""Bytes of an answer that is searched for the end of its token."""

LONGEST_ANSWER = 8 * 1024 * 1024
"""Bytes of an answer that has to be read whole before it is passed on."""

TARGET = "qiscus_tui.target"
"""In the scope: the request's target as it arrived."""


class ClientGone(Exception):
    """Whoever sent the request has closed the connection."""


class Body:
    """The body of a request while it arrives."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._begun: list[bytes] = []
        self._read = asyncio.Event()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield the body in pieces. Raises ClientGone."""
        for piece in self._begun:
            yield piece
        while not self._read.is_set():
            yield await self._piece()

    async def start(self, most: int) -> bytes:
        """Return what there is of the body, up to `most` bytes and a piece. Raises ClientGone."""
        while not self._read.is_set() and sum(map(len, self._begun)) <= most:
            self._begun.append(await self._piece())
        return b"".join(self._begun)

    async def _piece(self) -> bytes:
        message = await self._receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        if not message.get("more_body", False):
            self._read.set()
        return message.get("body", b"")

    async def client_gone(self) -> None:
        """Wait until the client has gone, once its body has been read."""
        await self._read.wait()
        while (await self._receive())["type"] != "http.disconnect":
            pass


class Proxy:
    """The ASGI application."""

    def __init__(
        self, upstream: Upstream, contract: Contract, clock: Clock, min_ttl: float
    ) -> None:
        self.origin = upstream.origin
        self._upstream = upstream
        self._contract = contract
        self._clock = clock
        self.logins = Logins(clock, upstream.origin.netloc, min_ttl)
        self.answered: Counter[int] = Counter()
        """Requests by the status of their answer."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        is_begun = False

        async def counted(message: Message) -> None:
            nonlocal is_begun
            if message["type"] == "http.response.start":
                is_begun = True
                self.answered[message["status"]] += 1
            await send(message)

        async def answer() -> None:
            refusal = await self._answer(Request(scope), body, counted)
            if refusal is not None and not is_begun:  # else it stays cut off
                await refusal(scope, receive, counted)

        body = Body(receive)
        tasks = [asyncio.create_task(answer()), asyncio.create_task(body.client_gone())]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _answer(self, request: Request, body: Body, send: Send) -> Response | None:
        """Answer the request, or return what is to be answered: the reason why not."""
        try:
            return await self._dispatch(request, body, send)
        except ClientGone:
            return None
        except TooManyLogins:
            words = "Too many logins wait for the server. Try again in 1 s."
            return _refusal(429, words, {"Retry-After": "1"})
        except (httpx.LocalProtocolError, httpx.InvalidURL):
            return _refusal(400, "This request can't be passed on.")
        except httpx.TransportError as error:
            status = 504 if isinstance(error, httpx.TimeoutException) else 502
            return _refusal(status, f"{self._upstream.error(error).message}.")

    async def _dispatch(self, request: Request, body: Body, send: Send) -> Response | None:
        target, headers = _target(request), request.headers
        if not _is_for_this_machine(request):
            return _refusal(421, "This proxy is for programs on its own machine.")
        if not target.startswith((b"/", b"*")):
            return _refusal(400, "This is no proxy for other servers.")
        token, contract = headers.get(TOKEN_HEADER), self._contract
        if _is(contract.logout, request, target) and self.logins.shares(token):
            await body.start(LONGEST_LOGIN)
            return Response(b'{"data":{"success":true}}', media_type="application/json")
        if _is(contract.login, request, target) and "Content-Encoding" not in headers:
            start = await body.start(LONGEST_LOGIN)
            kind, app_id = headers.get("Content-Type", ""), headers.get(APP_ID_HEADER, "")
            login = read_request(start, kind, app_id) if len(start) <= LONGEST_LOGIN else None
            if login is not None:

                async def ask() -> Answer:
                    return await self._ask(request, target, start)

                return _response(await self.logins.answer(login, ask), self._clock.now())
        await self._pass_on(request, target, body, send)
        return None

    async def _ask(self, request: Request, target: bytes, body: bytes) -> Answer:
        """Return the server's answer to a login."""
        headers = _passed_headers(request, b"accept-encoding", b"content-length")
        headers.append((b"Accept-Encoding", b"identity"))
        asked = self._upstream.ask(request.method, target, headers, body, is_short=True)
        async with asked as answer:
            whole = await _whole(answer.aiter_raw())
            return Answer(answer.status_code, tuple(answer_headers(answer)), whole)

    async def _pass_on(self, request: Request, target: bytes, body: Body, send: Send) -> None:
        has_body = {"content-length", "transfer-encoding"} & {*request.headers}
        if not has_body:
            await body.start(0)
        headers, content = _passed_headers(request), body if has_body else None
        async with self._upstream.ask(request.method, target, headers, content) as answer:
            pieces = answer.aiter_raw()
            start = await self._noticed(request, target, answer, pieces)
            headers = answer_headers(answer)
            if request.scope["http_version"] == "1.0" and "content-length" not in answer.headers:
                start += await _whole(pieces)  # this client sees no other end
                headers.append((b"Content-Length", str(len(start)).encode()))
            await send(
                {"type": "http.response.start", "status": answer.status_code, "headers": headers}
            )
            await send({"type": "http.response.body", "body": start, "more_body": True})
            async for piece in pieces:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _noticed(
        self, request: Request, target: bytes, answer: httpx.Response, pieces: AsyncIterator[bytes]
    ) -> bytes:
        """Forget what the answer ends; return the start of its body, which was read for that.

        An error that can't be read counts: a login too many does no harm.
        """
        token, start = request.headers.get(TOKEN_HEADER, ""), b""
        if self.logins.shares(token):
            status, headers = answer.status_code, answer.headers
            is_short = len(headers.get("content-length", "1000000")) < 6
            if "json" in headers.get("content-type", "") and (is_short or status >= 400):
                start = await _start_of(pieces, LONGEST_REFUSAL)
            is_hidden = status >= 400 and "content-encoding" in headers
            if is_hidden or says_token_ended(status, start):
                self.logins.forget(token)
        contract = self._contract
        if answer.is_success and any(
            _is(call, request, target) for call in (contract.revoke, contract.revoke_all)
        ):
            self.logins.forget_all()
        return start

    def samples(self) -> list[Sample]:
        """Return the numbers for Prometheus."""
        logins, requests = self.logins.answered, sorted(self.answered.items())
        names = ("qiscus_proxy_logins_total", "qiscus_proxy_requests_total")
        return [
            *(Sample(names[0], logins[who], {"answered": who}) for who in ("server", "memory")),
            *(Sample(names[1], count, {"code": f"{code}"}) for code, count in requests),
            Sample("qiscus_proxy_tokens", len(self.logins), {}),
        ]

    async def close(self, keep_tokens: bool, within: float) -> int:
        """End the tokens that the logins made, and the connections, `within` seconds.

        Return how many could not be ended.
        """
        left: dict[str, str] = {}
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within):
                left |= {} if keep_tokens else await self.logins.finish()
                await asyncio.gather(*(self._end(token, left) for token in list(left)))
        await self._upstream.close()
        return len(left)

    async def _end(self, token: str, left: dict[str, str]) -> None:
        """End a token, and take it out of what is `left`."""
        call, values = self._contract.logout, {TOKEN_HEADER: token, APP_ID_HEADER: left[token]}
        headers = [(name.encode(), value.encode()) for name, value in values.items()]
        headers.append((b"Content-Length", b"0"))
        with contextlib.suppress(httpx.TransportError):
            async with self._upstream.ask(call.method, call.path.encode(), headers) as answer:
                if answer.is_success or answer.status_code == 401:
                    del left[token]


def _target(request: Request) -> bytes:
    """Return path and query as they were sent; a scheme and host lead to no other server."""
    scope = request.scope
    query: bytes = scope["query_string"]
    target: bytes = scope.get(TARGET) or scope["raw_path"] + (b"?" + query if query else b"")
    scheme, colon, rest = target.partition(b"://")
    if colon and scheme.isalnum():
        return b"/" + rest.partition(b"/")[2]
    return target


def _is(call: Call, request: Request, target: bytes) -> bool:
    return (request.method, target) == (call.method, call.path.encode())


def _is_for_this_machine(request: Request) -> bool:
    """Return whether it was sent to this machine, and not to a name on the web.

    A page can make a name of its own lead here (DNS rebinding); it can't change `Host`.
    """
    hosts = request.headers.getlist("Host")
    if request.client is None:  # a Unix socket, which no browser reaches
        return True
    with contextlib.suppress(ValueError):
        return len(hosts) == 1 and is_loopback(urlsplit(f"//{hosts[0]}").hostname or "")
    return False


def _passed_headers(request: Request, *but: bytes) -> Headers:
    """Return the headers that are passed on, without those named in lower case."""
    return [one for one in end_to_end(request.headers.raw) if one[0] not in {b"host", *but}]


def _response(answer: Answer, now: float) -> Response:
    response = Response(answer.body, answer.status)
    response.raw_headers = [*answer.headers]
    dated = MutableHeaders(raw=response.raw_headers)
    dated["Date"] = formatdate(now, usegmt=True)
    dated["Content-Length"] = str(len(answer.body))
    return response


def _refusal(status: int, words: str, headers: dict[str, str] | None = None) -> Response:
    closing = {"Connection": "close"} | (headers or {})
    return PlainTextResponse(f"qiscus-tui proxy: {words}\n", status, closing)


async def _start_of(pieces: AsyncIterator[bytes], most: int) -> bytes:
    """Return the first pieces of a body, until there are `most` bytes."""
    start = bytearray()
    async for piece in pieces:
        start += piece
        if len(start) >= most:
            break
    return bytes(start)


async def _whole(pieces: AsyncIterator[bytes]) -> bytes:
    """Return a body that must be short. Raises httpx.ReadError where it is not."""
    body = await _start_of(pieces, LONGEST_ANSWER)
    if len(body) >= LONGEST_ANSWER:
        raise httpx.ReadError("too long to be read whole")
    return body
