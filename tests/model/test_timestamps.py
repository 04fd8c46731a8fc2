"""Times in every form that the API has."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qiscus_tui.model.clock import DAY, HOUR, TOKEN_LIFETIME
from qiscus_tui.model.timestamps import (
    EARLIEST,
    LATEST,
    NOT_KNOWN,
    SLACK,
    TWO_ZONES,
    WIDEST_ZONE,
    KnownTime,
    ServerZone,
    SessionTimes,
    credible,
    known_time,
    known_times,
    rfc3339,
    zone_by,
)

MOMENT = 1_604_484_000.0  # 2020-11-04T10:00:00Z


def parse_timestamp(value: object, zone_offset: float = 0.0) -> float | None:
    found = known_time(value, zone_offset)
    return None if found is None else found.at


def php(date: object = "2020-11-04 10:00:00.000000", **more: object) -> dict[str, object]:
    return {"date": date, "timezone_type": 3, "timezone": "UTC"} | more


@pytest.mark.parametrize(
    "value",
    [
        "2020-11-04 10:00:00",
        " 2020-11-04 10:00:00 ",
        "2020-11-04T10:00:00Z",
        "2020-11-04t10:00:00z",
        "2020-11-04T10:00:00.000Z",
        "2020-11-04T17:00:00+07:00",
        "2020-11-04T10:00:00.000000Z",
        1_604_484_000,
        1_604_484_000.0,
        1_604_484_000_000,
        "1604484000",
        "1604484000000",
        "1604484000.0",
        php(),
        php("2020-11-04 17:00:00.000000", timezone="Asia/Jakarta"),
        php("2020-11-04 17:00:00.000000", timezone_type=1, timezone="+07:00"),
        php("2020-11-04 05:00:00", timezone_type=1, timezone="-05:00"),
        php("2020-11-04 10:00:00.000000", timezone_type=2, timezone="Z"),
        {"date": "2020-11-04 10:00:00"},
    ],
)
def test_every_form_is_the_same_moment(value: object) -> None:
    assert parse_timestamp(value) == MOMENT


NOW = parse_timestamp("2026-12-01 12:00:00") or 0.0
EXACT = (SLACK, SLACK, SLACK)


@pytest.mark.parametrize(
    ("created", "used", "known"),
    [
        (-HOUR, -60, (True, True)),
        (-HOUR, None, (True, False)),
        (119, 119, (True, True)),
        (300, -60, (False, True)),
        (7 * HOUR, -60, (False, True)),
        (40 * 365 * DAY, 0, (False, True)),
        (-HOUR, 300, (True, False)),
        (-HOUR, -HOUR - 60, (True, True)),
        (-HOUR, -HOUR - 300, (True, False)),
        (300 - NOW, -60, (False, True)),
        (20_423 - NOW, -60, (False, True)),
        (-27 * 365 * DAY, -60, (False, True)),
    ],
)
def test_a_time_that_can_not_be_right_is_unknown(
    created: float, used: float | None, known: tuple[bool, bool]
) -> None:
    """Seconds from now, which is noon."""
    listed = (NOW + created, None, None if used is None else NOW + used)
    found = credible(listed, NOW, EXACT)
    assert (found[0] is not None, found[2] is not None) == known


def test_an_expiry_before_the_creation_is_unknown() -> None:
    created = NOW - HOUR
    assert credible((created, NOW - 2 * HOUR, None), NOW, EXACT) == (created, None, None)
    assert credible((created, NOW, None), NOW, EXACT) == (created, NOW, None)


@pytest.mark.parametrize("hours", [-11, -5, 7, 14])
def test_a_time_whose_zone_is_unknown_may_be_off_by_any_zone(hours: int) -> None:
    listed = (NOW + (hours - 1) * HOUR, None, NOW + hours * HOUR)
    assert credible(listed, NOW, (SLACK, SLACK, SLACK + WIDEST_ZONE))[2] is not None


@pytest.mark.parametrize(
    ("value", "zoneless"),
    [
        ("2020-11-04 10:00:00", True),
        ({"date": "2020-11-04 10:00:00"}, True),
        ("2020-11-04T10:00:00Z", False),
        ("2020-11-04t10:00:00z", False),
        ("2020-11-04T10:00:00-05:00", False),
        ("1604484000", False),
        (1_604_484_000, False),
        (php(), False),
    ],
)
def test_the_servers_offset_goes_for_times_without_a_zone_alone(
    value: object, zoneless: bool
) -> None:
    found = known_time(value)
    assert found is not None
    assert found.has_no_zone is zoneless
    assert parse_timestamp(value, 7 * HOUR) == found.at - (7 * HOUR if zoneless else 0)


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        (1_604_484_000_250, MOMENT + 0.25),
        ("2020-11-04 10:00:00.25", MOMENT + 0.25),
        ("1711121500000", 1_711_121_500.0),  # its first digits are a date: 1711-12-15
    ],
)
def test_fractions_are_kept_and_digits_are_no_date(value: object, moment: float) -> None:
    assert parse_timestamp(value) == moment


@pytest.mark.parametrize(
    "value",
    [
        *(None, True, False, "", "soon", [], {}),
        # not to the second, or never
        *("2020-11-04", "2020-W45-3", "2020-11-04 10:00"),
        *("0000-00-00 00:00:00", "-0001-11-30 00:00:00", "0001-01-01 00:00:00", 0, -1),
        # no number
        *(10**400, float("nan"), float("inf"), "nan", "1e999", "9" * 5000),
        # PHP's, without a date or a zone that there is
        *({"date": None}, {"date": "soon"}, {"date": "2020-11-04"}, php("\ud800")),
        *(php(timezone=one) for one in ("Nowhere/Land", "", "+", "+99:00", "+" + "9" * 30)),
        *(php(timezone=one) for one in ("America", "\ud800", 7)),
        *(php(timezone=one) for one in ("../../etc/passwd", "/etc/passwd", "a\0b")),
    ],
)
def test_what_is_no_time_is_unknown(value: object) -> None:
    assert parse_timestamp(value) is None


_ODD = st.sampled_from(
    ["0001-01-01 00:00:00", "9999-12-31 23:59:59", "2020-11-04 10:00:00", "2020-W45", "24:00"]
)
_ZONES = st.sampled_from(["UTC", "+14:00", "-23:59", "Asia/Jakarta", "America/New_York", "+1:x"])
_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(codec=None, exclude_categories=()))
    | st.text("0123456789-:T .Z+e_")
    | _ODD,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["date", "timezone", "timezone_type"]), inner | _ZONES)
    ),
    max_leaves=6,
)


@given(_JSON, st.sampled_from([0.0, 25_200.0, -43_200.0]))
@example({"date": "0001-01-01 00:00:00", "timezone": "+14:00"}, 0.0)
@example({"date": "9999-12-31 23:59:59", "timezone": "America/New_York"}, 0.0)
@example("0001-01-01T00:00:00+14:00", 0.0)
def test_any_json_value_is_a_time_or_unknown(value: object, offset: float) -> None:
    moment = parse_timestamp(value, offset)
    if moment is not None:
        assert EARLIEST < moment <= LATEST
        assert rfc3339(moment).endswith("Z")


_CLOCK_TEXTS = (
    st.datetimes().map(lambda at: at.isoformat(" ", "seconds"))
    | st.datetimes().map(lambda at: at.isoformat("T", "seconds") + "Z")
    | st.datetimes().map(str)
    | st.from_regex(r"\d{4}-\d\d-\d\d.\d\d:\d\d:\d\d(\.\d+)?([+-]\d\d:\d\d|Z)?", fullmatch=True)
    | st.text(alphabet="0123456789-:TZW+. ", min_size=17, max_size=21)
    | _ODD
    | st.sampled_from([5, None, {"date": "2020-11-04"}, True])
)


@given(st.lists(_CLOCK_TEXTS, max_size=3), st.sampled_from([0.0, 25_200.0, -900.0]))
@example(["20200101T1000+07:00", "2020-11-04 10:00:00"], 0.0)
@example(["2020-11-04 10:00:00", None, "2020-11-04 10:00:00+07:00"], 25_200.0)
def test_a_column_is_read_as_each_of_its_times(column: list[object], offset: float) -> None:
    known = [known_time(one, offset) for one in column]
    times, has_no_zone = known_times(column, offset)
    assert times == [one and one.at for one in known]
    assert has_no_zone is any(one.has_no_zone for one in known if one is not None)


@given(st.integers(1, int(LATEST)))
def test_what_is_written_is_read_back(epoch: int) -> None:
    assert parse_timestamp(rfc3339(epoch)) == epoch


def test_a_time_is_written_as_rfc_3339_in_utc() -> None:
    assert rfc3339(MOMENT + 0.9) == "2020-11-04T10:00:00Z"


# What our own session says about the times of a list

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
