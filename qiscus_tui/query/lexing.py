"""Cuts the text of a filter into words: negation, key, value, and where each stands.

A word is negated by a leading `-` or `not:`. A value with spaces stands in double quotes, in
which `\\"` is a quote and `\\\\` a backslash. What stands before a colon is a key, but for what
is part of an IPv6 address (`dead:beef`) or of a URL (`https://...`); an unknown key is an
error, because `clint:curl` would otherwise silently match nothing.
"""

import enum
import re
from collections.abc import Iterator
from typing import NoReturn

from msgspec import Struct

from qiscus_tui.errors import FilterError
from qiscus_tui.model.text import safe


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
NOT = "not"

_NAME = re.compile(r"([A-Za-z][A-Za-z_-]*):")
_HEX_GROUP = re.compile(r"[0-9a-f]{1,4}")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPE = re.compile(r'\\(["\\])')
_PLAIN = re.compile(r'[^\s"]+')
_SHOWN = 40


class RawWord(Struct, frozen=True):
    """A word whose value nobody has looked at yet. Positions count characters from 0."""

    key: Key | None
    value: str
    negated: bool
    position: int
    value_position: int


def raw_words(text: str) -> Iterator[RawWord]:
    """The words of `text`, in order. Raises FilterError."""
    at = 0
    while True:
        while at < len(text) and text[at].isspace():
            at += 1
        if at == len(text):
            return
        start = at
        negated, at = _negation(text, at)
        key, at = _key(text, at)
        value, end = _value(text, at, key, start)
        yield RawWord(key, value, negated, start, at)
        at = end


def written(key: Key | None, value: str) -> str:
    """The word that asks for exactly this value, quoted so that it is read back the same."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"' if key is None else f'{key.value}:"{escaped}"'


def fail(what: str, position: int, hint: str | None = None) -> NoReturn:
    """Raises FilterError, saying the position in words too."""
    raise FilterError(f"{what}, at character {position + 1}", hint, position=position)


def nearest(name: str, names: tuple[str, ...]) -> str | None:
    """The right name that `name` was probably meant to be."""
    from difflib import get_close_matches

    found = get_close_matches(name[:_SHOWN], names, n=1, cutoff=0.6)
    return found[0] if found else None


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
            'Write the word behind it without a space, as -curl; to look for a dash, use "-".',
        )
    return negated, at


def _key(text: str, at: int) -> tuple[Key | None, int]:
    found = _NAME.match(text, at)
    if found is None:
        return None, at
    name = found[1].lower()
    if name in KEYS:
        return Key(name), found.end()
    if _HEX_GROUP.fullmatch(name) or text.startswith("//", found.end()):
        return None, at
    near = nearest(name, (*KEYS, NOT))
    meant = f"Did you mean {near}: ?" if near else f"The keys are {', '.join(KEYS)}."
    fail(
        f"There is no key '{safe(name, _SHOWN)}'",
        at,
        f"{meant} To look for it as it stands, put the word in double quotes.",
    )


def _value(text: str, at: int, key: Key | None, start: int) -> tuple[str, int]:
    if text.startswith('"', at):
        found = _QUOTED.match(text, at)
        if found is None:
            fail("A quote is not closed", at, 'Put a " behind the last word that belongs to it.')
        value, end = _ESCAPE.sub(r"\1", found[1]), found.end()
        if end < len(text) and not text[end].isspace():
            fail("Something follows a closing quote", end, "Put a space behind the quote.")
    else:
        found = _PLAIN.match(text, at)
        value, end = (found[0], found.end()) if found else ("", at)
        if text.startswith('"', end):
            fail(
                "A quote stands inside a word",
                end,
                'Put the whole word in double quotes; in them \\" is a quote.',
            )
    if not value.strip():
        if key is None:
            fail("There is nothing between the quotes", at, "Leave them out, or put a word in.")
        fail(f"{key.value}: has no value", start, f"Write it as {EXAMPLES[key]}")
    return value, end


EXAMPLES = {
    Key.ID: "id:3fa9c01b",
    Key.CLIENT: "client:curl",
    Key.UA: 'ua:"Windows NT"',
    Key.USER: "user:a@b.c",
    Key.LABEL: 'label:"billing cron"',
    Key.IP: "ip:10.2, ip:2001:db8, or ip:10.2.0.0/16",
    Key.AGE: "age:>7d, age:<24h, or age:90m (at most 90 minutes)",
    Key.EXPIRES: "expires:>7d, expires:<24h, or expires:90m (within 90 minutes)",
    Key.IDLE: "idle:>7d, idle:<24h, or idle:90m (at most 90 minutes)",
    Key.CREATED: "created:>2026-10-01, created:<2026-10-01T12:00, or created:2026-10-01 (UTC)",
    Key.IS: "is:current, is:expiring, is:known",
}
"""One right way to write each key, for hints and help."""
