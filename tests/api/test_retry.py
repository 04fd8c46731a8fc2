"""What harms nobody when done twice is tried up to five times, and nothing else is."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from functools import partial

import httpx
import pytest

from qiscus_tui.api.client import ApiClient
from qiscus_tui.api.contract import Contract
from qiscus_tui.api.list.listing import read_listing
from qiscus_tui.api.retry import CallTime, RetryPolicy
from qiscus_tui.errors import (
    AnswerLost,
    NotTrusted,
    OutOfReach,
    QiscusTuiError,
    ServerFault,
    TimedOut,
)
from qiscus_tui.model.account import Role
from tests.api.serving import LONG_LIVED, SHORT_LIVED, answering, client_of, listing_of, said
from tests.clocks import ManualClock

LISTED = said({"data": [{"token": "a"}]})
FAULTS: list[httpx.Response | Exception] = [
    said({"errors": "busy"}, 429),
    said({}, 500),
    said({}, 502),
    said({}, 503),
    said({}, 504),
    httpx.ReadTimeout("slow"),
    httpx.ConnectError("refused"),
    httpx.ReadError("reset"),
    httpx.RemoteProtocolError("Server disconnected without sending a response."),
]


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_read_is_tried_up_to_five_times_with_doubling_waits(
    fault: httpx.Response | Exception, clock: ManualClock
) -> None:
    server = answering(fault, fault, fault, fault, LISTED)
    assert len((await listing_of(server, clock)).sessions) == 1
    assert clock.slept == [0.2, 0.4, 0.8, 1.6]
    server = answering(fault)
    with pytest.raises((ServerFault, OutOfReach)):
        await listing_of(server, clock)
    assert len(server.requests) == 5


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 422, 501, 505])
async def test_a_refusal_is_not_tried_again(status: int, clock: ManualClock) -> None:
    server = answering(said({"errors": "no"}, status))
    with pytest.raises(QiscusTuiError):
        await listing_of(server, clock)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("header", "waited"),
    [("7", 7.0), ("60", 60.0), ("0", 0.2), ("-1", 0.2), ("rubbish", 0.2), ("", 0.2)],
)
async def test_retry_after_is_obeyed(header: str, waited: float, clock: ManualClock) -> None:
    server = answering(said({}, 429, {"Retry-After": header}), LISTED)
    await listing_of(server, clock)
    assert clock.slept == [waited]


async def test_who_asks_for_more_than_a_minute_gets_no_other_try(clock: ManualClock) -> None:
    server = answering(said({}, 429, {"Retry-After": "86400"}))
    with pytest.raises(ServerFault) as raised:
        await listing_of(server, clock)
    assert (len(server.requests), clock.slept) == (1, [])
    assert raised.value.hint == "The server asks to wait 86,400 s; try again after that."


Call = Callable[[ApiClient], Awaitable[object]]


SENT_ONCE: dict[str, Call] = {
    "login": lambda client: client.login("a@b.c", "password"),
    "refresh": lambda client: client.refresh(LONG_LIVED),
    "revoke-all": lambda client: client.revoke_all(LONG_LIVED),
    "logout": lambda client: client.logout(SHORT_LIVED),
}


@pytest.mark.parametrize("call", SENT_ONCE.values(), ids=SENT_ONCE)
@pytest.mark.parametrize("fault", FAULTS)
async def test_what_makes_or_ends_tokens_at_large_is_sent_once(
    call: Call, fault: httpx.Response | Exception
) -> None:
    server = answering(fault)
    async with client_of(server) as client:
        with pytest.raises((ServerFault, OutOfReach)):
            await call(client)
    assert len(server.requests) == 1


async def test_what_may_be_done_twice_says_to_try_again_and_a_lost_change_to_look() -> None:
    async with client_of(answering(httpx.ReadError("reset"))) as client:
        for call in (
            read_listing(client, LONG_LIVED, None),
            client.revoke(LONG_LIVED, "t"),
            client.profile({}, Role.ADMIN),
        ):
            with pytest.raises(AnswerLost) as lost:
                await call
            assert lost.value.hint.endswith("Check the network, then try again.")
        with pytest.raises(AnswerLost) as changing:
            await client.refresh(LONG_LIVED)
    assert "may have carried out the call" in changing.value.hint


def test_the_contract_says_so_too() -> None:
    repeatable = {call.name for call in Contract().calls if call.repeatable}
    assert repeatable == {"active_token_list", "revoke_token", "profile"}


async def slow(_: CallTime) -> None:
    raise TimedOut("slow")


async def test_waits_grow_to_five_seconds_and_no_further(
    clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qiscus_tui.api.retry.TRIES", 9)
    with pytest.raises(TimedOut):
        await RetryPolicy(clock, lambda: 1.0).retrying(slow)
    assert clock.slept == [0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0, 5.0]


async def test_jitter_takes_up_to_half_of_a_wait(clock: ManualClock) -> None:
    with pytest.raises(TimedOut):
        await RetryPolicy(clock, random.Random(1).random).retrying(slow)
    for slept, whole in zip(clock.slept, [0.2, 0.4, 0.8, 1.6], strict=True):
        assert whole / 2 <= slept <= whole


async def test_a_certificate_that_is_not_trusted_is_not_tried_again(clock: ManualClock) -> None:
    async def once(_: CallTime) -> None:
        raise NotTrusted("self-signed")

    with pytest.raises(NotTrusted):
        await RetryPolicy(clock).retrying(once)
    assert clock.slept == []


async def test_who_listens_may_end_the_tries(clock: ManualClock) -> None:
    with pytest.raises(TimedOut):
        await RetryPolicy(clock).retrying(slow, lambda _: not clock.slept)
    assert len(clock.slept) == 1


# The time of a call in all


def taking(seconds: float, clock: ManualClock) -> Callable[[CallTime], Awaitable[None]]:
    """A server that does not answer, where each try gives up after so long."""

    async def once(time: CallTime) -> None:
        clock.advance(min(seconds, time.left))
        raise TimedOut("host did not answer")

    return once


@pytest.mark.parametrize(
    ("policy", "seconds", "words"),
    [(RetryPolicy, 60, "Tried 3 times in 60 s. "), (partial(RetryPolicy, call_time=5), 5, "")],
)
async def test_a_server_that_never_answers_costs_a_minute_or_the_time_that_was_chosen(
    clock: ManualClock, policy: Callable[..., RetryPolicy], seconds: float, words: str
) -> None:
    began = clock.monotonic()
    with pytest.raises(TimedOut) as raised:
        await policy(clock, lambda: 1.0).retrying(taking(20, clock))
    assert clock.monotonic() - began == pytest.approx(seconds)
    assert raised.value.hint.startswith(words)
    assert ("Tried" in raised.value.hint) is bool(words)


async def test_a_wait_that_the_server_asks_for_counts_only_where_the_time_is_strict(
    clock: ManualClock,
) -> None:
    async def once(_: CallTime) -> None:
        raise ServerFault("busy", status=429, retry_after=50)

    for is_strict, waits in ((False, [50.0] * 4), (True, [50.0])):
        clock.slept.clear()
        with pytest.raises(ServerFault):
            await RetryPolicy(clock, is_strict=is_strict).retrying(once)
        assert clock.slept == waits


async def test_a_call_is_cut_off_when_its_time_is_over(clock: ManualClock) -> None:
    time = CallTime(clock, 0.01)
    with pytest.raises(TimedOut, match=r"did not answer within 0\.01 s"):
        async with time.bound():
            await asyncio.Event().wait()
