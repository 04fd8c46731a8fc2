"""Reading in slices gives exactly what decoding the whole body gives, or fails as it does."""

import copy
import itertools
import json
from collections.abc import Iterator

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from qiscus_tui.api import slices
from qiscus_tui.api.decode import decode_json
from qiscus_tui.api.pages import Page, find_page
from qiscus_tui.api.slices import NO_CUT, CutElsewhere, SlicedList
from qiscus_tui.api.wholeness import read_paging
from qiscus_tui.errors import Unreadable

short = settings(max_examples=100, deadline=None)

texts = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["},{", "} , {", '"},{"', "\\", "]}", "cut here", "\ud800", "é\u2028", "\x00", "}\n,\t{"]
    ),
)
scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.just(10**40), st.floats(allow_nan=False), texts
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)),
    max_leaves=8,
)
entries = st.lists(
    st.one_of(st.dictionaries(texts, values, max_size=4), values), min_size=0, max_size=40
)


@st.composite
def bodies(draw: st.DrawFn) -> bytes:
    """A list answer in any wrapping and any spelling."""
    listed = draw(entries)
    key = draw(st.sampled_from(["tokens", "x", "data"]))
    page = {"current_page": 1, "data": listed, "last_page": 3}
    body: object = draw(
        st.sampled_from(
            [
                listed,
                {"data": listed},
                {"meta": {"after": "x"}, "status": 200, "data": listed},
                {"data": listed, "meta": {"after": "}"}},
                {"data": {key: listed}},
                {"data": {"total": 3, key: listed, "more": 1}},
                {"data": page},
                {"data": {key: page}, "meta": None},
                {"data": {"others": draw(entries), key: listed}},
                {"other": draw(entries), "data": listed},
                {"data": listed, "later": draw(entries)},
            ]
        )
    )
    between = draw(st.sampled_from([(",", ":"), (", ", ": "), (" ,\n\t", " : "), ("\r\n, ", ":")]))
    spelled = json.dumps(
        body,
        separators=between,
        indent=draw(st.sampled_from([None, 1])),
        ensure_ascii=draw(st.booleans()),
    )
    return spelled.encode("utf-8", "surrogatepass")


@st.composite
def cuts(draw: st.DrawFn, body: bytes) -> list[bytes]:
    """The body in pieces."""
    at = sorted(draw(st.lists(st.integers(0, len(body)), max_size=6)))
    ends = [0, *at, len(body)]
    return [body[a:b] for a, b in itertools.pairwise(ends)]


def lists(reader: SlicedList) -> Iterator[list[object]]:
    """The slices of a reader that makes nothing of the entries."""
    for run in reader.ready():
        assert isinstance(run, list)
        yield run


def read_in_slices(reader: SlicedList, pieces: list[bytes]) -> tuple[list[object], Page]:
    found: list[object] = []
    for piece in pieces:
        reader.feed(piece)
        for entries_of_slice in lists(reader):
            found += copy.deepcopy(entries_of_slice)
    page = reader.finish()
    return found + page.entries, page


def outcome_whole(body: bytes) -> object:
    try:
        page = find_page(decode_json(body))
    except Unreadable as error:
        return error.message
    return repr(page.entries), page.place, read_paging(page.around, 200, {})


def outcome_sliced(pieces: list[bytes]) -> object:
    try:
        try:
            found, page = read_in_slices(SlicedList(), pieces)
        except CutElsewhere:
            found, page = read_in_slices(SlicedList(first_cut=NO_CUT), pieces)
    except Unreadable as error:
        return error.message
    return repr(found), page.place, read_paging(page.around, 200, {})


@pytest.fixture(autouse=True, scope="module")
def tiny_slices() -> Iterator[None]:
    patch = pytest.MonkeyPatch()
    patch.setattr(slices, "SLICE", 24)
    yield
    patch.undo()


@short
@given(st.data())
def test_any_list_in_any_pieces_is_read_as_if_decoded_whole(data: st.DataObject) -> None:
    body = data.draw(bodies())
    assert outcome_sliced(data.draw(cuts(body))) == outcome_whole(body)


@short
@given(st.data())
def test_a_truncated_body_is_never_a_shorter_list(data: st.DataObject) -> None:
    body = data.draw(bodies()).rstrip()
    assume(body[-1:] in b"]}")
    cut = body[: data.draw(st.integers(0, len(body) - 1))]
    with pytest.raises(Unreadable):
        read_in_slices(SlicedList(), data.draw(cuts(cut)))


