"""No live token is shown as a client, an address or a user."""

from collections.abc import Mapping

import pytest

from qiscus_tui.api.list.listing import read_listing
from qiscus_tui.model.session import Session
from tests.api.serving import LONG_LIVED, answering, client_of, said

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
