"""Which of the texts that a list has for tokens are full tokens, and which are masks."""

import base64
import hashlib
from collections.abc import Callable, Sequence

import pytest

from qiscus_tui.api.list.rows import Listing
from qiscus_tui.api.token_masks import full_tokens, is_masked
from qiscus_tui.model.ids import fingerprint
from qiscus_tui.model.session import Current
from tests.api.serving import answering, listing_of, said


def made(number: int, length: int = 43) -> str:
    digest = hashlib.sha512(str(number).encode()).digest()
    return base64.urlsafe_b64encode(digest).decode()[:length]


FULL = [made(n) for n in range(12)]
OWN = made(99)

SIGNS = [
    # first and last characters
    *("QEXd*******Ab3x", "QEXd…Ab3x", "QEXd...Ab3x", "QEXd..Ab3x", "QEXd••••Ab3x", "●●●●Ab3x"),
    *("QEXd####Ab3x", "xxxxxxxxxxxxAb3x", "QEXdXXXXXXXXXXXXAb3x", "QEXd" + "x" * 35 + "Ab3x"),
    # one character over and over
    *("••••••••", "████████", "####", "xxxx", "--------"),
    # words
    *("[hidden]", "[FILTERED]", "<redacted>", "(not shown)", "{masked}"),
    *("redacted", "REDACTED", "hidden", "n/a", "not shown", "QEXd Ab3x"),
]


@pytest.mark.parametrize("text", SIGNS)
def test_a_mask_with_a_sign_is_known_by_itself(text: str) -> None:
    assert is_masked(text)


@pytest.mark.parametrize(
    "text",
    [
        *FULL,
        *(made(n, 20) for n in range(5)),
        *(hashlib.sha256(str(n).encode()).hexdigest() for n in range(5)),
        "1|laravelSanctumTokenOfThatApp",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N",
        "AAAA" + made(1, 39),
        made(1, 39) + "xxxx",
        made(1, 20) + "____" + made(2, 19),
        "c2VjcmV0LXRva2VuLXRoYXQtaXMtbG9uZw==",
    ],
)
def test_a_full_token_has_no_sign_of_a_mask(text: str) -> None:
    assert not is_masked(text)


def hashed(name: str, of: Sequence[str], form: Callable[[bytes], str] = bytes.hex) -> list[str]:
    return [form(hashlib.new(name, one.encode()).digest()) for one in of]


def for_urls(digest: bytes) -> str:
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


TWENTY = [made(n, 20) for n in range(5)]
HEX, HEX_OWN = hashed("sha256", FULL), hashed("sha256", [OWN])[0]
UUIDS = [f"{n:08d}-1111-4111-8111-111111111111" for n in range(5)]


@pytest.mark.parametrize(
    ("texts", "own"),
    [
        pytest.param([one[:4] for one in FULL], None, id="the first four"),
        pytest.param([one[-4:] for one in FULL], OWN, id="the last four"),
        pytest.param([one[-4:] for one in [*FULL, OWN]], OWN, id="the last four, of ours too"),
        pytest.param([one[:4] + one[-4:] for one in FULL], None, id="first and last four"),
        pytest.param([one[:3] for one in FULL] + ["12345678"], None, id="eight at most"),
        pytest.param([one[:12] for one in FULL], None, id="one short length"),
        pytest.param(hashed("md5", FULL), OWN, id="MD5"),
        pytest.param(hashed("sha1", FULL), OWN, id="SHA-1"),
        pytest.param(
            [one[: len(OWN)] for one in hashed("sha256", [*FULL, OWN])],
            OWN,
            id="SHA-256 of ours, cut to the length of a token",
        ),
        pytest.param(hashed("sha256", FULL), OWN, id="SHA-256"),
        pytest.param(hashed("sha256", FULL), None, id="SHA-256, and we hold no token"),
        pytest.param([one.upper() for one in hashed("sha256", FULL)], OWN, id="upper case"),
        pytest.param(hashed("sha256", [*FULL, OWN], for_urls), OWN, id="SHA-256 of ours"),
        pytest.param(hashed("sha256", [*HEX, HEX_OWN]), HEX_OWN, id="SHA-256 of ours, like ours"),
        pytest.param([one[:19] for one in [*FULL, OWN]], OWN, id="a part of ours"),
        pytest.param([one[:20] for one in [*FULL, OWN]], OWN, id="as long as older tokens"),
        pytest.param(UUIDS, OWN, id="UUIDs"),
        pytest.param([f"Chrome-on-laptop-{n}" for n in (7, 88)], OWN, id="names"),
    ],
)
def test_texts_without_a_sign_are_masks_by_the_whole_list(
    texts: list[str], own: str | None
) -> None:
    is_token = full_tokens(texts, set(), own)
    assert not any(map(is_token, texts))
    listed_in_full = full_tokens([*texts, OWN], set(), OWN)
    assert listed_in_full(OWN)


