"""Parses a filter: text to query.

A duration needs a sign: `age:7d` could mean "older than" or "not older than", so it is an error
that offers both.

A date names its whole day, in UTC unless it says another zone: `created:2026-10-01` is on that
day, `>` is after the day's end, `<` before its start, `>=` and `<=` include the day. A time to
the minute or second names that minute or second likewise. `today` and `yesterday` are days of this
machine's zone, at the time of the match.

`key:=value` asks for exactly that text or address, and `key:=unknown` for the sessions without one.
In double quotes `"unknown"` is that word itself.
"""

import re
from datetime import UTC, datetime
from typing import NoReturn

from qiscus_tui.errors import FilterError, UsageError
from qiscus_tui.model.addresses import network, packed
from qiscus_tui.model.durations import DAY, MINUTE, as_typed, parse_duration
from qiscus_tui.model.ids import ID_LENGTH
from qiscus_tui.model.spelling import similar
from qiscus_tui.model.text import safe
from qiscus_tui.query.filter_errors import SHOWN, fail
from qiscus_tui.query.keys import Key, Takes
from qiscus_tui.query.lexing import RawWord, raw_words
from qiscus_tui.query.terms import (
    Anywhere,
    Comparison,
    CreatedBetween,
    CreatedOnDay,
    Exactly,
    IdPrefix,
    InField,
    InNetwork,
    Is,
    Lasts,
    LengthUnknown,
    NamedDay,
    Query,
    State,
    Test,
    Word,
)

_SIGN = re.compile(r"[<>]=?")
_DATE = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"(?P<time>[Tt ][0-9]{2}:[0-9]{2}(?P<seconds>:[0-9]{2})?(?:[Zz]|[+-][0-9]{2}:[0-9]{2})?)?"
)
UNKNOWN = "unknown"
"""The value of what the server did not list."""

_SIGNED = {
    Key.AGE: ("created longer ago than {}", "created within {}"),
    Key.IDLE: ("not used for {}", "used within {}"),
    Key.EXPIRES: ("ends later than in {}", "ends within {}"),
}
"""What `>` and `<` mean, by the key of a duration."""

_DAYS = {day.value: day for day in NamedDay}
_STATES = tuple(state.value for state in State)


def parse(text: str) -> Query:
    """Return the query of `text`; an empty text matches every session.

    Raises FilterError.
    """
    query, error = parse_readable(text)
    if error is not None:
        raise error
    return query


def parse_readable(text: str) -> tuple[Query, FilterError | None]:
    """Return the query of the words of `text` that can be read, and the first error, if any."""
    words: list[Word] = []
    texts: list[str] = []
    first_error: FilterError | None = None
    for raw in raw_words(text):
        try:
            if isinstance(raw, FilterError):
                raise raw
            words.append(Word(_test(raw), raw.negated))
            texts.append(text[raw.position : raw.end])
        except FilterError as error:
            first_error = first_error or error
    return Query(" ".join(texts) if first_error else text, tuple(words)), first_error


def older_than(seconds: int) -> Query:
    """Return the filter for sessions created longer ago than this, like `age:>7d`."""
    return Query(
        f"age:>{as_typed(seconds)}", (Word(Lasts(Key.AGE, Comparison.MORE, float(seconds))),)
    )


def _test(raw: RawWord) -> Test:
    if raw.key is not None and raw.exact:
        return _exactly(raw, raw.key)
    needle = raw.value.casefold()
    if raw.key is None:
        return Anywhere(needle)
    match raw.key.takes:
        case Takes.TEXT:
            return InField(raw.key, needle)
        case Takes.DURATION:
            return _lasts(raw, raw.key)
        case Takes.ID:
            return _id(raw)
        case Takes.NETWORK:
            return _network(raw)
        case Takes.DATE:
            return _created(raw)
        case Takes.STATE:
            return _is(raw)


