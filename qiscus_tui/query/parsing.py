"""Parses a filter: text to query.

A word is negated by a leading `-` or `not:`. A value with spaces is in double quotes, in which
`\\"` is a quote and `\\\\` a backslash. The word before a colon is a key, unless it is part of an
IPv6 address (`dead:beef`) or of a URL (`https://...`); an unknown key is an error, because
`clint:curl` would otherwise silently match nothing. So are operators of other languages: `age>7d`,
`client=x`, `Guzzle*`, `(curl)` or `OR` would be searched for as text, match nothing, and negated
match every session. In double quotes they are plain text.

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
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NoReturn

from msgspec import Struct

from qiscus_tui.errors import FilterError, UsageError
from qiscus_tui.model.addresses import network, packed
from qiscus_tui.model.clock import DAY, MINUTE, as_typed, parse_duration
from qiscus_tui.model.ids import ID_LENGTH, begins_an_id
from qiscus_tui.model.text import safe, similar
from qiscus_tui.query.terms import (
    KEYS,
    Anywhere,
    Comparison,
    CreatedBetween,
    CreatedOnDay,
    Exactly,
    IdPrefix,
    InField,
    InNetwork,
    Is,
    Key,
    Lasts,
    NamedDay,
    Query,
    State,
    Takes,
    Test,
    Word,
)

IN_QUOTES = "To search for it as plain text, put it in double quotes."
SHOWN = 40
"""Characters of the input that are quoted, at most."""


def fail(what: str, position: int, hint: str | None = None) -> NoReturn:
    """Raise FilterError, with the position in the message too."""
    raise FilterError(f"{what}, at character {position + 1}", hint, position=position)


def fail_unknown_key(name: str, position: int) -> NoReturn:
    """Raise FilterError, with the key that was probably meant."""
    near = " or ".join(f"{key}:" for key in similar(name, (*KEYS, "not")))
    meant = f"Did you mean {near} ?" if near else f"The keys are {', '.join(KEYS)}."
    fail(f"Unknown key '{safe(name, SHOWN)}'", position, f"{meant} {IN_QUOTES}")


NOT = "not"

_SIGN = re.compile(r"[<>=!~]+|-(?=.)", re.DOTALL)
_NAME_AND_SIGN = re.compile(r"(?P<name>[A-Za-z][A-Za-z_-]*)?(?P<sign>[<>=!~]+)|:(?!:)")
_IN_PARENTHESES = re.compile(rf"\(+(?:{'|'.join(KEYS)})[:<>=!~]|\(.*\)$", re.IGNORECASE | re.DOTALL)
_BOOLEAN = {"or", "and", "not", "||", "&&", "|", "&"}
_TEXT_KEYS = {key for key in Key if key.takes is Takes.TEXT}
_PATTERN_SIGNS = {
    **dict.fromkeys((None, *_TEXT_KEYS), "*|,"),
    None: "*|",
    Key.UA: "*|",  # user agents have commas
}
"""Signs that other languages use for any text, and for one of several."""

_NAME = re.compile(r"([A-Za-z][A-Za-z_-]*):")
_HEX_GROUP = re.compile(r"[0-9a-f]{1,4}")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPE = re.compile(r'\\(["\\])')
_PLAIN = re.compile(r'[^\s"]+')
_SPACES = re.compile(r"\s*")
WHOLE_WORD = re.compile(r'(?:[^\s"]|"(?:[^"\\]|\\.)*(?:"|\\?\Z))*', re.DOTALL)
"""A word with any mistakes, so that the words after it can be read."""


class RawWord(Struct, frozen=True):
    """A word whose value is not parsed yet. Positions count characters from 0."""

    key: Key | None
    value: str
    negated: bool
    exact: bool
    """Whether an equals sign stands before the value."""
    quoted: bool
    position: int
    value_position: int
    end: int


def raw_words(text: str) -> Iterator[RawWord | FilterError]:
    """Yield the words of `text` in order, and the error in place of a word that can't be read."""
    at = _end(_SPACES, text, 0)
    while at < len(text):
        try:
            word = _word(text, at)
        except FilterError as error:
            yield error
            at = _end(WHOLE_WORD, text, at)
        else:
            yield word
            at = word.end
        at = _end(_SPACES, text, at)


def _word(text: str, start: int) -> RawWord:
    negated, at = _negation(text, start)
    key, at = _key(text, at)
    exact = key is not None and text.startswith("=", at)
    at += exact
    value, end = _value(text, at, key, start)
    quoted = text.startswith('"', at)
    if not quoted:
        _check_operators(key, value, at)
    return RawWord(key, value, negated, exact, quoted, start, at, end)


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at


def _negation(text: str, at: int) -> tuple[bool, int]:
    negated, start = False, at
    while True:
        if text.startswith("-", at):
            at += 1
        elif text[at : at + 4].lower() == f"{NOT}:":
            at += 4
        else:
            break
        negated = not negated
    if at > start and (at == len(text) or text[at].isspace()):
        fail(
            "There is nothing to negate",
            start,
            'Write the word after it without a space, such as -curl; to look for a dash, use "-".',
        )
    return negated, at


