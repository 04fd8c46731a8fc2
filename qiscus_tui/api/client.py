"""The calls of the API, each a method: typed answers, typed errors."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from typing import Self, cast

from qiscus_tui.api import contract as api
from qiscus_tui.api.contract import Call, Contract
from qiscus_tui.api.decode import decode_json, encode_json
from qiscus_tui.api.failures import failure, is_refusal
from qiscus_tui.api.retry import Patience
from qiscus_tui.api.wire import Answer, AnswerStream, Wire, WireSettings, server_time, tls_context
from qiscus_tui.errors import NotQiscus, Unreadable
from qiscus_tui.model.account import Role, ShortLived
from qiscus_tui.model.clock import Clock
from qiscus_tui.model.durations import TOKEN_LIFETIME
from qiscus_tui.model.origin import Origin

_SAME_CLOCK = 1.5
"""Seconds of difference that the whole seconds of `Date` cannot tell from none."""


@dataclass(frozen=True)
class LoginAnswer:
    """The named fields of a login answer; nothing else of it is kept."""

    app_code: str
    email: str
    user_name: str
    app_name: str
    role: Role
    short_lived: ShortLived | None = field(repr=False)
    """None with two-factor login."""
    long_lived: str | None = field(repr=False)
    """None where the app has none, or the same as the short-lived one."""
    made_at: float
    """When the token was made: epoch seconds, server's clock."""


@dataclass(frozen=True)
class NewTokens:
    """What refresh and revoke-all answer."""

    short_lived: ShortLived = field(repr=False)
    long_lived: str | None = field(repr=False)
    """A new long-lived token, where the server gave one."""


@dataclass(frozen=True)
class Profile:
    """Who a short-lived token or a secret key belongs to."""

    name: str
    email: str


