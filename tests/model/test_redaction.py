"""What of a server's names and messages is left for a ticket."""

import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiscus_tui.api import contract
from qiscus_tui.model.masking import MASK, is_plain_name, shown_message, shown_name

KNOWN = [name for names in contract.SESSION_FACTS.values() for name in names]


@pytest.mark.parametrize(
    "name",
    [
        *KNOWN,
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
