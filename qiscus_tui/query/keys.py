"""The keys of the filter language, what each takes, and how it is written."""

import enum


class Key(enum.Enum):
    """What can stand before a colon."""

    ID = "id"
    CLIENT = "client"
    UA = "ua"
    USER = "user"
    LABEL = "label"
    IP = "ip"
    AGE = "age"
    EXPIRES = "expires"
    IDLE = "idle"
    CREATED = "created"
    IS = "is"


KEYS = tuple(key.value for key in Key)

NEEDS = {
    Key.ID: "the beginning of an id",
    Key.CLIENT: "a name",
    Key.UA: "a text",
    Key.USER: "a name",
    Key.LABEL: "a name",
    Key.IP: "an address or network",
    Key.AGE: "a duration",
    Key.EXPIRES: "a duration",
    Key.IDLE: "a duration",
    Key.CREATED: "a date",
    Key.IS: "a state",
}
"""What must follow each key."""

EXAMPLES = {
    Key.ID: "id:3fa9c01b",
    Key.CLIENT: "client:curl",
    Key.UA: 'ua:"Windows NT"',
    Key.USER: "user:a@b.c",
    Key.LABEL: 'label:"billing cron"',
    Key.IP: "ip:10.2, ip:2001:db8, or ip:10.2.0.0/16",
    Key.AGE: "age:>7d, age:<24h, age:90m (at most 90 minutes), or age:unknown",
    Key.EXPIRES: "expires:>7d, expires:<24h, expires:90m (within 90 minutes), or expires:unknown",
    Key.IDLE: "idle:>7d, idle:<24h, idle:90m (at most 90 minutes), or idle:unknown",
    Key.CREATED: "created:>2026-10-01, created:<2026-10-01T12:00, or created:2026-10-01 (UTC)",
    Key.IS: "is:current, is:expiring, is:known",
}
"""One right way to write each key, for hints and help."""
