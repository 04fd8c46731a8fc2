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
import re
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from email.utils import formatdate
from urllib.parse import urlsplit

import httpx
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Message, Receive, Scope, Send

from qiscus_tui.api.contract import APP_ID_HEADER, TOKEN_HEADER, Call, Contract
from qiscus_tui.api.decode import lenient
from qiscus_tui.api.error_answers import says_logged_out, says_token_ended
from qiscus_tui.model.account import is_loopback
from qiscus_tui.model.clock import Clock
from qiscus_tui.service.metrics import Sample
from qiscus_tui.service.proxy.logins import Login, Logins, read_request
from qiscus_tui.service.proxy.upstream import Upstream, answer_headers, end_to_end

LONGEST_LOGIN = 64 * 1024
"""Bytes of a login's body; a longer one is refused."""

LONGEST_REFUSAL = 64 * 1024
"""Bytes of an answer that is searched for the end of its token."""

_SERVER = re.compile(rb"\Ahttps?://[^/]*/?", re.IGNORECASE)
"""What a whole address has before its path: it leads to no other server."""

LONGEST_ANSWER = 8 * 1024 * 1024
"""Bytes of an answer that has to be read whole before it is passed on."""


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

        response: Response | None
        try:
            response = await self._answer(Request(scope, receive), counted)
        except HTTPException as error:
            response = _refusal(error.status_code, error.detail, error.headers)
        except (httpx.LocalProtocolError, httpx.InvalidURL):
            response = _refusal(400, "This request can't be passed on.")
        except httpx.TransportError as error:
            status = 504 if isinstance(error, httpx.TimeoutException) else 502
            response = _refusal(status, f"{self._upstream.error(error).message}.")
        if response is not None and not is_begun:  # else it stays cut off
            await response(scope, receive, counted)

    async def _answer(self, request: Request, send: Send) -> Response | None:
        """Return the answer; None where the server's has been passed on."""
        # Path and query, as they were sent.
        target: bytes = _SERVER.sub(b"/", request.scope["raw_path"])
        headers, contract = request.headers, self._contract
        asked = (request.method, target)
        if not _is_for_this_machine(request):
            raise HTTPException(421, "This proxy is for programs on its own machine.")
        if not target.startswith((b"/", b"*")):
            raise HTTPException(400, "This is no proxy for other servers.")
        if asked == _asked(contract.logout) and self.logins.shares(headers.get(TOKEN_HEADER)):
            return Response(b'{"data":{"success":true}}', media_type="application/json")
        has_body = {"content-length", "transfer-encoding"} & {*headers}
        content = request.stream() if has_body else None
        if asked == _asked(contract.login):
            content = await _whole(request.stream(), LONGEST_LOGIN, 413)
            kind, app_id = headers.get("Content-Type", ""), headers.get(APP_ID_HEADER, "")
            login = read_request(content, kind, app_id)
            if login is not None:
                return await self._login(login, request, target, content)
        passed = end_to_end(headers.raw)
        async with self._upstream.ask(request.method, target, passed, content) as answer:
            if answer.is_success and asked in map(_asked, (contract.revoke, contract.revoke_all)):
                self.logins.forget_all()
            await self._pass_back(answer, request, send)
        return None

    async def _login(self, login: Login, request: Request, target: bytes, body: bytes) -> Response:
        """Return the answer to a login, from memory or the server's."""

        async def ask() -> Response:
            headers = end_to_end(request.headers.raw, b"accept-encoding", b"content-length")
            headers.append((b"Accept-Encoding", b"identity"))
            asked = self._upstream.ask(request.method, target, headers, body, is_short=True)
            async with asked as answer:
                whole = await _whole(answer.aiter_raw(), LONGEST_ANSWER, 502)
                response = Response(whole, answer.status_code)
                response.raw_headers += answer_headers(answer, b"date", b"content-length")
                return response

        response = await self.logins.answer(login, ask)
        response.headers["Date"] = formatdate(self._clock.now(), usegmt=True)
        return response

    async def _pass_back(self, answer: httpx.Response, request: Request, send: Send) -> None:
        """Send the server's answer while it arrives; forget a shared token that it says has ended.

        An error that can't be read counts as that: a login too many does no harm.
        """
        headers, pieces, start = answer_headers(answer), answer.aiter_raw(), b""
        token, status = request.headers.get(TOKEN_HEADER, ""), answer.status_code
        length = answer.headers.get("content-length")
        is_old = request.scope["http_version"] == "1.0" and length is None  # sees no other end
        is_short = status >= 400 or int(length or LONGEST_ANSWER) <= LONGEST_REFUSAL
        is_told = is_short and "json" in answer.headers.get("content-type", "")
        is_shared = self.logins.shares(token)
        if is_old or (is_shared and is_told):
            start = await _whole(pieces, LONGEST_ANSWER, 502)
        if is_old:
            headers.append((b"Content-Length", str(len(start)).encode()))
        is_hidden = status >= 400 and "content-encoding" in answer.headers
        if is_shared and (is_hidden or says_token_ended(status, start)):
            self.logins.forget(token)
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": start, "more_body": True})
        async for piece in pieces:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body"})

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

        Return how many may still be valid.
        """
        left: dict[str, str] = {}
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within):
                left |= {} if keep_tokens else await self.logins.finish()
                await asyncio.gather(*(self._end(token, left) for token in list(left)))
        await self._upstream.close()
        return len(left)

    async def _end(self, token: str, left: dict[str, str]) -> None:
        """End a token, and take it out of what is `left` if the server says that it has ended."""
        values = {TOKEN_HEADER: token, APP_ID_HEADER: left[token], "Content-Length": "0"}
        headers = [(name.encode(), value.encode()) for name, value in values.items()]
        with contextlib.suppress(httpx.TransportError, HTTPException):
            for call in (self._contract.logout, self._contract.admin_profile):
                method, target = _asked(call)
                async with self._upstream.ask(method, target, headers) as answer:
                    status, pieces = answer.status_code, answer.aiter_raw()
                    body = await _whole(pieces, LONGEST_REFUSAL, 502)
                is_out = call is self._contract.logout and says_logged_out(status, lenient(body))
                if is_out or says_token_ended(status, body):
                    del left[token]
                    return


def _asked(call: Call) -> tuple[str, bytes]:
    """Return method and target of a call."""
    return call.method, call.path.encode()


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


def _refusal(status: int, words: str, more: Mapping[str, str] | None = None) -> Response:
    headers = {"Connection": "close", **(more or {})}
    return PlainTextResponse(f"qiscus-tui proxy: {words}\n", status, headers)


async def _whole(pieces: AsyncIterator[bytes], most: int, status: int) -> bytes:
    """Return a body that must be short. Raises HTTPException of this status where it is not."""
    body = bytearray()
    async for piece in pieces:
        body += piece
        if len(body) > most:
            raise HTTPException(status, f"Such a body may have {most:,} bytes.")
    return bytes(body)
