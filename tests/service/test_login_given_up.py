"""A login that nobody waits for any more, while its answer is on the way."""

import asyncio
from dataclasses import dataclass, replace

import httpx
import pytest

from qiscus_tui.service.login import LoggedIn, Password, log_in
from tests.service.conftest import Sandbox, SandboxMaker


class HeldAnswer(httpx.AsyncBaseTransport):
    """The server logs in at once; its answer waits."""

    def __init__(self, server: httpx.AsyncBaseTransport) -> None:
        self.server = server
        self.made, self.released = asyncio.Event(), asyncio.Event()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self.server.handle_async_request(request)
        if request.url.path == "/api/v1/auth":
            self.made.set()
            await self.released.wait()
        return response


@dataclass
class GivenUp:
    """The login, cancelled after the server made its token."""

    answer: HeldAnswer
    login: "asyncio.Task[LoggedIn]"


async def given_up(here: Sandbox) -> GivenUp:
    demo = here.workspace.demo
    assert demo is not None
    answer = HeldAnswer(demo.transport)
    space = replace(here.workspace, demo=replace(demo, transport=answer))
    login = asyncio.create_task(log_in(space, here.kept, Password(demo.email, demo.password)))
    await answer.made.wait()
    login.cancel()
    await asyncio.sleep(0)
    return GivenUp(answer, login)


async def test_its_token_is_ended_and_nothing_is_kept(sandbox: SandboxMaker) -> None:
    here = sandbox()
    before = here.tokens()
    given = await given_up(here)
    assert here.tokens() != before
    given.answer.released.set()
    with pytest.raises(asyncio.CancelledError):
        await given.login
    assert here.tokens() == before
    assert here.disk.book.all() == ()


async def test_the_answer_is_not_waited_for_long(
    sandbox: SandboxMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qiscus_tui.service.login.UNWANTED_ANSWER", 0.0)
    given = await given_up(sandbox())
    with pytest.raises(asyncio.CancelledError):
        await given.login
    assert not given.answer.released.is_set()


async def test_giving_up_twice_waits_no_longer(sandbox: SandboxMaker) -> None:
    given = await given_up(sandbox())
    given.login.cancel()
    with pytest.raises(asyncio.CancelledError):
        await given.login
    assert not given.answer.released.is_set()
