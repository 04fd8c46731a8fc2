"""The demo's app in the dialect of a state, with faults where the state has some."""

import asyncio
from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from qiscus_tui.demo import app as plain
from qiscus_tui.demo.app import DemoApi, Sleep, body_answer, caller, json_answer
from qiscus_tui.demo.state import DemoState as PlainState
from qiscus_tui.demo.state import User
from tests.sandbox.calls import Call
from tests.sandbox.dialects import Front, Paths, Stamp, written
from tests.sandbox.listing import Listing
from tests.sandbox.state import DemoState
from tests.sandbox.users import special

Handler = Callable[[Request], Awaitable[Response]]

_PAGE = b"<!doctype html><html><head><title>Welcome</title></head><body>It works!</body></html>"


def demo_app(state: DemoState, *, latency_ms: float = 0, sleep: Sleep = asyncio.sleep) -> Starlette:
    """Give the app that serves this state; each request first waits `latency_ms`."""

    def api(_: PlainState) -> DemoApi:
        return DialectApi(state)

    return plain.demo_app(state, latency_ms=latency_ms, sleep=sleep, make_api=api)


def calls_of(paths: Paths) -> dict[tuple[str, str], str]:
    """Return what answers, by method and path: methods of the API."""
    return {
        ("POST", "/api/v1/auth"): "login",
        ("POST", "/api/v1/auth/logout"): "logout",
        ("POST", "/api/v2/auth/refresh_token"): "refresh",
        ("POST", paths.revoke): "revoke",
        ("POST", paths.revoke_all): "revoke_all",
        ("GET", paths.list): "list",
        ("GET", "/api/v1/admin/get_profile"): "admin",
        ("GET", "/api/v1/agent/get_profile"): "agent",
    }


def call_named(name: str) -> Call:
    """Return what a method of the API is counted by: there are two profiles."""
    return Call.PROFILE if name in {"admin", "agent"} else Call(name)


class DialectApi(DemoApi):
    """The calls as the state's dialect has them, counted, and with the state's faults."""

    def __init__(self, state: DemoState) -> None:
        super().__init__(state)
        self._speaking = state
        self._listing = Listing(state.dialect)

    @property
    def revoke_field(self) -> str:  # pyright: ignore[reportIncompatibleVariableOverride]
        return self._speaking.dialect.revoke_field

    def routes(self) -> list[Route]:
        match self._speaking.dialect.front:
            case Front.NOT_FOUND:
                return []
            case Front.HTML:
                methods = ["GET", "POST", "PUT", "DELETE", "OPTIONS"]
                return [Route("/{path:path}", _web_page, methods=methods)]
            case Front.API:
                calls = calls_of(self._speaking.dialect.paths)
                return [self._route(*asked, name) for asked, name in calls.items()]

    async def login(self, request: Request) -> Response:
        state = self._speaking
        user = special(await self.user_logging_in(request))
        session = None if user.two_factor else state.issue(user, caller(request))
        token = None if session is None else session.token
        long_lived = token if user.old_app else state.long_lived_token(user.email)
        body = plain.login_body(user, token, long_lived, state.clock.now())
        body["data"]["use_2fa"] = user.two_factor
        if state.dialect.stamp is Stamp.NAIVE_LOCAL:
            local = written(Stamp.NAIVE_LOCAL, state.clock.now())
            body["data"]["user"] = {**body["data"]["user"], "last_login": local}  # type: ignore[dict-item]
        return json_answer(body)

    async def refresh(self, request: Request) -> Response:
        session = self._speaking.refresh(self.manager(request), caller(request))
        return json_answer({"data": {"auth": {"token": session.token}}})

    async def revoke_all(self, request: Request) -> Response:
        user = self.manager(request)
        session = self._speaking.revoke_all(user, caller(request))
        auth: dict[str, object] = {"token": session.token}
        if self._speaking.dialect.new_long_lived:
            auth["long_lived_token"] = self._speaking.long_lived_token(user.email)
        return json_answer({"data": {"auth": auth}})

    async def list(self, request: Request) -> Response:
        user = self.manager(request)
        self._speaking.before_page()
        own = self._speaking.own_session(user, caller(request))
        sessions = self._speaking.sessions(user.email)
        return body_answer(self._listing.body(sessions, own, request.query_params))

    def manager(self, request: Request) -> User:
        user = super().manager(request)
        if not special(user).may_manage:
            raise HTTPException(403, "You are not allowed to do this")
        return user

    def _route(self, method: str, path: str, name: str) -> Route:
        state, call = self._speaking, call_named(name)
        handler: Handler = getattr(self, name)

        async def endpoint(request: Request) -> Response:
            state.calls[call] += 1
            return await state.intercept(call, lambda: answer(request))

        async def answer(request: Request) -> Response:
            faults = state.faults[call]
            fault = faults.popleft() if faults else None
            if fault is None:
                return await handler(request)
            if fault.after:
                await handler(request)
            return Response(fault.body, fault.status, fault.headers, fault.content_type)

        return Route(path, endpoint, methods=[method])


async def _web_page(_: Request) -> Response:
    return Response(_PAGE, media_type="text/html")
