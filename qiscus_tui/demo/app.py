"""The demo as a Starlette app: the vendor's paths and headers, answered from a `DemoState`."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import cast
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from qiscus_tui.demo.answers import (
    Refusal,
    error_body,
    login_body,
    new_token_body,
    profile_body,
)
from qiscus_tui.demo.calls import Call
from qiscus_tui.demo.edge import Edge, Sleep
from qiscus_tui.demo.entries import encoded
from qiscus_tui.demo.listing import Listing
from qiscus_tui.demo.shapes import Front, Renewal
from qiscus_tui.demo.state import APP_CODE, SECRET_KEY, Caller, DemoState
from qiscus_tui.demo.users import ADMIN, Role, User

_Handler = Callable[[Request], Awaitable[Response]]

_PAGE = b"<!doctype html><html><head><title>Welcome</title></head><body>It works!</body></html>"
_NOT_FOUND = Refusal(404, "Not Found", "not_found")


def demo_app(state: DemoState, *, latency_ms: float = 0, sleep: Sleep = asyncio.sleep) -> Starlette:
    """Give the app that serves this state; each request first waits `latency_ms`."""

    # Plain functions would be run in a thread each.
    async def refused(request: Request, error: Exception) -> Response:
        return _refused(state, cast("Refusal", error))

    async def wrong_route(request: Request, error: Exception) -> Response:
        return _wrong_route(state, cast("HTTPException", error))

    app = Starlette(
        routes=_Api(state).routes(),
        middleware=[Middleware(Edge, clock=state.clock, latency_ms=latency_ms, sleep=sleep)],
        exception_handlers={Refusal: refused, HTTPException: wrong_route},
    )
    # A path with a slash too many is not found, as any other wrong path.
    app.router.redirect_slashes = False
    return app


class _Api:
    def __init__(self, state: DemoState) -> None:
        self._state = state
        self._listing = Listing(state.dialect)

    def routes(self) -> list[Route]:
        paths = self._state.dialect.paths
        match self._state.dialect.front:
            case Front.NOT_FOUND:
                return []
            case Front.HTML:
                methods = ["GET", "POST", "PUT", "DELETE", "OPTIONS"]
                return [Route("/{path:path}", _web_page, methods=methods)]
            case Front.API:
                return [
                    self._route("POST", "/api/v1/auth", Call.LOGIN, self.login),
                    self._route("POST", "/api/v1/auth/logout", Call.LOGOUT, self.logout),
                    self._route("POST", "/api/v2/auth/refresh_token", Call.REFRESH, self.refresh),
                    self._route("POST", paths.revoke, Call.REVOKE, self.revoke),
                    self._route("POST", paths.revoke_all, Call.REVOKE_ALL, self.revoke_all),
                    self._route("GET", paths.list, Call.LIST, self.list),
                    self._route("GET", "/api/v1/admin/get_profile", Call.PROFILE, self.admin),
                    self._route("GET", "/api/v1/agent/get_profile", Call.PROFILE, self.agent),
                ]

    async def login(self, request: Request) -> Response:
        body = await _fields(request)
        user = self._state.logs_in(str(body.get("email")), str(body.get("password")))
        if user is None:
            raise self._not_valid("Invalid email or password", "invalid_credentials")
        session = None if user.two_factor else self._state.issue(user, _caller(request))
        if user.old_app and session is not None:
            long_lived = session.token
        else:
            long_lived = self._state.long_lived_token(user.email)
        now = self._state.clock.now()
        return _json(login_body(self._state.dialect, user, session, long_lived, now))

    async def logout(self, request: Request) -> Response:
        self._user(request)
        self._state.end(_authorization(request))
        return _json({"data": {"success": True}})

    async def refresh(self, request: Request) -> Response:
        session = self._state.refresh(self._manager(request), _caller(request))
        return _json(new_token_body(self._state.dialect, session, None))

    async def revoke(self, request: Request) -> Response:
        user = self._manager(request)
        field = self._state.dialect.revoke_field
        named = (await _fields(request)).get(field)
        if not isinstance(named, str | int) or named == "":
            raise Refusal(422, f"The {field} field is required", "validation_failed")
        if not self._state.revoke(user, str(named), _caller(request)):
            raise Refusal(404, "Token not found", "not_found")
        return _json({"data": {"success": True}})

    async def revoke_all(self, request: Request) -> Response:
        user = self._manager(request)
        session = self._state.revoke_all(user, _caller(request))
        renewed = self._state.dialect.renewal is not Renewal.NO
        long_lived = self._state.long_lived_token(user.email) if renewed else None
        return _json(new_token_body(self._state.dialect, session, long_lived))

    async def list(self, request: Request) -> Response:
        user = self._manager(request)
        self._state.before_page()
        own = self._state.own_session(user, _caller(request))
        sessions = self._state.sessions(user.email)
        return _sent(self._listing.body(sessions, own, request.query_params))

    async def admin(self, request: Request) -> Response:
        return self._profile(request, Role.ADMIN)

    async def agent(self, request: Request) -> Response:
        # A supervisor uses the agent's path.
        return self._profile(request, Role.AGENT, Role.SUPERVISOR)

    def _profile(self, request: Request, *roles: Role) -> Response:
        secret = request.headers.get("Qiscus-Secret-Key")
        if secret is None:
            user = self._user(request)
        elif (secret, request.headers.get("Qiscus-App-Id")) == (SECRET_KEY, APP_CODE):
            user = ADMIN
        else:
            raise self._not_valid("Unauthorized", "unauthorized")
        if user.role not in roles:
            raise Refusal(403, "Forbidden", "forbidden")
        return _json(profile_body(user))

    def _manager(self, request: Request) -> User:
        """Give the user of a token-management call: long-lived headers only."""
        user = self._state.holder_of_long_lived(_authorization(request))
        if user is None or request.headers.get("Qiscus-App-Id") != APP_CODE:
            raise self._not_valid("Invalid token", "invalid token")
        if not user.may_manage:
            raise Refusal(403, "You are not allowed to do this", "forbidden")
        return user

    def _user(self, request: Request) -> User:
        """Give the user of an ordinary call; a long-lived token serves for these as well."""
        token = _authorization(request)
        user = self._state.holder_of_short_lived(token) or self._state.holder_of_long_lived(token)
        if user is None or request.headers.get("Qiscus-App-Id") != APP_CODE:
            raise self._not_valid("Unauthorized", "token_expired")
        return user

    def _not_valid(self, message: str, detail: str) -> Refusal:
        return Refusal(self._state.dialect.refusal_status, message, detail)

    def _route(self, method: str, path: str, call: Call, handler: _Handler) -> Route:
        async def endpoint(request: Request) -> Response:
            self._state.calls[call] += 1
            faults = self._state.faults[call]
            fault = faults.popleft() if faults else None
            if fault is None:
                return await handler(request)
            if fault.after:
                await handler(request)
            return Response(fault.body, fault.status, fault.headers, fault.content_type)

        return Route(path, endpoint, methods=[method])


def _caller(request: Request) -> Caller:
    ip = None if request.client is None else request.client.host
    return Caller(request.headers.get("User-Agent"), ip)


def _authorization(request: Request) -> str:
    return request.headers.get("Authorization", "")


async def _fields(request: Request) -> Mapping[str, object]:
    """Read a body that is a JSON object or a form; anything else has no fields."""
    raw = await request.body()
    if "json" not in request.headers.get("Content-Type", ""):
        return dict(parse_qsl(raw.decode("utf-8", "replace")))
    try:
        value: object = json.loads(raw)
    except ValueError as error:
        raise Refusal(400, "The body is not JSON", "malformed") from error
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}


async def _web_page(request: Request) -> Response:
    return Response(_PAGE, media_type="text/html")


def _json(value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return _sent(encoded(value), status, headers)


def _sent(body: bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(body, status, headers, "application/json")


def _refused(state: DemoState, refusal: Refusal) -> Response:
    return _json(error_body(state.dialect.errors, refusal), refusal.status)


def _wrong_route(state: DemoState, error: HTTPException) -> Response:
    if error.status_code == 404:
        return _refused(state, _NOT_FOUND)
    refusal = Refusal(error.status_code, error.detail, error.detail.lower().replace(" ", "_"))
    return _json(error_body(state.dialect.errors, refusal), refusal.status, error.headers)
