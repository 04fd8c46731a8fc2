"""Which addresses an `ip:` means."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiscus_tui.model.addresses import network, packed

V6 = 1 << 32
"""Numbers below are IPv4 addresses, of which some are written inside IPv6."""


def holds(wanted: str, address: str) -> bool:
    first, last = network(wanted)
    number = packed(address)
    assert number is not None
    return first <= number <= last


@pytest.mark.parametrize(
    ("wanted", "address"),
    [
        ("10", "10.255.0.1"),
        ("10.2", "10.2.255.255"),
        ("10.2.", "10.2.0.0"),
        ("10.2.3.4", "10.2.3.4"),
        ("10.2.0.0/16", "10.2.9.9"),
        ("10.2.3.4/16", "10.2.9.9"),
        ("10.2", "::ffff:10.2.0.7"),
        ("::ffff:10.2.0.0/112", "10.2.0.7"),
        ("::ffff:10.2.0.7", "10.2.0.7"),
        ("2001:db8", "2001:db8:ffff::1"),
        ("2001:db8:", "2001:db8::1"),
        ("2001", "2001:db8::1"),
        ("fe80", "fe80::1"),
        ("2001:DB8::", "2001:db8:1::"),
        ("fe80::1", "fe80:0:0:0:0:0:0:1"),
        ("::1", "::1"),
        ("::", "::"),
        ("2001:db8::/32", "2001:db8:1::1"),
        ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"),
    ],
)
def test_an_address_is_in_its_network(wanted: str, address: str) -> None:
    assert holds(wanted, address)


@pytest.mark.parametrize(
    ("wanted", "address"),
    [
        ("10.2", "10.20.0.1"),
        ("1", "10.0.0.1"),
        ("10.2", "110.2.0.1"),
        ("10.2.3.4", "10.2.3.40"),
        ("2001:db8", "2001:db80::1"),
        ("::1", "0.0.0.1"),
        ("10.2", "2001:db8::10.2.0.1"),
    ],
)
def test_octets_and_groups_are_whole(wanted: str, address: str) -> None:
    assert not holds(wanted, address)


@pytest.mark.parametrize(
    "wanted",
    ["300", "1.2.3.4.5", "1.2.3.4.", "010", "1..2", ".", "a.b", "10.2/16", "10.0.0.0/33", ":",
     ":::", "1:2:::", "fe80::1%eth0", "12345::", "1:2:3:4:5:6:7:8:9", "fe801", "٣"],
)  # fmt: skip
def test_what_is_no_network_is_refused(wanted: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any of its kind
        network(wanted)


@pytest.mark.parametrize(
    "text", [None, "", "unknown", "10.2.*.*", "10.0.0.1:x", "1.2.3", "\ud800", "1.2.3.4\0", "::g"]
)
def test_what_is_no_address_has_no_number(text: str | None) -> None:
    assert packed(text) is None


@given(st.ip_addresses(), st.ip_addresses())
def test_numbers_sort_as_addresses_do_with_v4_first(
    one: ipaddress.IPv4Address | ipaddress.IPv6Address,
    other: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    a, b = packed(str(one)), packed(str(other))
    assert a is not None
    assert b is not None
    if all((number < V6) == (address.version == 4) for number, address in ((a, one), (b, other))):
        assert (a < b) is ((one.version, int(one)) < (other.version, int(other)))


@given(st.text())
def test_any_text_is_a_network_or_a_value_error(text: str) -> None:
    try:
        first, last = network(text)
    except ValueError:
        return
    assert first <= last
