"""Where the list stands in an answer, and where its next page is."""

from dataclasses import dataclass
from typing import cast

from qiscus_tui.api import contract
from qiscus_tui.errors import Unreadable


@dataclass(frozen=True)
class Page:
    """The entries of one answer and the query of the next one (None: this was the last)."""

    entries: list[object]
    next_query: tuple[str, str] | None
    number: int | None = None
    """Which page the server says this is."""


def find_page(body: object) -> Page:
    """The list in a decoded answer.

    It is the body itself, or stands under `data`, or under `data.<one key>`, as a list or as a
    page object. Raises Unreadable where there is none.
    """
    if isinstance(body, list):
        return Page(cast("list[object]", body), None)
    if isinstance(body, dict):
        envelope = cast("dict[str, object]", body)
        found = _list_in(envelope.get(contract.DATA))
        if found is not None:
            entries, holder = found
            query, number = _next(envelope.get(contract.META), holder)
            return Page(entries, query, number)
    raise Unreadable(
        "The answer holds no list of sessions",
        "The path under [api.active_token_list] in config.toml may be another one here.",
    )


def _list_in(value: object) -> tuple[list[object], object] | None:
    """A list and the page object that holds it, if one does."""
    direct = _list_or_page(value)
    if direct is not None:
        return direct
    if not isinstance(value, dict):
        return None
    fields = cast("dict[str, object]", value)
    if fields and all(key.isdecimal() for key in fields):  # PHP writes a list with gaps so
        return list(fields.values()), None
    candidates = [found for inner in fields.values() if (found := _list_or_page(inner))]
    if len(candidates) > 1:
        candidates = [found for found in candidates if _looks_like_sessions(found[0])]
    return candidates[0] if len(candidates) == 1 else None


def _list_or_page(value: object) -> tuple[list[object], object] | None:
    if isinstance(value, list):
        return cast("list[object]", value), None
    if isinstance(value, dict):
        fields = cast("dict[str, object]", value)
        inner = fields.get(contract.DATA)
        if isinstance(inner, list) and contract.CURRENT_PAGE in fields:
            return cast("list[object]", inner), fields
    return None


def _looks_like_sessions(entries: list[object]) -> bool:
    if not entries:
        return False
    first = entries[0]
    if not isinstance(first, dict):
        return isinstance(first, str)
    names = (*contract.SESSION_TOKEN.names, *contract.SESSION_ID.names)
    return any(name in first for name in names)


def _next(meta: object, holder: object) -> tuple[tuple[str, str] | None, int | None]:
    for fields, page_name, last_name in (
        (holder, contract.CURRENT_PAGE, contract.LAST_PAGE),
        (meta, contract.PAGE, contract.TOTAL_PAGE),
    ):
        if not isinstance(fields, dict):
            continue
        numbers = cast("dict[str, object]", fields)
        page, last = _number(numbers.get(page_name)), _number(numbers.get(last_name))
        if page is not None and last is not None:
            return ((contract.PAGE_PARAMETER, str(page + 1)) if page < last else None), page
    if isinstance(meta, dict):
        for name in contract.CURSORS:
            cursor = cast("dict[str, object]", meta).get(name)
            if isinstance(cursor, str | int) and not isinstance(cursor, bool) and cursor != "":
                return (contract.CURSOR_PARAMETER, str(cursor)), None
    return None, None


def _number(value: object) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, str) and value.isdecimal() and len(value) < 10:
        return int(value)
    return None
