"""Each credential goes to its own server, in its own header, and nowhere else."""

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

import httpcore
import httpx
import pytest
from msgspec import structs

from qiscus_tui.api.answers import Answer
from qiscus_tui.api.client import ApiClient
from qiscus_tui.api.contract import contract_with
from qiscus_tui.api.list.listing import read_listing
from qiscus_tui.api.list.pages import Page
from qiscus_tui.api.replies import LoginAnswer, NewTokens
from qiscus_tui.api.wire import Wire, WireSettings
from qiscus_tui.errors import ConfigError, NotQiscus, ServerRefused, Unreadable
from qiscus_tui.model.account import Role, ShortLived, parse_origin
from qiscus_tui.model.session import Session
from tests.api.serving import (
    APP_ID,
    LONG_LIVED,
    ORIGIN,
    PASSWORD,
    SECRET_KEY,
    SHORT_LIVED,
    Server,
    answering,
    client_of,
    said,
)
from tests.clocks import ManualClock

NEW = said({"data": {"auth": {"token": "QEX-new"}}})
OK = said({"data": {"success": True}})


def sent(server: Server) -> dict[str, str]:
    headers = server.requests[-1].headers
    names = ("authorization", "qiscus-app-id", "qiscus-secret-key")
    return {name: headers[name] for name in names if name in headers}


Call = Callable[[ApiClient], Awaitable[object]]
BY_LONG_LIVED = {"authorization": LONG_LIVED, "qiscus-app-id": APP_ID}
BY_SHORT_LIVED = {"authorization": SHORT_LIVED, "qiscus-app-id": APP_ID}
BY_KEY = {"qiscus-app-id": APP_ID, "qiscus-secret-key": SECRET_KEY}
CALLS: dict[str, tuple[Call, httpx.Response, dict[str, str]]] = {
    "refresh": (lambda client: client.refresh(LONG_LIVED), NEW, BY_LONG_LIVED),
    "revoke all": (lambda client: client.revoke_all(LONG_LIVED), NEW, BY_LONG_LIVED),
    "revoke": (lambda client: client.revoke(LONG_LIVED, "QEX-other"), OK, BY_LONG_LIVED),
    "list": (lambda client: read_listing(client, LONG_LIVED, "QEX"), said([]), BY_LONG_LIVED),
    "logout": (lambda client: client.logout(SHORT_LIVED), OK, BY_SHORT_LIVED),
    "profile": (
        lambda client: client.profile(client.rest_headers(SECRET_KEY), Role.ADMIN),
        said({"data": {"name": "A"}}),
        BY_KEY,
    ),
}


@pytest.mark.parametrize(("call", "answer", "headers"), CALLS.values(), ids=CALLS)
async def test_each_call_sends_its_bare_credential_and_no_other(
    call: Call, answer: httpx.Response, headers: dict[str, str]
) -> None:
    server = answering(answer)
    async with client_of(server) as client:
        await call(client)
    assert sent(server) == headers