def _exactly(raw: RawWord, key: Key) -> Test:
    match key.takes:
        case Takes.ID:
            return _whole_id(raw)
        case Takes.TEXT | Takes.NETWORK:
            pass
        case Takes.DURATION | Takes.DATE | Takes.STATE:
            hint = f"Write it as {key.example}"
            fail(f"{key.value}: does not accept '='", raw.value_position - 1, hint)
    if not raw.quoted:
        if raw.value.lower() == UNKNOWN:
            return Exactly(key, None)
        if key is Key.IP and packed(raw.value) is None:
            hint = "For a network write ip:10.2; other text is put in double quotes."
            _refuse(raw, "is not an address", hint)
    return Exactly(key, raw.value)


def _whole_id(raw: RawWord) -> Test:
    test = _id(raw)
    if len(test.prefix) < ID_LENGTH:
        hint = f"An id is {ID_LENGTH} hex digits; for its beginning write {Key.ID.example}"
        _refuse(raw, "is not a whole id", hint)
    return test


def _id(raw: RawWord) -> IdPrefix:
    prefix = raw.value.strip().lower()
    if len(prefix) > ID_LENGTH or prefix.strip("0123456789abcdef"):
        _refuse(raw, "is not the beginning of an id", f"An id is {ID_LENGTH} hex digits.")
    return IdPrefix(prefix)


def _network(raw: RawWord) -> Test:
    try:
        first, last = network(raw.value.strip())
    except ValueError:
        _refuse(
            raw,
            "is not an address or network",
            f"Give whole octets or groups from the left, or CIDR: {Key.IP.example}",
        )
    return InNetwork(first, last)


def _lasts(raw: RawWord, key: Key) -> Test:
    if raw.value.strip().lower() == UNKNOWN:
        return LengthUnknown(key)
    comparison, value = _comparison(raw)
    try:
        seconds = parse_duration(value)
    except UsageError:
        if _DATE.fullmatch(value):
            _refuse(raw, "is a date", "For a date use created, such as created:>2026-10-01")
        _refuse(raw, "is not a duration", f"Write it in lower case, such as {key.example}")
    if comparison is None:
        more, less = _SIGNED[key]
        shown = safe(value, SHOWN)
        older = f"{key.value}:>{shown} ({more.format(shown)})"
        younger = f"{key.value}:<{shown} ({less.format(shown)})"
        _refuse(raw, "can be read either way", f"Write {older} or {younger}.")
    return Lasts(key, comparison, float(seconds))


def _created(raw: RawWord) -> Test:
    comparison, value = _comparison(raw)
    day = _DAYS.get(value.lower())
    if day is not None:
        return CreatedOnDay(comparison, day)
    start, length = _moment(raw, value)
    return CreatedBetween.of(comparison, start, start + length)


def _moment(raw: RawWord, value: str) -> tuple[float, float]:
    """Return the start (epoch) and length (seconds) of a date or time."""
    found = _DATE.fullmatch(value)
    if found is None:
        try:
            parse_duration(value)
        except UsageError:
            _refuse(raw, "is not a date", f"Write it as {Key.CREATED.example}")
        _refuse(raw, "is a duration", "For a duration use age, such as age:>7d")
    try:
        start = datetime.fromisoformat(value.upper())
    except ValueError:
        _refuse(raw, "is not a date in the calendar", f"Write it as {Key.CREATED.example}")
    if start.tzinfo is None:
        start = start.replace(tzinfo=UTC)
    length = 1 if found["seconds"] else MINUTE if found["time"] else DAY
    return start.timestamp(), float(length)


def _is(raw: RawWord) -> Test:
    value = raw.value.strip().lower()
    if value not in _STATES:
        near = " or ".join(f"is:{state}" for state in similar(value, _STATES))
        meant = f"Did you mean {near}?" if near else f"It can be {', '.join(_STATES)}."
        _refuse(raw, "is not a state", meant)
    return Is(State(value))


def _comparison(raw: RawWord) -> tuple[Comparison | None, str]:
    value = raw.value.strip()
    sign = _SIGN.match(value)
    if sign is None:
        return None, value
    rest = value[sign.end() :].strip()
    if not rest and raw.key is not None:
        what = f"{raw.key.value}:{sign[0]} needs {raw.key.needs}"
        fail(what, raw.value_position, f"For example {raw.key.example}")
    return Comparison(sign[0]), rest


def _refuse(raw: RawWord, what: str, hint: str) -> NoReturn:
    fail(f"'{safe(raw.value, SHOWN)}' {what}", raw.value_position, hint)
