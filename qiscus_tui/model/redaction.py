"""Hides what may be a value in names and messages of a server that go into a ticket.

Unlike `masking`, which hides secrets that are known, this judges by looks: only plain words are
left.
"""

import re
from collections.abc import Set

from qiscus_tui.model.masking import MASK
from qiscus_tui.model.text import safe

_NAME = re.compile(r"_?[A-Za-z0-9]+(?:[_-][A-Za-z0-9]+)*")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_DIGIT_INSIDE = re.compile(r"[A-Za-z][0-9]+[a-z]")
_CHUNK = re.compile(r"""[^\s"'`<>()\[\]{},;:=|]+""")
_LONGEST_NAME = 48
_LONGEST_WORD = 16
_MOST_DIGITS = 2
_MOST_WORDS = 6
_MOST_SHORT_WORDS = 1
"""In a name with capitals."""
_LONGEST_MESSAGE = 200


def is_plain_name(text: str) -> bool:
    """Return whether it is made of words, as `last_used_at` or `userAgent`.

    A token, an address or a number is not.
    """
    if len(text) > _LONGEST_NAME or not _NAME.fullmatch(text) or _DIGIT_INSIDE.search(text):
        return False
    if not any(map(str.isalpha, text)):
        return False
    words = [word for word in _WORD.findall(text) if not word.isdigit()]
    if sum(map(str.isdigit, text)) > _MOST_DIGITS or max(map(len, words)) > _LONGEST_WORD:
        return False
    short = sum(len(word) <= 2 for word in words)
    return text.islower() or (len(words) <= _MOST_WORDS and short <= _MOST_SHORT_WORDS)


def shown_name(name: str, values: Set[str] = frozenset()) -> str:
    """Return the name of a field, or a mask where it may be a value; `values` are casefolded."""
    return name if is_plain_name(name) and name.casefold() not in values else MASK


def shown_message(text: str, values: Set[str] = frozenset()) -> str:
    """Return a message of a server with a mask for whatever is no plain word; bounded."""

    def shown(found: re.Match[str]) -> str:
        chunk = found[0]
        word = chunk.rstrip(".!?…")
        return chunk if not word or _is_harmless(word, values) else MASK + chunk[len(word) :]

    return safe(_CHUNK.sub(shown, text[: 4 * _LONGEST_MESSAGE]), _LONGEST_MESSAGE)


def _is_harmless(word: str, values: Set[str]) -> bool:
    if word.casefold() in values:
        return False
    if word.isdigit():
        return len(word) <= 3
    parts = [part for part in word.split("/") if part]
    return all(map(_is_word, parts))


def _is_word(part: str) -> bool:
    if is_plain_name(part) or not any(map(str.isalnum, part)):
        return True
    return not part.isascii() and part.isalpha() and len(part) <= _LONGEST_WORD
