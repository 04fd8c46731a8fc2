"""The demo as a Starlette app: the vendor's paths and headers, answered from a `DemoState`."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from email.utils import formatdate
from typing import Final, cast
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qiscus_tui.demo.seed import DemoSession
from qiscus_tui.demo.state import (
    ADMIN,
    APP_CODE,
    SECRET_KEY,
    Caller,
    DemoState,
    User,
    UserType,
    WallClock,
)

Sleep = Callable[[float], Awaitable[object]]
"""Waits for a number of seconds; `asyncio.sleep` but in tests."""

_APP_ID = 10004
_APP_NAME = "Demo Corp."

# One encoder for all: json.dumps would make a new one for each of 100,000 entries.
_ENCODER: Final = json.JSONEncoder(separators=(",", ":"))


class DemoApi:
    """The calls of the API."""

    def __init__(self, state: DemoState) -> None:
        self._state = state

    def routes(self) -> list[Route]:
        """Give the paths and what answers them."""
        return [
            Route("/api/v1/auth", self.login, methods=["POST"]),
            Route("/api/v1/auth/logout", self.logout, methods=["POST"]),
            Route("/api/v2/auth/refresh_token", self.refresh, methods=["POST"]),
            Route("/api/v2/auth/revoke_token", self.revoke, methods=["POST"]),
            Route("/api/v2/auth/revoke_all_token", self.revoke_all, methods=["POST"]),
            Route("/api/v2/auth/active_token_list", self.list, methods=["GET"]),
            Route("/api/v1/admin/get_profile", self.admin, methods=["GET"]),
            Route("/api/v1/agent/get_profile", self.agent, methods=["GET"]),
        ]

    async def login(self, request: Request) -> Response:
        """Hand out a short-lived token, and the long-lived one."""
        user = await self.user_logging_in(request)
        session = self._state.issue(user, caller(request))
        long_lived = self._state.long_lived_token(user.email)
        return json_answer(login_body(user, session.token, long_lived, self._now()))

    async def logout(self, request: Request) -> Response:
        """End the token that is sent."""
        self._user(request)
        self._state.end(_authorization(request))
        return json_answer({"data": {"success": True}})

    async def refresh(self, request: Request) -> Response:
        """Hand out another short-lived token."""
        session = self._state.issue(self.manager(request), caller(request))
        return json_answer({"data": {"auth": {"token": session.token}}})

    async def revoke(self, request: Request) -> Response:
        """End the token that is named."""
        user = self.manager(request)
        named = (await fields(request)).get(self.revoke_field)
        if not isinstance(named, str | int) or named == "":
            message = f"The {self.revoke_field} field is required"
            raise HTTPException(422, message)
        if not self._state.revoke(user, str(named), caller(request)):
            raise HTTPException(404, "Token not found")
        return json_answer({"data": {"success": True}})

    async def revoke_all(self, request: Request) -> Response:
        """End every session, and hand out a new token."""
        session = self._state.revoke_all(self.manager(request), caller(request))
        return json_answer({"data": {"auth": {"token": session.token}}})

    async def list(self, request: Request) -> Response:
        """List every session of the user."""
        sessions = self._state.sessions(self.manager(request).email)
        return body_answer(b'{"data":[' + b",".join(map(_entry, sessions)) + b"]}")

    async def admin(self, request: Request) -> Response:
        """Say who an admin is."""
        return self._profile(request, UserType.ADMIN)

    async def agent(self, request: Request) -> Response:
        """Say who an agent or a supervisor is, who uses the agent's path."""
        return self._profile(request, UserType.AGENT, UserType.SUPERVISOR)

    # What a server might do otherwise.

    revoke_field = "token"
    """The field of the revoke call that names a session."""

    def manager(self, request: Request) -> User:
        """Give the user of a token-management call: long-lived headers only."""
        user = self._state.holder_of_long_lived(_authorization(request))
        if user is None or request.headers.get("Qiscus-App-Id") != APP_CODE:
            raise HTTPException(401, "Invalid token")
        return user

    # Who is asking.

    async def user_logging_in(self, request: Request) -> User:
        """Give the user whose address and password are sent."""
        body = await fields(request)
        user = self._state.logs_in(str(body.get("email")), str(body.get("password")))
        if user is None:
            raise HTTPException(401, "Invalid email or password")
        return user

    def _profile(self, request: Request, *roles: UserType) -> Response:
        secret = request.headers.get("Qiscus-Secret-Key")
        if secret is None:
            user = self._user(request)
        elif (secret, request.headers.get("Qiscus-App-Id")) == (SECRET_KEY, APP_CODE):
            user = ADMIN
        else:
            raise HTTPException(401, "Unauthorized")
        if user.role not in roles:
            raise HTTPException(403, "Forbidden")
        return json_answer(_profile_body(user))

    def _user(self, request: Request) -> User:
        """Give the user of an ordinary call; a long-lived token serves for these as well."""
        token = _authorization(request)
        user = self._state.holder_of_short_lived(token) or self._state.holder_of_long_lived(token)
        if user is None or request.headers.get("Qiscus-App-Id") != APP_CODE:
            raise HTTPException(401, "Unauthorized")
        return user

    def _now(self) -> float:
        return self._state.clock.now()