@pytest.mark.parametrize(
    ("texts", "own"),
    [
        pytest.param([], OWN, id="an empty list"),
        pytest.param([OWN], OWN, id="ours alone"),
        pytest.param([*FULL, OWN], OWN, id="ours among others"),
        pytest.param(FULL, OWN, id="ours really ended"),
        pytest.param(FULL, None, id="we hold none"),
        pytest.param([FULL[0]], None, id="a single one"),
        pytest.param([*FULL, *TWENTY], OWN, id="of 20 and 43 characters"),
        pytest.param(TWENTY, OWN, id="older ones, and ours ended"),
        pytest.param(FULL, made(99, 20), id="newer ones, and ours ended"),
        pytest.param(HEX, HEX_OWN, id="hexadecimal ones, and ours ended"),
        pytest.param([*HEX, HEX_OWN], HEX_OWN, id="hexadecimal ones like ours"),
        pytest.param([made(n, 12) for n in range(3)], made(99, 12), id="short ones like ours"),
        pytest.param([made(n, 24) for n in range(3)] + [OWN], OWN, id="ours is listed in full"),
        pytest.param([*FULL, "abc"], OWN, id="one odd one"),
        pytest.param(UUIDS, None, id="UUIDs, and we hold none"),
    ],
)
def test_full_tokens_are_tokens(texts: list[str], own: str | None) -> None:
    assert all(map(full_tokens(texts, set(), own), texts))


def test_a_text_that_several_rows_share_is_no_token_of_one_session() -> None:
    is_token = full_tokens([*FULL, OWN], {FULL[0], OWN}, OWN)
    assert [is_token(one) for one in (FULL[0], FULL[1], OWN)] == [False, True, True]


# The list as a whole


async def read(rows: Sequence[object], own: str | None = None) -> Listing:
    return await listing_of(answering(said({"data": rows})), own=own)


@pytest.mark.parametrize("mask", ["[hidden]", "not-shown-by-policy-of-this-server", "Ab3x", "••••"])
async def test_rows_with_one_mask_and_ids_of_their_own_are_sessions_of_their_own(mask: str) -> None:
    listing = await read([{"id": n, "token": mask} for n in range(12)])
    assert [one.id for one in listing.sessions] == [fingerprint(str(n)) for n in range(12)]
    assert not any(one.token or one.revocable for one in listing.sessions)
    assert (listing.unreadable, listing.shared_ids) == (0, frozenset())


async def test_hashes_are_not_revocable_and_ours_is_not_known() -> None:
    rows = [{"id": n, "token": one} for n, one in enumerate(hashed("sha256", [*FULL, OWN]))]
    listing = await read(rows, OWN)
    assert not any(one.revocable for one in listing.sessions)
    assert listing.current is Current.UNKNOWN


async def test_ours_in_full_among_masks_stays_ours() -> None:
    rows = [{"id": n, "token": one[-4:]} for n, one in enumerate(FULL)]
    listing = await read([*rows, {"id": 99, "token": OWN}], OWN)
    assert listing.current is Current.LISTED
    assert [one.token for one in listing.sessions if one.revocable] == [OWN]
