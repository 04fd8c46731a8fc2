"""One answer to the list call: where the list is in it, and whether it is all there is. Pure."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import cast

import msgspec
from msgspec import Raw

from qiscus_tui.api import contract
from qiscus_tui.api.decode import (
    Fields,
    as_object,
    check_bounds,
    decode_json,
    without_lone_surrogates,
)
from qiscus_tui.api.error_answers import is_refusal, quoted, status_words, statuses_in
from qiscus_tui.errors import Unreadable
from qiscus_tui.model.masking import Unshown

_INVALID = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)

# Where the list is.


class Page(Unshown, frozen=True):
    """The entries of one answer."""

    entries: Sequence[object]
    """Not decoded yet, where the answer is plain JSON: `decoded` does it."""
    place: tuple[str, ...] = ()
    """The names under which the list is in the answer; none if it is the body itself."""
    around: tuple[Mapping[str, object], ...] = ()
    """The objects that the list is in, without it, from the inside outwards."""

    @property
    def document(self) -> object:
        """The answer without the entries."""
        return self.around[-1] if self.around else []


class NoList(Exception):
    """The answer has no list of sessions."""

    def __init__(self, document: object) -> None:
        """`document` is the answer."""
        super().__init__()
        self.document = document


def decode_page(body: bytes | bytearray) -> Page:
    """Return the list in the body of an answer, its entries not decoded yet.

    100,000 dictionaries would take 100 MB, and the interpreter for 150 ms. Raises NoList,
    Unreadable.
    """
    check_bounds(body)
    kind = dict[str, Raw] if body[:4096].lstrip()[:1] == b"{" else list[Raw]
    with suppress(*_INVALID):
        return find_page(msgspec.json.decode(body, type=kind))
    body = without_lone_surrogates(body)
    with suppress(*_INVALID):
        return find_page(msgspec.json.decode(body, type=kind))
    return find_page(decode_json(body))


def decoded(value: object) -> object:
    """Return a value, decoded where it is not yet. Raises Unreadable."""
    return decode_json(bytes(value)) if isinstance(value, Raw) else value


def find_page(body: object) -> Page:
    """Return the list in an answer.

    It is the body itself, or is at `data`, or at `data.<one key>`, each as a list or as a page
    object, which has its list at `data` too. Raises NoList, Unreadable.
    """
    if isinstance(body, list):
        return Page(cast("list[object]", body))
    envelope = as_object(body)
    data = _opened(envelope.get(contract.DATA))
    way_to_data = ((envelope, contract.DATA),)
    found = _list_or_page(data, way_to_data) or _only_list_in(as_object(data), way_to_data)
    if found is None:
        raise NoList({name: decoded(one) for name, one in envelope.items()} if envelope else body)
    entries, way = found
    inner: object = []
    around: list[dict[str, object]] = []
    for holder, listed_at in reversed(way):
        inner = {name: inner if name == listed_at else decoded(one) for name, one in holder.items()}
        around.append(inner)
    return Page(entries, tuple(name for _, name in way), tuple(around))


_Way = tuple[tuple[Fields, str], ...]
"""The objects that a value is in, from the outside inwards, and its name in each."""


def _list_or_page(value: object, way: _Way) -> tuple[list[object], _Way] | None:
    """Return the entries and the way to them, where a value is a list or a page object."""
    if not isinstance(value, list):
        page = as_object(value)
        value = _opened(page.get(contract.DATA)) if contract.PAGE[0] in page else None
        way = (*way, (page, contract.DATA))
    return (cast("list[object]", value), way) if isinstance(value, list) else None


def _only_list_in(fields: Fields, way: _Way) -> tuple[list[object], _Way] | None:
    """Return the only list under any name, or the only one that is named as sessions are."""
    candidates = {
        key: found
        for key, inner in fields.items()
        if (found := _list_or_page(_opened(inner), (*way, (fields, key))))
    }
    words = contract.LIST_KEY_WORDS
    named = [one for key, one in candidates.items() if any(word in key.lower() for word in words)]
    fitting = [*candidates.values()] if len(candidates) == 1 else named
    return fitting[0] if len(fitting) == 1 else None


def _opened(value: object) -> object:
    """Return a list or an object with what is in it not decoded yet; None of other raw values."""
    if not isinstance(value, Raw):
        return value
    kinds = {b"[": list[Raw], b"{": dict[str, Raw]}
    kind = kinds.get(bytes(memoryview(value)[:1]))
    return None if kind is None else msgspec.json.decode(value, type=kind)


# Whether it is all there is, and how to get the rest.

PageQuery = tuple[str, str]
"""A parameter of a request and its value."""

OTHER_PAGE = "the server sent another page than the one asked for"
ENDLESS = "the pages did not come to an end"
REPEATED = "a session is on two pages, so another may be on none"

_LONGEST_CURSOR = 4096
_NOT_FINAL = {202, 206, 207}
"""Statuses of answers that are not all of it, or not yet."""
_NO = {"", "0", "false", "no", "null", "none"}
_LINK_TO_NEXT = re.compile(r"""\brel\s*=\s*["']?[^"';,]*\bnext\b""", re.IGNORECASE)


class Paging(Unshown, frozen=True):
    """What one answer says about the list that it is a part of."""

    rows: int
    """Rows on this page."""
    page: int | None
    last_page: int | None
    size: int | None
    """Rows on a full page."""
    offset: int | None
    """Rows before this page."""
    by_offset: bool
    """Whether its pages are named by the rows before them."""
    total: int | None
    """The number of all rows."""
    count: int | None
    """The number of all rows, or of those on this page."""
    cursor: str
    next_page: int | None
    more: str
    """The name that says that more follows."""
    says_the_end: bool
    """Whether it has a name that says whether more follows."""
    doubt: str
    """Why the answer itself may not be all that was asked for."""
    names: str
    """The names that decide which page follows."""


def read_paging(
    answer: Page, status: int, headers: Mapping[str, str], secrets: Collection[str] = ()
) -> Paging:
    """Return what an answer says about the whole list.

    Raises Unreadable for a cursor that can't be sent.
    """
    said = _Said(answer.around, headers)
    cursor = said.cursor()
    last_page, offset = said.number(contract.LAST_PAGE), said.number(contract.OFFSET)
    page = said.number(contract.PAGE)
    has_limit_alone = said.has(contract.LIMIT) and page is None and last_page is None
    more = said.yes(contract.MORE)
    if not more and _LINK_TO_NEXT.search(headers.get(contract.LINK_HEADER, "")):
        more = "Link: rel=next"
    more = more or said.not_the_end()
    is_declared = last_page is not None or said.has(contract.MORE) or said.has(contract.CURSORS)
    return Paging(
        rows=len(answer.entries),
        page=page,
        last_page=last_page,
        size=said.number(contract.PAGE_SIZE),
        offset=offset,
        by_offset=offset is not None or has_limit_alone,
        total=said.number(contract.TOTAL),
        count=said.number(contract.COUNT),
        cursor=cursor,
        next_page=said.number(contract.NEXT_PAGE),
        more=more,
        says_the_end=is_declared,
        doubt=_doubt(said, status, secrets),
        names=said.names(
            contract.PAGE, contract.LAST_PAGE, contract.CURSORS, contract.OFFSET, contract.MORE
        ),
    )


def is_asked_for(said: Paging, asked: PageQuery | None) -> bool:
    """Return whether this is the page that was asked for, as far as it says."""
    if asked is None:  # counted from 0 or from 1
        return said.page in {None, 0, 1} and said.offset in {None, 0, 1}
    numbers = {contract.PAGE_PARAMETER: said.page, contract.OFFSET_PARAMETER: said.offset}
    number = numbers.get(asked[0])
    return number is None or str(number) == asked[1]


def next_query(said: Paging, asked: PageQuery | None, so_far: int) -> PageQuery | None:
    """Return the query of the next page; None where there is none that we could ask for.

    `so_far` are the rows of all pages that were read.
    """
    if asked is not None and asked[0] == contract.CURSOR_PARAMETER:
        return (contract.CURSOR_PARAMETER, said.cursor) if said.cursor else None
    page = said.page
    if page is None and not said.by_offset and (said.last_page or said.size):
        page = _asked_number(asked, contract.PAGE_PARAMETER, 1)
    if page is not None and _has_next_page(said, page, so_far):
        return contract.PAGE_PARAMETER, str(page + 1)
    if said.cursor:
        return contract.CURSOR_PARAMETER, said.cursor
    if said.by_offset and said.rows and _has_more_rows(said, so_far):
        begin = said.offset
        if begin is None:
            begin = _asked_number(asked, contract.OFFSET_PARAMETER, 0)
        return contract.OFFSET_PARAMETER, str(begin + said.rows)
    if said.next_page is not None and page is None and said.next_page > 1:
        return contract.PAGE_PARAMETER, str(said.next_page)
    return None


def shortfall(pages: Sequence[Paging], rows: int, stopped: str = "") -> str:
    """Return why these answers, which have so many rows, are not the whole list; empty if they are.

    `stopped` is why a page that follows was not read.
    """
    totals = [one.total for one in pages if one.total is not None]
    counts = [one.count for one in pages if one.count is not None]
    total = min(totals) if totals else max(counts, default=0)
    if total > rows:
        return f"{rows:,} of {total:,} listed"
    doubts = [one.doubt for one in pages if one.doubt]
    if stopped or doubts:
        return stopped or doubts[0]
    more = pages[-1].more if pages else ""
    return f"the answer says that more follows ({more})" if more else ""


def _has_next_page(said: Paging, page: int, so_far: int) -> bool:
    if said.last_page is not None:
        return page < said.last_page
    if said.cursor and not said.more:
        return False
    return _has_more_rows(said, so_far)


def _has_more_rows(said: Paging, so_far: int) -> bool:
    if said.more:
        return True
    total = said.count if said.total is None else said.total
    if total is not None and said.rows:
        return so_far < total
    return not said.says_the_end and said.rows > 0 and said.rows == said.size


def _asked_number(asked: PageQuery | None, parameter: str, otherwise: int) -> int:
    return int(asked[1]) if asked is not None and asked[0] == parameter else otherwise


def _doubt(said: "_Said", status: int, secrets: Collection[str]) -> str:
    if status in _NOT_FINAL:
        return f"the answer was {status_words(status)}"
    if said.failed:
        return "the answer says that it failed"
    for word in statuses_in(said.envelope):
        if isinstance(word, str) and word in contract.NOT_DONE_WORDS:
            return f"the answer has the status '{word}'"
    for name in contract.WARNINGS:
        warning = said.values.get(_plain(name))
        if _says_yes(warning):
            text = quoted(warning, secrets)
            return f"the answer has a warning: {text}" if text else "the answer has a warning"
    partial = said.yes(contract.PARTIAL)
    return f"the answer says that it is not all ({partial})" if partial else ""


class _Said:
    """The values beside the list by their plain names: the innermost counts, headers last."""

    def __init__(self, around: Iterable[Mapping[str, object]], headers: Mapping[str, str]) -> None:
        self.envelope: Mapping[str, object] = {}
        self.values: dict[str, object] = {}
        self.failed = False
        """Whether an object that the list is in says that it failed."""
        for fields in around:
            self.failed = self.failed or is_refusal(fields)
            self.envelope = fields
            self._add(fields)
        for name, value in headers.items():
            plain = _plain(name.lower().removeprefix("x-"))
            if plain in _KNOWN:
                self.values.setdefault(plain, value)

    def _add(self, fields: Mapping[str, object], levels: int = 2) -> None:
        inner = list[Mapping[str, object]]()
        for name, value in fields.items():
            plain = _plain(name)
            if plain in _KNOWN:
                self.values.setdefault(plain, value)
            if plain in _OBJECTS and isinstance(value, dict):
                inner.append(cast("Mapping[str, object]", value))
        for one in inner if levels else ():
            self._add(one, levels - 1)

    def has(self, names: Iterable[str]) -> bool:
        return any(_plain(name) in self.values for name in names)

    def number(self, names: Iterable[str]) -> int | None:
        found = (_number(self.values.get(_plain(name))) for name in names)
        return next((one for one in found if one is not None), None)

    def yes(self, names: Iterable[str]) -> str:
        """Return the first name that says yes."""
        return next((name for name in names if _says_yes(self.values.get(_plain(name)))), "")

    def not_the_end(self) -> str:
        """Return the first name that says that this is not the end."""
        return next((name for name in contract.END if self.values.get(_plain(name)) is False), "")

    def cursor(self) -> str:
        for name in contract.CURSORS:
            value = self.values.get(_plain(name))
            if isinstance(value, str | int) and not isinstance(value, bool):
                text = str(value)
                if text not in contract.NO_CURSOR:
                    is_text = text.isprintable() and "\ufffd" not in text
                    if not is_text or len(text) > _LONGEST_CURSOR:
                        raise Unreadable("The answer names an invalid next page")
                    return text
        return ""

    def names(self, *kinds: Iterable[str]) -> str:
        return ", ".join(name for kind in kinds for name in kind if _plain(name) in self.values)


def _plain(name: str) -> str:
    return name.casefold().replace("_", "").replace("-", "")


_KNOWN = frozenset(
    _plain(name)
    for names in (
        *(contract.PAGE, contract.LAST_PAGE, contract.PAGE_SIZE, contract.OFFSET, contract.TOTAL),
        *(contract.COUNT, contract.CURSORS, contract.MORE, contract.PARTIAL, contract.WARNINGS),
        contract.END,
    )
    for name in names
)
_OBJECTS = frozenset(map(_plain, contract.PAGING_OBJECTS))


def _says_yes(value: object) -> bool:
    if isinstance(value, str):
        return value.strip().lower() not in _NO
    if isinstance(value, dict):
        return any(map(_says_yes, cast("dict[str, object]", value).values()))
    return bool(value)


def _number(value: object) -> int | None:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 10:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value < 10**9 else None
