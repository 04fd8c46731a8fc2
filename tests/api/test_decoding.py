"""A list whose entries are decoded one by one is read as if it were decoded whole."""

import json
from collections.abc import Callable

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from msgspec import Raw

from qiscus_tui.api.contract import Contract
from qiscus_tui.api.decode import decode_json
from qiscus_tui.api.list.entries import EntryReader
from qiscus_tui.api.list.pages import NoList, Page, decode_page, find_page, read_paging
from qiscus_tui.api.list.rows import Rows
from qiscus_tui.errors import Unreadable
from tests.api.serving import now

short = settings(max_examples=50, deadline=None)

texts = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["},{", "} , {", '"},{"', "\\", "]}", "\ud800", "é\u2028", "\x00", "}\n,\t{", "token"]
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
                {"data": {key: listed}},
                {"data": {"total": 3, key: listed, "more": 1}},
                {"data": page},
                {"data": {key: page}, "meta": None},
                {"data": {"others": draw(entries), key: listed}},
                {"data": listed, "later": draw(entries)},
            ]
        )
    )
    between = draw(st.sampled_from([(",", ":"), (", ", ": "), (" ,\n\t", " : "), ("\r\n, ", ":")]))
    spelled = json.dumps(body, separators=between, ensure_ascii=draw(st.booleans()))
    return spelled.encode("utf-8", "surrogatepass")


def rows_of(page: Page) -> Rows:
    EntryReader(Contract(), None, 0.0, now).read_page(page.entries, rows := Rows())
    return rows


def said(page: Page) -> object:
    """What is read of a page: its sessions, the entries that are none, and what is around them."""
    rows, paging = rows_of(page), read_paging(page, 200, {})
    return repr(rows.sessions), rows.unreadable_entries, page.place, paging, repr(page.document)


def decoded_whole(body: bytes) -> Page:
    return find_page(decode_json(body))


def outcome(body: bytes, page_of: Callable[[bytes], Page] = decode_page) -> object:
    try:
        return said(page_of(body))
    except Unreadable as error:
        return error.message
    except NoList:
        return "no list"


@short
@given(bodies())
def test_any_list_is_read_as_if_decoded_whole(body: bytes) -> None:
    assert outcome(body) == outcome(body, decoded_whole)


@short
@given(st.data())
def test_a_truncated_body_is_never_a_shorter_list(data: st.DataObject) -> None:
    body = data.draw(bodies()).rstrip()
    assume(body[-1:] in b"]}")
    with pytest.raises((Unreadable, NoList)):
        said(decode_page(body[: data.draw(st.integers(0, len(body) - 1))]))


@short
@given(st.data())
def test_a_damaged_body_is_read_or_refused_as_if_decoded_whole(data: st.DataObject) -> None:
    body = bytearray(data.draw(bodies()))
    at = data.draw(st.integers(0, len(body) - 1))
    junk = st.sampled_from([b"", b"\x00", b"\x0b", b"}", b"{", b'"', b",", b"\xff", b"NaN", b"[["])
    body[at : at + data.draw(st.integers(0, 2))] = data.draw(junk)
    whole, singly = outcome(bytes(body), decoded_whole), outcome(bytes(body))
    if isinstance(whole, str):
        assert isinstance(singly, str)  # refused; in which words is the same to us
    else:
        assert singly == whole


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
def test_what_strict_json_forbids_or_hides_is_read_all_the_same(entry: str) -> None:
    body = ('{"data":[' + ",".join([entry] * 3) + '],"meta":{}}').encode()
    assert outcome(body) == outcome(body, decoded_whole)
    assert not isinstance(outcome(body), str)


def test_half_a_character_spoils_one_text_and_not_the_list() -> None:
    agents = ["a \\ud800 b", "\\uDFFF\\uD83d", "\\ud83d\\uDE00", "\\\\ud800", "\\\\\\ud800\\/"]
    entries = [f'{{"token":"a{at}","device":"{agent}"}}' for at, agent in enumerate(agents)]
    body = f'{{"data":[{",".join(entries)}]}}'.encode()
    page = decode_page(body)
    assert all(isinstance(entry, Raw) for entry in page.entries), "no slow decoder"
    read = ["a \ufffd b", "\ufffd\ufffd", "\U0001f600", "\\ud800", "\\\ufffd/"]
    sessions = rows_of(page).sessions
    assert [one.user_agent for one in sessions] == read
    assert rows_of(decoded_whole(body)).sessions == sessions


def test_bytes_that_are_no_utf8_spoil_one_text_and_not_the_list() -> None:
    page = decode_page(b'{"data":[{"token":"a","device":"caf\xe9"},{"token":"b"}]}')
    assert [one.user_agent for one in rows_of(page).sessions] == ["caf\udce9", None]


def test_a_byte_order_mark_is_no_part_of_the_json() -> None:
    assert decode_json(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


@pytest.mark.parametrize("space", ["\x0b", "\x0c", "\u00a0"])
def test_white_space_that_json_does_not_know_is_not_white_space(space: str) -> None:
    with pytest.raises(Unreadable):
        decode_page(('{"data":[' + f"{space},".join(['{"token":"abcdefgh"}'] * 3) + "]}").encode())


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"data":[' + b'{"a":' * 100_000])
def test_endless_nesting_is_refused(body: bytes) -> None:
    with pytest.raises(Unreadable):
        decode_page(body)


@pytest.mark.parametrize(
    "body",
    [b"[" + b",".join([b"[]"] * 101) + b"]", b'{"data":[[' + b",".join([b"0"] * 101) + b"]]}"],
)
def test_an_answer_of_too_many_values_is_not_decoded(
    body: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qiscus_tui.api.decode.MAX_VALUES", 99)
    for read in (decode_page, decode_json):
        with pytest.raises(Unreadable, match="more than 99 values and was not read further"):
            read(body)
