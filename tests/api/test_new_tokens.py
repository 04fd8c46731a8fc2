"""New tokens are taken from wherever they are in an answer, and as soon as they are there."""

import gzip
import json
from collections.abc import Callable, Iterator

import httpx
import pytest

from qiscus_tui.api.client import ApiClient
from qiscus_tui.api.replies import NewTokens, TokenWatch
from qiscus_tui.errors import AnswerLost, QiscusTuiError, ServerError, TimedOut, Unreadable
from tests.api.serving import LONG_LIVED, Pieces, client_of, said
from tests.clocks import ManualClock

SHORT, NEW = "QEX-new-short", "LLT-new-long"
AUTH = {"token": SHORT}
BOTH = {"token": SHORT, "long_lived_token": NEW}
LONG = {"long_lived_token": NEW}


def cut(body: bytes, *, zipped: bool = False, status: int = 200) -> httpx.Response:
    headers = {"Content-Encoding": "gzip"} if zipped else {}
    return httpx.Response(status, headers=headers, stream=Pieces([body], breaks_off=True))


def in_pieces(*pieces: bytes) -> httpx.Response:
    return httpx.Response(200, stream=Pieces(pieces))


USUAL = json.dumps({"data": {"auth": BOTH}}).encode()
ZIPPED = gzip.compress(USUAL)

BOTH_FOUND: dict[str, httpx.Response] = {
    "data.auth": said({"data": {"auth": BOTH}}),
    "data": said({"data": BOTH}),
    "top level": said(BOTH),
    "auth at top level": said({"auth": BOTH}),
    "data.user": said({"data": {"user": BOTH}}),
    "user at top level": said({"user": BOTH}),
    "data.tokens": said({"data": {"tokens": BOTH}}),
    "a list in data.tokens": said({"data": {"tokens": [BOTH]}}),
    "data is a list": said({"data": [BOTH]}),
    "the whole is a list": said([{"data": BOTH}]),
    "result": said({"result": {"auth": BOTH}}),
    "data.auth.user": said({"data": {"auth": {"user": BOTH}}}),
    "as at a login": said({"data": {"user": {"authentication_token": SHORT}, **LONG}}),
    "auth_token": said({"data": {"auth": {"auth_token": SHORT, **LONG}}}),
    "access_token": said({"access_token": SHORT, **LONG}),
    "short in auth, long in user": said({"data": {"auth": AUTH, "user": LONG}}),
    "short in auth, long in data": said({"data": {"auth": AUTH, **LONG}}),
    "short in auth, long at top level": said({"data": {"auth": AUTH}, **LONG}),
    "short in auth, long in a list": said({"data": {"auth": AUTH, "tokens": [LONG]}}),
    "beside what ended": said({"data": {"revoked": [{"token": "QEX-dead"}], "auth": BOTH}}),
    "beside errors": said({"errors": "partly failed", "data": {"auth": BOTH}}),
    "beside an error": said({"error": {"message": "oops"}, "data": {"auth": BOTH}}),
    "status 500": said({"data": {"auth": BOTH}}, 500),
    "status 401": said({"errors": "Unauthorized", "data": {"auth": BOTH}}, 401),
    "status 202": said({"data": {"auth": BOTH}}, 202),
    "an empty long one comes first": said(
        {"data": {"auth": {"token": SHORT, "long_lived_token": ""}, "user": LONG}}
    ),
    "a masked long one comes first": said(
        {"data": {"auth": {"token": SHORT, "long_lived_token": "LLT…long"}, "user": LONG}}
    ),
    "the older long one comes first": said(
        {"data": {"auth": {"token": SHORT, "long_lived_token": LONG_LIVED}, "user": LONG}}
    ),
    "the long one is an object": said(
        {"data": {"auth": AUTH, "long_lived_token": {"token": NEW, "expires_at": None}}}
    ),
    "the long one is in a list of its own": said(
        {"data": {"long_lived": [{"token": NEW}], **AUTH}}
    ),
    "each with its type": said(
        {"data": [{"type": "long_lived", "token": NEW}, {"type": "short_lived", "token": SHORT}]}
    ),
    "by their kinds": said({"data": {"token": {"short_lived": SHORT, "long_lived": NEW}}}),
    "in camel case": said({"data": {"shortLivedToken": SHORT, "longLivedToken": NEW}}),
    "with an expiry of the long one": said(
        {"data": {"auth": BOTH, "long_lived_token_expires_at": "2027-01-01 00:00:00"}}
    ),
    "with a line end": said({"data": {"auth": {"token": SHORT, "long_lived_token": NEW + "\n"}}}),
    "of a user of that name": said({"data": {"user": {"name": "Long Li", **AUTH}, **LONG}}),
    "the last chunk is missing": cut(USUAL),
    "the last byte is missing": cut(USUAL[:-1]),
    "the end is missing": cut(USUAL.rstrip(b"}")),
    "gzip's trailer is missing": cut(ZIPPED[:-8], zipped=True),
    "gzip's last bytes are missing": cut(ZIPPED[:-12], zipped=True),
    "in small pieces": in_pieces(*(USUAL[at : at + 7] for at in range(0, len(USUAL), 7))),
    "a warning comes before it": in_pieces(b"Warning: mysql\n" + USUAL),
    "escaped": in_pieces(USUAL.replace(b"QEX-new", b"QEX\\u002dnew").rstrip(b"}")),
    "an error in pieces": httpx.Response(500, stream=Pieces([USUAL[:30], USUAL[30:]])),
}

