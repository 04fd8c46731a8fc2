"""A demo account, a clock moved by hand, and a client that speaks raw HTTP to it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest

from tests.clocks import ManualClock
from tests.sandbox import PASSWORD, DemoState, demo_state
from tests.sandbox.app import demo_app

START = 1_790_000_000.25
"""2026-09-21 14:13:20 UTC, and a bit: a server's clock is never whole."""


@dataclass
class Api:
    """The demo's API as a script would call it."""

    state: DemoState
    http: httpx.AsyncClient

    def long_lived(self, email: str = "admin@demo.example") -> dict[str, str]:
        token = self.state.long_lived_token(email)
        assert token is not None
        return self.headers(token)

    def headers(self, token: str) -> dict[str, str]:
        return {"Authorization": token, "Qiscus-App-Id": self.state.credentials.app_code}

    async def login(
        self, email: str = "admin@demo.example", password: str = PASSWORD
    ) -> httpx.Response:
        return await self.http.post("/api/v1/auth", json={"email": email, "password": password})

    async def list(self, email: str = "admin@demo.example") -> httpx.Response:
        return await self.http.get(self.state.dialect.paths.list, headers=self.long_lived(email))

    async def refresh(self) -> httpx.Response:
        return await self.http.post("/api/v2/auth/refresh_token", headers=self.long_lived())

    async def revoke(self, named: object) -> httpx.Response:
        return await self.http.post(
            self.state.dialect.paths.revoke,
            headers=self.long_lived(),
            json={self.state.dialect.revoke_field: named},
        )

    async def revoke_all(self) -> httpx.Response:
        return await self.http.post(self.state.dialect.paths.revoke_all, headers=self.long_lived())

    async def profile(self, role: str, headers: dict[str, str]) -> httpx.Response:
        return await self.http.get(f"/api/v1/{role}/get_profile", headers=headers)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START)


@pytest.fixture
async def api(clock: ManualClock) -> AsyncIterator[Api]:
    """The plain dialect, with 24 sessions."""
    state = demo_state(clock, sessions=24)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(demo_app(state)),
        base_url="http://demo.test",
        headers={"User-Agent": "qiscus-tui/test"},
    ) as http:
        yield Api(state, http)
