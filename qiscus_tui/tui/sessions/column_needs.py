"""What a list's texts need of its columns, measured once for each list."""

from collections.abc import Sequence
from operator import attrgetter

from msgspec import Struct

from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.tui.listed.client_words import client_words
from qiscus_tui.tui.widgets.cells import UNKNOWN, width_of

LOOKED_AT, MEASURED = 20_000, 2_000
"""Sessions among which different ones are looked for, and those whose texts are measured: a key
waits while this is done."""


_USER, _IP = attrgetter("safe_user"), attrgetter("safe_ip")


class Needs(Struct, frozen=True):
    """What of a list the choice of columns, and their widths, depend on. Widths are in cells."""

    has_users: bool = False
    """Some entry names a user."""
    widest_ip: int = 15
    has_last_used: bool = True
    """Some entry says when it was used."""
    screen: int = 0
    """Columns of the terminal, where a row takes only a part of them."""
    has_alike: bool = False
    """It can be said how many sessions are like one."""
    widest_client: int = 400
    widest_user: int = 20
    widest_agent: int = 400

    @classmethod
    def of(cls, listed: SessionList, start: int = 0) -> "Needs":
        """Return what this list needs, from a position on."""
        all_of_it, places = listed.sessions[start:], _different(listed, start)
        sessions = [listed.sessions[place] for place in places]
        return cls(
            has_users=any(map(_USER, all_of_it)),
            widest_ip=_widest({ip or UNKNOWN for ip in set(map(_IP, all_of_it))}),
            has_last_used=any(session.last_used_at is not None for session in all_of_it),
            widest_client=_widest_client(listed, places),
            widest_user=_widest({session.safe_user for session in sessions}),
            widest_agent=_widest({session.safe_agent for session in sessions}),
        )

    def with_more(self, listed: SessionList, start: int) -> "Needs":
        """Return what the same list needs with more sessions behind it, from `start` on."""
        more = self.of(listed, start)
        return Needs(
            has_users=self.has_users or more.has_users,
            widest_ip=max(self.widest_ip, more.widest_ip),
            has_last_used=self.has_last_used or more.has_last_used,
            widest_client=max(self.widest_client, more.widest_client),
            widest_user=max(self.widest_user, more.widest_user),
            widest_agent=max(self.widest_agent, more.widest_agent),
        )


def _different(listed: SessionList, start: int) -> Sequence[int]:
    """Return the position of one session for each client, address and user, of the first of them.

    `search` has a text for all with the same of these.
    """
    places = range(start, min(len(listed), start + LOOKED_AT))
    texts = listed.search[start : places.stop] or places
    return [*dict(zip(texts, places, strict=True)).values()][:MEASURED]


def _widest(texts: set[str]) -> int:
    return max(map(len, texts), default=0)


def _widest_client(listed: SessionList, places: Sequence[int]) -> int:
    clients, labels, new = listed.clients, listed.labels, listed.new
    kinds = {(clients[at], id(labels[at]), new[at]): at for at in places}
    return max(
        (
            width_of(client_words(clients[at], labels[at], current=False, new=bool(new[at])))
            for at in kinds.values()
        ),
        default=0,
    )
