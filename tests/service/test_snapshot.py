"""From a listing to the snapshot: clients, labels, what is new, networks."""

import ipaddress
from collections.abc import Iterable

import pytest

from qiscus_tui.api.list.listing import Listing
from qiscus_tui.model.clients import Known
from qiscus_tui.model.session import Current, Session
from qiscus_tui.service.sessions.snapshot import Pair, Reader, full_reader, network_of
from tests.service.scripted import new_session

CRON = Known("billing cron", "GuzzleHttp", ipaddress.ip_network("10.2.0.0/16"), protect=True)
ANY_GUZZLE = Known("some PHP", "GuzzleHttp")


def listing(*sessions: Session, unreadable: int = 0, incomplete: str = "") -> Listing:
    return Listing(sessions, unreadable, Current.NONE, incomplete)


def first_product(agent: str | None) -> str:
    return (agent or "unknown").split("/")[0]


async def test_the_snapshot_says_what_the_listing_said():
    sessions = [new_session(n) for n in range(3)]
    read = await full_reader().snapshot(
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
    reader = Reader(first_product, lambda: [CRON, ANY_GUZZLE])
    read = await reader.snapshot(listing(inside, outside, other), read_at=0, offset=0)
    assert list(read.labels) == [CRON, ANY_GUZZLE, None]


async def test_a_client_from_a_network_that_was_not_seen_before_is_new():
    asked: list[list[Pair]] = []

    def new_pairs(pairs: Iterable[Pair]) -> frozenset[Pair]:
        asked.append(list(pairs))
        return frozenset({("curl", "198.51.100.0/24")})

    known = new_session(1, user_agent="curl/8", ip="192.0.2.1")
    new = new_session(2, user_agent="curl/8", ip="198.51.100.9")
    reader = Reader(first_product, new_pairs=new_pairs)
    read = await reader.snapshot(listing(known, new), read_at=0, offset=0)
    assert read.new == b"\0\1"
    assert asked == [[("curl", "192.0.2.0/24"), ("curl", "198.51.100.0/24")]]


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
