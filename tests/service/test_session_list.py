"""Finding sessions by id, what a list knows of itself, and how it is made of what was listed."""

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import replace

import pytest

from qiscus_tui.api.list.rows import Listing
from qiscus_tui.errors import UsageError
from qiscus_tui.model.clients import Known
from qiscus_tui.model.session import Current, Session
from qiscus_tui.service.sessions.snapshot import Pair, Reader, network_of
from tests.service.scripted import listed, new_session

A = new_session(1, id="abcdef012345")
B = new_session(2, id="abcdef019999")
C = new_session(3, id="0123456789ab")
LIST = listed([A, B, C])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        *((text, A) for text in ("abcdef012345", " abcdef012345\n", "ABCDEF012345")),
        *((prefix, C) for prefix in ("01234567", "012345678", "0123456789a")),
        ("ffffffffffff", None),  # a full id that is not listed is gone
    ],
)
def test_a_session_is_found_by_its_id_or_eight_digits_of_it(text: str, found: Session | None):
    assert LIST.find(text) is found


NO_ID = ("", "0123456", "0123456789abc", "0123456g", "xyzxyzxyz", "01234567\x1b", "０" * 8)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ffffffff", "No session has an id that begins with ffffffff"),
        ("abcdef01", "2 sessions .* abcdef012345, abcdef019999"),
        *((text, "not a session id") for text in NO_ID),
    ],
)
def test_what_is_no_id_of_one_session_is_an_error_in_safe_words(text: str, words: str):
    with pytest.raises(UsageError) as caught:
        LIST.find(text)
    said = f"{caught.value.message} {caught.value.hint}"
    assert re.search(words, said)
    assert said.isprintable()
    assert caught.value.exit_code == 2


def test_our_own_session_is_known_where_the_list_says_that_it_is_listed():
    both = [A, new_session(9, current=True)]
    assert listed(both).current_session is both[1]
    for current in (Current.NONE, Current.UNKNOWN):
        assert listed(both, current=current).current_session is None


def test_a_bare_word_is_looked_for_in_client_agent_user_label_and_address():
    session = new_session(1, safe_agent="GuzzleHttp/7", safe_user="Ann@B.c", safe_ip="10.2.3.4")
    text = replace(
        listed([session]), clients=["GuzzleHttp 7"], labels=[Known("Billing CRON")]
    ).search[0]
    for word in ("guzzlehttp 7", "guzzlehttp/7", "ann@b.c", "billing cron", "10.2.3.4"):
        assert word in text
    assert "guzzlehttp 7guzzle" not in text  # words of two fields do not run together


MASKED = new_session(4, token=None)


@pytest.mark.parametrize(
    ("before", "after", "can_be_compared"),
    [
        ([A, B], [A], True),
        ([A, B], [], True),
        ([], [A], True),
        ([A], [MASKED], False),
        ([A], [A, MASKED], False),
        ([MASKED], [A], False),
        ([MASKED], [MASKED], True),
        ([A, MASKED], [A], True),
        ([A, MASKED], [MASKED], True),
    ],
)
def test_ids_can_be_compared_where_tokens_are_listed_as_before(
    before: list[Session], after: list[Session], can_be_compared: bool
):
    assert listed(after).compares_with(listed(before)) is can_be_compared


@pytest.mark.parametrize(
    ("current", "listing", "doubt"),
    [
        (Current.UNKNOWN, {}, "this program's own token is not listed either"),
        (Current.UNKNOWN, {"token": None, "revoke_with": 7}, None),  # told by ids, not by tokens
        (Current.NONE, {}, None),
        (Current.LISTED, {}, None),
    ],
)
def test_a_list_of_tokens_without_our_own_leaves_doubt_about_what_it_lacks(
    current: Current, listing: dict[str, object], doubt: str | None
) -> None:
    assert listed([new_session(1, **listing)], current=current).absence_doubt == doubt


# From a listing to the list

CRON = Known("billing cron", "GuzzleHttp", ipaddress.ip_network("10.2.0.0/16"), protect=True)
ANY_GUZZLE = Known("some PHP", "GuzzleHttp")


def listing(*sessions: Session, unreadable: int = 0, incomplete: str = "") -> Listing:
    return Listing(
        sessions=sessions,
        current=Current.NONE,
        unreadable=unreadable,
        incomplete_because=incomplete,
    )


async def test_the_snapshot_says_what_the_listing_said():
    sessions = [new_session(n) for n in range(3)]
    read = await Reader().snapshot(
        listing(*sessions, unreadable=2, incomplete="3 of 9 listed"), read_at=5.0, offset=-3.0
    )
    assert list(read.sessions) == sessions
    assert (read.unreadable, read.read_at, read.offset) == (2, 5.0, -3.0)
    assert (read.incomplete_because, read.complete) == ("3 of 9 listed", False)
    assert read.current is Current.NONE
    assert read.new == bytes(3)  # without an earlier visit


async def test_the_first_known_integration_that_matches_is_the_label():
    inside = new_session(1, user_agent="GuzzleHttp/7", ip="10.2.3.4")
    outside = new_session(2, user_agent="GuzzleHttp/7", ip="10.9.3.4")
    other = new_session(3, user_agent="curl/8", ip="10.2.3.4")
    reader = Reader(lambda: [CRON, ANY_GUZZLE])
    read = await reader.snapshot(listing(inside, outside, other), read_at=0, offset=0)
    assert list(read.labels) == [CRON, ANY_GUZZLE, None]


async def test_a_client_of_whatever_version_from_a_network_that_was_not_seen_before_is_new():
    asked: list[list[Pair]] = []

    def new_pairs(pairs: Iterable[Pair]) -> frozenset[Pair]:
        asked.append(list(pairs))
        return frozenset({("curl", "198.51.100.0/24")})

    known = new_session(1, user_agent="curl/8", ip="192.0.2.1")
    updated = new_session(2, user_agent="curl/9", ip="192.0.2.7")
    new = new_session(3, user_agent="curl/8", ip="198.51.100.9")
    reader = Reader(new_pairs=new_pairs)
    read = await reader.snapshot(listing(known, updated, new), read_at=0, offset=0)
    assert read.new == b"\0\0\1"
    (pairs,) = asked
    assert {*pairs} == {("curl", "192.0.2.0/24"), ("curl", "198.51.100.0/24")}


@pytest.mark.parametrize(
    ("ip", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        (" 192.0.2.77 ", "192.0.2.0/24"),
        ("2001:db8:1:2::3", "2001:db8:1::/48"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("fe80::1%eth0", "fe80::/48"),
        ("192.0.2.77:8080", "192.0.2.0/24"),
        ("proxy, 192.0.2.1", "proxy, 192.0.2.1"),
        ("", ""),
        (None, ""),
    ],
)
def test_the_network_of_an_address_is_its_24_or_48(ip: str | None, network: str):
    assert network_of(ip) == network
