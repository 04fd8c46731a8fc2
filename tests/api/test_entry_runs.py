"""A run of entries that is read at once gives the sessions that its entries give one by one."""

import json

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qiscus_tui.api.contract import Contract, contract_with
from qiscus_tui.api.entries import EntryReader
from qiscus_tui.api.listing import read_listing
from qiscus_tui.model.session import Session, SessionRun, origin_of
from tests.api.serving import LONG_LIVED, Pieces, client_of, now, token_of
from tests.clocks import ManualClock

ROOM = 1_000_000
ORDINARY: dict[str, object] = {
    "token": "QEXa",
    "id": 7,
    "created_at": "2026-10-24 09:14:00",
    "expired_at": "2026-11-23 09:14:00",
    "last_used_at": None,
    "user_agent": "curl/8.5",
    "ip_address": "10.2.0.11",
    "user_email": "a@b.example",
    "is_current": False,
}
times = st.sampled_from(
    [
        None,
        "",
        "2026-10-24 09:14:00",
        "2026-10-24T09:14:00Z",
        "2026-10-24t09:14:00.250z",
        "2026-10-24T09:14:00+07:00",
        "2026-10-24",
        "1969-12-31 23:59:59",
        "1970-01-01 00:00:00",
        "9999-12-31 23:59:59",
        "0001-01-01T00:00:00+14:00",
        "2026-10-24 09:14:60",
        "never",
        1_792_000_000,
        1_792_000_000_000,
    ]
)
texts = st.one_of(
    st.none(),
    st.sampled_from(["", "curl/8.5", "a\x1b[31m", "é\u202e", "\ud800", 7, ["a"], {"name": "curl"}]),
    st.text(max_size=5),
)
VALUES: dict[str, st.SearchStrategy[object]] = {
    "token": st.sampled_from(["QEXa", "QEXb", "QEXown", "é", "", "QE**Xa", "QEX…", None, 5]),
    "id": st.sampled_from([7, "ses-7", "", None, True, 10**40, 1.5]),
    "created_at": times,
    "expired_at": times,
    "last_used_at": times,
    "user_agent": texts,
    "ip_address": texts,
    "user_email": texts,
    "is_current": st.sampled_from([True, False, None, "true", 1]),
}
names = st.lists(st.sampled_from(list(VALUES)), unique=True)


@st.composite
def runs(draw: st.DrawFn) -> list[dict[str, object]]:
    """Entries of one shape, nearly all of them ordinary."""
    shape = {"token", *draw(names)}
    entries: list[dict[str, object]] = []
    for number in range(draw(st.integers(1, 4))):
        entry = {name: value for name, value in ORDINARY.items() if name in shape}
        entry["token"] = f"QEX{number}"
        for name in draw(st.lists(st.sampled_from(sorted(shape)), max_size=2)):
            entry[name] = draw(VALUES[name])
        entry |= draw(st.sampled_from([{}, {}, {}, {"ip": "10.2.0.9"}, {"city": "Yogyakarta"}]))
        entries.append(entry)
    return entries


def read_at_once(reader: EntryReader, run: list[dict[str, object]]) -> SessionRun | None:
    """The sessions of a run that was read at once; None if it has to be read entry by entry."""
    text = json.dumps(run).encode()
    reader.decode(text, ROOM)  # which shows the shape to expect
    found = reader.decode(text, ROOM)
    return found if isinstance(found, SessionRun) else None


@settings(max_examples=100, deadline=None)
@given(run=runs(), own=st.sampled_from([None, "QEX1"]), offset=st.sampled_from([0.0, 25_200.0]))
def test_a_run_is_read_as_its_entries_are(
    run: list[dict[str, object]], own: str | None, offset: float
) -> None:
    found = read_at_once(EntryReader(Contract(), own, offset, now), run)
    singly = EntryReader(Contract(), own, offset, now)
    if found is not None:
        assert list(found.sessions) == [singly.read(entry) for entry in run]
        assert list(found.origins) == [*map(origin_of, found.sessions)]


@pytest.mark.parametrize(
    "without", [(), ("id", "user_email", "is_current"), ("expired_at",), ("last_used_at", "id")]
)
def test_ordinary_entries_are_read_at_once(without: tuple[str, ...]) -> None:
    entry = {name: value for name, value in ORDINARY.items() if name not in without}
    run: list[dict[str, object]] = [{**entry, "token": f"QEX{number}"} for number in range(3)]
    found = read_at_once(EntryReader(Contract(), None, 0.0, now), run)
    assert found is not None
    assert len(found.sessions) == 3
    assert found.sessions[0].user_agent is found.sessions[2].user_agent
    assert found.origins[0] is found.origins[2]


def test_sessions_that_an_id_revokes_are_read_entry_by_entry() -> None:
    contract = contract_with({"revoke_token": (None, "id")})
    assert read_at_once(EntryReader(contract, None, 0.0, now), [dict(ORDINARY)]) is None


async def test_of_a_long_list_only_its_beginning_and_end_are_read_entry_by_entry(
    clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    singly: list[object] = []
    read = EntryReader.read

    def counting(self: EntryReader, entry: object) -> Session | None:
        singly.append(entry)
        return read(self, entry)

    monkeypatch.setattr(EntryReader, "read", counting)
    clock.advance(30 * 86_400)
    body = json.dumps({"data": [{**ORDINARY, "token": token_of(n)} for n in range(5000)]}).encode()
    stream = Pieces(body[at : at + 100_000] for at in range(0, len(body), 100_000))
    answer = httpx.Response(200, stream=stream)
    async with client_of(lambda _: answer, clock) as client:
        listing = await read_listing(client, LONG_LIVED, None)
    assert len(listing.sessions) == 5000
    assert listing.positions == {one.id: at for at, one in enumerate(listing.sessions)}
    assert 0 < len(singly) < 1000
