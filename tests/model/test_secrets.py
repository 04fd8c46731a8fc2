"""Ids, masking, and texts of objects: no secret in any of them."""

import json
import secrets

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.pretty import pretty_repr

from qiscus_tui.api import contract
from qiscus_tui.model.account import Account, Credentials, Origin, Role, ShortLived
from qiscus_tui.model.ids import ID_LENGTH, can_be_token, fingerprint, is_full_id
from qiscus_tui.model.masking import (
    MASK,
    MAX_DEPTH,
    RUN,
    KnownSecrets,
    is_plain_name,
    masked,
    shown_message,
    shown_name,
)
from tests.query.sample import a_session

SECRET = "QEX-private-words"
KNOWN = KnownSecrets([SECRET])


@given(st.text(st.characters(codec=None, exclude_categories=())))
@settings(max_examples=100, deadline=None)
def test_any_token_has_an_id(token: str) -> None:
    assert is_full_id(fingerprint(token))


def test_an_id_is_the_beginning_of_the_sha_256() -> None:
    assert fingerprint("abc") == "ba7816bf8f01"
    assert len(fingerprint("")) == ID_LENGTH


@pytest.mark.parametrize("token", ["QEX4f", "a.b-c_d~e+f/g==", "abc=", "12|AbC", "x"])
def test_tokens_of_many_servers_can_be_tokens(token: str) -> None:
    assert can_be_token(token)


@pytest.mark.parametrize("text", ["", "ba7816bf", "BA7816BF8F01", "ba7816bf8f0g", "ba7816bf8f012"])
def test_anything_else_is_no_full_id(text: str) -> None:
    assert not is_full_id(text)


def test_a_session_says_its_id_and_no_token() -> None:
    session = a_session(token=SECRET, revoke_with=SECRET, extra={"api_key": SECRET})
    said = f"{session} {session!r} {[session]} {session.__rich_repr__()}"
    assert SECRET not in said
    assert session.id in said
    assert session.revocable


def test_credentials_say_no_secret() -> None:
    short = ShortLived(SECRET, 0.0)
    credentials = Credentials(long_lived=SECRET, short_lived=short, secret_key=SECRET)
    assert SECRET not in f"{credentials} {credentials!r} {short} {pretty_repr([credentials])}"
    assert credentials.secrets == (SECRET,) * 3
    assert credentials.with_short_lived(None).secrets == (SECRET,) * 2
    assert Credentials().secrets == ()


def test_an_account_is_named_by_user_and_app() -> None:
    account = Account(Origin("https", "host", 443), "abcd-1", "a@b.c", role=Role.ADMIN)
    assert account.name == "a@b.c@abcd-1"
    assert account.key == "https://host abcd-1 a@b.c"
    assert Account(account.origin, "abcd-1", "").name == "abcd-1"


@pytest.mark.parametrize(
    "name", ["token", "refreshToken", "SECRET_key", "api_key", "user_password", "otp", "setup_otp"]
)
@pytest.mark.parametrize("value", [SECRET, 123456, None, [SECRET], {"a": SECRET}])
def test_a_field_with_a_secrets_name_is_hidden(name: str, value: object) -> None:
    assert masked({"deep": [{name: value}]}) == {"deep": [{name: MASK}]}


def test_a_known_secret_is_hidden_wherever_it_stands() -> None:
    value: object = {"note": f"is {SECRET}.", SECRET: 1, "list": [SECRET, "plain", 2]}
    hidden = {"note": MASK, MASK: 1, "list": [MASK, "plain", 2]}
    assert masked(value, KNOWN) == hidden


@pytest.mark.parametrize("text", ["-{}", "ua:{}", "ua:={}", "-ua:={}", "token={}", "x, {}, y"])
@pytest.mark.parametrize("token", ["QEXab_cd-0123456789", "QEXab+/cd0123456789=="])
def test_a_token_of_a_list_is_hidden_behind_any_sign(text: str, token: str) -> None:
    assert masked(text.format(token), is_secret={token}.__contains__) == MASK


def test_what_is_no_secret_stays_as_it_came() -> None:
    value: object = {"region": "id", "counts": [1, 2.5, True, None], "deep": {"er": ["x"]}}
    assert masked(value, KNOWN) == value


def test_a_value_nested_beyond_reason_is_hidden() -> None:
    value: object = SECRET
    for _ in range(MAX_DEPTH + 5):
        value = [value]
    assert SECRET not in json.dumps(masked(value))


