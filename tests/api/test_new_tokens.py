"""New tokens are taken from wherever they are in an answer, and as soon as they are there."""

import gzip
import json
from collections.abc import AsyncIterator, Callable

import httpx
import pytest

from qiscus_tui.api.client import ApiClient
from qiscus_tui.api.replies import NewTokens, TokenWatch
from qiscus_tui.errors import AnswerLost, QiscusTuiError, ServerError, TimedOut, Unreadable
from tests.api.serving import LONG_LIVED, client_of
from tests.clocks import ManualClock

SHORT, NEW = "QEX-new-short", "LLT-new-long"
AUTH = {"token": SHORT}
BOTH = {"token": SHORT, "long_lived_token": NEW}
LONG = {"long_lived_token": NEW}


class Answer(httpx.AsyncByteStream):
    """A body in pieces; then the connection breaks off, if it is to."""

    def __init__(self, *pieces: bytes, breaks_off: bool = False) -> None:
        self._pieces = pieces
        self._breaks_off = breaks_off

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            yield piece
        if self._breaks_off:
            raise httpx.RemoteProtocolError("peer closed connection without sending complete body")


def plain(value: object, status: int = 200) -> httpx.Response:
    return httpx.Response(status, stream=Answer(json.dumps(value).encode()))


def cut(body: bytes, *, zipped: bool = False, status: int = 200) -> httpx.Response:
    headers = {"Content-Encoding": "gzip"} if zipped else {}
    return httpx.Response(status, headers=headers, stream=Answer(body, breaks_off=True))


def in_pieces(*pieces: bytes) -> httpx.Response:
    return httpx.Response(200, stream=Answer(*pieces))


USUAL = json.dumps({"data": {"auth": BOTH}}).encode()
ZIPPED = gzip.compress(USUAL)

BOTH_FOUND: dict[str, httpx.Response] = {
    "data.auth": plain({"data": {"auth": BOTH}}),
    "data": plain({"data": BOTH}),
    "top level": plain(BOTH),
    "auth at top level": plain({"auth": BOTH}),
    "data.user": plain({"data": {"user": BOTH}}),
    "user at top level": plain({"user": BOTH}),
    "data.tokens": plain({"data": {"tokens": BOTH}}),
    "a list in data.tokens": plain({"data": {"tokens": [BOTH]}}),
    "data is a list": plain({"data": [BOTH]}),
    "the whole is a list": plain([{"data": BOTH}]),
    "result": plain({"result": {"auth": BOTH}}),
    "data.auth.user": plain({"data": {"auth": {"user": BOTH}}}),
    "as at a login": plain({"data": {"user": {"authentication_token": SHORT}, **LONG}}),
    "auth_token": plain({"data": {"auth": {"auth_token": SHORT, **LONG}}}),
    "access_token": plain({"access_token": SHORT, **LONG}),
    "short in auth, long in user": plain({"data": {"auth": AUTH, "user": LONG}}),
    "short in auth, long in data": plain({"data": {"auth": AUTH, **LONG}}),
    "short in auth, long at top level": plain({"data": {"auth": AUTH}, **LONG}),
    "short in auth, long in a list": plain({"data": {"auth": AUTH, "tokens": [LONG]}}),
    "beside what ended": plain({"data": {"revoked": [{"token": "QEX-dead"}], "auth": BOTH}}),
    "beside errors": plain({"errors": "partly failed", "data": {"auth": BOTH}}),
    "beside an error": plain({"error": {"message": "oops"}, "data": {"auth": BOTH}}),
    "status 500": plain({"data": {"auth": BOTH}}, 500),
    "status 401": plain({"errors": "Unauthorized", "data": {"auth": BOTH}}, 401),
    "status 202": plain({"data": {"auth": BOTH}}, 202),
    "an empty long one comes first": plain(
        {"data": {"auth": {"token": SHORT, "long_lived_token": ""}, "user": LONG}}
    ),
    "a masked long one comes first": plain(
        {"data": {"auth": {"token": SHORT, "long_lived_token": "LLT…long"}, "user": LONG}}
    ),
    "the older long one comes first": plain(
        {"data": {"auth": {"token": SHORT, "long_lived_token": LONG_LIVED}, "user": LONG}}
    ),
    "the long one is an object": plain(
        {"data": {"auth": AUTH, "long_lived_token": {"token": NEW, "expires_at": None}}}
    ),
    "the long one is in a list of its own": plain(
        {"data": {"long_lived": [{"token": NEW}], **AUTH}}
    ),
    "each with its type": plain(
        {"data": [{"type": "long_lived", "token": NEW}, {"type": "short_lived", "token": SHORT}]}
    ),
    "by their kinds": plain({"data": {"token": {"short_lived": SHORT, "long_lived": NEW}}}),
    "in camel case": plain({"data": {"shortLivedToken": SHORT, "longLivedToken": NEW}}),
    "with an expiry of the long one": plain(
        {"data": {"auth": BOTH, "long_lived_token_expires_at": "2027-01-01 00:00:00"}}
    ),
    "with a line end": plain({"data": {"auth": {"token": SHORT, "long_lived_token": NEW + "\n"}}}),
    "of a user of that name": plain({"data": {"user": {"name": "Long Li", **AUTH}, **LONG}}),
    "the last chunk is missing": cut(USUAL),
    "the last byte is missing": cut(USUAL[:-1]),
    "the end is missing": cut(USUAL.rstrip(b"}")),
    "gzip's trailer is missing": cut(ZIPPED[:-8], zipped=True),
    "gzip's last bytes are missing": cut(ZIPPED[:-12], zipped=True),
    "in small pieces": in_pieces(*(USUAL[at : at + 7] for at in range(0, len(USUAL), 7))),
    "a warning comes before it": in_pieces(b"Warning: mysql\n" + USUAL),
    "escaped": in_pieces(USUAL.replace(b"QEX-new", b"QEX\\u002dnew").rstrip(b"}")),
    "an error in pieces": httpx.Response(500, stream=Answer(USUAL[:30], USUAL[30:])),
}

