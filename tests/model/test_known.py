"""Which sessions belong to an integration that the admin named."""

import ipaddress

import pytest

from qiscus_tui.model.clients import Known, client_name_error, integration_of

CRON = Known(
    "billing cron", client="GuzzleHttp", network=ipaddress.ip_network("10.2.0.0/16"), protect=True
)
ANYWHERE = Known("x", client="guzzle")
GUZZLE = "GuzzleHttp 7"
WIDE = "\uff27\uff55\uff5a\uff5a\uff4c\uff45Http"


@pytest.mark.parametrize(
    "ip",
    [
        "10.2.7.5",
        " 10.2.7.5 ",
        "10.2.7.5:54321",
        "10.2.7.5, 172.16.0.1",
        "172.16.0.1,10.2.7.5",
        "unknown, 10.2.7.5",
        "10.2.7.5/32",
        "[10.2.7.5]",
        "[10.2.7.5]:443",
        "::ffff:10.2.7.5",
        "::FFFF:0a02:0705",
        "0:0:0:0:0:ffff:10.2.7.5",
        "[::ffff:10.2.7.5]:443",
        "::ffff:10.2.7.5%eth0",
        "::ffff:10.2.7.5/128",
    ],
)
def test_an_address_is_read_however_it_is_written(ip: str) -> None:
    assert CRON.judge(GUZZLE, "GuzzleHttp/7", ip) is True


@pytest.mark.parametrize(
    "ip",
    [None, "", " ", "-", "null", "unknown", "10.2.*.*", "10.2.7.0/24", "10.2.7", "167904005",
     "10.2.7.5;1", "10.2.7.5:port", "010.002.007.005", '"10.2.7.5"',
     "10.3.0.7, unknown", "cron.example.com",
     "0.0.0.0", "0.0.0.0:0", "::", "127.0.0.1", "::1", "::ffff:127.0.0.1", "127.0.0.1, 10.3.0.7"],
)  # fmt: skip
def test_a_session_without_a_readable_address_is_not_judged_and_stays(ip: str | None) -> None:
    assert CRON.judge(GUZZLE, "GuzzleHttp/7", ip) is None
    label = integration_of([CRON], GUZZLE, "GuzzleHttp/7", ip)
    assert label is not None
    assert (label.label, label.protect) == ("may be billing cron (address unknown)", True)


def test_a_session_without_a_client_from_a_protected_network_is_not_judged_either() -> None:
    label = integration_of([CRON], "unknown", None, "10.2.7.5")
    assert label is not None
    assert (label.label, label.protect) == ("may be billing cron (client unknown)", True)
    assert integration_of([CRON], "unknown", None, None) is None


def test_only_protection_is_in_doubt() -> None:
    plain = Known("plain", "GuzzleHttp", CRON.network)
    assert integration_of([plain, ANYWHERE], GUZZLE, "GuzzleHttp/7", None) == ANYWHERE


IN_V6 = Known("x", network=ipaddress.ip_network("2001:db8::/32"))
MAPPED = Known("x", network=ipaddress.ip_network("::ffff:10.2.0.0/112"))
PROXY = Known("proxy", network=ipaddress.ip_network("127.0.0.0/8"), protect=True)


@pytest.mark.parametrize(
    ("known", "client", "agent", "ip", "judged"),
    [
        # another client or network
        (CRON, "curl 8.5", "curl/8.5", "10.2.0.7", False),
        (CRON, "curl 8.5", "curl/8.5", None, False),
        (CRON, "GuzzleHttp 7", "GuzzleHttp/7", "10.3.0.7", False),
        (CRON, "GuzzleHttp 7", "GuzzleHttp/7", "10.3.0.7, 172.16.0.1", False),
        (CRON, "GuzzleHttp 7", "GuzzleHttp/7", "2001:db8::1", False),
        (CRON, "evil GuzzleHttp", "evil GuzzleHttp/7", "10.2.0.7", False),
        # names are compared as they look, and the client's own too
        (ANYWHERE, "unnamed", "GUZZLE/1", None, True),
        (Known("x", "Guzzle\u200bHttp"), "unnamed", "GuzzleHttp/7", None, True),
        (Known("x", "GuzzleHttp"), "unnamed", "Guzzle\u200d\ufeffHttp/7", None, True),
        (Known("x", WIDE), "unnamed", "GuzzleHttp/7", None, True),
        (Known("x", "GuzzleHttp"), "unnamed", f"{WIDE}/7", None, True),
        (Known("x", " GuzzleHttp "), "unnamed", "GuzzleHttp/7", None, True),
        (ANYWHERE, "GuzzleHttp 7", "Mozilla/5.0", None, True),
        # a network alone is enough; an entry that says nothing matches nothing
        (IN_V6, "anything", None, "2001:db8::1", True),
        (IN_V6, "anything", None, "10.2.0.7", False),
        (IN_V6, "anything", None, None, None),
        (MAPPED, "anything", None, "::ffff:10.2.0.7", True),
        (PROXY, "GuzzleHttp 7", "GuzzleHttp/7", "127.0.0.1", True),
        (Known("x"), "curl", "curl/8", "10.2.0.7", False),
    ],
)
def test_a_session_is_one_of_an_integration_by_client_and_network(
    known: Known, client: str, agent: str | None, ip: str | None, judged: bool | None
) -> None:
    assert known.judge(client, agent, ip) is judged


@pytest.mark.parametrize(
    "name",
    ["GuzzleHttp*", "Guzzle?ttp", "Guzzle|curl", "GuzzleHttp/7", "GuzzleHttp 7.4", "curl v8",
     '"GuzzleHttp"', "'curl'", "\u201ccurl\u201d", "Mozilla/5.0 (Windows)", "\u200b"],
)  # fmt: skip
def test_a_pattern_or_a_version_names_no_client(name: str) -> None:
    assert client_name_error(name)


@pytest.mark.parametrize(
    "name", ["", "GuzzleHttp", "Chrome \u00b7 Windows", "python-requests", "qiscus-tui db 2", "h2"]
)
def test_the_name_of_a_family_is_good(name: str) -> None:
    assert not client_name_error(name)


def test_a_protected_integration_is_found_behind_one_that_is_not() -> None:
    broad = Known("Guzzle of anybody", "GuzzleHttp")
    assert integration_of([broad, CRON], GUZZLE, "GuzzleHttp/7", "10.2.7.5") == CRON
    in_doubt = integration_of([broad, CRON], GUZZLE, "GuzzleHttp/7", None)
    assert in_doubt is not None
    assert in_doubt.protect
    assert integration_of([broad, CRON], GUZZLE, "GuzzleHttp/7", "10.9.9.9") == broad
