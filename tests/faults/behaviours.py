"""What can go wrong with one request, each a function over the exchange."""

import asyncio
import contextlib
import json
from collections.abc import Callable, Mapping

from tests.faults.server import Behaviour, Exchange, Reply, obeys

JSON = {"content-type": "application/json"}
HTML = {"content-type": "text/html"}
PAGE = b"<!doctype html><html><head><title>502</title></head><body>Bad gateway</body></html>"

# The connection.


async def says_nothing(x: Exchange) -> None:
    await x.wait_for_the_client_to_leave()


async def does_it_and_says_nothing(x: Exchange) -> None:
    """Carry it out, and never answer."""
    await x.carried_out()
    await x.wait_for_the_client_to_leave()


async def resets_before(x: Exchange) -> None:
    x.reset()


async def resets_after(x: Exchange) -> None:
    """Carry it out, and reset before the answer."""
    await x.carried_out()
    x.reset()


async def closes_kept_connections(x: Exchange) -> None:
    """Answer well, then close a connection that the client means to use again."""
    await obeys(x)
    x.close()


async def gives_up_used_connections(x: Exchange) -> None:
    """Close without an answer, but only on a connection that was used before."""
    if x.number > 1:
        x.close()
    else:
        await obeys(x)


# The answer.


def answers(
    status: int,
    body: object = b"",
    headers: Mapping[str, str] = JSON,
    *,
    done: bool = False,
) -> Behaviour:
    """Answer with this instead; with `done` the call is carried out all the same."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()

    async def behaviour(x: Exchange) -> None:
        if done:
            await x.carried_out()
        await x.say(Reply(status, headers, raw))

    return behaviour


def errors(status: int, words: str = "made to fail", **headers: str) -> Behaviour:
    """Answer with the API's own kind of error."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return answers(status, {"errors": words}, {**JSON, **named})


def changed(change: Callable[[bytes], bytes], **headers: str) -> Behaviour:
    """Carry it out, and answer with another body, and with these headers as well."""

    async def behaviour(x: Exchange) -> None:
        said = await x.carried_out()
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        await x.say(Reply(said.status, {**said.headers, **more}, change(said.body)))

    return behaviour


breaks_off_json = changed(lambda body: body[: len(body) // 2])
"""Answer with the first half of the JSON as if it were all."""


async def repeats_what_it_was_asked_with(x: Exchange) -> None:
    """Refuse, and quote every secret of the request in the error."""
    secret = x.asked.headers.get("authorization", "")
    sent = x.asked.body.decode()
    await x.say(Reply(400, JSON, json.dumps({"errors": f"bad {secret} in {sent}"}).encode()))


def with_entry(entry: bytes) -> Behaviour:
    """Put this raw JSON into the answer: as an entry of a list, else a field."""

    def change(body: bytes) -> bytes:
        if b'"data":[' in body:
            return body.replace(b'"data":[', b'"data":[' + entry + b",", 1)
        return body.rstrip()[:-1] + b',"more":' + entry + b"}"

    return changed(change)


def tunnels(port: int, *, wants: str = "") -> Behaviour:
    """Be a proxy: whatever host is asked for is the one at this port. `wants` credentials."""

    async def behaviour(x: Exchange) -> None:
        if x.asked.headers.get("proxy-authorization", "") != wants:
            needs = {"proxy-authenticate": 'Basic realm="proxy"', **HTML}
            await x.say(Reply(407, needs, PAGE))
            return
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
        await x.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await asyncio.gather(_relay(x.reader, far_writer), _relay(far_reader, x.writer))
        x.close()

    return behaviour


async def _relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.closing(writer), contextlib.suppress(OSError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()


def after(times: int, behaviour: Behaviour) -> Behaviour:
    """The first `times` requests are obeyed, the others get the fault."""
    obeyed = iter(range(times))

    async def chosen(x: Exchange) -> None:
        await (behaviour(x) if next(obeyed, None) is None else obeys(x))

    return chosen


def followed_by(happening: Callable[[], None]) -> Behaviour:
    """Obey; before the answer goes out, this happens at the server."""

    async def behaviour(x: Exchange) -> None:
        said = await x.carried_out()
        happening()
        await x.say(said)

    return behaviour