@short
@given(st.data())
def test_a_damaged_body_is_read_or_refused_as_if_decoded_whole(data: st.DataObject) -> None:
    body = bytearray(data.draw(bodies()))
    at = data.draw(st.integers(0, len(body) - 1))
    junk = st.sampled_from([b"", b"\x00", b"\x0b", b"}", b"{", b'"', b",", b"\xff", b"NaN", b"[["])
    body[at : at + data.draw(st.integers(0, 2))] = data.draw(junk)
    whole, sliced = outcome_whole(bytes(body)), outcome_sliced(data.draw(cuts(bytes(body))))
    if isinstance(whole, str):
        assert isinstance(sliced, str)  # refused; in which words is the same to us
    else:
        assert sliced == whole


def many(entry: str, count: int = 30) -> str:
    return ",".join([entry] * count)


@pytest.mark.parametrize(
    "entry",
    [
        '{"token":"a","agent":"lone \\ud800 surrogate"}',
        '{"token":"a","seen":NaN,"more":-Infinity,"most":1e999}',
        '{"token":"a","digits":' + "9" * 5000 + "}",
        '{"token":"a","token":"b"}',
        '{"token":"a","in":[{"a":1},{"b":2},{"c":3},{"d":4}]}',
        '{"token":"a","agent":"},{ \\" },{ \\\\"}',
    ],
)
def test_what_strict_json_forbids_or_hides_is_sliced_all_the_same(entry: str) -> None:
    body = ('{"data":[' + many(entry) + '],"meta":{}}').encode()
    reader = SlicedList()
    reader.feed(body)
    given_early = sum(len(found) for found in lists(reader))
    assert given_early > 20
    assert outcome_sliced([body]) == outcome_whole(body)


def test_bytes_that_are_no_utf8_spoil_one_text_and_not_the_list() -> None:
    body = b'{"data":[' + b",".join([b'{"token":"a","agent":"caf\xe9"}'] * 30) + b"]}"
    found, _ = read_in_slices(SlicedList(), [body])
    assert found == [{"token": "a", "agent": "caf\udce9"}] * 30


@pytest.mark.parametrize("space", ["\x0b", "\x0c", "\u00a0"])
def test_white_space_that_json_does_not_know_is_not_white_space(space: str) -> None:
    body = ('{"data":[' + f"{space},".join(['{"token":"abcdefgh"}'] * 30) + "]}").encode()
    with pytest.raises(Unreadable):
        read_in_slices(SlicedList(), [body])


def test_lists_beside_the_one_of_sessions_are_told_apart() -> None:
    roles = many('{"name":"a role with a name"}')
    body = ('{"data":{"roles":[' + roles + '],"tokens":[{"token":"a"}]}}').encode()
    with pytest.raises(CutElsewhere):
        read_in_slices(SlicedList(), [body])
    assert read_in_slices(SlicedList(first_cut=NO_CUT), [body])[0] == [{"token": "a"}]


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"data":[' + b'{"a":' * 100_000])
def test_endless_nesting_is_refused(body: bytes) -> None:
    with pytest.raises(Unreadable):
        read_in_slices(SlicedList(), [body])


def test_a_body_without_a_cut_is_looked_through_once_and_not_at_every_piece(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked_at = 0

    class Counting:
        pattern = b"x"

        def search(self, text: bytearray, start: int) -> None:
            nonlocal looked_at
            looked_at += len(text) - start

    monkeypatch.setattr(slices, "_BETWEEN", Counting())
    reader = SlicedList()
    reader.feed(b'{"data":["')
    for _ in range(1000):
        reader.feed(b"x" * 100)
        assert list(reader.ready()) == []
    assert looked_at < 5 * 100_000


def test_an_entry_longer_than_many_slices_does_not_stop_the_slicing() -> None:
    long = json.dumps({"token": "a", "in": [{"n": n} for n in range(200)]})
    body = (
        "[" + many('{"token":"b"}', 20) + "," + long + "," + many('{"token":"c"}', 200) + "]"
    ).encode()
    reader = SlicedList()
    reader.feed(body)
    given_early = sum(len(found) for found in lists(reader))
    assert given_early > 200
