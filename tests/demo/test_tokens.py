"""Refreshing and revoking, where it works and where it only says so."""

from collections.abc import Callable

import pytest

from tests.demo.conftest import Api
from tests.sandbox.users import AGENT

Speaking = Callable[..., Api]


def tokens(api: Api) -> set[str]:
    return {session.token for session in api.state.sessions()}


async def test_a_refresh_gives_a_new_token_and_ends_none(api: Api) -> None:
    before = tokens(api)
    await api.login()
    logged_in = tokens(api)
    new = (await api.refresh()).json()["data"]["auth"]["token"]
    assert new not in logged_in
    assert tokens(api) == logged_in | {new}
    assert before < logged_in


async def test_a_refresh_may_end_the_clients_older_token(speaking: Speaking) -> None:
    api = speaking("refresh-ends-older")
    before = tokens(api)
    first = (await api.login()).json()["data"]["user"]["authentication_token"]
    api.http.headers["User-Agent"] = "somebody else"
    other = (await api.login()).json()["data"]["user"]["authentication_token"]
    api.http.headers["User-Agent"] = "qiscus-tui/test"
    new = (await api.refresh()).json()["data"]["auth"]["token"]
    assert tokens(api) == before | {other, new}
    assert first not in tokens(api)


async def test_a_revoke_ends_what_it_names(api: Api) -> None:
    before = tokens(api)
    token = api.state.sessions()[3].token
    assert (await api.revoke(token)).status_code == 200
    assert tokens(api) == before - {token}
    assert api.state.revoke_requests == [token]


async def test_revoking_twice_is_not_found(api: Api) -> None:
    token = api.state.sessions()[3].token
    await api.revoke(token)
    assert (await api.revoke(token)).status_code == 404


async def test_somebody_elses_token_is_not_found(api: Api) -> None:
    data = (await api.login(AGENT.email)).json()["data"]
    assert (await api.revoke(data["user"]["authentication_token"])).status_code == 404
    assert len(api.state.sessions(AGENT.email)) == 1


@pytest.mark.parametrize("body", [{}, {"authentication_token": "QEX"}, {"token": None}])
async def test_a_revoke_that_names_nothing_is_422(api: Api, body: dict[str, object]) -> None:
    answer = await api.http.post(
        api.state.dialect.paths.revoke, headers=api.long_lived(), json=body
    )
    assert answer.status_code == 422
    assert api.state.revoke_requests == []


async def test_revoke_all_leaves_exactly_one_new_session(api: Api) -> None:
    before = tokens(api)
    long_lived = api.state.credentials.long_lived_token
    data = (await api.revoke_all()).json()["data"]
    assert tokens(api) == {data["auth"]["token"]}
    assert data["auth"]["token"] not in before
    assert "long_lived_token" not in data | data["auth"]
    assert api.state.credentials.long_lived_token == long_lived


@pytest.mark.parametrize("dialect", ["new-long-lived", "new-long-lived-data"])
async def test_revoke_all_may_change_the_long_lived_token(speaking: Speaking, dialect: str) -> None:
    api = speaking(dialect)
    old = api.long_lived()
    data = (await api.revoke_all()).json()["data"]
    holder = data["auth"] if dialect == "new-long-lived" else data
    assert holder["long_lived_token"] == api.state.credentials.long_lived_token
    path = api.state.dialect.paths.list
    assert (await api.http.get(path, headers=old)).status_code == 401
    assert (await api.list()).status_code == 200


async def test_revoke_all_touches_no_other_user(api: Api) -> None:
    await api.login(AGENT.email)
    await api.revoke_all()
    assert len(api.state.sessions(AGENT.email)) == 1


async def test_a_revoke_may_answer_200_and_end_nothing(speaking: Speaking) -> None:
    api = speaking("revoke-ignored")
    before = tokens(api)
    assert (await api.revoke(next(iter(before)))).status_code == 200
    assert tokens(api) == before


async def test_a_wrong_revoke_path_is_404_to_all(speaking: Speaking) -> None:
    api = speaking("revoke-not-found")
    before = tokens(api)
    assert (await api.revoke(next(iter(before)))).status_code == 404
    assert tokens(api) == before


async def test_a_revoke_may_end_the_callers_own_session(speaking: Speaking) -> None:
    api = speaking("revoke-ends-own")
    before = tokens(api)
    own = (await api.login()).json()["data"]["user"]["authentication_token"]
    assert (await api.revoke(next(iter(before)))).status_code == 200
    assert tokens(api) == before
    assert own not in tokens(api)


async def test_a_revoke_may_end_everything(speaking: Speaking) -> None:
    api = speaking("revoke-ends-all")
    assert (await api.revoke(api.state.sessions()[0].token)).status_code == 200
    assert tokens(api) == set()


async def test_ids_revoke_where_the_field_is_an_id(speaking: Speaking) -> None:
    api = speaking("ids-revocable")
    listed = (await api.list()).json()["data"]
    assert (await api.revoke(listed[0]["token_id"])).status_code == 200
    assert (await api.list()).json()["data"] == listed[1:]


async def test_paths_can_be_elsewhere(speaking: Speaking) -> None:
    api = speaking("moved")
    headers = api.long_lived()
    usual = await api.http.get("/api/v2/auth/active_token_list", headers=headers)
    assert usual.status_code == 404
    assert (await api.list()).status_code == 200
    assert (await api.revoke(api.state.sessions()[0].token)).status_code == 200
