"""Logging in, and what each kind of user gets."""

import json
from email.utils import parsedate_to_datetime

import pytest

from qiscus_tui.demo.seed import LIFETIME
from tests.clocks import ManualClock
from tests.demo.conftest import START, Api
from tests.sandbox import PASSWORD, Call, Fault


async def test_a_login_adds_a_session_and_leaves_the_others(api: Api) -> None:
    before = api.state.sessions()
    answer = (await api.login()).json()["data"]
    *others, new = api.state.sessions()
    assert others == before
    assert new.token == answer["user"]["authentication_token"]
    assert answer["long_lived_token"] == api.state.credentials.long_lived_token
    assert (new.agent, new.ip) == ("qiscus-tui/test", "127.0.0.1")
    assert new.expires == START + LIFETIME


async def test_a_form_logs_in_as_well(api: Api) -> None:
    form = {"email": "admin@demo.example", "password": PASSWORD}
    assert (await api.http.post("/api/v1/auth", data=form)).status_code == 200


async def test_the_login_answer_carries_the_secret_key_and_much_else(api: Api) -> None:
    data = (await api.login()).json()["data"]
    secret_key = api.state.credentials.secret_key
    assert data["user"]["app"]["secret_key"] == secret_key
    assert data["details"]["app"]["secret_key"] == secret_key
    assert data["user"]["type"] == 1