Call = Callable[[ApiClient, TokenWatch], object]


async def tokens_of(response: httpx.Response, clock: ManualClock) -> tuple[NewTokens, list[object]]:
    """What a revoke-all returns, and what was handed on before."""
    handed: list[object] = []

    async def keep(new: NewTokens) -> None:
        handed.append(new.secrets)

    async with client_of(lambda _: response, clock) as client:
        return await client.revoke_all(LONG_LIVED, TokenWatch(on_tokens=keep)), handed


@pytest.mark.parametrize("response", BOTH_FOUND.values(), ids=BOTH_FOUND)
async def test_both_tokens_are_found_and_handed_on(
    response: httpx.Response, clock: ManualClock
) -> None:
    new, handed = await tokens_of(response, clock)
    assert new.secrets == (SHORT, NEW)
    assert handed[-1] == (SHORT, NEW)


@pytest.mark.parametrize(
    ("response", "in_doubt"),
    [
        (plain({"data": {"auth": BOTH}}), False),
        (plain({"data": BOTH}), False),
        (cut(USUAL), False),
        (plain(BOTH), True),
        (plain({"data": {"auth": BOTH}}, 500), True),
        (plain({"errors": "no", "data": {"auth": BOTH}}), True),
        (cut(USUAL[:-1]), True),
    ],
)
async def test_a_token_outside_a_plain_success_is_in_doubt(
    response: httpx.Response, clock: ManualClock, *, in_doubt: bool
) -> None:
    new, _ = await tokens_of(response, clock)
    assert (new.doubt is not None) is in_doubt


LONG_ALONE = {
    "without a short one": plain({"data": LONG}),
    "beside an empty short one": plain({"data": {"auth": {"token": "", **LONG}}}),
    "beside a masked short one": plain({"data": {"auth": {"token": "QEX****", **LONG}}}),
    "with its end missing": cut(b'{"data": {"long_lived_token": "LLT-new-long", "tok'),
    "as an object": plain({"data": {"long_lived_token": {"token": NEW}}}),
    "with its type": plain({"data": {"token": NEW, "type": "Long-lived"}}),
}


