"""Just enough HTTP/1.1 for a server that misbehaves on purpose, byte by byte."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus


@dataclass(frozen=True)
class Asked:
    """A request as it arrived."""

    method: str
    path: str
    """With its query."""
    headers: Mapping[str, str]
    """By lower-case name."""
    body: bytes


@dataclass(frozen=True)
class Reply:
    """An answer as it would go out."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def head(self) -> bytes:
        """Status line and headers, with the blank line."""
        try:
            phrase = HTTPStatus(self.status).phrase
        except ValueError:
            phrase = "Strange"
        headers = dict(self.headers)
        if self.status != HTTPStatus.NO_CONTENT:
            headers.setdefault("content-length", str(len(self.body)))
        lines = [f"HTTP/1.1 {self.status} {phrase}", *(f"{k}: {v}" for k, v in headers.items())]
        return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"


class NotHttp(Exception):
    """Somebody speaks TLS to a plain port."""


_TLS_HANDSHAKE = b"\x16"


async def read_request(reader: asyncio.StreamReader) -> Asked | None:
    """The next request of a connection; None where the client is done or went away.

    Raises NotHttp.
    """
    try:
        first_byte = await reader.readexactly(1)
        if first_byte == _TLS_HANDSHAKE:
            raise NotHttp
        head = first_byte + await reader.readuntil(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        method, path, _ = first.split(" ")
        headers: dict[str, str] = {}
        for line in lines:
            name, colon, value = line.partition(":")
            if colon:
                headers[name.strip().lower()] = value.strip()
        body = await reader.readexactly(int(headers.get("content-length", "0")))
    except (asyncio.IncompleteReadError, OSError):
        return None
    return Asked(method, path, headers, body)
