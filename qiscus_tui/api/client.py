"""The API client: each call is a method with a typed answer and typed errors."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncGenerator, Iterable, Mapping
from typing import TYPE_CHECKING, Self, cast

from msgspec.structs import replace

from qiscus_tui.api import contract as api
from qiscus_tui.api.answers import Answer, AnswerStream, server_time
from qiscus_tui.api.contract import Authentication, Call, Contract
from qiscus_tui.api.decode import encode_json, lenient
from qiscus_tui.api.error_answers import error_for_answer, is_refusal, redirected, says_logged_out
from qiscus_tui.api.replies import (
    UNWATCHED,
    AnswerTime,
    ArrivingTokens,
    LoginAnswer,
    NewTokens,
    Profile,
    TokenWatch,
    read_login,
    read_profile,
)
from qiscus_tui.api.retry import CallTime, RetryPolicy
from qiscus_tui.api.wire import Request, Wire, WireSettings, tls_for
from qiscus_tui.errors import (
    AnswerLost,
    Forbidden,
    NotQiscus,
    QiscusTuiError,
    TimedOut,
    TokenExpired,
)
from qiscus_tui.model.account import Origin, Role
from qiscus_tui.model.clock import Clock

if TYPE_CHECKING:
    from qiscus_tui.api.observation import AnswerObserver

_SAME_CLOCK = 1.5
"""Seconds; a smaller difference is within the precision of `Date`."""


class ApiClient:
    """The API of one server, for one app.

    Secrets are passed to each call; the client itself has them only in `own_secrets`.
    """

    def __init__(
        self,
        origin: Origin,
        app_id: str,
        settings: WireSettings,
        clock: Clock,
        contract: Contract | None = None,
        retry_policy: RetryPolicy | None = None,
    ) -> None:
        self.origin = origin
        self.app_id = app_id
        self.contract = contract or Contract()
        is_strict = settings.list_time <= settings.call_time
        self._longest_answer = settings.call_time if is_strict else None
        self.retry_policy = retry_policy or RetryPolicy(
            clock, call_time=settings.call_time, is_strict=is_strict
        )
        self.list_time = settings.list_time
        """Seconds that reading a whole list may take."""
        self.offset: float | None = None
        """Seconds that the server's clock is ahead of ours, by the latest answer with a `Date`;
        None without one."""
        self.own_secrets: set[str] = set()
        """Secrets that no error may quote, whichever call it is about."""
        self.observer: AnswerObserver | None = None
        """Notes the shape of every answer."""
        self._settings = settings
        self._clock = clock
        self._tls: ssl.SSLContext | None = None
        self._wire: Wire | None = None
        self._connecting = asyncio.Lock()

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
        """Return this machine's time, epoch seconds."""
        return self._clock.now()

    @property
    def longest_call(self) -> float:
        """Seconds that one try of a call with a short answer may take, until it is read."""
        return 4 * self._settings.timeout  # connecting and waiting, then reading slowly

    def server_now(self) -> float:
        """Return the server's time, epoch seconds; this machine's if the server's is unknown."""
        return self._clock.now() + (self.offset or 0.0)

    async def another(self) -> "ApiClient":
        """Return the same client with a connection of its own, for a worker."""
        await self._connected()
        other = ApiClient(
            self.origin, self.app_id, self._settings, self._clock, self.contract, self.retry_policy
        )
        other._tls = self._tls
        other.own_secrets = self.own_secrets
        other.observer = self.observer
        return other

    async def login(self, email: str, password: str) -> LoginAnswer:
        """Log in. Raises LoginRefused, NotQiscus, ServerError or OutOfReach. Never retried."""
        body = encode_json({api.LOGIN_EMAIL: email, api.LOGIN_PASSWORD: password})
        answer = await self._send(Request(self.contract.login, {}, body))
        value = self._value(self.contract.login, answer, (password,))
        return read_login(value, self._time_of(answer), email=email, host=self.origin.netloc)

    async def refresh(self, long_lived: str, watch: TokenWatch = UNWATCHED) -> NewTokens:
        """Return a new short-lived token; one try. Raises LoginNeeded, ServerError, OutOfReach."""
        return await self._new_tokens(self.contract.refresh, long_lived, watch)

    async def revoke_all(self, long_lived: str, watch: TokenWatch = UNWATCHED) -> NewTokens:
        """End every session. Return our new tokens. Never retried; raises as `refresh`."""
        return await self._new_tokens(self.contract.revoke_all, long_lived, watch)

    async def revoke(self, long_lived: str, what: str | int) -> None:
        """End the session with this token (or id, by the contract); one try."""
        call = self.contract.revoke
        body = encode_json({call.field: what})
        answer = await self._send(Request(call, self.token_headers(long_lived), body))
        an_id = self.contract.revokes_by_id
        self._value(call, answer, (long_lived,) if an_id else (long_lived, str(what)))

    async def logout(self, short_lived: str) -> bool:
        """End our own short-lived token; return whether the answer clearly says so (204 does not).

        Raises TokenExpired if it has ended already.
        """
        call = self.contract.logout
        answer = await self._send(Request(call, self.token_headers(short_lived)))
        return says_logged_out(answer.status, self._value(call, answer, (short_lived,)))

    async def profile(self, headers: Mapping[str, str], role: Role) -> Profile:
        """Return whom the authenticating `headers` belong to. Retried."""
        call = self.profile_call(role)
        if api.SECRET_KEY_HEADER in headers:
            call = replace(call, authentication=Authentication.REST)

        async def once(time: CallTime) -> Profile:
            async with time.bound():
                return await self._profile(call, headers)

        return await self.retry_policy.retrying(once)

    async def _profile(self, call: Call, headers: Mapping[str, str]) -> Profile:
        answer = await self._send(Request(call, headers))
        value = self._value(call, answer, {*headers.values()} - {self.app_id})
        return read_profile(value, self.origin.netloc)

    async def accepts(self, short_lived: str, role: Role) -> bool:
        """Return whether the server accepts this short-lived token; one try.

        Raises OutOfReach, and ServerError for any other answer.
        """
        try:
            await self._profile(self.profile_call(role), self.token_headers(short_lived))
        except TokenExpired:
            return False
        except Forbidden:  # another role than we assumed, but the token is valid
            return True
        return True

    @contextlib.asynccontextmanager
    async def ask(
        self, call: Call, headers: Mapping[str, str], body: bytes | None
    ) -> AsyncGenerator[AnswerStream]:
        """Give any answer to a call named by the user; one try. Raises OutOfReach."""
        try:
            async with (
                asyncio.timeout(self._longest_answer),
                self._asking(Request(call, headers, body)) as answer,
            ):
                yield answer
        except TimeoutError as error:
            raise TimedOut(
                f"{self.origin.netloc} did not answer in full within {self._longest_answer:g} s"
            ) from error
        except AnswerLost as error:
            if not call.repeatable:
                error.hint = "The server may have carried it out. Check before you try again."
            raise

    def profile_call(self, role: Role) -> Call:
        """Return the call that says whom a token belongs to."""
        admin = role in {Role.ADMIN, Role.UNKNOWN}
        return self.contract.admin_profile if admin else self.contract.agent_profile

    def token_headers(self, token: str) -> dict[str, str]:
        """Return the headers for a call with this token, short- or long-lived."""
        return {api.TOKEN_HEADER: token, api.APP_ID_HEADER: self.app_id}

    def rest_headers(self, secret_key: str) -> dict[str, str]:
        """Return the headers for server-to-server calls."""
        return {api.APP_ID_HEADER: self.app_id, api.SECRET_KEY_HEADER: secret_key}

    @contextlib.asynccontextmanager
    async def stream(
        self, request: Request, within: float | None = None
    ) -> AsyncGenerator[AnswerStream]:
        """Give an answer while it arrives; it must begin within `within` seconds."""
        async with self._asking(request, within) as answer:
            if answer.redirects:
                raise redirected(request.call, answer.status)
            yield answer

    @contextlib.asynccontextmanager
    async def _asking(
        self, request: Request, within: float | None = None
    ) -> AsyncGenerator[AnswerStream]:
        wire = await self._connected()
        sent = self._clock.now()
        try:
            async with wire.ask(request, within) as answer:
                self._learn_offset(answer.headers, sent)
                yield answer
        except AnswerLost as error:
            if request.call.repeatable:
                error.hint = "Check the network, then try again."
            raise

    async def _connected(self) -> Wire:
        async with self._connecting:
            if self._wire is None:
                if self._tls is None:
                    self._tls = await asyncio.to_thread(tls_for, self.origin, self._settings)
                self._wire = Wire(self.origin, self._settings, self._clock, self._tls)
            return self._wire

    async def _send(self, request: Request) -> Answer:
        wire = await self._connected()
        async with wire.total_time(), self.stream(request) as answer:
            return Answer(answer.status, answer.headers, await answer.whole())

    def _learn_offset(self, headers: Mapping[str, str], sent: float) -> None:
        if (theirs := server_time(headers)) is not None:
            offset = theirs + 0.5 - (sent + self._clock.now()) / 2
            self.offset = offset if abs(offset) > _SAME_CLOCK else 0.0

    def _time_of(self, answer: Answer | AnswerStream) -> AnswerTime:
        made_at = server_time(answer.headers) or self.server_now()
        return AnswerTime(made_at, self._clock.now(), self.offset or 0.0)

    def _value(self, call: Call, answer: Answer, secrets: Iterable[str]) -> dict[str, object]:
        """Return the JSON object of a positive answer, `{}` if it is empty.

        Raises the error that it says otherwise; `secrets` are those of the request.
        """
        body = lenient(answer.body)
        if self.observer is not None:
            self.observer.note_answer(call, answer.status, answer.headers, body)
        if answer.status >= 300 or is_refusal(body):
            raise self.error_for(call, answer, body, secrets)
        if not isinstance(body, dict):
            raise NotQiscus(
                f"The answer of {self.origin.netloc} is not one of this API ({answer.status})",
                status=answer.status,
            )
        return cast("dict[str, object]", body)

    def error_for(
        self, call: Call, answer: Answer | AnswerStream, body: object, secrets: Iterable[str]
    ) -> QiscusTuiError:
        """Return the error that a negative answer says; `secrets` are those of the request."""
        hidden = {*secrets, *self.own_secrets}
        return error_for_answer(
            call, answer.status, answer.headers, body, now=self.now(), secrets=hidden
        )

    async def _new_tokens(self, call: Call, long_lived: str, watch: TokenWatch) -> NewTokens:
        headers, own = self.token_headers(long_lived), {long_lived, *self.own_secrets}
        async with self.stream(Request(call, headers, on_send=watch.on_send)) as answer:
            arriving = ArrivingTokens(answer, self._time_of(answer), own, watch)
            trouble: QiscusTuiError | None = None
            try:
                await arriving.read()
                whole = Answer(answer.status, answer.headers, arriving.body)
                self._value(call, whole, (long_lived,))
            except QiscusTuiError as error:
                trouble = error
        return await arriving.found(trouble)
