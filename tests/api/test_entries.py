"""One entry of the list as a session."""

from collections.abc import Iterable, Sequence

import pytest

from qiscus_tui.api.contract import SESSION_FACTS, Authentication, Contract, contract_with
from qiscus_tui.api.list.entries import EntryReader
from qiscus_tui.api.list.pages import decode_page
from qiscus_tui.api.list.rows import MOST_REMEMBERED, Listing, Rows
from qiscus_tui.cli.verbs import VERBS
from qiscus_tui.model.clock import DAY, TOKEN_LIFETIME
from qiscus_tui.model.ids import fingerprint
from qiscus_tui.model.session import Current, Session
from qiscus_tui.model.timestamps import known_times, rfc3339
from tests.api.serving import answering, in_pages, listing_of, now, said, token_of
from tests.clocks import ManualClock

AT = 1_792_000_000.0


def session_of(entry: object, own: str | None = None, contract: Contract | None = None) -> Session:
    found = EntryReader(contract or Contract(), own, 0.0, now).read([entry])[0]
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("fact", "value", "attributes", "read"),
    [
        ("token", "QEX", ("token", "revoke_with", "extra"), ("QEX", "QEX", None)),
        ("id", 7, ("id", "token", "revocable"), (fingerprint("7"), None, False)),
        ("id", "ses-7", ("id", "token", "revocable"), (fingerprint("ses-7"), None, False)),
        ("created", AT, ("created_at",), (AT,)),
        ("created", AT * 1000, ("created_at",), (AT,)),
        ("created", "2026-10-15T00:46:40+07:00", ("created_at",), (AT,)),
        ("created", {"date": "2026-10-14 17:46:40.0", "timezone": "UTC"}, ("created_at",), (AT,)),
        ("expires", AT, ("expires_at",), (AT,)),
        ("last_used", AT, ("last_used_at",), (AT,)),
        ("agent", "text", ("user_agent",), ("text",)),
        ("ip", "text", ("ip",), ("text",)),
        ("user", "text", ("user",), ("text",)),
    ],
)
def test_a_fact_stands_under_any_of_its_names(
    fact: str, value: object, attributes: tuple[str, ...], read: tuple[object, ...]
) -> None:
    of_a_session = {} if fact in {"token", "id"} else {"token": "a"}
    for name in SESSION_FACTS[fact]:
        session = session_of({**of_a_session, name: value})
        assert tuple(getattr(session, attribute) for attribute in attributes) == read


@pytest.mark.parametrize(
    ("days", "is_computed"), [([5, 29], True), ([5, 30.5], True), ([5, 32], False), ([], True)]
)
async def test_no_expiry_is_computed_where_sessions_outlive_it(
    days: list[float], is_computed: bool
) -> None:
    rows: list[object] = [
        {"token": token_of(f"{one}"), "created_at": ManualClock().now() - one * DAY} for one in days
    ]
    named = ManualClock().now() + DAY
    rows.append({"token": token_of("named"), "created_at": named - 50 * DAY, "expires_at": named})
    found = await listed(rows)
    assert found.sessions[-1].expires_at == named
    for session in found.sessions[:-1]:
        assert session.expires_computed is (session.expires_at is not None) is is_computed
    assert bool(found.expiry_doubt) is not is_computed


def test_the_first_name_that_means_something_counts_and_the_rest_is_kept() -> None:
    session = session_of(
        {
            "token": {"no": "text"},
            "access_token": "QEX",
            "created_at": "never",
            "issued_at": AT,
            "user_agent": None,
            "device": "",
            "browser": "curl/8.5",
        }
    )
    assert (session.token, session.created_at, session.user_agent) == ("QEX", AT, "curl/8.5")
    assert session.extra == {"token": {"no": "text"}, "created_at": "never"}


def test_every_address_of_an_entry_counts() -> None:
    entry = {"token": "a", "ip": "172.16.0.1", "remote_ip": "10.2.7.5", "ip_address": "172.16.0.1"}
    session = session_of(entry)
    assert (session.ip, session.extra) == ("172.16.0.1, 10.2.7.5", None)


def test_a_token_in_full_is_better_than_a_masked_one() -> None:
    session = session_of({"token": "QEX***", "auth_token": "QEXfull"})
    assert (session.token, session.id) == ("QEXfull", fingerprint("QEXfull"))
    assert session.extra == {"token": "QEX***"}, "the full one is shown in no field"


def test_masked_tokens_that_look_alike_are_told_apart_by_the_rest() -> None:
    ids = {
        session_of({"token": "QEX***", "created_at": at, "ip": ip}).id
        for at in (AT, AT + 1)
        for ip in ("10.0.0.1", "10.0.0.2")
    }
    assert len(ids) == 4


