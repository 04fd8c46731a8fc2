"""Reads a list in the zone of its server's times."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from qiscus_tui.model.account import ShortLived
from qiscus_tui.model.clock import TOKEN_LIFETIME
from qiscus_tui.model.timestamps import NO_CLOCK, NOT_KNOWN, zone_by

if TYPE_CHECKING:
    from qiscus_tui.api.list.listing import Listing


class KnownZone(Struct):
    """The zone of one server's times without a zone, as far as it is known."""

    offset: float
    """Seconds that they are ahead of UTC: as learned in an earlier run, until it is known."""
    is_known: bool = False
    """Whether a session of our own showed it in this run."""
    was_tried: bool = False
    """Whether a token was made to learn it, or could not be made."""

    async def listing(
        self,
        read: Callable[[float | None], Awaitable[Listing]],
        own: ShortLived | None,
        server_now: Callable[[], float],
        has_clock: Callable[[], bool],
    ) -> Listing:
        """Return the list, and why its times can't be trusted, if so.

        `read` reads it in a zone; again, where our own session `own` shows that it is another one.
        `has_clock` tells whether the server said what time it is: where it does not, only our own
        session shows that our clock is right.
        """
        listing = await read(self.offset if own is not None or self.is_known else None)
        if own is None or listing.own_times is None:
            is_unknown = listing.without_zone and not self.is_known
            doubt = "" if has_clock() or not _has_times(listing) else NO_CLOCK
            return replace(listing, time_doubt=NOT_KNOWN if is_unknown else doubt)
        made_at = own.expires_at - TOKEN_LIFETIME
        times, without_zone = listing.own_times, listing.without_zone
        zone = zone_by(times, made_at, server_now(), self.offset, without_zone)
        self.is_known = zone.offset is not None
        if zone.offset is not None and zone.offset != self.offset:
            self.offset = zone.offset
            listing = await read(self.offset)
        is_checked = has_clock() or times.created is not None
        return replace(listing, time_doubt=zone.doubt or ("" if is_checked else NO_CLOCK))


def _has_times(listing: Listing) -> bool:
    return any(one.created_at or one.last_used_at or one.expires_at for one in listing.sessions)
