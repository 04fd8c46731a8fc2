"""Every way in which the server says no becomes the error that says what to do."""

import httpx
import pytest
from msgspec.structs import replace

from qiscus_tui.api.contract import DEFAULT, Authentication, Call
from qiscus_tui.api.error_answers import (
    error_for_answer,
    error_words,
    is_refusal,
    retry_after,
    says_token_ended,
)
from qiscus_tui.errors import (
    Forbidden,
    LoginRefused,
    NamedTokenInvalid,
    NotQiscus,
    QiscusTuiError,
    ServerFault,
    ServerRefused,
    TokenExpired,
    TokenInvalid,
)

NOW = 1_792_000_000.0
BY_KEY = replace(DEFAULT.admin_profile, authentication=Authentication.REST)


def said(
    call: Call, status: int, body: object, headers: dict[str, str] | None = None
) -> QiscusTuiError:
    return error_for_answer(
        call, status, httpx.Headers(headers), body, now=NOW, secrets=("LLT-secret",)
    )


@pytest.mark.parametrize(
    ("call", "status", "body", "wanted"),
    [
        # the short-lived token
        (DEFAULT.logout, 401, {"errors": "Unauthorized"}, TokenExpired),
        (DEFAULT.logout, 401, {"errors": {"message": "Unauthorized"}}, TokenExpired),
        (DEFAULT.logout, 400, {"detail": "token_expired"}, TokenExpired),
        (
            DEFAULT.logout,
            403,
            {"error": {"message": "No", "detail": "token_expired"}},
            TokenExpired,
        ),
        (DEFAULT.admin_profile, 403, {"errors": "Forbidden"}, Forbidden),
        # the long-lived token
        (DEFAULT.list, 401, {"errors": "Unauthorized"}, TokenInvalid),
        (DEFAULT.list, 401, None, TokenInvalid),
        (DEFAULT.list, 401, {}, TokenInvalid),
        (DEFAULT.refresh, 400, {"errors": "Invalid token"}, TokenInvalid),
        (DEFAULT.refresh, 500, {"errors": {"message": "invalid token given"}}, TokenInvalid),
        (DEFAULT.revoke, 200, {"detail": "x", "errors": "invalid_token"}, NamedTokenInvalid),
        (DEFAULT.revoke, 422, {"errors": {"message": "Invalid token"}}, NamedTokenInvalid),
        (DEFAULT.revoke, 401, {"errors": "invalid token"}, NamedTokenInvalid),
        (DEFAULT.revoke, 401, {"errors": "The given token is invalid"}, NamedTokenInvalid),
        (DEFAULT.revoke, 401, {"errors": {"token": ["token is invalid"]}}, NamedTokenInvalid),
        (DEFAULT.revoke, 401, {"errors": "The long-lived token is invalid"}, TokenInvalid),
        (DEFAULT.revoke, 401, {"errors": "Unauthorized"}, TokenInvalid),
        (DEFAULT.list, 403, {"errors": "Forbidden"}, Forbidden),
        (DEFAULT.list, 400, {"detail": "token_expired"}, ServerRefused),
        (DEFAULT.list, 200, {"detail": "invalid token"}, TokenInvalid),
        (DEFAULT.logout, 200, {"detail": "token_expired"}, TokenExpired),
        # the secret key
        (BY_KEY, 401, {"errors": "Unauthorized"}, TokenInvalid),
        (BY_KEY, 403, {"errors": "no"}, Forbidden),
        # the login
        (DEFAULT.login, 401, {"errors": "Invalid email or password"}, LoginRefused),
        (DEFAULT.login, 400, {"errors": {"message": "wrong"}}, LoginRefused),
        (DEFAULT.login, 422, {"errors": {"email": ["is required"]}}, LoginRefused),
        (DEFAULT.login, 403, {"errors": "locked"}, LoginRefused),
        (DEFAULT.login, 200, {"errors": "wrong"}, LoginRefused),
        (DEFAULT.login, 401, None, ServerRefused),
        (DEFAULT.login, 404, None, NotQiscus),
        (DEFAULT.login, 404, {"errors": "Not Found"}, ServerRefused),
        (DEFAULT.login, 500, {"errors": "x"}, ServerFault),
        # a status in the answer itself
        (DEFAULT.admin_profile, 200, {"status": 401}, TokenExpired),
        (DEFAULT.admin_profile, 200, {"status": 403, "message": "no"}, Forbidden),
        (DEFAULT.list, 200, {"status": 500, "data": []}, ServerFault),
        (DEFAULT.list, 200, {"meta": {"code": 401}}, TokenInvalid),
        (DEFAULT.login, 200, {"status": 401, "message": "wrong"}, LoginRefused),
        (DEFAULT.login, 200, {"status": 500}, ServerFault),
        (DEFAULT.logout, 200, {"success": False}, ServerRefused),
        (DEFAULT.list, 500, {"status": 404}, ServerFault),
        # anything
        (DEFAULT.list, 404, None, NotQiscus),
        (DEFAULT.list, 405, None, NotQiscus),
        (DEFAULT.list, 404, {"errors": "Not Found"}, ServerRefused),
        (DEFAULT.list, 422, {"errors": "bad"}, ServerRefused),
        (DEFAULT.list, 429, None, ServerFault),
        (DEFAULT.list, 502, None, ServerFault),
        (DEFAULT.list, 599, {}, ServerFault),
        (DEFAULT.list, 304, {}, ServerRefused),
    ],
)
def test_an_answer_becomes_the_right_error(
    call: Call, status: int, body: object, wanted: type[QiscusTuiError]
) -> None:
    assert type(said(call, status, body)) is wanted


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"errors": "a"}, ("a",)),
        ({"errors": {"message": "a"}}, ("a",)),
        ({"detail": "a"}, ("a",)),
        ({"error": {"message": "a", "detail": "b"}}, ("a", "b")),
        ({"errors": ["a", {"message": "b"}]}, ("a", "b")),
        ({"errors": {"token": ["is required"]}}, ("is required",)),
        ({"errors": "a", "detail": "a", "message": "c"}, ("a", "c")),
        ({"errors": " "}, ()),
        ({"errors": None}, ()),
        ([], ()),
        (None, ()),
    ],
)
def test_the_words_of_an_error_are_found_wherever_they_stand(
    body: object, words: tuple[str, ...]
) -> None:
    assert error_words(body) == words


