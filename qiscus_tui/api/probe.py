"""Finds out whether a path exists, without credentials and without changing anything.

Only GET and OPTIONS are sent, never POST. Each is compared with a path that can't exist: a
server that gives the same answer to both proves nothing.
"""

import enum
import secrets
from typing import Self

from msgspec.structs import replace

from qiscus_tui.api.answers import server_time
from qiscus_tui.api.contract import Authentication, Call
from qiscus_tui.api.wire import Request, Wire, WireSettings, tls_for
from qiscus_tui.model.account import Origin
from qiscus_tui.model.clock import Clock

_METHODS = ("GET", "OPTIONS")
_THERE = frozenset({401, 403, 405, 422})
_ABSENT = 404


class Presence(enum.Enum):
    """Whether a path exists, by the answers."""

    THERE = "there"
    ABSENT = "not there"
    CANNOT_TELL = "cannot tell"


class PathProbe:
    """A client of its own that can hold no credential."""

    def __init__(self, origin: Origin, settings: WireSettings, clock: Clock) -> None:
        self._wire = Wire(origin, settings, clock, tls_for(origin, settings))
        self._controls: dict[str, int] = {}
        self.server_time: float | None = None
        """The `Date` of the last answer, epoch seconds."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._wire.close()

    async def presence(self, path: str) -> Presence:
        """Return whether the path exists. Raises OutOfReach."""
        found = {await self._judge(method, path) for method in _METHODS}
        if Presence.THERE in found:
            return Presence.THERE
        return Presence.ABSENT if found == {Presence.ABSENT} else Presence.CANNOT_TELL

    async def _judge(self, method: str, path: str) -> Presence:
        control = await self._control(method, path)
        status = await self._status(method, path)
        if status == _ABSENT:
            return Presence.ABSENT
        if status in _THERE and control == _ABSENT:
            return Presence.THERE
        return Presence.CANNOT_TELL

    async def _control(self, method: str, path: str) -> int:
        folder = path.rpartition("/")[0]
        key = f"{method} {folder}"
        if key not in self._controls:
            nowhere = f"{folder}/{secrets.token_hex(8)}"
            self._controls[key] = await self._status(method, nowhere)
        return self._controls[key]

    async def _status(self, method: str, path: str) -> int:
        call = replace(_ANY, method=method, path=path)
        async with self._wire.ask(Request(call, {})) as answer:
            self.server_time = server_time(answer.headers) or self.server_time
            return answer.status


_ANY = Call("probe", "GET", "/", Authentication.NONE, repeatable=True)
