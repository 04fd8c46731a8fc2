"""The doctor: what it asks, what it concludes, and that it gives nothing away."""

from collections.abc import Callable
from email.utils import formatdate

import httpx
import pytest

from qiscus_tui.api.probe import PathProbe, Presence
from qiscus_tui.api.wire import WireSettings
from qiscus_tui.model.account import parse_origin
from qiscus_tui.service.account.workspace import DemoAccess, LocalFiles, Workspace
from qiscus_tui.service.doctor.checks import MOST_TRIES, Check, Health, examine, try_paths
from qiscus_tui.store.config import Config
from tests.clocks import ManualClock

ORIGIN = parse_origin("http://127.0.0.1:9")
PATH = "/api/v2/auth/revoke_token"
Answer = Callable[[httpx.Request], httpx.Response]


def answering(status_of: Callable[[str], int], seen: list[httpx.Request]) -> Answer:
    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(status_of(request.url.path), json={})

    return answer


async def presence_when(status_of: Callable[[str], int], clock: ManualClock) -> Presence:
    """Whether the path is found, which asks by GET and OPTIONS and with no credential."""
    seen: list[httpx.Request] = []
    settings = WireSettings(transport=httpx.MockTransport(answering(status_of, seen)))
    async with PathProbe(ORIGIN, settings, clock) as probe:
        found = await probe.presence(PATH)
    secret = {"authorization", "qiscus-app-id", "qiscus-secret-key", "cookie"}
    assert {request.method for request in seen} <= {"GET", "OPTIONS"}
    assert not any(secret & set(request.headers) or request.content for request in seen)
    return found


@pytest.mark.parametrize(
    ("statuses", "control", "found"),
    [
        ([401, 403, 405, 422], 404, Presence.THERE),
        ([200, 204, 301, 429, 502], 404, Presence.CANNOT_TELL),
        ([200, 302, 401, 405, 429, 500], None, Presence.CANNOT_TELL),  # any path is answered so
        ([404], 404, Presence.ABSENT),
    ],
)
async def test_a_path_is_there_where_it_is_refused_without_a_credential_and_else_is_missing(
    statuses: list[int], control: int | None, found: Presence, clock: ManualClock
) -> None:
    for status in statuses:

        def status_of(path: str, status: int = status) -> int:
            return status if path == PATH else control or status

        assert await presence_when(status_of, clock) is found


def workspace(answer: Answer, clock: ManualClock) -> Workspace:
    access = DemoAccess(httpx.MockTransport(answer), ORIGIN, "a@b.c", "secret-password")
    return Workspace({"TERM": "xterm"}, Config(), LocalFiles.in_memory(), clock, demo=access)


async def checks_of(space: Workspace) -> list[Check]:
    return [check async for check in examine(space)]


@pytest.mark.parametrize(("status", "health"), [(404, Health.BAD), (405, Health.GOOD)])
async def test_a_missing_path_is_bad_and_says_where_to_set_another_and_nothing_tells_a_secret(
    status: int, health: Health, clock: ManualClock
) -> None:
    answer = answering(lambda path: status if path == PATH else 404, [])
    checks = await checks_of(workspace(answer, clock))
    revoke = next(check for check in checks if check.name.startswith("revoke_token"))
    assert revoke.verdict is health
    assert ("[api.revoke_token]" in revoke.hint) is (health is Health.BAD)
    assert "secret-password" not in repr(checks)


async def test_a_server_that_is_away_is_one_bad_check(clock: ManualClock) -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    bad = [
        check for check in await checks_of(workspace(refuse, clock)) if check.verdict is Health.BAD
    ]
    assert [check.name for check in bad] == ["server"]


@pytest.mark.parametrize(
    ("offset", "verdict"),
    [
        (0, Health.GOOD),
        (-59, Health.GOOD),
        (3600, Health.UNSURE),
        (-86_300, Health.UNSURE),
        (86_500, Health.BAD),
        (-40 * 86_400, Health.BAD),
    ],
)
async def test_a_clock_for_which_prune_refuses_its_rules_is_bad(
    clock: ManualClock, offset: int, verdict: Health
) -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(404, headers={"Date": formatdate(clock.now() + offset, usegmt=True)})

    (found,) = [
        check for check in await checks_of(workspace(answer, clock)) if check.name == "clock"
    ]
    assert found.verdict is verdict
    assert found.verdict is not Health.BAD or "days" in found.words


async def test_trying_paths_asks_at_most_six_one_a_second(clock: ManualClock) -> None:
    tried: list[str] = []
    other = "/api/v1/auth/revoke_token"
    space = workspace(answering(lambda path: 405 if path == other else 404, []), clock)
    found = await try_paths(space, tried.append)
    assert {call.name: path for call, path in found.items()} == {"revoke_token": other}
    assert len(tried) <= MOST_TRIES
    assert clock.slept == [1.0] * len(tried)
