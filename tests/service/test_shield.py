"""No signal ends the program while a token of ours is between the server and the disk."""

import asyncio

import pytest

from qiscus_tui.service.signal_shield import shield


def test_the_handlers_of_signals_wait_until_every_token_is_stored() -> None:
    heard: list[int] = []
    with shield.held():
        with shield.held():
            shield.handle(lambda: heard.append(1))
        shield.handle(lambda: heard.append(2))
        assert not heard
    assert heard == [1, 2]
    shield.handle(lambda: heard.append(3))
    assert heard == [1, 2, 3]


async def test_a_signal_is_obeyed_though_the_server_never_answers() -> None:
    heard: list[str] = []

    async def ask() -> None:
        with shield.held_for_answer(0.05):
            shield.handle(lambda: heard.append("signal"))
            await asyncio.sleep(0)
            assert not heard
            await asyncio.Event().wait()

    asking = asyncio.create_task(ask())
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert heard == ["signal"]


async def test_an_answer_that_comes_soon_after_a_signal_is_not_given_up() -> None:
    heard: list[str] = []
    with shield.held_for_answer(0.0):
        with shield.held_for_answer(60.0):
            shield.handle(lambda: heard.append("signal"))
        assert not heard
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert heard == ["signal"]
