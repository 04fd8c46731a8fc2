"""Finds the tokens of a list in bytes, wherever they begin and whatever surrounds them.

Every token holds `stride + 7` bytes or more, so some 8 of its bytes begin at a multiple of `stride`
in the data. Those 8 are looked up, as one number, among the 8 bytes at each of the first `stride`
places of each token: one look-up per `stride` bytes, at the same speed for text and binary data.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import quote

from qiscus_tui.model.session import Session

SHORTEST = 16
"""Bytes of a token that is looked for; a shorter one can't be told from ordinary text."""

GRAM = 8
"""Bytes that are looked up at once."""

_STRIDES = (32, 16, 8)
_MOST_GRAMS = 1_600_000
"""Numbers that are held for look-ups, about 120 MB of them."""


@dataclass(frozen=True)
class Match:
    """A token in some data."""

    start: int
    end: int
    position: int
    """The session's position in the list."""


def token_to_find(session: Session) -> str | None:
    """Return the token to look for; None if the server lists no full one, or a very short one."""
    is_long = session.token is not None and len(session.token) >= SHORTEST
    return session.token if is_long else None


@dataclass(frozen=True)
class LiveTokens:
    """The tokens to look for."""

    positions: Mapping[bytes, int] = field(repr=False)
    """Each form of a token, and the position of its session."""
    without_token: int = 0
    """Sessions that can't be looked for: the server lists no full token, or a very short one."""

    @classmethod
    def of(cls, sessions: Sequence[Session]) -> "LiveTokens":
        """Return the tokens of these sessions."""
        positions: dict[bytes, int] = {}
        missing = 0
        for position, session in enumerate(sessions):
            token = token_to_find(session)
            if token is None:
                missing += 1
                continue
            for form in _forms(token):
                positions.setdefault(form, position)
        return cls(positions, missing)

    @property
    def overlap(self) -> int:
        """Return how many bytes of one piece of a file are looked at again with the next."""
        return 2 * max(map(len, self.positions), default=0)

    @cached_property
    def _stride(self) -> int:
        shortest = min(map(len, self.positions), default=SHORTEST)
        fitting = [one for one in _STRIDES if one + GRAM - 1 <= shortest]
        small = [one for one in fitting if one * len(self.positions) <= _MOST_GRAMS]
        return (small or fitting[-1:])[0]

    @cached_property
    def _grams(self) -> frozenset[int]:
        return frozenset(
            int.from_bytes(token[place : place + GRAM], sys.byteorder)
            for token in self.positions
            for place in range(self._stride)
        )

    @cached_property
    def _lengths(self) -> Sequence[int]:
        """Lengths of tokens, longest first."""
        return sorted({len(token) for token in self.positions}, reverse=True)

    def matches(self, data: bytes) -> Iterator[Match]:
        """Yield the tokens in the data, in their order."""
        stride = self._stride
        usable = len(data) - len(data) % GRAM
        numbers = memoryview(data)[:usable].cast("Q")[:: stride // GRAM].tolist()
        if self._grams.isdisjoint(numbers):
            return
        hits = [number * stride for number, gram in enumerate(numbers) if gram in self._grams]
        looked_at = 0
        for hit in hits:
            for start in range(max(looked_at, hit - stride + 1), hit + 1):
                match = self._match_at(data, start)
                if match is not None:
                    yield match
            looked_at = hit + 1

    def _match_at(self, data: bytes, start: int) -> Match | None:
        for length in self._lengths:
            position = self.positions.get(data[start : start + length])
            if position is not None:
                return Match(start, start + length, position)
        return None


def _forms(token: str) -> Iterable[bytes]:
    """Return how a file may write the token: as it is, in a URL, or in JSON that escapes `/`."""
    forms = dict.fromkeys((token, quote(token, safe=""), token.replace("/", "\\/")))
    return [form.encode("utf-8", "surrogatepass") for form in forms]


# Several lists, for files that are read once for all of them


@dataclass(frozen=True)
class Place:
    """A session in one of the lists."""

    list_number: int
    position: int


@dataclass(frozen=True)
class MergedLists:
    """The sessions of all lists that can be looked for, each token once."""

    sessions: Sequence[Session]
    places: Sequence[Sequence[Place]]
    """Of each session: where it is listed, at most once in each list."""
    without_token: Sequence[int]
    """Of each list: how many sessions can't be looked for."""


def merged(lists: Iterable[Sequence[Session]]) -> MergedLists:
    """Return the lists as one."""
    sessions: dict[str, Session] = {}
    places: dict[str, dict[int, Place]] = {}
    without_token: list[int] = []
    for number, listed in enumerate(lists):
        missing = 0
        for position, session in enumerate(listed):
            token = token_to_find(session)
            if token is None:
                missing += 1
                continue
            sessions.setdefault(token, session)
            places.setdefault(token, {}).setdefault(number, Place(number, position))
        without_token.append(missing)
    each = [tuple(of_token.values()) for of_token in places.values()]
    return MergedLists([*sessions.values()], each, without_token)
