"""Any other call of the API, made as this account."""

import contextlib
from collections.abc import AsyncGenerator, AsyncIterator

from msgspec import Struct

from qiscus_tui.api.answers import AnswerStream
from qiscus_tui.api.any_call import READS
from qiscus_tui.api.contract import Authentication, Call
from qiscus_tui.api.error_answers import says_token_ended
from qiscus_tui.errors import TokenExpired
from qiscus_tui.service.account.connection import Connection
from qiscus_tui.service.token.handover import (
    must_have_tokens,
    must_not_be_the_long_lived,
    secret_key_of,
)
from qiscus_tui.service.token.refresh import with_short_lived

TOKEN_ERROR_SIZE = 64 * 1024
"""Bytes up to which a body may be an error about our token; a longer one is an answer."""


class CallAnswer(Struct, frozen=True):
    """The server's answer, streamed."""

    status: int
    pieces: AsyncIterator[bytes]
    """The body. Raises OutOfReach."""


@contextlib.asynccontextmanager
async def answer_to(
    connection: Connection, call: Call, body: bytes | None
) -> AsyncGenerator[CallAnswer]:
    """Make the call, and give the answer, whatever it is.

    A short-lived token that has expired is refreshed and the call repeated, once. Raises
    ReadOnly, LoginNeeded, OutOfReach, StorageError; ServerError where a refresh fails.
    """
    if call.method not in READS:
        connection.must_be_writable()
    client, held = connection.client, await connection.credentials()
    async with contextlib.AsyncExitStack() as open_answer:
        if call.authentication is Authentication.REST:
            headers = client.rest_headers(secret_key_of(connection.name, held))
            stream = await open_answer.enter_async_context(client.ask(call, headers, body))
            yield CallAnswer(stream.status, stream.pieces(None))
            return
        must_have_tokens(connection.name, held)
        tried: list[str] = []

        async def once(token: str) -> CallAnswer:
            must_not_be_the_long_lived(token, await connection.credentials())
            headers = client.token_headers(token)
            stream = await open_answer.enter_async_context(client.ask(call, headers, body))
            beginning, answer = await _begun(stream)
            tried.append(token)
            if len(tried) == 1 and says_token_ended(stream.status, beginning):
                await open_answer.aclose()  # the refresh uses the same connection
                raise TokenExpired(
                    "The server rejected the short-lived token", status=stream.status
                )
            return answer

        yield await with_short_lived(connection, once)


async def _begun(stream: AnswerStream) -> tuple[bytes, CallAnswer]:
    """Return the body where it may be an error about our token, else nothing; and the answer."""
    pieces = stream.pieces(None)
    beginning = bytearray()
    async for piece in pieces:
        beginning += piece
        if len(beginning) > TOKEN_ERROR_SIZE:
            break

    async def whole() -> AsyncGenerator[bytes]:
        yield bytes(beginning)
        async for piece in pieces:
            yield piece

    error = b"" if len(beginning) > TOKEN_ERROR_SIZE else bytes(beginning)
    return error, CallAnswer(stream.status, whole())
