"""Splits the text of a filter into words: negation, key, value, and their positions.

A word is negated by a leading `-` or `not:`. An equals sign after the colon, `key:=value`, asks for
exactly that value. A value with spaces is in double quotes, in which `\\"` is a quote and `\\\\` a
backslash. The word before a colon is a key, unless it
is part of an IPv6 address (`dead:beef`) or of a URL (`https://...`); an unknown key is an
error, because `clint:curl` would otherwise silently match nothing. So are operators of
other languages: `age>7d`, `client=x`, `Guzzle*` or `OR` would be searched for as text, match
nothing, and negated match every session. In double quotes they are plain text.
"""

import re
from collections.abc import Iterator

from msgspec import Struct

from qiscus_tui.errors import FilterError
from qiscus_tui.query.filter_errors import IN_QUOTES, fail, fail_unknown_key
from qiscus_tui.query.keys import KEYS, Key

NOT = "not"

_SIGN = re.compile(r"[<>=!~]+")
_NAME_AND_SIGN = re.compile(r"(?P<name>[A-Za-z][A-Za-z_-]*)?(?P<sign>[<>=!~]+)|:(?!:)")
_IN_PARENTHESES = re.compile(rf"\(+(?:{'|'.join(KEYS)})[:<>=!~]", re.IGNORECASE)
_BOOLEAN = {"or", "and", "not", "||", "&&", "|", "&"}
_TEXT_KEYS = {Key.CLIENT, Key.UA, Key.USER, Key.LABEL}
_PATTERN_SIGNS = {
    None: "*|",
    Key.UA: "*|",  # user agents have commas
    Key.CLIENT: "*|,",
    Key.USER: "*|,",
    Key.LABEL: "*|,",
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
        fail(f"{key.value}:{sign} needs {key.needs}", start, f"For example {key.example}")
    return value, end


def _check_operators(key: Key | None, value: str, position: int) -> None:
    """Raise FilterError if an unquoted value contains what was meant as an operator."""
    if key is None:
        _check_bare_word(value, position)
    elif key in _TEXT_KEYS and (sign := _SIGN.match(value)):
        hint = f"Write it as {key.example}. {IN_QUOTES}"
        fail(f"{key.value}: does not accept '{sign[0][:2]}'", position, hint)
    pattern = next((sign for sign in value if sign in _PATTERN_SIGNS.get(key, "")), None)
    if pattern is not None:
        hint = f"A word matches any text that contains it; -word excludes one. {IN_QUOTES}"
        fail(f"There is no operator '{pattern}'", position, hint)


def _check_bare_word(word: str, position: int) -> None:
    if word.lower() in _BOOLEAN:
        hint = f"Every word must match; -word excludes one. {IN_QUOTES}"
        fail(f"There is no operator '{word}'", position, hint)
    if _IN_PARENTHESES.match(word):
        fail("Parentheses can't group words", position, f"Every word must match. {IN_QUOTES}")
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