def test_by_a_contract_with_an_id_field_the_id_is_what_is_revoked() -> None:
    by_id = contract_with({"revoke_token": (None, "token_id")})
    assert by_id.revokes_by_id
    assert session_of({"token_id": 7}, contract=by_id).revoke_with == 7
    full = session_of({"token": "QEX", "id": "s7"}, contract=by_id)
    assert (full.revoke_with, full.id) == ("s7", fingerprint("QEX"))
    assert session_of({"token": "QEX"}, contract=by_id).revoke_with is None
    masked = session_of({"token": "QEX***", "token_id": 7}, contract=by_id)
    assert (masked.revoke_with, masked.id) == (7, fingerprint("7"))
    # of several, that of the very name that the contract asks for
    by_name = contract_with({"revoke_token": (None, "session_id")})
    both = session_of({"id": 7, "session_id": "ses-7"}, contract=by_name)
    assert (both.revoke_with, both.id) == ("ses-7", fingerprint("7"))
    assert session_of({"id": 0, "session_id": None}, contract=by_name).revoke_with == 0


def test_an_id_that_may_have_had_half_a_character_is_not_sent() -> None:
    by_id = contract_with({"revoke_token": (None, "id")})
    page = decode_page(b'[{"id": "a\\ud800"}, {"id": "b"}]')
    EntryReader(by_id, None, 0.0, now).read_page(page.entries, rows := Rows())
    assert [one.revoke_with for one in rows.sessions] == [None, "b"]


def test_overrides_change_what_they_name_and_nothing_else() -> None:
    changed = contract_with(
        {"revoke_token": ("/x/revoke", "auth_token"), "active_token_list": ("/x/list", None)}
    )
    assert (changed.revoke.path, changed.revoke.field) == ("/x/revoke", "auth_token")
    assert changed.list.path == "/x/list"
    assert not changed.revokes_by_id
    assert changed.refresh == Contract().refresh
    assert changed.revoke.repeatable
    assert contract_with({"login": ("/x", None), "profile": ("/x", None)}) == Contract()


def test_every_call_with_the_long_lived_token_has_a_verb_of_its_own() -> None:
    calls = Contract().calls
    assert {call.verb for call in calls if call.verb} <= set(VERBS)
    long_lived = [one for one in calls if one.authentication is Authentication.LONG_LIVED]
    assert long_lived
    assert all(call.verb for call in long_lived)


@pytest.mark.parametrize(
    "entry", [None, 5, True, [], {}, "", {"token": ""}, {"token": 5}, {"id": True}, {"id": ""}]
)
def test_what_has_neither_token_nor_id_cannot_be_read(entry: object) -> None:
    assert EntryReader(Contract(), None, 0.0, now).read([entry]) == [None]


def test_without_an_expiry_it_is_30_days_after_the_creation() -> None:
    session = session_of({"token": "a", "created_at": AT})
    assert (session.expires_at, session.expires_computed) == (AT + TOKEN_LIFETIME, True)
    assert not session_of({"token": "a", "expires_at": AT}).expires_computed
    assert session_of({"token": "a"}).expires_at is None


@pytest.mark.parametrize("created", [rfc3339(now() + 86_400), "2026-10-01"])
def test_a_time_that_can_not_be_right_or_a_date_alone_is_shown_as_it_was_listed(
    created: str,
) -> None:
    session = session_of({"token": "a", "created_at": created, "last_used_at": "300"})
    assert (session.created_at, session.expires_at, session.last_used_at) == (None, None, None)
    assert session.extra == {"created_at": created, "last_used_at": "300"}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"name": "Chrome", "version": 126}, "Chrome 126"),
        ({"name": "curl", "user_agent": "curl/8.5"}, "curl/8.5"),
        (["a", None, {"b": ["c", True]}], "a c"),
        (7, "7"),
        ({}, None),
        (True, None),
        ({"a": {"b": {"c": {"d": "too deep"}}}}, None),
    ],
)
def test_an_object_is_flattened(value: object, text: str | None) -> None:
    assert session_of({"token": "a", "device": value}).user_agent == text


def test_a_secret_in_an_object_is_left_out_of_its_text() -> None:
    owner = {
        "id": 3,
        "email": "a@b.c",
        "authentication_token": "QEX-planted",
        "app": {"name": "Tech", "secret_key": "planted-key", "keys": ["planted-in-list"]},
    }
    session = session_of({"token": "a", "user": owner, "device": {"otp": "1234"}})
    assert (session.user, session.user_agent) == ("3 a@b.c Tech", None)


@pytest.mark.parametrize(
    ("mark", "current"),
    [(True, True), (1, True), ("true", True), ("1", True), (False, False), ("0", False)],
)
def test_the_servers_mark_counts_where_the_token_is_not_shown(mark: object, current: bool) -> None:
    assert session_of({"id": 1, "current": mark}, own="QEX").current is current
    assert session_of({"token": "QEX", "current": False}, own="QEX").current is True
    assert session_of({"token": "other", "current": True}, own="QEX").current is False


# Entries beside each other


