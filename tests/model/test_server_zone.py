"""What our own session says about the times of a list."""

import pytest

from qiscus_tui.model.clock import DAY, HOUR, TOKEN_LIFETIME
from qiscus_tui.model.timestamps import (
    NOT_KNOWN,
    TWO_ZONES,
    KnownTime,
    ServerZone,
    SessionTimes,
    zone_by,
)

MADE = 1_792_000_000.0
ALL = {"created", "expires", "last_used"}


def naive(seconds: float) -> KnownTime:
    """A time without a zone, so many seconds from when the session was made."""
    return KnownTime(MADE + seconds, has_no_zone=True)


def zoned(seconds: float) -> KnownTime:
    return KnownTime(MADE + seconds)


def by_created(created: KnownTime, read_with: float = 0.0) -> ServerZone:
    return zone_by(SessionTimes(created, None, None), MADE, MADE + 30 * DAY, read_with, ALL)


@pytest.mark.parametrize("hours", [0, 7, -3, -5, 5.5, 5.75, 0.25, 14, -11])
@pytest.mark.parametrize("slack", [-119, -1, 0, 119])
@pytest.mark.parametrize("read_with", [0.0, 7 * HOUR, -5 * HOUR])
def test_whole_quarter_hours_are_a_zone(hours: float, slack: float, read_with: float) -> None:
    created = naive(hours * HOUR + slack - read_with)
    assert by_created(created, read_with) == (hours * HOUR, "")


@pytest.mark.parametrize("difference", [300, 7 * HOUR + 400, -450, 14.25 * HOUR, 30 * DAY])
def test_anything_else_is_a_contradiction(difference: float) -> None:
    zone = by_created(naive(difference))
    assert zone.offset is None
    assert "it was made" in zone.doubt


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (7 * HOUR, "created 7.0 hours after it was made"),
        (-5 * HOUR, "created 5.0 hours before it was made"),
        (-400 * DAY, "created 400.0 days before it was made"),
    ],
)
def test_a_time_with_a_zone_has_to_agree(seconds: float, words: str) -> None:
    for without_zone in (set[str](), ALL):
        zone = zone_by(SessionTimes(zoned(seconds), None, naive(0)), MADE, MADE, 0.0, without_zone)
        assert zone == (None, f"The server lists our own session as {words}")


@pytest.mark.parametrize("created", [zoned(0), zoned(-299), zoned(299)])
def test_a_list_that_names_its_zone_has_no_doubt(created: KnownTime) -> None:
    assert zone_by(SessionTimes(created, None, None), MADE, MADE, 0.0, set()) == (None, "")


@pytest.mark.parametrize("hours", [0, 7, -5])
def test_where_only_other_times_have_no_zone_they_show_it(hours: float) -> None:
    used = SessionTimes(zoned(0), zoned(TOKEN_LIFETIME), naive(hours * HOUR))
    expires = SessionTimes(zoned(0), naive(hours * HOUR + TOKEN_LIFETIME), None)
    for own in (used, expires):
        assert zone_by(own, MADE, MADE + 100, 0.0, {"last_used"}) == (hours * HOUR, "")


@pytest.mark.parametrize(
    "own",
    [
        SessionTimes(None, None, None),
        SessionTimes(zoned(0), None, None),
        SessionTimes(zoned(0), None, naive(2 * HOUR)),
        SessionTimes(zoned(0), naive(TOKEN_LIFETIME + 2 * HOUR), None),
    ],
)
def test_what_shows_no_zone_leaves_it_unknown(own: SessionTimes) -> None:
    """A last use or a sliding expiry two hours after the login is no zone of two hours."""
    assert zone_by(own, MADE, MADE + 3 * HOUR, 0.0, {"last_used"}) == (None, NOT_KNOWN)


@pytest.mark.parametrize("since", [0, 100, 9 * DAY])
def test_two_times_without_a_zone_may_be_in_two(since: float) -> None:
    own = SessionTimes(naive(0), None, naive(-5 * HOUR))
    assert zone_by(own, MADE, MADE + since, 0.0, ALL) == (None, TWO_ZONES)


@pytest.mark.parametrize("used", [naive(-100), naive(0), None])
def test_a_last_use_about_the_creation_is_in_the_same_zone(used: KnownTime | None) -> None:
    own = SessionTimes(naive(0), None, used)
    assert zone_by(own, MADE, MADE + 100, 0.0, ALL) == (0.0, "")
