"""The keys of the filter language, and a parsed filter: its words, and the test of each."""

import enum
from collections.abc import Sequence
from typing import Self

from msgspec import Struct


class Takes(enum.Enum):
    """The kind of value after a key, as it is named in errors."""

    TEXT = "a text"
    DURATION = "a duration"
    ID = "the beginning of an id"
    NETWORK = "an address or network"
    DATE = "a date"
    STATE = "a state"


class State(enum.Enum):
    """A state of a session. The value is the word after `is:`."""

    CURRENT = "current"
    MARKED = "marked"
    NEW = "new"
    EXPIRING = "expiring"
    EXPIRED = "expired"
    KNOWN = "known"
    REVOCABLE = "revocable"
    UNDATED = "undated"
    """The server named no expiry, and none could be computed."""


class Key(enum.Enum):
    """The words before a colon. `query/matching.py` reads their texts and durations."""

    takes: Takes
    example: str
    """An example, for hints."""
    form: str
    """A form of it in the help."""
    finds: str
    """What that form finds, and other forms."""

    def __new__(cls, value: str, takes: Takes, example: str, form: str, finds: str) -> Self:
        key = object.__new__(cls)
        key._value_ = value
        key.takes, key.example, key.form, key.finds = takes, example, form, finds
        return key

    ID = ("id", Takes.ID, "id:3fa9c01b", "id:3fa9c01b", "How the id begins.")
    CLIENT = (
        "client",
        Takes.TEXT,
        'client:curl, or client:="curl 8" (exactly)',
        "client:curl",
        'The program that made it; client:="curl 8" is exactly that one.',
    )
    UA = (
        "ua",
        Takes.TEXT,
        'ua:"Windows NT", or ua:=Go-http-client/1.1 (exactly)',
        "ua:Windows",
        "The user agent as it was sent; ua:=Go-http-client/1.1 is exactly that one.",
    )
    USER = (
        "user",
        Takes.TEXT,
        "user:a@b.c, or user:=unknown",
        "user:a@b.c",
        "Whose it is, where the server says so.",
    )
    LABEL = (
        "label",
        Takes.TEXT,
        'label:billing, or label:="billing cron" (exactly)',
        "label:billing",
        "The name of a known integration.",
    )
    IP = (
        "ip",
        Takes.NETWORK,
        "ip:10.2, ip:2001:db8, ip:10.2.0.0/16, or ip:=10.2.0.7 (exactly)",
        "ip:10.2",
        "How the address begins; ip:10.2.0.0/16, ip:=10.2.0.7.",
    )
    AGE = (
        "age",
        Takes.DURATION,
        "age:>7d (older), age:<24h (younger), or age:unknown",
        "age:>7d",
        "Made more than 7 days ago; age:<24h, age:unknown.",
    )
    EXPIRES = (
        "expires",
        Takes.DURATION,
        "expires:>7d (later), expires:<24h (within), or expires:unknown",
        "expires:<24h",
        "Ends within 24 hours.",
    )
    IDLE = (
        "idle",
        Takes.DURATION,
        "idle:>7d (not used for), idle:<24h (used within), or idle:unknown",
        "idle:>7d",
        "Last used more than 7 days ago; idle:<24h, idle:unknown.",
    )
    CREATED = (
        "created",
        Takes.DATE,
        "created:>2026-10-01, created:<2026-10-01T12:00, created:2026-10-01 (UTC), created:today",
        "created:today",
        "Made on that day; created:2026-10-01, created:>2026-10-01T12:00.",
    )
    IS = (
        "is",
        Takes.STATE,
        "is:current, is:expiring, is:known",
        "is:expiring",
        f"Also is: {', '.join(state.value for state in State)}.",
    )


KEYS = tuple(key.value for key in Key)


class Comparison(enum.Enum):
    """How a session's value is compared with the filter's."""

    MORE = ">"
    AT_LEAST = ">="
    LESS = "<"
    AT_MOST = "<="


class NamedDay(enum.Enum):
    """A day that moves on with the clock. The value is the word after `created:`."""

    TODAY = "today"
    YESTERDAY = "yesterday"


class Anywhere(Struct, frozen=True):
    """A bare word: searched for in the whole search text."""

    needle: str
    """Casefolded."""


class InField(Struct, frozen=True):
    """`client:`, `ua:`, `user:`, `label:`: searched for in one text."""

    key: Key
    needle: str
    """Casefolded."""


class Exactly(Struct, frozen=True):
    """`key:=value`: the whole value, in the same case; an address however it is written."""

    key: Key
    value: str | None
    """None for `key:=unknown`, and `age:unknown`: the sessions without one."""


class IdPrefix(Struct, frozen=True):
    """`id:`: the first digits of the id."""

    prefix: str


class InNetwork(Struct, frozen=True):
    """`ip:`: addresses from `first` to `last`, both packed (see model/addresses.py)."""

    first: int
    last: int


class Lasts(Struct, frozen=True):
    """`age:`, `expires:`, `idle:`: a duration against another."""

    key: Key
    comparison: Comparison
    seconds: float


class CreatedBetween(Struct, frozen=True):
    """`created:`: from `since` on and before `until`, epoch seconds; None is open."""

    since: float | None
    until: float | None

    @classmethod
    def of(cls, comparison: Comparison | None, since: float, until: float) -> "CreatedBetween":
        """Return the test against a date that lasts from `since` until before `until`."""
        match comparison:
            case Comparison.MORE:
                return cls(until, None)
            case Comparison.AT_LEAST:
                return cls(since, None)
            case Comparison.LESS:
                return cls(None, since)
            case Comparison.AT_MOST:
                return cls(None, until)
            case None:
                return cls(since, until)


class CreatedOnDay(Struct, frozen=True):
    """`created:today`, `created:yesterday`: the local day at the moment of the match."""

    comparison: Comparison | None
    day: NamedDay


class Is(Struct, frozen=True):
    """`is:`: a state."""

    state: State


Keyed = InField | Exactly | IdPrefix | InNetwork | Lasts | CreatedBetween | CreatedOnDay | Is
"""The test of `key:value`; its result may be unknown."""

Test = Anywhere | Keyed
"""The test of one word."""


class Word(Struct, frozen=True):
    """One word of a filter."""

    test: Test
    negated: bool = False


class Query(Struct, frozen=True):
    """A filter: every word of it narrows the list. No word at all matches every session."""

    text: str
    """As it was typed."""
    words: tuple[Word, ...]

    @property
    def asks_for_marks(self) -> bool:
        """Whether it has `is:marked`, which only has a meaning on the screen."""
        return Is(State.MARKED) in (word.test for word in self.words)

    @property
    def of_the_list(self) -> "Query":
        """Return it without `is:marked` and `is:new`, which a later list does not answer."""
        passing = (Is(State.MARKED), Is(State.NEW))
        return Query(self.text, tuple(one for one in self.words if one.test not in passing))

    @property
    def depends_on_clock(self) -> bool:
        """Whether a wrong clock, ours or the server's, may change the matches."""
        return any(
            isinstance(word.test, Lasts | CreatedBetween | CreatedOnDay)
            or word.test in {Is(State.EXPIRING), Is(State.EXPIRED)}
            for word in self.words
        )

    @property
    def asks_for_new(self) -> bool:
        """Whether it has `is:new`, which needs the records of earlier visits."""
        return Is(State.NEW) in (word.test for word in self.words)


def all_of(queries: Sequence[Query]) -> Query:
    """Return the filter for what all of these match."""
    text = " ".join(query.text for query in queries)
    return Query(text, tuple(word for query in queries for word in query.words))