def test_endless_errors_are_not_read_to_their_end() -> None:
    deep: object = "end"
    for _ in range(10_000):
        deep = {"message": deep}
    assert error_words({"errors": deep}) == ()


@pytest.mark.parametrize(
    "body",
    [
        {"errors": "x"},
        {"error": {"code": 5}},
        {"errors": {"a": []}},
        {"detail": "Invalid token"},
        {"data": None, "detail": "token_expired"},
        {"detail": {"message": "invalid_token"}},
        {"success": False},
        {"success": "false", "data": {}},
        {"ok": 0},
        {"status": 400},
        {"status": "599"},
        {"status": "error"},
        {"status": "Not_OK"},
        {"status": False},
        {"status_code": 401},
        {"code": 422},
        {"meta": {"status": 500}},
        {"meta": {"success": False}},
        {"status": {"code": 404, "message": "no"}},
        {"meta": {"error": "x"}},
    ],
)
def test_an_answer_that_says_that_it_failed_says_no_whatever_the_status(body: object) -> None:
    assert is_refusal(body)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"errors": [], "error": None},
        {"errors": ""},
        {"error": False},
        {"detail": "The token was revoked", "message": "Token expired as asked"},
        {"status": 200, "success": True, "ok": 1},
        {"status": "success", "code": 0},
        {"status": "active"},
        {"status": 1, "success": None},
        {"code": "E" * 9000, "status": "9" * 5000},
        {"data": {"status": 500, "success": False}},
        [],
        None,
    ],
)
def test_an_envelope_without_errors_says_no_no(body: object) -> None:
    assert not is_refusal(body)


@pytest.mark.parametrize(
    ("status", "body", "has_ended"),
    [
        (401, b"", True),
        (403, b'{"errors": "token_expired"}', True),
        (400, b'{"message": "Token expired"}', True),
        (200, b'{"message": "Token expired"}', False),
        (403, b'{"errors": "Forbidden"}', False),
    ],
)
def test_an_answer_to_the_short_lived_token_says_that_it_ended(
    status: int, body: bytes, has_ended: bool
) -> None:
    assert says_token_ended(status, body) is has_ended


@pytest.mark.parametrize(
    ("call", "status", "body", "message"),
    [
        (
            DEFAULT.revoke,
            400,
            {"errors": "The field is required"},
            "Revoking failed: the server answered 400 Bad Request: The field is required",
        ),
        (
            DEFAULT.list,
            200,
            {"status": 500, "message": "boom"},
            "Listing the sessions failed: the server answered 200 OK, but with the status "
            "500 Internal Server Error in it: boom",
        ),
        (
            DEFAULT.list,
            200,
            {"success": False, "message": "boom"},
            "Listing the sessions failed: the server answered 200 OK, but says that it failed: "
            "boom",
        ),
    ],
)
def test_the_message_says_what_failed_and_what_the_server_said(
    call: Call, status: int, body: object, message: str
) -> None:
    assert said(call, status, body).message == message


def test_a_servers_words_are_made_safe_and_short() -> None:
    message = said(DEFAULT.list, 400, {"errors": "\x1b[31m" + "x" * 5000}).message
    assert "\x1b" not in message
    assert len(message) < 400


def test_a_403_that_is_no_json_points_at_what_stands_between() -> None:
    assert "proxy or firewall" in said(DEFAULT.list, 403, None).hint


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("5", 5.0),
        (" 2.5 ", 2.5),
        ("-3", 0.0),
        ("Tue, 13 Oct 2026 16:27:10 GMT", 0.0),
        ("Wed, 14 Oct 2026 17:47:10 GMT", 30.0),
        ("Wed, 14 Oct 2026 17:47:10 -0000", 30.0),
        ("0", 0.0),
        ("", None),
        ("soon", None),
        ("nan", None),
        ("1e999", None),
        ("Fri, 31 Dec 9999 23:59:59 GMT", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str, seconds: float | None) -> None:
    found = retry_after(httpx.Headers({"Retry-After": header}), NOW)
    assert found == (None if seconds is None else pytest.approx(seconds, abs=0.1))


def test_a_date_to_retry_after_is_held_against_the_servers_own_clock() -> None:
    date, later = (f"Wed, 14 Oct 2026 21:00:0{second} GMT" for second in (0, 5))
    assert retry_after(httpx.Headers({"Date": date, "Retry-After": later}), NOW) == 5