async def listed(entries: list[object], own: str | None = None) -> Listing:
    return await listing_of(answering(said(entries)), own=own)


@pytest.mark.parametrize(
    "written",
    ["T00:00:00Z", "T00:00:00.000000Z", " 00:00:00+07:00", "T17:00:00.000000Z", "T12:00:00+00:00"],
)
async def test_the_times_of_a_column_with_one_time_of_day_are_unknown(written: str) -> None:
    days = ("2026-10-08", "2026-10-09", "2026-10-09")
    fields = ("created_at", "last_used_at")
    rows = [
        {"token": token_of(f"{number}"), **dict.fromkeys(fields, f"{day}{written}")}
        for number, day in enumerate(days)
    ]
    for session in (await listed(list(rows))).sessions:
        assert (session.created_at, session.last_used_at) == (None, None)
        assert (session.expires_at, session.expires_computed) == (None, False)


@pytest.mark.parametrize(
    "times",
    [
        ["2026-10-08T00:00:00Z", "2026-10-09T00:00:01Z"],
        ["2026-10-08T17:00:00Z", "2026-10-08T18:00:00Z"],
        ["2026-10-08T17:03:20Z", "2026-10-09T17:03:20Z"],
        ["2026-10-08T17:00:00Z"],
    ],
)
async def test_other_columns_have_times(times: list[str]) -> None:
    rows: list[object] = [{"token": token_of(one), "created_at": one} for one in times]
    found = (await listed(rows)).sessions
    assert [one.created_at for one in found] == known_times(times)[0]


@pytest.mark.parametrize(
    "rows",
    [
        [{"id": 1, "current": 1}, {"id": 2, "current": 1}],
        [{"token": token_of("a"), "current": True}, {"token": token_of("b")}],
    ],
    ids=["two marks", "a mark on another token"],
)
async def test_a_mark_that_cannot_be_right_is_none(rows: list[object]) -> None:
    found = await listed(rows, own=token_of("c"))
    assert found.current is Current.UNKNOWN
    assert [session.current for session in found.sessions] == [None, None]


# One id for one session, and nothing dropped


async def read(*pages: Sequence[object], own: str | None = None) -> Listing:
    return await listing_of(in_pages(*pages), own=own)


@pytest.fixture
def one_id(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the token, the id is the same."""

    def always(texts: Iterable[str]) -> list[str]:
        return ["aaaaaaaaaaaa" for _ in texts]

    monkeypatch.setattr("qiscus_tui.api.list.entries.fingerprints", always)


@pytest.mark.usefixtures("one_id")
@pytest.mark.parametrize("on_one_page", [True, False])
async def test_two_sessions_with_one_id_are_never_mistaken(on_one_page: bool) -> None:
    a, b = {"token": token_of("a")}, {"token": token_of("b")}
    listing = await read(*([[a, b]] if on_one_page else [[a], [b]]), own=b["token"])
    assert [one.token for one in listing.sessions] == [a["token"]]
    assert (listing.shared_ids, listing.unreadable) == ({"aaaaaaaaaaaa"}, 1)
    assert listing.current is Current.UNKNOWN


@pytest.mark.parametrize("row", [{"id": 7}, "QEX***"])
async def test_two_rows_without_tokens_that_look_the_same_may_be_two_sessions(row: object) -> None:
    listing = await read([row, row, "ABC***"])
    assert (len(listing.sessions), listing.unreadable, len(listing.shared_ids)) == (2, 1, 1)


@pytest.mark.parametrize("on_one_page", [True, False])
async def test_a_token_in_several_rows_is_that_of_no_session(on_one_page: bool) -> None:
    rows = [{"token": token_of("a"), "ip": ip} for ip in ("10.0.0.1", "10.2.0.1")]
    rows.append({"token": token_of("b"), "ip": "10.0.0.1"})
    listing = await read(*([rows] if on_one_page else [[one] for one in rows]))
    assert [one.token for one in listing.sessions] == [None, None, token_of("b")]
    assert (listing.shared_ids, listing.unreadable) == (frozenset(), 0)


async def test_unreadable_entries_are_told_apart_whatever_the_order_of_their_fields() -> None:
    entries = [{"a": 1, "b": [None]}, {"x": "\ud800"}, {"x": 2}]
    one = await read([entries[0], entries[1]])
    same = await read([entries[1]], [{"b": [None], "a": 1}])
    other = await read([entries[0], entries[2]])
    assert one.unreadable_entries == same.unreadable_entries
    assert one.unreadable_entries != other.unreadable_entries
    assert one.unreadable == other.unreadable == 2


def test_past_the_bound_unreadable_entries_count_and_are_not_remembered() -> None:
    collected = Rows()
    for number in range(MOST_REMEMBERED + 5):
        collected.add_unreadable(number)
    assert collected.unreadable == MOST_REMEMBERED + 5
    assert collected.unreadable_entries.total() == MOST_REMEMBERED
