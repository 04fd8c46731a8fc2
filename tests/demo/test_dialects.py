"""The plain dialect, which the demo speaks, and what the tests' server makes of it.

The others are told apart by those who read them: `tests/api/test_dialects.py`.
"""

from datetime import UTC, datetime

import httpx

from qiscus_tui.demo import DemoState
from qiscus_tui.demo.app import demo_app as plain_app
from tests.clocks import ManualClock
from tests.demo.conftest import Api
from tests.sandbox import demo_state
from tests.sandbox.app import demo_app


async def test_the_plain_dialect_is_what_the_vendors_words_suggest(api: Api) -> None:
    first = api.state.sessions()[0]
    entry = (await api.list()).json()["data"][0]
    assert entry == {
        "token": first.token,
        "created_at": datetime.fromtimestamp(first.created, UTC).strftime("%Y-%m-%d %H:%M:%S"),
        "expired_at": datetime.fromtimestamp(first.expires, UTC).strftime("%Y-%m-%d %H:%M:%S"),
        "last_used_at": entry["last_used_at"],
        "user_agent": first.agent,
        "ip_address": first.ip,
    }


async def test_the_demo_itself_speaks_the_plain_dialect(clock: ManualClock) -> None:
    plain, spoken = DemoState(clock), demo_state(clock, hostile=False)
    assert plain.sessions() == spoken.sessions()
    oldest = plain.sessions()[0].token
    answers: list[list[tuple[int, object]]] = []
    for app in (plain_app(plain), demo_app(spoken)):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://demo.test") as http:
            api = Api(spoken, http)
            said = [await api.login(), await api.list(), await api.refresh(), await api.list()]
            said += [await api.revoke(oldest), await api.revoke("")]
            said += [await api.revoke("none"), await api.login(password="no"), await api.list()]
            said += [await api.revoke_all(), await api.list(), await http.get("/nowhere")]
            said += [await http.get("/api/v1/auth"), await api.profile("admin", api.long_lived())]
        answers.append([(one.status_code, one.json()) for one in said])
    assert answers[0] == answers[1]