_JSON = st.recursive(
    st.none() | st.integers() | st.sampled_from([SECRET, f"x{SECRET}", "plain"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["token", "a", SECRET, "b"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(_JSON)
@settings(max_examples=100, deadline=None)
def test_no_known_secret_is_left_in_any_value(value: object) -> None:
    assert SECRET not in json.dumps(masked(value, KNOWN))


# Pieces


@pytest.mark.parametrize(
    ("known", "text", "shown"),
    [
        (SECRET, f"no: '{SECRET}' and {SECRET}.", f"no: '{MASK}' and {MASK}."),
        (SECRET, "no session, and nothing private", None),
        (SECRET, f"{SECRET[:7]} … {SECRET[-7:]}", None),  # pieces of seven
        (None, SECRET, None),
        # an error may say password, whatever the password
        ("demo-password", "Invalid email or password", None),
        ("demo-password", "no: demo-password, o-password", f"no: {MASK}, {MASK}"),
        # a short one is hidden as a whole
        ("s3 c", "no: s3 c, s3", f"no: {MASK}, s3"),
        ("s3 c", "ab", None),
    ],
)
def test_what_is_known_is_hidden_and_the_rest_is_left(
    known: str | None, text: str, shown: str | None
) -> None:
    secrets = KnownSecrets([] if known is None else [known])
    assert secrets.hidden(text) == (text if shown is None else shown)


@pytest.mark.parametrize("start", range(len(SECRET) - RUN + 1))
def test_a_piece_of_eight_characters_is_hidden(start: int) -> None:
    assert KNOWN.hidden(f"cut: {SECRET[start : start + RUN]}… end") == f"cut: {MASK}… end"
    assert KNOWN.occur_in(f"x{SECRET[start:]}") is True


@given(st.text(max_size=40), st.text(max_size=40), st.integers(0, 9), st.integers(8, 17))
@settings(max_examples=100, deadline=None)
def test_no_run_of_a_secret_is_left(before: str, after: str, start: int, end: int) -> None:
    piece = SECRET[start:end]
    left = KNOWN.hidden(before + piece + after)
    runs = {SECRET[at : at + RUN] for at in range(len(SECRET) - RUN + 1)}
    assert not any(run in left for run in runs)


# What of a server's names and messages is left for a ticket

NAMES = [name for names in contract.SESSION_FACTS.values() for name in names]


@pytest.mark.parametrize(
    "name",
    [
        *NAMES,
        *("userAgent", "lastUsedAt", "isCurrent", "userID", "is_2fa", "ipv4", "meta", "total_page"),
        *("last-used-at", "_links", "long_lived_token", "is_a_b_c", "sdk_key", "X-Token"),
    ],
)
def test_a_name_made_of_words_is_shown(name: str) -> None:
    assert shown_name(name) == name


@pytest.mark.parametrize(
    "name",
    [
        *("john@corp.example", "john.doe", "10.2.3.4", "::1", "12345", "", "a b", "\x1b[31m"),
        *("550e8400-e29b-41d4-a716-446655440000", "2026-10-01", "abcd-gzu41e4e4dv9fu3f"),
        *("QEXdemoL6p7h-59Gbio1bW_elW1DJ2WNBiu4uzd-84Q", "aB3dE5gH7jK9mN1pQ3sT", "é", "a" * 60),
    ],
)
def test_a_name_that_may_be_a_value_is_masked(name: str) -> None:
    assert shown_name(name) == MASK


def test_random_tokens_are_no_names() -> None:
    tokens = [secrets.token_urlsafe(32) for _ in range(300)]
    tokens += [secrets.token_hex(10) for _ in range(300)]
    assert not [token for token in tokens if is_plain_name(token)]


def test_a_value_that_is_known_is_masked() -> None:
    assert shown_name("john", {"john"}) == MASK
    assert shown_message("User John is unknown", {"john"}) == f"User {MASK} is unknown"


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("The token field is required", None),
        ("Too many requests (429), wait 60 s.", None),
        ("No route for /api/v2/auth/revoke_token", None),
        ("Token tidak ditemukan!", None),
        ('Token "QEXaB3dE5gH7jK9mN1pQ3sTuV" not found', f'Token "{MASK}" not found'),
        ("a@b.c from 10.0.0.1", f"{MASK} from {MASK}"),
        ("id=4711, at 2026-10-01", f"id={MASK}, at {MASK}"),
    ],
)
def test_a_message_keeps_its_words(said: str, shown: str | None) -> None:
    assert shown_message(said) == (said if shown is None else shown)


@given(st.text())
def test_any_message_is_safe_and_short(text: str) -> None:
    shown = shown_message(text)
    assert shown.isprintable()
    assert len(shown) < 240
