"""Finds the list in an answer, and the query of its next page."""

from typing import cast

from msgspec import Struct

from qiscus_tui.api import contract
from qiscus_tui.errors import Unreadable
from qiscus_tui.model.unshown import Unshown

_LONGEST_CURSOR = 4096


class Page(Unshown, frozen=True):
    """The entries of one answer and the query of the next one (None: this was the last)."""

    entries: list[object]
    next_query: tuple[str, str] | None
    number: int | None = None
    """Which page the server says this is."""
    total: int | None = None
    """The number of entries on all pages, as the server says."""
    place: tuple[str, ...] = ()
    """The names under which the list is in the answer; none if it is the body itself."""
    paging: str = ""
    """The names that say whether another page follows; empty if there are none."""

    def answers(self, query: tuple[str, str] | None) -> bool:
        """Return whether this is the requested page, as far as it says."""
        if query is None or query[0] != contract.PAGE_PARAMETER or self.number is None:
            return True
        return str(self.number) == query[1]


class _Found(Struct, frozen=True):
    entries: list[object]
    holder: dict[str, object] | None = None
    """The page object that contains the list."""
    place: tuple[str, ...] = ()


def find_page(body: object) -> Page:
    """Return the list in a decoded answer.

    It is the body itself, or is at `data`, or at `data.<one key>`, each as a list or as a page
    object. Raises Unreadable if there is none.
    """
    if isinstance(body, list):
        return Page(cast("list[object]", body), None)
    envelope = _object(body)
    found = _list_or_page(envelope) or _list_in(envelope.get(contract.DATA))
    if found is None:
        raise Unreadable(
            "The answer has no list of sessions",
            "Check the path under [api.active_token_list] in config.toml.",
        )
    holder, meta = found.holder or {}, _object(envelope.get(contract.META))
    query, number, paging = _next(holder, meta)
    total = _number(holder.get(contract.TOTAL, meta.get(contract.TOTAL)))
    return Page(found.entries, query, number, total, found.place, paging)


def _list_in(value: object) -> _Found | None:
    direct = _list_or_page(value, (contract.DATA,))
    if direct is not None:
        return direct
    candidates = {
        key: found
        for key, inner in _object(value).items()
        if (found := _list_or_page(inner, (contract.DATA, key))) is not None
    }
    for fits in (_anything, _named_so, _looks_so):
        fitting = [found for key, found in candidates.items() if fits(key, found)]
        if len(fitting) == 1:
            return fitting[0]
    return None


def _anything(_key: str, _found: _Found) -> bool:
    return True


def _named_so(key: str, _found: _Found) -> bool:
    return any(word in key.lower() for word in contract.LIST_KEY_WORDS)


def _looks_so(_key: str, found: _Found) -> bool:
    names = (*contract.SESSION_TOKEN, *contract.SESSION_ID)
    first = _object(found.entries[0]) if found.entries else {}
    return any(name in first for name in names)


def _list_or_page(value: object, place: tuple[str, ...] = ()) -> _Found | None:
    entries = _as_list(value)
    if entries is not None:
        return _Found(entries, place=place)
    holder = _object(value)
    if contract.CURRENT_PAGE in holder:
        entries = _as_list(holder.get(contract.DATA))
        if entries is not None:
            return _Found(entries, holder, (*place, contract.DATA))
    return None


def _as_list(value: object) -> list[object] | None:
    if isinstance(value, list):
        return cast("list[object]", value)
    fields = _object(value)
    if fields and all(key.isdecimal() for key in fields):  # how PHP writes a list with gaps
        return list(fields.values())
    return None


def _next(
    holder: dict[str, object], meta: dict[str, object]
) -> tuple[tuple[str, str] | None, int | None, str]:
    """Return the query of the next page, the number of this one, and the names that say so."""
    for where, fields, page_name, last_name in (
        ("page object", holder, contract.CURRENT_PAGE, contract.LAST_PAGE),
        (contract.META, meta, contract.PAGE, contract.TOTAL_PAGE),
        (contract.META, meta, contract.CURRENT_PAGE, contract.LAST_PAGE),
    ):
        page, last = _number(fields.get(page_name)), _number(fields.get(last_name))
        if page is None:
            continue
        # Laravel's simple page object says only whether another page follows.
        more = page < last if last is not None else bool(fields.get(contract.NEXT_PAGE_URL))
        names = f"{where}: {page_name}, {contract.NEXT_PAGE_URL if last is None else last_name}"
        if more:
            return (contract.PAGE_PARAMETER, str(page + 1)), page, names
        if last is not None or contract.NEXT_PAGE_URL in fields:
            return None, page, names
    for name in contract.CURSORS:
        cursor = meta.get(name)
        if isinstance(cursor, str | int) and not isinstance(cursor, bool):
            text = str(cursor)
            if text not in contract.NO_CURSOR:
                if not text.isprintable() or len(text) > _LONGEST_CURSOR:
                    raise Unreadable("The answer names an invalid next page")
                return (contract.CURSOR_PARAMETER, text), None, f"{contract.META}: {name}"
    named = [name for name in contract.CURSORS if name in meta]
    return None, None, f"{contract.META}: {named[0]}" if named else ""


def _number(value: object) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if abs(value) < 10**9 else None
    if isinstance(value, str) and value.isdecimal() and len(value) < 10:
        return int(value)
    return None


def _object(value: object) -> dict[str, object]:
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}
