"""Logins that are answered from memory: one token for all that log in alike.

Passwords are kept only as keyed hashes whose key lives as long as this process; tokens and answers
only in its memory.
"""

import asyncio
import hmac
import json
import secrets
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from typing import Final, NamedTuple
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.responses import Response

from qiscus_tui.api import contract as api
from qiscus_tui.api.replies import AnswerTime, finished_login
from qiscus_tui.model.clock import Clock
from qiscus_tui.model.masking import Unshown

MOST_LOGINS = 1000
"""Logins that are remembered; further ones are the server's each time."""

LONGEST_ANSWER = 256 * 1024
"""Bytes of an answer that is remembered."""

PER_SECOND = 5
"""Logins that did not prove right, which reach the server in any second."""

MOST_WAITING = 50
"""Different logins that wait for the server; further ones are refused."""

_KEY: Final = secrets.token_bytes(32)


class Login(NamedTuple):
    """Who wants to log in, by keyed hashes."""

    user: bytes
    """Of everything that the answer depends on but the password."""
    proof: bytes
    """Of that and the password."""


class Remembered(Unshown, frozen=True):
    """A login that the server accepted."""

    proof: bytes
    response: Response
    token: str
    app_code: str
    expires_at: float
    """Epoch seconds, this machine's clock."""


def read_request(body: bytes, kind: str, app_id: str) -> Login | None:
    """Return who wants to log in by this body; None where that can't be said for sure.

    `kind` is its content type, `app_id` the app that the headers name.
    """
    try:
        fields = _fields(body, kind.lower())
    except (ValueError, RecursionError):
        return None
    email, password = fields.pop(api.LOGIN_EMAIL, None), fields.pop(api.LOGIN_PASSWORD, None)
    if not isinstance(email, str) or not isinstance(password, str):
        return None
    user = _hash([app_id, email, sorted(fields.items())])
    return Login(user, _hash([user.hex(), password]))


def _fields(body: bytes, kind: str) -> dict[str, object]:
    """Return the fields of a JSON object or form. Raises ValueError where one stands twice."""
    pairs: list[tuple[str, object]] = []
    if "json" in kind and body.lstrip().startswith(b"{"):
        pairs = json.loads(body, object_pairs_hook=list)
    elif "x-www-form-urlencoded" in kind:
        pairs += parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict")
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a field stands twice")
    return fields


def _hash(value: object) -> bytes:
    return hmac.digest(_KEY, json.dumps(value).encode(), "sha256")


class Logins:
    """The logins that are remembered, those under way, and the tokens that they made."""

    def __init__(self, clock: Clock, host: str, min_ttl: float) -> None:
        """`min_ttl`: seconds that a token must be valid for to be given out again."""
        self._clock = clock
        self._host = host
        self._min_ttl = min_ttl
        self._remembered: dict[bytes, Remembered] = {}
        """By the hash of the user."""
        self._asking: dict[bytes, asyncio.Task[Response]] = {}
        """By the proof: logins that the server has not answered yet."""
        self._unproven: deque[float] = deque(maxlen=PER_SECOND)
        """When the last logins were sent that did not prove right."""
        self._made: dict[str, str] = {}
        """Tokens that logins made and nothing has ended, and their app."""
        self.answered: Counter[str] = Counter()
        """How many logins the `server` answered, and the `memory`."""

    def __len__(self) -> int:
        return len(self._remembered)

    async def answer(self, login: Login, ask: Callable[[], Awaitable[Response]]) -> Response:
        """Return the response to a login: from memory, or by `ask`, which asks the server.

        Equal logins at once wait for one. A login that was begun is remembered also where whoever
        sent it has gone. Raises HTTPException where too many wait, and what `ask` raises.
        """
        while (kept := self._find(login)) is None:
            running = self._asking.get(login.proof)
            if running is None:
                if len(self._asking) >= MOST_WAITING:
                    words = "Too many logins wait for the server. Try again in 1 s."
                    raise HTTPException(429, words, {"Retry-After": "1"})
                running = self._asking[login.proof] = asyncio.create_task(self._ask(login, ask))
                return await asyncio.shield(running)
            await asyncio.wait({running})
        self.answered["memory"] += 1
        return kept.response

    async def _ask(self, login: Login, ask: Callable[[], Awaitable[Response]]) -> Response:
        try:
            turn = await self._turn()
            response = await ask()
            self.answered["server"] += 1
            kept = self._read(login, response)
            if kept is not None:
                if turn in self._unproven:
                    self._unproven.remove(turn)
                self._remember(login, kept)
            return response
        finally:
            del self._asking[login.proof]

    async def _turn(self) -> float:
        """Return the time of this login, once it may be sent."""
        while len(self._unproven) == PER_SECOND and (
            (left := self._unproven[0] + 1 - self._clock.monotonic()) > 0
        ):
            await self._clock.sleep(left)
        self._unproven.append(self._clock.monotonic())
        return self._unproven[-1]

    def _find(self, login: Login) -> Remembered | None:
        """Return the remembered login of the same user with the same password."""
        kept = self._remembered.get(login.user)
        if kept is None or not hmac.compare_digest(kept.proof, login.proof):
            return None
        return kept if self._is_valid(kept) else None

    def _is_valid(self, kept: Remembered) -> bool:
        return kept.expires_at - self._clock.now() > self._min_ttl

    def _read(self, login: Login, response: Response) -> Remembered | None:
        """Return what is to be remembered of a response: a login that is done, with its token."""
        body, now = bytes(response.body), self._clock.now()
        if response.status_code != 200 or len(body) > LONGEST_ANSWER:
            return None
        said = finished_login(body, AnswerTime(now, now, 0), self._host)
        if said is None or said.short_lived is None:
            return None
        token = said.short_lived
        return Remembered(login.proof, response, token.token, said.app_code, token.expires_at)

    def _remember(self, login: Login, kept: Remembered) -> None:
        valid = {user: one for user, one in self._remembered.items() if self._is_valid(one)}
        valid.pop(login.user, None)
        if len(valid) < MOST_LOGINS:
            valid[login.user] = kept
            self._made[kept.token] = kept.app_code
        self._remembered = valid
        if len(self._made) > 2 * MOST_LOGINS:
            del self._made[next(iter(self._made))]  # the oldest ends by itself

    def shares(self, token: str | None) -> bool:
        """Return whether logins are answered with this token."""
        return any(one.token == token for one in self._remembered.values())

    def forget(self, token: str) -> None:
        """Forget a token that has ended: the next login is the server's."""
        kept = self._remembered.items()
        self._remembered = {user: one for user, one in kept if one.token != token}
        self._made.pop(token, None)

    def forget_all(self) -> None:
        """Forget every answer: its token may have been revoked."""
        self._remembered.clear()

    async def finish(self) -> dict[str, str]:
        """Wait for the logins under way; return the tokens that were made, with their app."""
        if self._asking:
            await asyncio.wait(self._asking.values())
        return dict(self._made)