@pytest.mark.parametrize("response", LONG_ALONE.values(), ids=LONG_ALONE)
async def test_a_new_long_lived_token_alone_is_enough(
    response: httpx.Response, clock: ManualClock
) -> None:
    new, handed = await tokens_of(response, clock)
    assert new.secrets == (None, NEW) == handed[-1]
    assert new.doubt is not None


@pytest.mark.parametrize(
    "not_one", ["", "LLT…", "********", "xxxx", "[hidden]", "<removed>", "a b"]
)
async def test_what_is_no_token_replaces_none(not_one: str, clock: ManualClock) -> None:
    answer = plain({"data": {"auth": {"token": SHORT, "long_lived_token": not_one}}})
    new, _ = await tokens_of(answer, clock)
    assert new.secrets == (SHORT, None)


NONE_FOUND: list[tuple[httpx.Response, type[QiscusTuiError]]] = [
    (plain({"data": {}}), Unreadable),
    (plain({"data": {"auth": {"token": "a\r\nX: y"}}}), Unreadable),
    (plain({"errors": {"token": "required"}}, 422), ServerError),
    (plain({"errors": "invalid", "token": LONG_LIVED}, 422), ServerError),
    (cut(b'{"data": {"auth": {"token": "QEX-new-sho'), AnswerLost),
    (cut(b""), AnswerLost),
]


@pytest.mark.parametrize(("response", "error"), NONE_FOUND)
async def test_where_there_is_none_the_answer_says_why(
    response: httpx.Response, error: type[QiscusTuiError], clock: ManualClock
) -> None:
    with pytest.raises(error):
        await tokens_of(response, clock)


async def test_a_token_is_handed_on_before_the_rest_arrives(clock: ManualClock) -> None:
    handed: list[object] = []
    at_the_rest: list[object] = []

    class Slow(httpx.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            yield b'{"data": {"auth": {"long_lived_token": "LLT-new-long", '
            at_the_rest.extend(handed)
            yield b'"token": "QEX-new-short"}}}'

    async def keep(new: NewTokens) -> None:
        handed.append(new.secrets)

    async with client_of(lambda _: httpx.Response(200, stream=Slow()), clock) as client:
        await client.refresh(LONG_LIVED, TokenWatch(on_tokens=keep))
    assert at_the_rest == [(None, NEW)]
    assert handed == [(None, NEW), (SHORT, NEW)]


async def test_what_was_handed_on_is_returned_whatever_comes_after_it(clock: ManualClock) -> None:
    answer = in_pieces(b'{"errors": {"token": "QEX-new-short", ', b'"detail": "not one"}}')
    new, handed = await tokens_of(answer, clock)
    assert handed == [new.secrets] == [(SHORT, None)]
    assert new.doubt is not None


async def test_an_answer_that_never_ends_is_given_up_and_its_tokens_are_taken(
    clock: ManualClock,
) -> None:
    class Endless(httpx.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            yield USUAL.rstrip(b"}") + b', "more": "'
            for _ in range(100):
                clock.advance(5)
                yield b"x" * 20_000

    new, _ = await tokens_of(httpx.Response(200, stream=Endless()), clock)
    assert new.secrets == (SHORT, NEW)
    assert isinstance(new.doubt, TimedOut)
    assert clock.monotonic() < 1100


@pytest.mark.parametrize(
    "body",
    [
        b'{"data": {"long_lived_token": {"token": "LLT-new-long"',
        b'{"data": [{"type": "long_lived", "token": "LLT-new-long"}',
    ],
)
async def test_a_long_lived_token_in_a_cut_answer_is_no_short_lived_one(
    body: bytes, clock: ManualClock
) -> None:
    with pytest.raises(QiscusTuiError):
        await tokens_of(cut(body), clock)
