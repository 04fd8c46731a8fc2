"""Notes how a server answers: statuses, names and JSON types. Never a value.

What it returns is fit for a ticket: names and messages that may hold a value are masked.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from functools import lru_cache
from typing import cast

from qiscus_tui.api.contract import Call
from qiscus_tui.api.error_answers import error_words
from qiscus_tui.api.token_masks import is_masked
from qiscus_tui.model.masking import KnownSecrets, is_plain_name, shown_message, shown_name

MOST_FIELDS = 200
"""Different fields of the entries that are noted, at most."""

_MOST_NAMES = 16
"""Names of one answer that are noted, at most."""

_DEPTH = 4
_ITEM = "[]"
_QUOTED = 4000
_DATE = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d+)?(Z|[+-]\d\d:?\d\d)?")
_FIRST_SECOND, _FIRST_MILLISECOND = 10**9, 10**12

FieldPath = tuple[str, ...]


@dataclass(frozen=True)
class SeenAnswer:
    """One kind of answer to a call."""

    status: int
    message: str
    """What it says of an error, masked; empty if nothing."""
    names: tuple[str, ...]
    """Names and types in it: `data.auth.token: string`."""


@dataclass
class SeenField:
    """A field of the listed entries."""

    count: int = 0
    """How many entries have it."""
    types: Counter[str] = field(default_factory=Counter[str])


@dataclass
class AnswerObserver:
    """Notes every answer that an API client gets."""

    values: Set[str] = frozenset()
    """Casefolded values, such as the user's name, that are no names."""
    secrets: set[str] = field(default_factory=set[str])
    """Secrets that are hidden in messages."""
    wanted: set[str] = field(default_factory=set[str])
    """Tokens that are looked for in answers."""
    answers: dict[str, Counter[SeenAnswer]] = field(default_factory=dict[str, Counter[SeenAnswer]])
    """The answers by the call's name."""
    entries: Counter[str] = field(default_factory=Counter[str])
    """How many entries of each JSON type the list had."""
    fields: dict[str, SeenField] = field(default_factory=dict[str, SeenField])
    token_fields: set[str] = field(default_factory=set[str])
    """Fields of entries in which a wanted token was found."""
    list_places: set[str] = field(default_factory=set[str])
    """Where in the answer the list was."""
    paging: set[str] = field(default_factory=set[str])
    """How the server said that there are more pages."""
    _last: object = field(default=None, repr=False)
    """The last answer that was noted, its list aside."""
    _shown: dict[FieldPath, str] = field(default_factory=dict[FieldPath, str], repr=False)
    """Paths as they are shown."""

    def note_answer(
        self, call: Call, status: int, headers: Mapping[str, str], body: object
    ) -> None:
        """Note an answer with this decoded body, None if it was not JSON."""
        self._last = body
        if body is None:
            is_page = "html" in headers.get("content-type", "").lower()
            self._add(call, status, "a web page" if is_page else "not JSON", ())
            return
        said = KnownSecrets(self.secrets | self.wanted)
        words = [said.hidden(text[:_QUOTED]) for text in error_words(body)[:2]]
        message = " / ".join(shown_message(text, self.values) for text in words)
        self._add(call, status, message, self._names(body, None))

    def note_page(
        self, call: Call, status: int, place: FieldPath, paging: str, document: object
    ) -> None:
        """Note a page of the list, of which the `document` is what is left without entries."""
        shown = tuple(self._name(name) for name in place)
        self.list_places.add(".".join(shown) or "the whole body")
        if paging:
            self.paging.add(paging)
        self._add(call, status, "", self._names(document, place))

    def note_entry(self, entry: object) -> None:
        """Note the fields of an entry of the list."""
        self.entries[json_type(entry)] += 1
        if isinstance(entry, str) and entry in self.wanted:
            self.token_fields.add("the entry itself")
        seen = set[str]()
        for path, value in _walk(entry, (), _DEPTH, into_lists=True):
            name = self._path(path)
            if isinstance(value, str) and value in self.wanted:
                self.token_fields.add(name)
            noted = self.fields.get(name)
            if noted is None:
                if len(self.fields) >= MOST_FIELDS:
                    continue
                noted = self.fields[name] = SeenField()
            noted.types[json_type(value)] += 1
            noted.count += name not in seen
            seen.add(name)

    def place_of(self, text: str) -> str:
        """Return the path of a text in the last answer; empty if it is not there."""
        for path, value in _walk(self._last, (), _DEPTH, into_lists=True):
            if value == text:
                return self._path(path)
        return ""

    def _add(self, call: Call, status: int, message: str, names: tuple[str, ...]) -> None:
        seen = self.answers.setdefault(call.name, Counter())
        seen[SeenAnswer(status, message, names)] += 1

    def _names(self, body: object, list_place: FieldPath | None) -> tuple[str, ...]:
        """Return names and types, and nothing of what is in the list."""
        found: dict[str, None] = {}
        for path, value in _walk(body, (), _DEPTH, into_lists=False):
            is_in_list = list_place is not None and path[: len(list_place)] == list_place
            if is_in_list and path != list_place:
                continue
            found[f"{self._path(path)}: {json_type(value)}"] = None
            if len(found) == _MOST_NAMES:
                break
        return tuple(found)

    def _path(self, path: FieldPath) -> str:
        known = self._shown.get(path)
        if known is None:
            known = self._shown_path(path)
            if len(self._shown) < MOST_FIELDS:  # a list may have 100,000 entries of one shape
                self._shown[path] = known
        return known

    def _shown_path(self, path: FieldPath) -> str:
        names = [name if name == _ITEM else self._name(name) for name in path]
        return ".".join(names).replace(f".{_ITEM}", _ITEM)

    def _name(self, name: str) -> str:
        return shown_name(name, self.values)


