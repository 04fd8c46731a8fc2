"""Every dialect says the same, in its own words."""

from collections.abc import Callable
from datetime import UTC, datetime

import httpx
import pytest

from qiscus_tui.demo import DemoState
from qiscus_tui.demo.app import demo_app as plain_app
from tests.clocks import ManualClock
from tests.demo.conftest import Api
from tests.sandbox import Dialect, demo_state
from tests.sandbox.app import demo_app
from tests.sandbox.dialects import Pages, Stamp, Wrap, written

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


async def test_an_entry_may_hide_its_token_or_be_nothing_else(speaking: Speaking) -> None:
    stars = (await speaking("masked").list()).json()["data"][0]["token"]
    dots = (await speaking("masked-dots").list()).json()["data"][0]["token"]
    assert (len(stars), len(dots)) == (43, 9)
    assert set(stars[4:-4]) == {"*"}
    assert dots[4] == "…"
    answer = await speaking("ids").list()
    assert answer.json()["data"][0]["session_id"] == 1
    assert "QEX" not in answer.text
    assert (await speaking("ids-unmarked").list()).json()["data"][0]["id"] == "ses-00000001"
    api = speaking("bare")
    assert (await api.list()).json()["data"] == [s.token for s in api.state.sessions()]


@pytest.mark.parametrize("name", ["current-mark", "ids"])
async def test_the_current_mark_is_on_the_callers_own_session_alone(
    speaking: Speaking, name: str
) -> None:
    api = speaking(name)
    key = api.state.dialect.fields.current
    assert not any(entry[key] for entry in (await api.list()).json()["data"])
    await api.login()
    marks = [entry[key] for entry in (await api.list()).json()["data"]]
    assert marks == [False] * 24 + [True]


async def test_times_may_be_missing_from_some_or_all(speaking: Speaking) -> None:
    entries = (await speaking("patchy").list()).json()["data"]
    assert ["created_at" in entry for entry in entries[:8]] == [True] * 6 + [False, True]
    assert not any("_at" in key for key in (await speaking("undated").list()).json()["data"][0])
    computed = (await speaking("no-expiry").list()).json()["data"][0]
    assert "created_at" in computed
    assert "expired_at" not in computed


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


async def test_agents_and_users_may_be_objects(speaking: Speaking) -> None:
    api = speaking("agent-object")
    agents = [entry["browser"] for entry in (await api.list()).json()["data"]]
    expected = [session.agent for session in api.state.sessions()]
    assert [agent and agent["user_agent"] for agent in agents] == expected
    user = (await speaking("user-object").list()).json()["data"][0]["user"]
    assert user["email"] == "admin@demo.example"
    more = (await speaking("extra").list()).json()["data"][0]
    assert more["location"]["zone"] == ["Asia", "Jakarta"]
    assert more["device_secret"].startswith("not-to-be-shown")


@pytest.mark.parametrize(
    ("name", "status", "expected"),
    [
        ("plain", 401, {"errors": "Unauthorized", "status": 401}),
        ("errors-object", 401, {"errors": {"message": "Unauthorized"}, "status": 401}),
        ("errors-detail", 400, {"detail": "token_expired"}),
        ("errors-nested", 401, {"error": {"message": "Unauthorized", "detail": "token_expired"}}),
    ],
)
async def test_errors_stand_where_the_dialect_puts_them(
    speaking: Speaking, name: str, status: int, expected: object
) -> None:
    api = speaking(name)
    answer = await api.profile("admin", api.headers("gone"))
    assert (answer.status_code, answer.json()) == (status, expected)


async def test_what_is_not_the_api_answers_as_such(speaking: Speaking) -> None:
    for path in ("/", "/api/v1/auth", "/api/v2/auth/active_token_list"):
        assert (await speaking("not-found").http.get(path)).status_code == 404
        page = await speaking("html").http.post(path)
        assert page.status_code == 200
        assert page.headers["Content-Type"].startswith("text/html")


def test_a_list_that_is_the_whole_body_has_no_pages() -> None:
    with pytest.raises(ValueError, match="whole body"):
        Dialect(wrap=Wrap.BODY, pages=Pages.AFTER)
