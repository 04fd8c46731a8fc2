"""Which addresses a credential may go to."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qiscus_tui.errors import AddressError
from qiscus_tui.model.account import DEFAULT_SERVER, Origin, parse_origin


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        (DEFAULT_SERVER, "https://omnichannel.qiscus.com"),
        ("omnichannel.qiscus.com", "https://omnichannel.qiscus.com"),
        ("https://Omnichannel.Qiscus.COM./", "https://omnichannel.qiscus.com"),
        ("https://host:443", "https://host"),
        ("host:8443", "https://host:8443"),
        ("HTTPS://host", "https://host"),
        (" https://host\n", "https://host"),
        ("https://[2001:DB8::1]:8443", "https://[2001:db8::1]:8443"),
        ("https://10.0.0.1", "https://10.0.0.1"),
        ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("http://localhost.", "http://localhost"),
        ("http://127.0.0.1:80", "http://127.0.0.1"),
        ("http://127.9.9.9:1", "http://127.9.9.9:1"),
        ("http://[::1]:8080", "http://[::1]:8080"),
    ],
)
def test_an_address_has_an_origin(address: str, origin: str) -> None:
    assert str(parse_origin(address)) == origin


@pytest.mark.parametrize(
    "address",
    [
        "http://omnichannel.qiscus.com",
        "http://10.0.0.1",
        "http://localhost.evil.example",
        "http://127.0.0.1.evil.example",
        "http://127.1",
        "http://0x7f000001",
        "http://[::2]",
        "http://evil.example[::1]",
    ],
)
def test_http_goes_to_this_machine_alone(address: str) -> None:
    with pytest.raises(AddressError):
        parse_origin(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        " ",
        "https://",
        "https:///host",
        "//host",
        "ftp://host",
        "file:///etc/passwd",
        "https://host/api",
        "https://host//",
        "https://host?",
        "https://host?a=b",
        "https://host#",
        "https://user@host",
        "https://user:hunter2@host",
        "https://@host",
        "https://good.example\\@evil.example",
        "https://good.example@evil.example",
        "https://ho st",
        "https://ho\nst",
        "https://\u202ehost",
        "https://host\ud800",
        "https://host:0",
        "https://host:65536",
        "https://host:٤٤٣",
        "https://host:+1",
        "https://[::1",
        "https://[::1]evil.example",
        "https://evil.example[::1]",
        "https://[fe80::1%25eth0]",
        "https://[v1.a]",
        "https://a..b",
        "https://.a",
        "https://a%2eb",
        "https://a;b",
        "https://good.example℀evil.example",
        "https://straße.example",
        "https://bücher.example",
        "https://" + "a" * 64,
    ],
)
def test_what_could_mean_another_server_is_refused_without_its_password(address: str) -> None:
    with pytest.raises(AddressError) as caught:
        parse_origin(address)
    assert caught.value.message.isprintable()
    assert "hunter2" not in caught.value.message + caught.value.hint


@given(st.text() | st.from_regex(r"(https?://)?[a-zé.:@\[\]%\\/0-9]{0,12}", fullmatch=True))
@settings(max_examples=100, deadline=None)
def test_any_text_is_an_origin_that_reads_back_the_same_or_an_address_error(text: str) -> None:
    try:
        origin = parse_origin(text)
    except AddressError:
        return
    assert parse_origin(str(origin)) == origin
    assert str(origin).isascii()


def test_another_port_or_scheme_is_another_origin() -> None:
    assert parse_origin("https://localhost") != parse_origin("http://localhost")
    assert parse_origin("https://localhost") != parse_origin("https://localhost:8443")
    assert Origin("https", "host", 443).netloc == "host"
