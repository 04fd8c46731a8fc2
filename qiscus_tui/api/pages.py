"""Finds the list in an answer."""

from typing import cast

from msgspec import Struct

from qiscus_tui.api import contract
from qiscus_tui.errors import Unreadable
from qiscus_tui.model.unshown import Unshown


class Page(Unshown, frozen=True):
    """The entries of one answer."""

    entries: list[object]
    place: tuple[str, ...] = ()
    """The names under which the list is in the answer; none if it is the body itself."""
    around: tuple[dict[str, object], ...] = ()
    """The objects that the list is in, from the inside outwards."""


class _Found(Struct, frozen=True):
    entries: list[object]
    place: tuple[str, ...] = ()


def find_page(body: object) -> Page:
    """Return the list in a decoded answer.

    It is the body itself, or is at `data`, or at `data.<one key>`, each as a list or as a page
    object. Raises Unreadable if there is none.
    """
    if isinstance(body, list):
        return Page(cast("list[object]", body))
    envelope = _object(body)
    found = _list_or_page(envelope) or _list_in(envelope.get(contract.DATA))
    if found is None:
        raise Unreadable(
            "The answer has no list of sessions",
            "Check the path under [api.active_token_list] in config.toml.",
        )
    around = [envelope]
    for name in found.place[:-1]:
        around.insert(0, _object(around[0].get(name)))
    return Page(found.entries, found.place, tuple(around))


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
        return _Found(entries, place)
    holder = _object(value)
    if contract.PAGE[0] in holder:
        entries = _as_list(holder.get(contract.DATA))
        if entries is not None:
            return _Found(entries, (*place, contract.DATA))
    return None


def _as_list(value: object) -> list[object] | None:
    if isinstance(value, list):
        return cast("list[object]", value)
    fields = _object(value)
    if fields and all(key.isdecimal() for key in fields):  # how PHP writes a list with gaps
        return list(fields.values())
    return None


def _object(value: object) -> dict[str, object]:
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}
