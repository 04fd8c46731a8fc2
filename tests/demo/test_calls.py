"""Every call of the demo: logging in, refreshing and revoking, and what each kind of user gets."""

import json
from email.utils import parsedate_to_datetime

import pytest

from qiscus_tui.demo.seed import LIFETIME
from tests.clocks import ManualClock
from tests.demo.conftest import START, Api
from tests.sandbox import PASSWORD
from tests.sandbox.users import AGENT


def tokens(api: Api) -> set[str]:
    return {session.token for session in api.state.sessions()}


async def logged_in(api: Api, email: str = "admin@demo.example") -> str:
    return (await api.login(email)).json()["data"]["user"]["authentication_token"]


# Login


async def test_a_login_adds_a_session_and_tells_much(api: Api) -> None:
    before = api.state.sessions()
    data = (await api.login()).json()["data"]
    *others, new = api.state.sessions()
    assert others == before
    assert new.token == data["user"]["authentication_token"]
    assert data["long_lived_token"] == api.state.credentials.long_lived_token
    assert (new.agent, new.ip) == ("qiscus-tui/test", "127.0.0.1")
    assert new.expires == START + LIFETIME
    secret_key = api.state.credentials.secret_key
    assert data["user"]["app"]["secret_key"] == secret_key
    assert data["details"]["app"]["secret_key"] == secret_key
    assert data["user"]["type"] == 1
    form = {"email": "admin@demo.example", "password": PASSWORD}
    assert (await api.http.post("/api/v1/auth", data=form)).status_code == 200


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff"])
async def test_a_body_that_is_no_object_never_breaks_it(api: Api, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    answer = await api.http.post("/api/v1/auth", content=body, headers=headers)
    assert answer.status_code in {400, 401}


# Who may what


async def test_each_credential_reaches_what_it_is_for(api: Api) -> None:
    paths = api.state.dialect.paths
    assert (await api.profile("admin", api.long_lived())).status_code == 200
    key = {
        "Qiscus-App-Id": api.state.credentials.app_code,
        "Qiscus-Secret-Key": api.state.credentials.secret_key,
    }
    assert (await api.profile("admin", key)).status_code == 200
    assert (await api.profile("admin", key | {"Qiscus-Secret-Key": "wrong"})).status_code == 401
    bearer = api.headers(f"Bearer {api.state.credentials.long_lived_token}")
    other_app = api.long_lived() | {"Qiscus-App-Id": "other-app"}
    none: list[dict[str, str]] = [key, bearer, other_app, {}, {"Authorization": "x"}]
    for headers in none:
        assert (await api.http.get(paths.list, headers=headers)).status_code == 401
    assert (await api.login("refused@demo.example")).status_code == 200
    assert (await api.list("refused@demo.example")).status_code == 403


async def test_a_session_is_used_and_ends_when_its_time_is_over_or_by_a_logout(
    api: Api, clock: ManualClock
) -> None:
    token = await logged_in(api)
    assert (await api.list()).json()["data"][-1]["last_used_at"] is None
    clock.advance(60)
    await api.profile("admin", api.headers(token))
    assert (await api.list()).json()["data"][-1]["last_used_at"] == "2026-09-21 14:14:20"
    left = tokens(api) - {token}
    assert (
        await api.http.post("/api/v1/auth/logout", headers=api.headers(token))
    ).status_code == 200
    assert tokens(api) == left
    assert (await api.profile("admin", api.headers(token))).status_code == 401

    token = await logged_in(api)
    clock.advance(LIFETIME - 1)
    assert (await api.profile("admin", api.headers(token))).status_code == 200
    clock.advance(1)
    answer = await api.profile("admin", api.headers(token))
    assert (answer.status_code, answer.json()["errors"]) == (401, "Unauthorized")
    assert (await api.list()).json() == {"data": []}


async def test_a_revoke_ends_what_it_names_of_its_user_once(api: Api) -> None:
    before = tokens(api)
    token = api.state.sessions()[3].token
    assert (await api.revoke(token)).status_code == 200
    assert tokens(api) == before - {token}
    assert (await api.revoke(token)).status_code == 404
    assert (await api.revoke(await logged_in(api, AGENT.email))).status_code == 404
    assert len(api.state.sessions(AGENT.email)) == 1
    named = len(api.state.revoke_requests)
    for body in ({}, {"authentication_token": "QEX"}, {"token": None}):
        answer = await api.http.post(
            api.state.dialect.paths.revoke, headers=api.long_lived(), json=body
        )
        assert answer.status_code == 422
    assert len(api.state.revoke_requests) == named


async def test_every_answer_is_dated_by_the_demos_clock(api: Api, clock: ManualClock) -> None:
    clock.advance(3600)
    for answer in (await api.login(), await api.list(), await api.http.get("/nowhere")):
        dated = parsedate_to_datetime(answer.headers["Date"]).timestamp()
        assert dated == int(START) + 3600


async def test_a_wrong_method_and_a_wrong_path_are_told_apart_in_json(api: Api) -> None:
    wrong_method = await api.http.get(api.state.dialect.paths.revoke)
    wrong_path = await api.http.get("/api/v2/auth/nothing")
    assert (wrong_method.status_code, wrong_path.status_code) == (405, 404)
    assert wrong_method.headers["Allow"] == "POST"
    assert json.loads(wrong_path.content)["errors"] == "Not Found"