class ApiClient:
    """The API of one server, for one app.

    Secrets are given to each call; the client keeps none.
    """

    def __init__(
        self,
        origin: Origin,
        app_id: str,
        settings: WireSettings,
        clock: Clock,
        contract: Contract | None = None,
        patience: Patience | None = None,
    ) -> None:
        self.origin = origin
        self.app_id = app_id
        self.contract = contract or Contract()
        self.patience = patience or Patience(clock)
        self.offset = 0.0
        """Seconds that the server's clock runs ahead of ours, by its last answer."""
        self._settings = settings
        self._clock = clock
        self._tls: ssl.SSLContext | None = None
        self._wire: Wire | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connection."""
        if self._wire is not None:
            await self._wire.close()
            self._wire = None

    def now(self) -> float:
        """This machine's time, epoch seconds."""
        return self._clock.now()

    def server_now(self) -> float:
        """The server's time, epoch seconds."""
        return self._clock.now() + self.offset

    async def another(self) -> "ApiClient":
        """The same client with a connection of its own, for a worker."""
        await self._connected()
        other = ApiClient(
            self.origin, self.app_id, self._settings, self._clock, self.contract, self.patience
        )
        other._tls = self._tls
        return other

    # The calls

    async def login(self, email: str, password: str) -> LoginAnswer:
        """Log in. Raises LoginRefused, NotQiscus, ServerError or OutOfReach. Never retried."""
        body = encode_json({api.LOGIN_EMAIL: email, api.LOGIN_PASSWORD: password})
        answer = await self._send(self.contract.login, {}, body)
        data = _data(self._value(self.contract.login, answer))
        user = _object(data.get("user"))
        if not user:
            raise NotQiscus(f"{self.origin.netloc} did not answer the login as Qiscus does")
        app = _object(user.get("app")) or _object(_object(data.get("details")).get("app"))
        token, long_lived = (
            _text(user.get("authentication_token")),
            _text(data.get("long_lived_token")),
        )
        made_at = self._made_at(answer)
        role = user.get("type")
        return LoginAnswer(
            app_code=_text(app.get("app_code")) or "",
            email=_text(user.get("email")) or email,
            user_name=_text(user.get("name")) or "",
            app_name=_text(app.get("name")) or "",
            role=Role(api.ROLES.get(role, "unknown")) if isinstance(role, int) else Role.UNKNOWN,
            short_lived=self._short_lived(token, made_at) if token else None,
            long_lived=long_lived if long_lived != token else None,
            made_at=made_at,
        )

    async def refresh(self, long_lived: str) -> NewTokens:
        """A new short-lived token. Raises TokenInvalid, ServerError, OutOfReach. Never retried."""
        return await self._new_tokens(self.contract.refresh, long_lived)

    async def revoke_all(self, long_lived: str) -> NewTokens:
        """End every session; the answer is a new one of ours. Never retried."""
        return await self._new_tokens(self.contract.revoke_all, long_lived)

    async def revoke(self, long_lived: str, what: str | int) -> None:
        """End the session whose token (or id, by the contract) is `what`; one try."""
        call = self.contract.revoke
        body = encode_json({call.field or "token": what})
        answer = await self._send(call, self.long_lived_headers(long_lived), body)
        self._accepted(call, answer)

    async def logout(self, short_lived: str) -> None:
        """End our own short-lived token. Raises TokenExpired where it had ended already."""
        call = self.contract.logout
        self._accepted(call, await self._send(call, self.short_lived_headers(short_lived)))

    async def profile(self, headers: Mapping[str, str], role: Role) -> Profile:
        """Who the authenticating `headers` belong to. Reads are tried again."""
        admin = role in {Role.ADMIN, Role.UNKNOWN}
        call = self.contract.admin_profile if admin else self.contract.agent_profile

        async def once() -> Profile:
            data = _data(self._value(call, await self._send(call, headers)))
            email = _text(data.get("email_address")) or _text(data.get("email")) or ""
            return Profile(_text(data.get("name")) or "", email)

        return await self.patience.retrying(once)

    # Headers

    def long_lived_headers(self, long_lived: str) -> dict[str, str]:
        """Token management."""
        return {api.TOKEN_HEADER: long_lived, api.APP_ID_HEADER: self.app_id}

    short_lived_headers = long_lived_headers

    def rest_headers(self, secret_key: str) -> dict[str, str]:
        """Server to server."""
        return {api.APP_ID_HEADER: self.app_id, api.SECRET_KEY_HEADER: secret_key}

    # The way there and back

    @contextlib.asynccontextmanager
    async def stream(
        self, call: Call, headers: Mapping[str, str], *, query: Mapping[str, str] | None = None
    ) -> AsyncGenerator[AnswerStream]:
        """An answer read as it comes; its `Date` sets the offset."""
        wire = await self._connected()
        sent = self._clock.now()
        async with wire.stream(call, headers, query=query) as answer:
            self._learn_offset(answer.headers, sent)
            yield answer

    async def _connected(self) -> Wire:
        if self._wire is None:
            if self._tls is None and self.origin.scheme == "https" and not self._settings.transport:
                self._tls = await asyncio.to_thread(tls_context, self._settings.ca_bundle)
            self._wire = Wire(self.origin, self._settings, self._clock, self._tls)
        return self._wire

    async def _send(
        self, call: Call, headers: Mapping[str, str], body: bytes | None = None
    ) -> Answer:
        wire = await self._connected()
        sent = self._clock.now()
        answer = await wire.send(call, headers, body=body)
        self._learn_offset(answer.headers, sent)
        return answer

    def _learn_offset(self, headers: Mapping[str, str], sent: float) -> None:
        theirs = server_time(headers)
        if theirs is not None:
            offset = theirs + 0.5 - (sent + self._clock.now()) / 2
            self.offset = offset if abs(offset) > _SAME_CLOCK else 0.0

    def _made_at(self, answer: Answer) -> float:
        return answer.server_time or self.server_now()

    def _short_lived(self, token: str, made_at: float) -> ShortLived:
        return ShortLived(token, made_at + TOKEN_LIFETIME, self._clock.now())

    def _value(self, call: Call, answer: Answer) -> dict[str, object]:
        """The JSON object of an answer that says yes. Raises what it says otherwise."""
        self._accepted(call, answer)
        value = decode_json(answer.body)
        if not isinstance(value, dict):
            raise Unreadable("The answer is not the API's: it is no object", status=answer.status)
        return cast("dict[str, object]", value)

    def _accepted(self, call: Call, answer: Answer) -> None:
        body = lenient(answer.body)
        if answer.status >= 400 or is_refusal(body):
            raise failure(call, answer.status, answer.headers, body, now=self.now())
        if body is None:
            raise NotQiscus(
                f"{self.origin.netloc} answered with something else than JSON ({answer.status})",
                status=answer.status,
            )

    async def _new_tokens(self, call: Call, long_lived: str) -> NewTokens:
        answer = await self._send(call, self.long_lived_headers(long_lived))
        data = _data(self._value(call, answer))
        auth = _object(data.get("auth"))
        token = _text(auth.get("token"))
        if token is None:
            raise Unreadable(
                "The server accepted the call, but its answer holds no new token",
                "The old token may have ended. Log in again: qiscus-tui login",
                status=answer.status,
            )
        renewed = _text(auth.get("long_lived_token")) or _text(data.get("long_lived_token"))
        return NewTokens(self._short_lived(token, self._made_at(answer)), renewed)


def lenient(body: bytes) -> object:
    """The JSON value of a body; `{}` for an empty one, None for what is no JSON."""
    if not body.strip():
        return {}
    try:
        return decode_json(body)
    except Unreadable:
        return None


def _data(value: dict[str, object]) -> dict[str, object]:
    return _object(value.get(api.DATA))


def _object(value: object) -> dict[str, object]:
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
