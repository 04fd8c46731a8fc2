"""The zone of server times that name none, by a session of our own whose creation is known."""

from collections.abc import Set
from typing import NamedTuple

from msgspec.structs import replace

from qiscus_tui.model.durations import DAY, HOUR, TOKEN_LIFETIME
from qiscus_tui.model.timestamps import SLACK, WIDEST_ZONE, KnownTime, SessionTimes

_QUARTER = 900
_MOST_APART = 300.0
"""Seconds between the creation by the list and by the clock, where the list names its zone."""


class ServerZone(NamedTuple):
    """What our own session says about the times of a list."""

    offset: float | None
    """Seconds that times without a zone are ahead of UTC; None where that is unknown."""
    doubt: str = ""
    """Why no age in the list can be trusted; empty where it can."""


NOT_KNOWN = "The server's times name no zone, and which one it is is unknown"
NO_CLOCK = "The server does not say what time it is, and this machine's clock may be wrong"
TWO_ZONES = "The server lists our own session as used before it was created: two zones, maybe"


def zone_by(
    own: SessionTimes,
    made_at: float,
    server_now: float,
    read_with: float,
    without_zone: Set[str],
) -> ServerZone:
    """Return the server's zone, by the times of our own session as they are listed.

    `made_at` is when it was made, by the server's clock. Times without a zone were read as
    `read_with` seconds ahead of UTC; `without_zone` are the facts of the list that have none.
    Last use and expiry may move with each use: they show the zone only of a session just made.
    """
    created = own.created
    if created is not None and not created.has_no_zone:
        apart = _apart(created, made_at)
        if abs(apart) > _MOST_APART:
            return ServerZone(None, _contradiction(apart))
    if not without_zone:
        return ServerZone(None)
    if _is_used_before_created(own):
        return ServerZone(None, TWO_ZONES)
    is_new = server_now - made_at <= SLACK
    for time in _zoneless(own) if is_new else _zoneless(SessionTimes(created, None, None)):
        ahead = time.latest + read_with - made_at
        quarters = round(ahead / _QUARTER)
        zone = float(quarters * _QUARTER)
        if abs(ahead - zone) <= SLACK and abs(zone) <= WIDEST_ZONE:
            return ServerZone(zone)
        if time is created:
            return ServerZone(None, _contradiction(ahead))
    return ServerZone(None, NOT_KNOWN)


def _zoneless(own: SessionTimes) -> list[KnownTime]:
    """Return the times that can show the zone: about when it was made, and known to the second."""
    expires = own.expires
    if expires is not None:
        expires = replace(expires, latest=expires.latest - TOKEN_LIFETIME)
    times = (own.created, own.last_used, expires)
    return [one for one in times if one is not None and one.has_no_zone and not one.span]


def _is_used_before_created(own: SessionTimes) -> bool:
    """Return whether the times without a zone are in more than one."""
    created, used = own.created, own.last_used
    if created is None or used is None or not (created.has_no_zone and used.has_no_zone):
        return False
    return used.latest < created.latest - created.span - SLACK


def _apart(time: KnownTime, made_at: float) -> float:
    """Return how far from `made_at` it is; 0 where it may be the same."""
    if time.latest < made_at:
        return time.latest - made_at
    return max(time.latest - time.span - made_at, 0.0)


def _contradiction(apart: float) -> str:
    unit, seconds = ("days", DAY) if abs(apart) >= 2 * DAY else ("hours", HOUR)
    when = f"{abs(apart) / seconds:,.1f} {unit} {'after' if apart > 0 else 'before'}"
    return f"The server lists our own session as created {when} it was made"
