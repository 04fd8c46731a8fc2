"""The real client against the demo's API, in every way that it speaks."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from qiscus_tui.api.client import ApiClient
from qiscus_tui.api.contract import Contract, contract_with
from qiscus_tui.api.decode import Fields
from qiscus_tui.api.list.listing import read_listing
from qiscus_tui.api.list.rows import Listing
from qiscus_tui.api.replies import AnswerTime, read_login
from qiscus_tui.errors import (
    LoginRefused,
    NamedTokenInvalid,
    NotQiscus,
    QiscusTuiError,
    TokenExpired,
    TokenInvalid,
    Unreadable,
)
from qiscus_tui.model.account import Role
from qiscus_tui.model.clock import TOKEN_LIFETIME
from qiscus_tui.model.session import Current
from qiscus_tui.model.text import safe
from tests.api.serving import client_of, short_of
from tests.clocks import ManualClock
from tests.sandbox import DIALECTS, PASSWORD, DemoSession, DemoState, Dialect, User, demo_state
from tests.sandbox.app import demo_app
from tests.sandbox.dialects import Entry, Front, Revoking, Stamp
from tests.sandbox.listing import UNREADABLE
from tests.sandbox.users import AGENT, SUPERVISOR

SPEAKING = [name for name, dialect in DIALECTS.items() if dialect.front is Front.API]
SEEDED = 250


@dataclass
class Demo:
    """A demo account and a client of it."""

    state: DemoState
    client: ApiClient

    @property
    def long_lived(self) -> str:
        token = self.state.long_lived_token()
        assert token is not None
        return token

    async def list(self, own: str | None = None) -> Listing:
        return await read_listing(self.client, self.long_lived, own)

    async def refusal(self, call: str, *arguments: Any) -> QiscusTuiError:
        with pytest.raises(QiscusTuiError) as raised:
            await getattr(self.client, call)(*arguments)
        return raised.value


def contract_for(dialect: Dialect) -> Contract:
    paths = dialect.paths
    return contract_with(
        {
            "active_token_list": (paths.list, None),
            "revoke_token": (paths.revoke, dialect.revoke_field),
            "revoke_all_token": (paths.revoke_all, None),
        }
    )


def demo_speaking(name: str, clock: ManualClock, sessions: int = SEEDED) -> Demo:
    dialect = DIALECTS[name]
    state = demo_state(clock, sessions=sessions, dialect=dialect)
    transport = httpx.ASGITransport(demo_app(state))
    app_code = state.credentials.app_code
    client = client_of(transport, clock, contract=contract_for(dialect), app_id=app_code)
    return Demo(state, client)


@pytest.fixture
async def demo(request: pytest.FixtureRequest, clock: ManualClock) -> AsyncIterator[Demo]:
    name: str = getattr(request, "param", "plain")
    made = demo_speaking(name, clock)
    yield made
    await made.client.close()


def in_dialects(names: list[str]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("demo", names, indirect=True)


@in_dialects(SPEAKING)
async def test_every_session_is_listed_in_order_as_it_is(demo: Demo) -> None:
    dialect = demo.state.dialect
    listing = await demo.list()
    found = [(one.token, one.revoke_with, one.created_at, one.ip) for one in listing.sessions]
    assert found == [expected(dialect, session) for session in demo.state.sessions()]
    assert listing.unreadable == (len(UNREADABLE) if dialect.unreadable else 0)
    assert listing.complete
    assert len({session.id for session in listing.sessions}) == SEEDED
    for session in listing.sessions:
        assert session.safe_agent == safe(session.user_agent or "")
    assert listing.current is Current.NONE
    assert not any(session.current for session in listing.sessions)


def expected(dialect: Dialect, session: DemoSession) -> tuple[object, ...]:
    """Token, what it is revoked with, creation and address, as they must be read."""
    in_full = dialect.entry in {Entry.FULL, Entry.BARE}
    by_id = session.id if dialect.revoke_field == dialect.fields.id else None
    token = session.token if in_full else None
    if dialect.entry is Entry.BARE:
        return token, token, None, None
    is_undated = dialect.undated_every and session.id % dialect.undated_every == 0
    ahead = 7 * 3600 if dialect.stamp is Stamp.NAIVE_LOCAL else 0
    created = None if is_undated or not dialect.fields.created else session.created + ahead
    return token, token or by_id, created, session.ip


@in_dialects(SPEAKING)
async def test_a_token_of_our_own_is_found_from_its_refresh_to_its_logout(demo: Demo) -> None:
    new = await demo.client.refresh(demo.long_lived)
    own = short_of(new)
    assert demo.state.holder_of_short_lived(own) is not None
    assert new.long_lived is None

    listing, dialect = await demo.list(own), demo.state.dialect
    in_full = dialect.entry in {Entry.FULL, Entry.BARE}
    current = [session.current for session in listing.sessions]
    if in_full or dialect.fields.current:
        assert listing.current is Current.LISTED
        assert current == [False] * (len(current) - 1) + [True]
    else:
        assert listing.current is Current.UNKNOWN
        assert set(current) == {None}
    if in_full:
        listing = await demo.list("QEX-not-in-the-list")
        assert listing.current is Current.UNKNOWN
        assert {session.current for session in listing.sessions} == {None}

    for headers in (
        demo.client.token_headers(own),
        demo.client.token_headers(demo.long_lived),
        demo.client.rest_headers(demo.state.credentials.secret_key),
    ):
        profile = await demo.client.profile(headers, Role.ADMIN)
        assert (profile.name, profile.email) == ("Demo Corp.", "admin@demo.example")

    await demo.client.logout(own)
    assert demo.state.holder_of_short_lived(own) is None
    assert type(await demo.refusal("logout", own)) is TokenExpired


def can_revoke(dialect: Dialect) -> bool:
    what = dialect.entry in {Entry.FULL, Entry.BARE} or dialect.revoke_field == dialect.fields.id
    return what and dialect.revoking is Revoking.WORKS


@in_dialects([name for name in SPEAKING if can_revoke(DIALECTS[name])])
async def test_revoking_ends_just_that_session(demo: Demo) -> None:
    listing = await demo.list()
    victim = listing.sessions[7]
    assert victim.revoke_with is not None
    await demo.client.revoke(demo.long_lived, victim.revoke_with)
    left = [session.id for session in (await demo.list()).sessions]
    assert left == [session.id for session in listing.sessions if session is not victim]


@in_dialects(SPEAKING)
async def test_a_login_gives_a_token_of_30_days_and_the_named_fields_or_refuses_the_password(
    demo: Demo,
) -> None:
    answer = await demo.client.login("admin@demo.example", PASSWORD)
    now = float(int(demo.state.clock.now()))
    assert answer.short_lived is not None
    assert demo.state.holder_of_short_lived(answer.short_lived.token) is not None
    assert answer.short_lived.expires_at == now + TOKEN_LIFETIME
    assert answer.made_at == now
    assert answer.long_lived == demo.long_lived
    assert (answer.app_code, answer.email) == (demo.client.app_id, "admin@demo.example")
    assert (answer.user_name, answer.app_name) == ("Demo Corp.", "Demo Corp.")
    assert answer.role is Role.ADMIN
    refusal = await demo.refusal("login", "admin@demo.example", "wrong")
    assert type(refusal) is LoginRefused
    assert refusal.message.startswith("The server refused the login (40")
    assert "invalid" in refusal.message.lower()


@in_dialects(SPEAKING)
async def test_revoke_all_ends_everything_but_what_it_answers(demo: Demo) -> None:
    before = demo.long_lived
    new = await demo.client.revoke_all(before)
    listing = await demo.list(short_of(new))
    assert [s.token for s in demo.state.sessions()] == [short_of(new)]
    assert len(listing.sessions) == 1
    renewed = demo.state.dialect.new_long_lived
    assert new.long_lived == (demo.long_lived if renewed else None)
    assert (demo.long_lived != before) is renewed


@in_dialects(SPEAKING)
async def test_a_long_lived_token_that_is_none_asks_for_a_login(demo: Demo) -> None:
    for call in ("refresh", "revoke_all"):
        assert type(await demo.refusal(call, "LLT-wrong")) is TokenInvalid
    # A revoke names a token too: the words alone do not say which of the two is meant.
    refusal = await demo.refusal("revoke", "LLT-wrong", "QEX-any")
    assert type(refusal) in {TokenInvalid, NamedTokenInvalid}
    with pytest.raises(TokenInvalid, match="rejected the long-lived token"):
        await read_listing(demo.client, "LLT-wrong", None)


@pytest.mark.parametrize(("user", "role"), [(AGENT, Role.AGENT), (SUPERVISOR, Role.SUPERVISOR)])
async def test_agents_and_supervisors_have_their_own_profile(
    demo: Demo, user: User, role: Role
) -> None:
    answer = await demo.client.login(user.email, PASSWORD)
    assert answer.role is role
    assert answer.short_lived is not None
    headers = demo.client.token_headers(answer.short_lived.token)
    assert (await demo.client.profile(headers, answer.role)).email == user.email


@pytest.mark.parametrize("role", [True, 9, "1", None])
def test_a_role_that_is_no_known_number_is_unknown(role: object) -> None:
    said: Fields = {"data": {"user": {"email": "a@b.c", "type": role}}}
    answer = read_login(said, AnswerTime(0, 0, 0), email="", host="here")
    assert answer.role is Role.UNKNOWN


async def test_a_wrong_secret_key_is_not_called_an_ended_token(demo: Demo) -> None:
    headers = demo.client.rest_headers("wrong")
    refusal = await demo.refusal("profile", headers, Role.ADMIN)
    assert type(refusal) is TokenInvalid
    assert "app code and secret key" in refusal.message


@in_dialects(["html"])
async def test_a_web_page_is_no_qiscus_server(demo: Demo) -> None:
    for call, arguments in (
        ("login", ("admin@demo.example", PASSWORD)),
        ("refresh", ("LLT",)),
        ("revoke", ("LLT", "QEX")),
        ("logout", ("QEX",)),
    ):
        assert type(await demo.refusal(call, *arguments)) is NotQiscus
    with pytest.raises(Unreadable, match="a web page, not JSON"):
        await demo.list()
