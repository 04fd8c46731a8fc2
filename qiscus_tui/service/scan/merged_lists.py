"""Several lists as one, for files that are read once for all of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from qiscus_tui.model.session import Session
from qiscus_tui.service.scan.live_tokens import token_to_find


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