def _key(text: str, at: int) -> tuple[Key | None, int]:
    found = _NAME.match(text, at)
    if found is None:
        return None, at
    name = found[1].lower()
    if name in KEYS:
        return Key(name), found.end()
    if not _HEX_GROUP.fullmatch(name) and not text.startswith("//", found.end()):
        fail_unknown_key(name, at)
    return None, at


def _value(text: str, at: int, key: Key | None, start: int) -> tuple[str, int]:
    if text.startswith('"', at):
        found = _QUOTED.match(text, at)
        if found is None:
            fail("A quote is not closed", at, 'Put a " after the last word of the quote.')
        value, end = _ESCAPE.sub(r"\1", found[1]), found.end()
        if end < len(text) and not text[end].isspace():
            fail("Something follows a closing quote", end, "Put a space after the quote.")
    else:
        found = _PLAIN.match(text, at)
        value, end = (found[0], found.end()) if found else ("", at)
        if text.startswith('"', end):
            fail(
                "There is a quote inside a word",
                end,
                'Put the whole word in double quotes; in them \\" is a quote.',
            )
    if not value.strip():
        if key is None:
            fail("There is nothing between the quotes", at, "Remove them, or put a word in.")
        sign = "=" if text[at - 1] == "=" else ""
        fail(f"{key.value}:{sign} needs {key.takes.value}", start, f"For example {key.example}")
    return value, end


def _check_operators(key: Key | None, value: str, position: int) -> None:
    """Raise FilterError if an unquoted value contains what was meant as an operator."""
    if (key is None or key in _TEXT_KEYS) and _IN_PARENTHESES.match(value):
        fail("Parentheses can't group words", position, f"Every word must match. {IN_QUOTES}")
    if key is None:
        _check_bare_word(value, position)
    elif key in _TEXT_KEYS and (sign := _SIGN.match(value)):
        hint = f"Write it as {key.example}; -{key.value}: excludes. {IN_QUOTES}"
        fail(f"{key.value}: does not accept '{sign[0][:2]}'", position, hint)
    pattern = next((sign for sign in value if sign in _PATTERN_SIGNS.get(key, "")), None)
    if pattern is not None:
        hint = f"A word matches any text that contains it; -word excludes one. {IN_QUOTES}"
        fail(f"There is no operator '{pattern}'", position, hint)


def _check_bare_word(word: str, position: int) -> None:
    if word.lower() in _BOOLEAN:
        hint = f"Every word must match; -word excludes one. {IN_QUOTES}"
        fail(f"There is no operator '{word}'", position, hint)
    found = _NAME_AND_SIGN.match(word)
    if found is None:
        return
    name = (found["name"] or "").lower()
    if not name:
        hint = f"Write key and colon first, such as age:>7d; -word excludes a word. {IN_QUOTES}"
        fail(f"There is no key before '{found[0][:2]}'", position, hint)
    if name not in KEYS:
        fail_unknown_key(name, position)
    hint = f"Write it as {Key(name).example}. {IN_QUOTES}"
    fail(f"There is no colon after '{name}'", position, hint)


_COMPARISON_SIGN = re.compile(r"[<>]=?")
_DATE = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"(?P<time>[Tt ][0-9]{2}:[0-9]{2}(?P<seconds>:[0-9]{2})?(?:[Zz]|[+-][0-9]{2}:[0-9]{2})?)?"
)
UNKNOWN = "unknown"
"""The value of what the server did not list."""

_COMPARISON_SIGNED = {
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
    if not begins_an_id(prefix):
        _refuse(raw, "is not the beginning of an id", f"An id is {ID_LENGTH} hex digits.")
    return IdPrefix(prefix)


def _network(raw: RawWord) -> Test:
    try:
        first, last = network(raw.value.strip())
    except ValueError:
        _refuse(
            raw,
            "is not an address or network",
            f"Write it as {Key.IP.example}: whole octets or groups from the left, or CIDR.",
        )
    return InNetwork(first, last)


def _lasts(raw: RawWord, key: Key) -> Test:
    if raw.value.strip().lower() == UNKNOWN:
        return Exactly(key, None)
    comparison, value = _comparison(raw)
    try:
        seconds = parse_duration(value)
    except UsageError:
        if _DATE.fullmatch(value):
            _refuse(raw, "is a date", "For a date use created, such as created:>2026-10-01")
        _refuse(raw, "is not a duration", f"Write it as {key.example}; in lower case.")
    if comparison is None:
        more, less = _COMPARISON_SIGNED[key]
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
    sign = _COMPARISON_SIGN.match(value)
    if sign is None:
        return None, value
    rest = value[sign.end() :].strip()
    if not rest and raw.key is not None:
        what = f"{raw.key.value}:{sign[0]} needs {raw.key.takes.value}"
        fail(what, raw.value_position, f"For example {raw.key.example}")
    return Comparison(sign[0]), rest


def _refuse(raw: RawWord, what: str, hint: str) -> NoReturn:
    fail(f"'{safe(raw.value, SHOWN)}' {what}", raw.value_position, hint)