async def test_a_login_sends_no_credential_but_its_body_nor_one_of_a_netrc_file(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = home / ".netrc"
    netrc.write_text("machine demo.invalid login somebody password something\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    server = answering(said({"data": {"user": {"id": 1}}}))
    async with client_of(server) as client:
        await client.login("a@b.c", PASSWORD)
    request = server.requests[0]
    assert sent(server) == {}
    assert (request.method, request.url.path) == ("POST", "/api/v1/auth")
    assert request.headers["content-type"] == "application/json"
    assert request.content == b'{"email":"a@b.c","password":"the pass word"}'


async def test_the_exact_token_is_revoked_whatever_is_in_it() -> None:
    server = answering(OK)
    async with client_of(server) as client:
        await client.revoke(LONG_LIVED, 'QEX"\ud800é')
    assert server.requests[0].content == b'{"token":"QEX\\"\\ud800\\u00e9"}'


# Where it does not go


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    "location",
    [
        "https://evil.example/",
        "http://demo.invalid/",
        "https://demo.invalid/api/v2/auth/active_token_list",
        "//evil.example",
        "/elsewhere",
    ],
)
async def test_no_redirect_is_followed(status: int, location: str) -> None:
    server = answering(said({}, status, {"Location": location}))
    async with client_of(server) as client:
        with pytest.raises(NotQiscus, match="server redirects"):
            await read_listing(client, LONG_LIVED, None)
        with pytest.raises(NotQiscus):
            await client.login("a@b.c", PASSWORD)
    assert {request.url.host for request in server.requests} == {"demo.invalid"}
    assert len(server.requests) == 2


@pytest.mark.parametrize("path", ["@evil.example/", ".evil.example/x", ":444/x", "evil/x"])
async def test_a_path_that_leads_off_the_server_is_not_asked(path: str) -> None:
    server = answering(NEW)
    contract = contract_with({"refresh_token": (path, None)})
    async with client_of(server, contract=contract) as client:
        with pytest.raises(ConfigError, match="leads to another server"):
            await client.refresh(LONG_LIVED)
    assert server.requests == []


async def test_cookies_are_never_sent_back() -> None:
    cookie = {"Set-Cookie": "session=abc; Path=/; Domain=demo.invalid"}
    server = answering(said({"data": {}}, 200, cookie))
    async with client_of(server) as client:
        await client.logout(SHORT_LIVED)
        await client.logout(SHORT_LIVED)
    assert [("cookie" in request.headers) for request in server.requests] == [False, False]


def has_proxy(wire: Wire) -> bool:
    pool = getattr(wire._client._transport, "_pool", None)
    return isinstance(pool, httpcore.AsyncHTTPProxy)


PROXY = "http://proxy.example:3128"
NAMED = WireSettings(proxy=PROXY)
DEMO = WireSettings(proxy=PROXY, transport=httpx.MockTransport(lambda _: OK))
SERVER = str(ORIGIN)


@pytest.mark.parametrize(
    ("address", "settings", "no_proxy", "is_between"),
    [
        *((one, NAMED, "", False) for one in ("http://127.0.0.1:8000", "http://localhost")),
        ("https://[::1]", NAMED, "", False),
        (SERVER, DEMO, "", False),
        (SERVER, NAMED, "", True),
        (SERVER, WireSettings(), "", True),
        (SERVER, WireSettings(), "other.example, .invalid", False),
    ],
)
def test_a_proxy_stands_before_other_servers_and_not_before_this_machine_or_the_demo(
    clock: ManualClock,
    monkeypatch: pytest.MonkeyPatch,
    address: str,
    settings: WireSettings,
    no_proxy: str,
    is_between: bool,
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, PROXY)
    monkeypatch.setenv("NO_PROXY", no_proxy)
    assert has_proxy(Wire(parse_origin(address), settings, clock)) is is_between


def test_a_proxy_of_the_settings_needs_no_environment(clock: ManualClock) -> None:
    assert has_proxy(Wire(ORIGIN, NAMED, clock))


# What a header cannot carry


@pytest.mark.parametrize("secret", ["two\nlines", "caf\u00e9", "end ", "\x1b[31m", "a\r\nX: y"])
async def test_what_no_header_can_carry_is_not_sent(secret: str) -> None:
    server = answering(NEW)
    async with client_of(server) as client:
        with pytest.raises(ConfigError) as raised:
            await client.refresh(secret)
    assert server.requests == []
    assert secret.strip() not in raised.value.message


@pytest.mark.parametrize(
    "data",
    [
        {"user": {"authentication_token": "a\nb"}},
        {"user": {"id": 1, "app": {"app_code": "caf\u00e9"}}},
        {"user": {"id": 1}, "long_lived_token": "\x00"},
    ],
)
async def test_a_login_answer_that_no_header_can_carry_is_refused(data: object) -> None:
    async with client_of(answering(said({"data": data}))) as client:
        with pytest.raises(Unreadable, match="no header can carry"):
            await client.login("a@b.c", PASSWORD)


async def test_the_app_code_is_found_in_either_place_of_a_login_answer() -> None:
    app = {"app_code": APP_ID, "secret_key": SECRET_KEY, "name": "Tech Corp."}
    for user, details in (
        ({"app": app}, {}),
        ({"app": {"name": None}}, {"app": app}),
        ({"app": None}, {"app": app}),
    ):
        server = answering(said({"data": {"user": {"id": 1, **user}, "details": details}}))
        async with client_of(server) as client:
            answer = await client.login("a@b.c", PASSWORD)
        assert (answer.app_code, answer.app_name) == (APP_ID, "Tech Corp.")
        assert SECRET_KEY not in str(structs.asdict(answer))


# What is not shown


def test_nothing_that_holds_a_secret_shows_it() -> None:
    short = ShortLived(SHORT_LIVED, 0.0)
    shown = repr(
        [
            Answer(200, {"authorization": SECRET_KEY}, LONG_LIVED.encode()),
            LoginAnswer("app", "a@b.c", "n", "n", Role.ADMIN, short, LONG_LIVED, 0.0),
            NewTokens(short, LONG_LIVED),
            Page([SHORT_LIVED, LONG_LIVED]),
            WireSettings(proxy=f"http://me:{SECRET_KEY}@proxy"),
        ]
    )
    assert not any(secret in shown for secret in (SHORT_LIVED, LONG_LIVED, SECRET_KEY))


async def test_an_id_is_no_secret_and_is_quoted() -> None:
    by_id = contract_with({"revoke_token": (None, "id")})
    server = answering(said({"errors": "session 1 of 15 is bad"}, 422))
    async with client_of(server, contract=by_id) as client:
        with pytest.raises(ServerRefused, match="session 1 of 15 is bad"):
            await client.revoke(LONG_LIVED, 1)


async def test_a_server_that_repeats_the_secret_is_not_quoted() -> None:
    echo = said({"errors": f"bad: {PASSWORD} {LONG_LIVED} {SHORT_LIVED} {SECRET_KEY}"}, 422)
    async with client_of(answering(echo)) as client:
        for call, secret in (
            (client.login("a@b.c", PASSWORD), PASSWORD),
            (client.refresh(LONG_LIVED), LONG_LIVED),
            (client.revoke(LONG_LIVED, SHORT_LIVED), SHORT_LIVED),
            (client.logout(SHORT_LIVED), SHORT_LIVED),
            (client.profile(client.rest_headers(SECRET_KEY), Role.ADMIN), SECRET_KEY),
            (read_listing(client, LONG_LIVED, None), LONG_LIVED),
        ):
            with pytest.raises(Exception, match="bad:") as raised:
                await call
            assert secret not in str(raised.value)


# A live token that is listed as a client, an address or a user

OWN = "QEX0wn4NnTZ9kPq2xLw7VbYc1Rd8Fs3HgJe5Ta6Uo0"
LIVE = "QEX1iveTZ9kPq2xLw7VbYc1Rd8Fs3HgJe5Ta6Uo0Mi"


async def texts_of(*entries: Mapping[str, object]) -> list[Session]:
    async with client_of(answering(said({"data": entries}))) as client:
        client.own_secrets.update({OWN})
        return list((await read_listing(client, LONG_LIVED, OWN)).sessions)


@pytest.mark.parametrize("secret", [LIVE, OWN, LONG_LIVED])
@pytest.mark.parametrize(
    ("listed", "shown"),
    [
        ("{}", "[hidden]"),
        ("bot/1.0 (token={})", "bot/1.0 (token=[hidden])"),
        ("Bearer {}, v2", "Bearer [hidden], v2"),
        ("https://bot.example/{}?x", "https://bot.example/[hidden]?x"),
    ],
)
@pytest.mark.parametrize("field", ["user_agent", "ip", "user_email"])
async def test_a_token_in_a_text_is_hidden(
    field: str, listed: str, shown: str, secret: str
) -> None:
    text = listed.format(secret)
    entries = [{"token": LIVE, "ip": "192.0.2.1"}, {"token": "QEX-another", field: text}]
    first, second = await texts_of(*entries)
    exact = {"user_agent": second.user_agent, "ip": second.ip, "user_email": second.user}
    safe = {
        "user_agent": second.safe_agent,
        "ip": second.safe_ip,
        "user_email": second.safe_user,
    }
    assert exact[field] == safe[field] == shown
    assert (first.ip, second.token) == ("192.0.2.1", "QEX-another")


async def test_a_session_that_has_its_own_token_as_address_shows_none() -> None:
    (session,) = await texts_of({"token": LIVE, "ip": LIVE, "user_agent": "curl/8.5"})
    assert (session.safe_ip, session.safe_agent, session.token) == ("[hidden]", "curl/8.5", LIVE)


async def test_what_is_no_token_stays_as_it_is() -> None:
    texts = {"user_agent": "Mozilla/5.0 AppleWebKit/537.36", "ip": "2001:db8:1234:5678::1"}
    (session,) = await texts_of({"token": LIVE, **texts})
    assert (session.user_agent, session.ip) == tuple(texts.values())
