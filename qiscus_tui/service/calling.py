"""Any other call of the API, made as this account."""

from qiscus_tui.api.answers import Answer
from qiscus_tui.api.any_call import READS
from qiscus_tui.api.contract import Authentication, Call
from qiscus_tui.api.failures import says_token_ended
from qiscus_tui.errors import TokenExpired
from qiscus_tui.service.connection import Connection
from qiscus_tui.service.kinds import must_have_tokens, must_not_be_the_long_lived, secret_key_of
from qiscus_tui.service.tokens import with_short_lived


class _Ended(TokenExpired):
    """The short-lived token ended, by this answer."""

    def __init__(self, answer: Answer) -> None:
        super().__init__("The short-lived token has ended", status=answer.status)
        self.answer = answer


async def answer_to(connection: Connection, call: Call, body: bytes | None) -> Answer:
    """What the server answers, whatever that is.

    With the short-lived token, one that has ended is refreshed and the call repeated, once. Raises
    ReadOnly, LoginNeeded, OutOfReach, StorageError; ServerError where a refresh fails.
    """
    if call.method not in READS:
        connection.must_be_writable()
    client, held = connection.client, await connection.credentials()
    if call.authentication is Authentication.REST:
        key = secret_key_of(connection.name, held)
        return await client.ask(call, client.rest_headers(key), body)
    must_have_tokens(connection.name, held)

    async def once(token: str) -> Answer:
        must_not_be_the_long_lived(token, await connection.credentials())
        answer = await client.ask(call, client.short_lived_headers(token), body)
        if says_token_ended(answer.status, answer.body):
            raise _Ended(answer)
        return answer

    try:
        return await with_short_lived(connection, once)
    except _Ended as ended:
        return ended.answer