def _is_keyed_by_value(fields: dict[str, object]) -> bool:
    """Return whether an object's names are values, also those that look like names.

    So they are where most look like values, and where each stands for an object of the same names.
    """
    if not _mostly_names(tuple(fields)):
        return True
    kinds = {tuple(cast("dict[str, object]", one)) for one in fields.values() if type(one) is dict}
    are_objects = all(type(one) is dict for one in fields.values())
    return are_objects and len(fields) > 1 and len(kinds) == 1


@lru_cache
def _mostly_names(names: tuple[str, ...]) -> bool:
    return sum(map(is_plain_name, names)) * 2 >= len(names)


def json_type(value: object) -> str:
    """Return the JSON type, with the form of a time, such as `string (date and time)`."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            if _FIRST_SECOND <= value < _FIRST_MILLISECOND:
                return "integer (epoch seconds?)"
            is_long = _FIRST_MILLISECOND <= value < _FIRST_MILLISECOND * 1000
            return "integer (epoch milliseconds?)" if is_long else "integer"
        case float():
            return "number"
        case str():
            found = _DATE.fullmatch(value)
            if found is not None:
                return f"string (date and time{', with zone' if found[1] else ''})"
            if is_masked(value) and " " not in value:
                return "string (masked)"
            return "string (digits)" if value.isdecimal() else "string"
        case list():
            return "array"
        case _:
            return "object"


def _walk(
    value: object, path: FieldPath, depth: int, *, into_lists: bool
) -> Iterator[tuple[FieldPath, object]]:
    """Yield every field in a value, outer ones first."""
    inner: list[tuple[str, object]] = []
    if isinstance(value, dict):
        fields = cast("dict[str, object]", value)
        inner = list(fields.items())
        if _is_keyed_by_value(fields):
            inner = [("", item) for _, item in inner]
    elif isinstance(value, list) and into_lists:
        inner = [(_ITEM, item) for item in cast("list[object]", value)[:_MOST_NAMES]]
    for name, item in inner[:MOST_FIELDS]:
        here = (*path, name)
        yield here, item
        if depth > 1:
            yield from _walk(item, here, depth - 1, into_lists=into_lists)