@pytest.mark.parametrize(
    ("email", "password"), [("admin@demo.example", "wrong"), ("nobody@demo.example", PASSWORD)]
)
async def test_a_wrong_password_is_refused(api: Api, email: str, password: str) -> None:
    answer = await api.login(email, password)
    assert answer.status_code == 401
    assert answer.json()["errors"] == "Invalid email or password"


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{", b"\xff"])
async def test_a_body_that_is_no_object_never_breaks_it(api: Api, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    answer = await api.http.post("/api/v1/auth", content=body, headers=headers)
    assert answer.status_code in {400, 401}


async def test_two_factor_gives_no_short_lived_token(api: Api) -> None:
    data = (await api.login("twofactor@demo.example")).json()["data"]
    assert data["user"]["authentication_token"] is None
    assert data["use_2fa"] is True
    assert data["long_lived_token"] == api.state.long_lived_token("twofactor@demo.example")
    assert (await api.list("twofactor@demo.example")).json() == {"data": []}


async def test_two_factor_may_give_no_long_lived_token_either(api: Api) -> None:
    data = (await api.login("twofactor-only@demo.example")).json()["data"]
    assert data["user"]["authentication_token"] is None
    assert data["long_lived_token"] is None


async def test_a_very_old_app_repeats_its_token_which_manages_nothing(api: Api) -> None:
    data = (await api.login("old@demo.example")).json()["data"]
    token = data["user"]["authentication_token"]
    assert data["long_lived_token"] == token
    headers = api.headers(token)
    assert (await api.http.get(api.state.dialect.paths.list, headers=headers)).status_code == 401
    assert (await api.profile("admin", headers)).status_code == 200


@pytest.mark.parametrize(
    ("email", "role", "field"),
    [
        ("admin@demo.example", "admin", "email_address"),
        ("agent@demo.example", "agent", "email"),
        ("supervisor@demo.example", "agent", "email"),
    ],
)
async def test_the_profile_stands_under_the_role(
    api: Api, email: str, role: str, field: str
) -> None:
    token = (await api.login(email)).json()["data"]["user"]["authentication_token"]
    assert (await api.profile(role, api.headers(token))).json()["data"][field] == email
    other = "agent" if role == "admin" else "admin"
    assert (await api.profile(other, api.headers(token))).status_code == 403


async def test_the_secret_key_reads_the_profile_and_manages_no_tokens(api: Api) -> None:
    headers = {
        "Qiscus-App-Id": api.state.credentials.app_code,
        "Qiscus-Secret-Key": api.state.credentials.secret_key,
    }
    assert (await api.profile("admin", headers)).status_code == 200
    wrong = headers | {"Qiscus-Secret-Key": "wrong"}
    assert (await api.profile("admin", wrong)).status_code == 401
    assert (await api.http.get(api.state.dialect.paths.list, headers=headers)).status_code == 401


async def test_the_long_lived_token_makes_ordinary_calls_too(api: Api) -> None:
    assert (await api.profile("admin", api.long_lived())).status_code == 200


async def test_a_session_ends_when_its_time_is_over(api: Api, clock: ManualClock) -> None:
    token = (await api.login()).json()["data"]["user"]["authentication_token"]
    clock.advance(LIFETIME - 1)
    assert (await api.profile("admin", api.headers(token))).status_code == 200
    clock.advance(1)
    answer = await api.profile("admin", api.headers(token))
    assert (answer.status_code, answer.json()["errors"]) == (401, "Unauthorized")
    assert api.state.sessions() == []
    assert (await api.list()).json() == {"data": []}


async def test_using_a_token_is_noted(api: Api, clock: ManualClock) -> None:
    token = (await api.login()).json()["data"]["user"]["authentication_token"]
    assert (await api.list()).json()["data"][-1]["last_used_at"] is None
    clock.advance(60)
    await api.profile("admin", api.headers(token))
    assert (await api.list()).json()["data"][-1]["last_used_at"] == "2026-09-21 14:14:20"


async def test_a_logout_ends_that_token_only(api: Api) -> None:
    before = api.state.sessions()
    token = (await api.login()).json()["data"]["user"]["authentication_token"]
    answer = await api.http.post("/api/v1/auth/logout", headers=api.headers(token))
    assert answer.status_code == 200
    assert api.state.sessions() == before
    assert (await api.profile("admin", api.headers(token))).status_code == 401


@pytest.mark.parametrize("headers", [{}, {"Authorization": "x"}, {"Authorization": ""}])
async def test_without_valid_headers_nothing_is_told(api: Api, headers: dict[str, str]) -> None:
    assert (await api.http.get(api.state.dialect.paths.list, headers=headers)).status_code == 401
    assert (await api.profile("admin", headers)).status_code == 401


async def test_another_app_id_is_refused(api: Api) -> None:
    headers = api.long_lived() | {"Qiscus-App-Id": "other-app"}
    assert (await api.http.get(api.state.dialect.paths.list, headers=headers)).status_code == 401


async def test_bearer_is_not_part_of_the_header(api: Api) -> None:
    headers = api.headers(f"Bearer {api.state.credentials.long_lived_token}")
    assert (await api.http.get(api.state.dialect.paths.list, headers=headers)).status_code == 401


async def test_a_role_may_be_refused_token_management(api: Api) -> None:
    assert (await api.login("refused@demo.example")).status_code == 200
    assert (await api.list("refused@demo.example")).status_code == 403


async def test_every_answer_is_dated_by_the_demos_clock(api: Api, clock: ManualClock) -> None:
    clock.advance(3600)
    for answer in (await api.login(), await api.list(), await api.http.get("/nowhere")):
        dated = parsedate_to_datetime(answer.headers["Date"]).timestamp()
        assert dated == int(START) + 3600


async def test_calls_are_counted_refused_ones_too(api: Api) -> None:
    await api.login()
    await api.login(password="wrong")
    await api.list()
    await api.refresh()
    assert api.state.calls == {Call.LOGIN: 2, Call.LIST: 1, Call.REFRESH: 1}


async def test_an_answer_can_be_made_to_fail_once(api: Api) -> None:
    api.state.fail_next(Call.LIST, Fault(429, headers={"Retry-After": "7"}))
    answer = await api.list()
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")
    assert (await api.list()).status_code == 200


async def test_a_lost_answer_follows_a_call_that_was_carried_out(api: Api) -> None:
    page = Fault(502, b"<html>Bad Gateway</html>", content_type="text/html", after=True)
    api.state.fail_next(Call.REVOKE, page)
    token = api.state.sessions()[0].token
    assert (await api.revoke(token)).status_code == 502
    assert token not in {session.token for session in api.state.sessions()}


async def test_a_wrong_method_and_a_wrong_path_are_told_apart_in_json(api: Api) -> None:
    wrong_method = await api.http.get(api.state.dialect.paths.revoke)
    wrong_path = await api.http.get("/api/v2/auth/nothing")
    assert (wrong_method.status_code, wrong_path.status_code) == (405, 404)
    assert wrong_method.headers["Allow"] == "POST"
    assert json.loads(wrong_path.content)["errors"] == "Not Found"
