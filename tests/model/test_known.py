"""Which sessions belong to an integration that the admin named."""

import ipaddress

import pytest

from qiscus_tui.model.known import Known

CRON = Known("billing cron", client="GuzzleHttp", network=ipaddress.ip_network("10.2.0.0/16"))


@pytest.mark.parametrize("ip", ["10.2.0.7", " 10.2.0.7 ", "::ffff:10.2.0.7"])
def test_client_and_network_tell_an_integration(ip: str) -> None:
    assert CRON.matches("GuzzleHttp 7", "GuzzleHttp/7", ip)


@pytest.mark.parametrize(
    ("client", "agent", "ip"),
    [
        ("curl 8.5", "curl/8.5", "10.2.0.7"),
        ("GuzzleHttp 7", "GuzzleHttp/7", "10.3.0.7"),
        ("GuzzleHttp 7", "GuzzleHttp/7", None),
        ("GuzzleHttp 7", "GuzzleHttp/7", "10.2.*.*"),
        ("GuzzleHttp 7", "GuzzleHttp/7", "2001:db8::1"),
        ("evil GuzzleHttp", "evil GuzzleHttp/7", "10.2.0.7"),
    ],
)
def test_another_client_or_network_is_not_it(client: str, agent: str, ip: str | None) -> None:
    assert not CRON.matches(client, agent, ip)


def test_the_client_is_told_by_its_name_or_its_agent_whatever_the_case() -> None:
    known = Known("x", client="guzzle")
    assert known.matches("GuzzleHttp 7", None, None)
    assert known.matches("unknown", "GUZZLE/1", None)


def test_a_network_alone_is_enough() -> None:
    known = Known("x", network=ipaddress.ip_network("2001:db8::/32"))
    assert known.matches("anything", None, "2001:db8::1")
    assert not known.matches("anything", None, "10.2.0.7")


def test_mapped_addresses_are_told_by_an_ipv6_network_too() -> None:
    known = Known("x", network=ipaddress.ip_network("::ffff:10.2.0.0/112"))
    assert known.matches("anything", None, "::ffff:10.2.0.7")


def test_an_entry_that_says_nothing_matches_nothing() -> None:
    assert not Known("x").matches("curl", "curl/8", "10.2.0.7")
