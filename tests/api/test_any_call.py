"""A path that the user names: on the same server, and no call that makes, ends or lists tokens."""

import re
from urllib.parse import unquote

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiscus_tui.api.any_call import METHODS, any_call
from qiscus_tui.api.contract import Authentication, Call, Contract, contract_with
from qiscus_tui.errors import UsageError

SHORT = Authentication.SHORT_LIVED


def called(target: str, *query: tuple[str, str], contract: Contract | None = None) -> Call:
    return any_call("GET", target, query, contract or Contract(), SHORT)


@pytest.mark.parametrize(
    "target",
    [
        "/",
        "/api/v1/admin/get_profile",
        "/api/v2/customer_rooms?limit=50&cursor_after=abc",
        "/api/v1/agents/a%40b.c",
        "/api/v1/files/a%20b",
        "/api/v1/files/100%25",
        "/api/v1/x?",
        "/api/v1/x?next=https://elsewhere.example/..//@",
        "/api/v1/auth/something",
        "/api/v1/authors",
        "/api/v1/%C3%A9",
        "/api/v2/auth/active_token_lists",
        "/api/v1/rooms/api/v1/auth",
        "/v2/auth/revoke_token",
    ],
)
def test_a_path_goes_out_as_it_was_typed(target: str) -> None:
    assert called(target).path == target


@pytest.mark.parametrize(
    "target",
    [
        # no path
        *("", "api/v1/x", "?x", " /api/x"),
        # another server
        *("https://evil.example/api", "https:/evil.example", "HTTP://demo.invalid/api"),
        *("javascript:x", "//evil.example/api", "///evil.example", "/api//x", ":8080/x"),
        *("/\\evil.example", "\\\\evil.example", "/api\\v1", ".evil.example"),
        *("/@evil.example", "@evil.example/", "user@evil.example"),
        # another folder, however it is encoded
        *("/..", "/api/../x", "/api/v1/..", "/api/./x", "/.", "/api/a..b"),
        *("/%2e%2e/x", "/api/%2E/x", "/api/.%2e/x", "/api/%252e%252e/x", "/api/%25252e/x"),
        *("/api/%2f/x", "/api%2Fv1", "/api%5cv1", "/api/%255c", "/api/%c0%ae%c0%ae/x"),
        "/" + "%25" * 3 + "2525252525252e",
        # controls, spaces, and what is not ASCII
        *("/api/%00", "/api/%0d%0aHost:%20evil", "/api/%7f", "/api/%250a", "/api/x y", "/api/x\n"),
        *("/api/x\r\nHost: evil", "/api/\x00", "/api/\x1b[31m", "/api/\x7f", "/api/\x9b"),
        *("/api/\u00e9", "/api/\u202e", "/api/\udcff", "/api/\uff052e"),
        # a query or an escape that is none
        *("/api/x#y", "/api/x?y#z", "/api/x?y z", "/api/x?y\\z", "/api/x?y\n"),
        *("/api/x%", "/api/x%4", "/api/x%zz"),
    ],
)
def test_what_could_lead_elsewhere_is_refused(target: str) -> None:
    with pytest.raises(UsageError) as refused:
        called(target)
    assert refused.value.exit_code == 2
    assert refused.value.message.isprintable()


REFUSED = [
    "/api/v1/auth",
    "/api/v1/auth/logout",
    "/api/v2/auth/refresh_token",
    "/api/v2/auth/revoke_token",
    "/api/v2/auth/revoke_all_token",
    "/api/v2/auth/active_token_list",
]


@pytest.mark.parametrize("path", REFUSED)
@pytest.mark.parametrize(
    "disguise",
    [
        *("{}", "{}/", "{}?", "{}?x=1", "{}/?x=1", "{};x", "{};x=1/", "{}.json", "{}/1", "{}/1?x"),
        *("{}%20", "{}%20/", "{}%3Fx", "{}%23x", "{}%253Fx", "{}%3F/x", "{}%23/x"),
        *("{},x", "{}:x", "{}&x", "/index.php{}", "/web/app.php{}/", "/api.php{}/1"),
    ],
)
def test_calls_that_make_end_or_list_tokens_are_refused(path: str, disguise: str) -> None:
    for method in METHODS:
        with pytest.raises(UsageError, match="creates, ends or lists tokens"):
            any_call(method, disguise.format(path), (), Contract(), SHORT)


def _encoded(path: str, times: int) -> str:
    """Every letter as its escape."""
    shown = re.sub(r"[a-z0-9_]", lambda found: f"%{ord(found[0]):02x}", path)
    for _ in range(times - 1):
        shown = shown.replace("%", "%25")
    return shown


@pytest.mark.parametrize("path", REFUSED)
def test_so_they_are_in_another_spelling(path: str) -> None:
    for spelling in (
        path.upper(),
        path.title(),
        path.replace("auth", "%61uth"),
        path.replace("auth", "%2561uth"),
        path.replace("/api", "/api;v=1"),
        _encoded(path, 1),
        _encoded(path, 2),
        _encoded(path, 3),
    ):
        with pytest.raises(UsageError):
            called(spelling)


def test_so_they_are_where_the_configuration_has_them() -> None:
    contract = contract_with(
        {
            "revoke_token": ("/v3/Kill", "id"),
            "refresh_token": ("/v3/renew.php", None),
            "revoke_all_token": ("/v3/kill_all/", None),
            "active_token_list": ("/v3/all", None),
        }
    )
    for path in (
        "/v3/Kill",
        "/v3/kill/",
        "/v3/%6bill",
        "/v3/renew.php",
        "/v3/kill_all",
        "/v3/all",
        *REFUSED,
    ):
        with pytest.raises(UsageError, match="creates, ends or lists tokens"):
            called(path, contract=contract)
    assert called("/v3/killer", contract=contract)


def test_a_query_is_encoded_and_goes_behind_the_targets_own() -> None:
    assert called("/x", ("a b", "c&d=é")).path == "/x?a+b=c%26d%3D%C3%A9"
    assert called("/x?a=1", ("b", "2"), ("b", "3")).path == "/x?a=1&b=2&b=3"
    assert called("/x?", ("b", "2")).path == "/x?b=2"


@given(st.text(st.characters(max_codepoint=0x2FF), max_size=30).map("/".__add__) | st.text())
def test_whatever_is_typed_stays_on_the_server_and_is_no_token_call(target: str) -> None:
    try:
        call = called(target)
    except UsageError:
        return
    url = httpx.URL(f"https://demo.invalid{call.path}")
    assert (url.scheme, url.netloc) == ("https", b"demo.invalid")
    assert url.userinfo == b""
    assert url.fragment == ""
    assert not re.search(r"[\x00-\x20\x7f]", unquote(url.raw_path.partition(b"?")[0].decode()[1:]))
