"""Filters that ask for what the server does not list."""

import pytest

from qiscus_tui.query import parse, unanswerable
from tests.query.sample import NOW, a_session

BARE = [a_session(), a_session()]
FULL = [
    *BARE,
    a_session(
        user_agent="curl/8", ip="10.2.0.1", user="ada", created_at=NOW, expires_at=NOW,
        last_used_at=NOW,
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "lack"),
    [
        ("client:curl", "no client, which 'client:'"),
        ("-client:curl", "no client, which 'client:'"),
        ("client:=curl", "no client, which 'client:'"),
        ("ua:curl", "no user agent"),
        ("ip:10.2", "no IP address"),
        ("ip:=10.2.0.1", "no IP address"),
        ("user:ada", "no user"),
        ("age:>7d", "no creation date, which 'age:'"),
        ("created:today", "no creation date, which 'created:'"),
        ("created:>2026-10-01", "no creation date, which 'created:'"),
        ("idle:>7d", "no last use"),
        ("expires:<24h", "no expiry"),
        ("is:expiring", "no expiry"),
        ("id:3fa9 idle:>7d", "no last use"),
    ],
)
def test_a_key_that_nothing_in_the_list_has_is_named(text: str, lack: str) -> None:
    assert lack in unanswerable(parse(text), BARE)
    assert unanswerable(parse(text), FULL) == ""
    assert unanswerable(parse(text), []) == ""


@pytest.mark.parametrize(
    "text",
    ["", "curl", "id:3fa9c01b", "label:cron", "is:known", "idle:unknown", "client:=unknown"],
)
def test_what_needs_no_value_can_be_answered(text: str) -> None:
    assert unanswerable(parse(text), BARE) == ""
