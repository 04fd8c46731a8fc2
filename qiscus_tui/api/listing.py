"""Reads the whole list of sessions, again if its rows moved between the pages."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence, Set

from msgspec import Struct, field
from msgspec.structs import replace

from qiscus_tui.api.client import ApiClient
from qiscus_tui.api.entries import EntryReader
from qiscus_tui.api.held_list import HeldList
from qiscus_tui.api.listed_tokens import masked_texts, with_texts
from qiscus_tui.api.reading import Arriving, ListReading, Progress
from qiscus_tui.api.timestamp_reader import known_to_a_day
from qiscus_tui.api.token_masks import IsToken, all_are_tokens, full_tokens
from qiscus_tui.api.wholeness import REPEATED
from qiscus_tui.errors import TimedOut
from qiscus_tui.model.ids import fingerprint
from qiscus_tui.model.session import Current, Session
from qiscus_tui.model.timestamps import SessionTimes
from qiscus_tui.model.turns import Turn

MAX_READINGS = 4
"""Readings of a list whose rows move between its pages, at most."""

_RUN = 1000
"""Sessions between two looks at the clock."""


class Listing(Struct, frozen=True):
    """The sessions that the server listed."""

    sessions: tuple[Session, ...]
    unreadable: int
    """Entries that could not be read as a session."""
    current: Current
    incomplete_because: str = ""
    """Why there may be more sessions than these, such as `100 of 250 listed`; empty if whole."""
    moved: bool = False
    """Whether rows moved between the pages, so that a live session may be missing."""
    unreadable_entries: Counter[str] = field(default_factory=Counter[str])
    """Fingerprints of the entries that could not be read."""
    shared_ids: frozenset[str] = frozenset()
    """Ids that more than one session has."""
    other_rows: tuple[Session, ...] = ()
    """Further rows of a listed session with another client or address."""
    without_zone: frozenset[str] = frozenset()
    """The facts of which a time without a zone was listed: `created`, `expires`, `last_used`."""
    own_times: SessionTimes | None = None
    """The times of our own session as they are listed, whether or not they can be right."""
    time_doubt: str = ""
    """Why no age in this list can be trusted; empty where it can."""
    size: int = 0
    """Bytes of memory that it takes, about."""
    positions: dict[str, int] = field(default_factory=dict[str, int])
    """Position by id; of all sessions, or of none."""

    @property
    def complete(self) -> bool:
        """Whether the server listed all that there is."""
        return not self.incomplete_because


async def read_listing(
    client: ApiClient,
    long_lived: str,
    own_token: str | None,
    *,
    zone_offset: float | None = None,
    progress: Progress | None = None,
    held: HeldList | None = None,
    arriving: Arriving | None = None,
) -> Listing:
    """Return every session that the server lists.

    `own_token` is the short-lived token that this program holds, None if it holds none.
    Numbered pages are read again if their rows moved meanwhile: a session that ends between
    two requests shifts the rows, and another one is never listed. `held` is the list that is held
    meanwhile.

    Raises ServerError, LoginNeeded, OutOfReach.
    """

    async def read(is_token: IsToken) -> tuple[Listing, IsToken]:
        observe = client.observer.note_entry if client.observer is not None else None

        def begin() -> ListReading:
            reader = EntryReader(
                client.contract, own_token, zone_offset, client.server_now, observe, is_token
            )
            return ListReading(client, long_lived, reader, progress, held or HeldList(), arriving)

        secrets = {long_lived, *client.own_secrets}
        return await _read_listing(begin, own_token, secrets)

    try:
        async with asyncio.timeout(client.list_time):
            listing, is_token = await read(all_are_tokens)
            if is_token is not all_are_tokens:  # ids are made of other facts then
                listing, _ = await read(is_token)
            return listing
    except TimeoutError as error:
        raise TimedOut(
            f"{client.origin.netloc} did not send the whole list within {client.list_time:,g} s",
            "Allow more time with --timeout, such as --timeout 30m.",
        ) from error


async def _read_listing(
    begin: Callable[[], ListReading], own_token: str | None, secrets: Set[str]
) -> tuple[Listing, IsToken]:
    """Return the list without `secrets` in its texts, and which of its tokens are full ones."""
    earlier: Set[str] | None = None
    was_short, was_repeated = "", False
    readings = 0
    while True:
        reading = begin()
        stopped = await reading.read_pages()
        short = reading.shortfall(stopped)
        readings += 1
        listed = reading.collected.positions.keys()
        if not reading.is_numbered:
            moved = False
            break
        repeated = reading.collected.repeated
        if repeated and was_repeated and listed == earlier and not short:
            short = was_short = REPEATED
        if short and (stopped or was_short or readings == MAX_READINGS):
            moved = False
            break
        # If every session of the reading before is still listed, none ended and no row moved.
        none_ended = earlier is not None and earlier <= listed
        moved = bool(short) or (not none_ended and await reading.rows_moved())
        if not moved or readings == MAX_READINGS:
            break
        earlier = frozenset(listed)  # and the sessions themselves are freed
        was_short, was_repeated = short, repeated
    collected = reading.collected
    tokens = {one.token for one in collected.sessions if one.token is not None}
    is_token = await asyncio.to_thread(full_tokens, tokens, collected.rows_of, own_token)
    sessions, current = await _find_own_session(collected.sessions, own_token, reading.turn)

    def is_live(text: str) -> bool:
        place = collected.positions.get(fingerprint(text))
        return text in secrets or (place is not None and sessions[place].token == text)

    hidden = await asyncio.to_thread(masked_texts, reading.reader.texts, is_live)
    sessions = known_to_a_day(with_texts(sessions, hidden))
    listing = Listing(
        sessions,
        collected.unreadable,
        current,
        short,
        moved,
        collected.unreadable_entries,
        frozenset(collected.shared_ids),
        with_texts(collected.other_rows, hidden),
        frozenset(reading.reader.times.without_zone),
        _only(reading.reader.own_times) if current is Current.LISTED else None,
        size=reading.memory.size,
        positions=collected.positions,
    )
    return listing, is_token


def _only(listed: Sequence[SessionTimes]) -> SessionTimes | None:
    """Return the times, where all rows of our session were created at once."""
    return listed[0] if len({one.created for one in listed}) == 1 else None


async def _find_own_session(
    listed: list[Session], own_token: str | None, turn: Turn
) -> tuple[tuple[Session, ...], Current]:
    """Mark our own session: the one with our token, else the only one marked by the server."""
    if own_token is None:
        return tuple(listed), Current.NONE
    by_token: list[str] = []
    by_mark: list[str] = []
    for start in range(0, len(listed), _RUN):
        for session in listed[start : start + _RUN]:
            if session.current:
                (by_mark if session.token is None else by_token).append(session.id)
        await turn.give_way_if_over()
    ours = by_token or by_mark
    own_id = ours[0] if len(ours) == 1 else None
    for start in range(0, len(listed), _RUN):
        for position, session in enumerate(listed[start : start + _RUN], start):
            is_own = None if own_id is None else session.id == own_id
            if session.current is not is_own:
                listed[position] = replace(session, current=is_own)
        await turn.give_way_if_over()
    return tuple(listed), Current.UNKNOWN if own_id is None else Current.LISTED