Call = Callable[[ApiClient, TokenWatch], object]


async def tokens_of(
    response: httpx.Response, clock: ManualClock | None = None
) -> tuple[NewTokens, list[object]]:
    """What a revoke-all returns, and what was handed on before."""
    handed: list[object] = []

    async def keep(new: NewTokens) -> None:
        handed.append(new.secrets)

    async with client_of(lambda _: response, clock) as client:
        return await client.revoke_all(LONG_LIVED, TokenWatch(on_tokens=keep)), handed


@pytest.mark.parametrize("response", BOTH_FOUND.values(), ids=BOTH_FOUND)
async def test_both_tokens_are_found_and_handed_on(response: httpx.Response) -> None:
    new, handed = await tokens_of(response)
    assert new.secrets == (SHORT, NEW)
    assert handed[-1] == (SHORT, NEW)


@pytest.mark.parametrize(
    ("response", "in_doubt"),
    [
        (said({"data": {"auth": BOTH}}), False),
        (said({"data": BOTH}), False),
        (cut(USUAL), False),
        (said(BOTH), True),
        (said({"data": {"auth": BOTH}}, 500), True),
        (said({"errors": "no", "data": {"auth": BOTH}}), True),
        (cut(USUAL[:-1]), True),
    ],
)
async def test_a_token_outside_a_plain_success_is_in_doubt(
    response: httpx.Response, *, in_doubt: bool
) -> None:
    new, _ = await tokens_of(response)
    assert (new.doubt is not None) is in_doubt


LONG_ALONE = {
    "without a short one": said({"data": LONG}),
    "beside an empty short one": said({"data": {"auth": {"token": "", **LONG}}}),
    "beside a masked short one": said({"data": {"auth": {"token": "QEX****", **LONG}}}),
    "with its end missing": cut(b'{"data": {"long_lived_token": "LLT-new-long", "tok'),
    "as an object": said({"data": {"long_lived_token": {"token": NEW}}}),
    "with its type": said({"data": {"token": NEW, "type": "Long-lived"}}),
}


@pytest.mark.parametrize("response", LONG_ALONE.values(), ids=LONG_ALONE)
async def test_a_new_long_lived_token_alone_is_enough(response: httpx.Response) -> None:
    new, handed = await tokens_of(response)
    assert new.secrets == (None, NEW) == handed[-1]
    assert new.doubt is not None


@pytest.mark.parametrize(
    "not_one", ["", "LLT…", "********", "xxxx", "[hidden]", "<removed>", "a b"]
)
async def test_what_is_no_token_replaces_none(not_one: str) -> None:
    answer = said({"data": {"auth": {"token": SHORT, "long_lived_token": not_one}}})
    new, _ = await tokens_of(answer)
    assert new.secrets == (SHORT, None)


NONE_FOUND: list[tuple[httpx.Response, type[QiscusTuiError]]] = [
    (said({"data": {}}), Unreadable),
    (said({"data": {"auth": {"token": "a\r\nX: y"}}}), Unreadable),
    (said({"errors": {"token": "required"}}, 422), ServerError),
    (said({"errors": "invalid", "token": LONG_LIVED}, 422), ServerError),
    (cut(b'{"data": {"auth": {"token": "QEX-new-sho'), AnswerLost),
    (cut(b""), AnswerLost),
]


@pytest.mark.parametrize(("response", "error"), NONE_FOUND)
async def test_where_there_is_none_the_answer_says_why(
    response: httpx.Response, error: type[QiscusTuiError]
) -> None:
    with pytest.raises(error):
        await tokens_of(response)


async def test_a_token_is_handed_on_before_the_rest_arrives() -> None:
    handed: list[object] = []
    at_the_rest: list[object] = []

    def pieces() -> Iterator[bytes]:
        yield b'{"data": {"auth": {"long_lived_token": "LLT-new-long", '
        at_the_rest.extend(handed)
        yield b'"token": "QEX-new-short"}}}'

    async def keep(new: NewTokens) -> None:
        handed.append(new.secrets)

    async with client_of(lambda _: httpx.Response(200, stream=Pieces(pieces()))) as client:
        await client.refresh(LONG_LIVED, TokenWatch(on_tokens=keep))
    assert at_the_rest == [(None, NEW)]
    assert handed == [(None, NEW), (SHORT, NEW)]


async def test_what_was_handed_on_is_returned_whatever_comes_after_it() -> None:
    answer = in_pieces(b'{"errors": {"token": "QEX-new-short", ', b'"detail": "not one"}}')
    new, handed = await tokens_of(answer)
    assert handed == [new.secrets] == [(SHORT, None)]
    assert new.doubt is not None


async def test_an_answer_that_never_ends_is_given_up_and_its_tokens_are_taken(
    clock: ManualClock,
) -> None:
    pieces = [USUAL.rstrip(b"}") + b', "more": "', *[b"x" * 20_000] * 100]
    endless = Pieces(pieces, lambda: clock.advance(5))
    new, _ = await tokens_of(httpx.Response(200, stream=endless), clock)
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
async def test_a_long_lived_token_in_a_cut_answer_is_no_short_lived_one(body: bytes) -> None:
    with pytest.raises(QiscusTuiError):
        await tokens_of(cut(body))
