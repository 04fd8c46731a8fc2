"""The keys of the filter language: what each takes, with an example."""

import enum
from typing import Self


class Takes(enum.Enum):
    """The kind of value after a key."""

    TEXT = "text"
    DURATION = "duration"
    ID = "id"
    NETWORK = "network"
    DATE = "date"
    STATE = "state"


class Key(enum.Enum):
    """The words before a colon. `query/matching.py` reads their texts and durations."""

    takes: Takes
    needs: str
    """The value that it needs, in words."""
    example: str
    """An example, for hints and help."""

    def __new__(cls, value: str, takes: Takes, needs: str, example: str) -> Self:
        key = object.__new__(cls)
        key._value_ = value
        key.takes, key.needs, key.example = takes, needs, example
        return key

    ID = "id", Takes.ID, "the beginning of an id", "id:3fa9c01b"
    CLIENT = "client", Takes.TEXT, "a name", 'client:curl, or client:="curl 8" (exactly)'
    UA = "ua", Takes.TEXT, "a text", 'ua:"Windows NT", or ua:=Go-http-client/1.1 (exactly)'
    USER = "user", Takes.TEXT, "a name", "user:a@b.c, or user:=unknown"
    LABEL = "label", Takes.TEXT, "a name", 'label:billing, or label:="billing cron" (exactly)'
    IP = (
        "ip",
        Takes.NETWORK,
        "an address or network",
        "ip:10.2, ip:2001:db8, ip:10.2.0.0/16, or ip:=10.2.0.7 (exactly)",
    )
    AGE = (
        "age",
        Takes.DURATION,
        "a duration",
        "age:>7d (older), age:<24h (younger), or age:unknown",
    )
    EXPIRES = (
        "expires",
        Takes.DURATION,
        "a duration",
        "expires:>7d (later), expires:<24h (within), or expires:unknown",
    )
    IDLE = (
        "idle",
        Takes.DURATION,
        "a duration",
        "idle:>7d (not used for), idle:<24h (used within), or idle:unknown",
    )
    CREATED = (
        "created",
        Takes.DATE,
        "a date",
        "created:>2026-10-01, created:<2026-10-01T12:00, created:2026-10-01 (UTC), created:today",
    )
    IS = "is", Takes.STATE, "a state", "is:current, is:expiring, is:known"


KEYS = tuple(key.value for key in Key)