def demo_app(
    state: DemoState,
    *,
    latency_ms: float = 0,
    sleep: Sleep = asyncio.sleep,
    make_api: Callable[[DemoState], DemoApi] = DemoApi,
) -> Starlette:
    """Give the app that serves this state; each request first waits `latency_ms`."""
    api = make_api(state)

    async def refused(_: Request, error: Exception) -> Response:  # not async: a thread for each
        found = cast("HTTPException", error)
        return error_answer(found.status_code, found.detail, found.headers)

    app = Starlette(
        routes=api.routes(),
        middleware=[Middleware(_Edge, clock=state.clock, latency_ms=latency_ms, sleep=sleep)],
        exception_handlers={HTTPException: refused},
    )
    # A path with a slash too many is not found, as any other wrong path.
    app.router.redirect_slashes = False
    return app


class _Edge:
    """ASGI middleware: a `Date` from the demo's own clock, and a pause before each request."""

    def __init__(self, app: ASGIApp, clock: WallClock, latency_ms: float, sleep: Sleep) -> None:
        self._app = app
        self._clock = clock
        self._latency = latency_ms / 1000
        self._sleep = sleep

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Date"] = formatdate(self._clock.now(), usegmt=True)
            await send(message)

        if self._latency > 0:
            await self._sleep(self._latency)
        await self._app(scope, receive, dated)


# Requests and answers


def caller(request: Request) -> Caller:
    """Give where a request comes from."""
    ip = None if request.client is None else request.client.host
    return Caller(request.headers.get("User-Agent"), ip)


async def fields(request: Request) -> Mapping[str, object]:
    """Read a body that is a JSON object or a form; anything else has no fields."""
    raw = await request.body()
    if "json" not in request.headers.get("Content-Type", ""):
        return dict(parse_qsl(raw.decode("utf-8", "replace")))
    try:
        value: object = json.loads(raw)
    except ValueError as error:
        raise HTTPException(400, "The body is not JSON") from error
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}


def encoded(value: object) -> bytes:
    """Encode as ASCII JSON: lone surrogates and C1 bytes go out as escapes."""
    return _ENCODER.encode(value).encode("ascii")


def json_answer(value: object) -> Response:
    """Answer with a JSON value."""
    return body_answer(encoded(value))


def body_answer(body: bytes) -> Response:
    """Answer with JSON that is encoded already."""
    return Response(body, media_type="application/json")


def error_answer(status: int, message: str, headers: Mapping[str, str] | None = None) -> Response:
    """Answer with an error."""
    body = encoded({"errors": message, "status": status})
    return Response(body, status, headers, "application/json")


def login_body(
    user: User, short_lived: str | None, long_lived: str | None, now: float
) -> dict[str, dict[str, object]]:
    """Say who logged in. As the real answer it has far more than anybody needs, secrets too."""
    app: dict[str, object] = {
        "id": _APP_ID,
        "app_code": APP_CODE,
        "secret_key": SECRET_KEY,
        "name": _APP_NAME,
        "is_active": True,
        "sdk_token": "demo-sdk-token-not-real",
        "webhook_url": None,
    }
    return {
        "data": {
            "user": {
                "id": user.id,
                "name": user.name,
                "email": user.email,
                "authentication_token": short_lived,
                "created_at": "2024-07-15 04:33:47",
                "updated_at": "2025-01-02 03:04:05",
                "last_login": _time(now),
                "type": int(user.role),
                "type_as_string": user.role.name.lower(),
                "app_id": _APP_ID,
                "app": app,
                "avatar_url": "https://demo.example/avatar.png",
                "is_available": True,
                "is_verified": True,
                "sdk_email": f"sdk-{user.email}",
                "sdk_key": "demo-sdk-key-not-real",
                "phone_number": None,
                "pictures": [],
                "user_roles": [{"id": int(user.role), "name": user.role.name.title()}],
            },
            "details": {"is_integrated": True, "app": app, "features": ["inbox", "analytics"]},
            "long_lived_token": long_lived,
            "use_2fa": False,
            "need_setup_otp": False,
        }
    }


def _profile_body(user: User) -> dict[str, object]:
    """Say who a user is; admins and agents have their address under different names."""
    address = "email_address" if user.role is UserType.ADMIN else "email"
    return {
        "data": {
            "id": user.id,
            "name": user.name,
            address: user.email,
            "phone_number": None,
            "app": {"app_code": APP_CODE, "name": _APP_NAME},
        }
    }


def _entry(session: DemoSession) -> bytes:
    """Give an entry of the list."""
    return encoded(
        {
            "token": session.token,
            "created_at": _time(session.created),
            "expired_at": _time(session.expires),
            "last_used_at": None if session.last_used is None else _time(session.last_used),
            "user_agent": session.agent,
            "ip_address": session.ip,
        }
    )


def _authorization(request: Request) -> str:
    return request.headers.get("Authorization", "")


def _time(at: float) -> str:
    """Write a time in UTC, without a zone."""
    return datetime.fromtimestamp(int(at), UTC).isoformat(" ")[:19]
