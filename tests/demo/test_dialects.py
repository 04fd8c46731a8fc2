"""The plain dialect, which the demo speaks, and what the tests' server makes of it.

The others are told apart by those who read them: `tests/api/test_dialects.py`.
"""

from collections.abc import Callable
from datetime import UTC, datetime

import httpx
import pytest

from qiscus_tui.demo import DemoState
from qiscus_tui.demo.app import demo_app as plain_app
from tests.clocks import ManualClock
from tests.demo.conftest import Api
from tests.sandbox import demo_state
from tests.sandbox.app import demo_app
from tests.sandbox.dialects import Stamp, written

Speaking = Callable[..., Api]


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


async def test_hostile_text_arrives_exactly(speaking: Speaking) -> None:
    api = speaking(sessions=400)
    answer = await api.list()
    assert answer.content.isascii()
    listed = [entry["user_agent"] for entry in answer.json()["data"]]
    assert listed == [session.agent for session in api.state.sessions()]


@pytest.mark.parametrize(
    ("stamp", "value"),
    [
        (Stamp.NAIVE, "2026-09-21 13:33:20"),
        (Stamp.NAIVE_LOCAL, "2026-09-21 20:33:20"),
        (Stamp.RFC3339, "2026-09-21T13:33:20Z"),
        (Stamp.RFC3339_OFFSET, "2026-09-21T20:33:20.250000+07:00"),
        (Stamp.EPOCH, 1789997600),
        (Stamp.EPOCH_MS, 1789997600250),
        (
            Stamp.PHP,
            {"date": "2026-09-21 13:33:20.250000", "timezone_type": 3, "timezone": "UTC"},
        ),
    ],
)
def test_a_time_is_written_in_each_form(stamp: Stamp, value: object) -> None:
    assert written(stamp, 1_789_997_600.25) == value
