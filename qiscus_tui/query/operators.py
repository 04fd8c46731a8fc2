"""Finds operators of other languages that this one does not have.

`age>7d`, `client=x`, `Guzzle*` or `OR` would be searched for as text, match nothing, and negated
match every session, so they are errors. In double quotes they are plain text.
"""

import re

from qiscus_tui.query.filter_errors import IN_QUOTES, fail, fail_unknown_key
from qiscus_tui.query.keys import KEYS, Key

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


def check_operators(key: Key | None, value: str, position: int) -> None:
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
