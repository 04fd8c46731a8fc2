"""A network that fails now and then, in every way that leaves doubt."""

import random
from collections import Counter

import httpx


class FlakyTransport(httpx.AsyncBaseTransport):
    """Before the demo in this process: a share of all requests goes wrong at random."""

    def __init__(self, inner: httpx.AsyncBaseTransport, share: float, seed: int) -> None:
        self._inner = inner
        self._rng = random.Random(seed)
        self.share = share
        """How many of 1 go wrong."""
        self.faults: Counter[str] = Counter()
        """How often each fault was dealt out."""
        self.requests = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Pass on, or fail: before the request is carried out, or after."""
        self.requests += 1
        if self._rng.random() >= self.share:
            return await self._inner.handle_async_request(request)
        carried_out = self._rng.random() < 0.5
        fault = self._rng.choice([*_ENDS, *_ANSWERS])
        self.faults[f"{fault} {'after' if carried_out else 'before'}"] += 1
        if carried_out:
            response = await self._inner.handle_async_request(request)
            await response.aread()
        if fault in _ENDS:
            raise _ENDS[fault](fault, request=request)
        status, headers, body = _ANSWERS[fault]
        return httpx.Response(status, headers=headers, content=body, request=request)


_ENDS: dict[str, type[httpx.TransportError]] = {
    "reset": httpx.ReadError,
    "not written": httpx.WriteError,
    "cut off": httpx.RemoteProtocolError,
    "read time-out": httpx.ReadTimeout,
    "connect time-out": httpx.ConnectTimeout,
    "refused": httpx.ConnectError,
}

_JSON = {"Content-Type": "application/json"}
_HTML = {"Content-Type": "text/html"}
_PAGE = b"<html><body><h1>Bad Gateway</h1></body></html>"
_ANSWERS: dict[str, tuple[int, dict[str, str], bytes]] = {
    "429": (429, _JSON, b'{"errors": "slow down"}'),
    "429 with seconds": (429, _JSON | {"Retry-After": "2"}, b'{"errors": "slow down"}'),
    "429 with nonsense": (429, _JSON | {"Retry-After": "soon"}, b""),
    "500": (500, _JSON, b'{"errors": {"message": "oops"}}'),
    "500 empty": (500, {}, b""),
    "502": (502, _HTML, _PAGE),
    "503": (503, _HTML, _PAGE),
    "504": (504, _HTML, _PAGE),
}
