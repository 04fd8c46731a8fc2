"""Whether the server accepts a long-lived token, without reading a whole list for it."""

import asyncio
from collections.abc import Iterable

from qiscus_tui.api.answers import LIST_BODY, AnswerStream
from qiscus_tui.api.client import ApiClient
from qiscus_tui.api.decode import lenient
from qiscus_tui.api.error_answers import is_refusal
from qiscus_tui.api.retry import CallTime
from qiscus_tui.api.wire import Request
from qiscus_tui.errors import Forbidden, NotQiscus, OutOfReach, ServerError, TokenInvalid

_LOOK_TIME = 5.0
"""Seconds to find out which of several tokens is accepted."""

_BEGINNING = 65_536
"""Bytes that are enough to tell a list from an error."""


async def ask_long_lived(client: ApiClient, long_lived: str) -> None:
    """Check that the server accepts this token for this app; retried like any read.

    Raises TokenInvalid where it does not, Forbidden, ServerError, OutOfReach.
    """
    call = client.contract.list

    async def once(time: CallTime) -> None:
        request = Request(call, client.long_lived_headers(long_lived))
        async with time.bound(), client.stream(request) as answer:
            body, whole = await _beginning(answer)
        value = lenient(body) if whole else None
        if answer.status >= 400 or is_refusal(value):
            raise client.error_for(call, answer, value, {long_lived})
        if body.lstrip()[:1] not in {b"[", b"{"}:
            raise NotQiscus(
                f"{client.origin.netloc} did not answer the list with JSON",
                status=answer.status,
            )

    await client.retry_policy.retrying(once)


async def accepted_of(client: ApiClient, tokens: Iterable[str]) -> str | None:
    """Return the first of these tokens that the server accepts, None where it accepts none.

    None too where it does not say so soon, or answers 403: some servers do that to any token.
    """
    try:
        async with asyncio.timeout(_LOOK_TIME):
            for token in tokens:
                try:
                    await ask_long_lived(client, token)
                except (TokenInvalid, Forbidden):
                    continue
                return token
    except (ServerError, OutOfReach, TimeoutError):
        pass
    return None


async def _beginning(answer: AnswerStream) -> tuple[bytes, bool]:
    """Return the first bytes of an answer, and whether they are all of it."""
    body = bytearray()
    async for piece in answer.pieces(LIST_BODY):
        body += piece
        if len(body) > _BEGINNING:
            return bytes(body), False
    return bytes(body), True
