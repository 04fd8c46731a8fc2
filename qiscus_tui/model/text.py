"""Text: made safe for a terminal, with a number and its noun; what a misspelt word stands for.

User agents and names come from strangers. `safe` replaces characters that could move the cursor,
hide or reorder text by visible ones, on one line, with a bounded length.
"""

import re
from collections.abc import Iterable
from functools import cache

LIMIT = 1000
"""Characters of a safe text, at most, without the note on what was cut."""

MAX_COMBINING = 2
"""Combining marks in a row that real names need; more only obscure the neighbours."""

# Printable for Python, yet without ink or width: fillers, joiners, variation selectors.
_INVISIBLE = (
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164"
    "\ufe00-\ufe0f\uffa0\U00016fe4\U0001d159\U000e0100-\U000e01ef]"
)
_MARK = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"


def safe(text: str, limit: int = LIMIT) -> str:
    """Return `text` in a form that is safe to show; the same object if nothing changes."""
    if text.isprintable() and len(text) <= limit:
        if text.isascii():
            return text
        shown = _without_tricks(text)
    else:
        shown = text[:limit]
        if not shown.isprintable():
            shown = "".join(map(_visible, shown))
        shown = _without_tricks(shown)
    if len(text) > limit or len(shown) > limit:  # escapes are longer than what they replace
        shown = f"{shown[:limit]}… [{len(text):,} characters]"
    return shown


def are_plain(texts: Iterable[str]) -> bool:
    """Return whether all are safe for their length and for being printable ASCII, as most are."""
    texts = [*texts]
    if max(map(len, texts), default=0) > LIMIT:
        return False
    joined = "".join(texts)
    return joined.isascii() and joined.isprintable()


def _without_tricks(text: str) -> str:
    invisible, marks = _patterns()
    text = invisible.sub(lambda found: _escape(found[0]), text)
    return marks.sub(lambda found: found["kept"] + "".join(map(_escape, found["rest"])), text)


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return those of invisible characters and of too many marks; most runs need neither."""
    marks = f"(?P<kept>{_MARK}{{{MAX_COMBINING}}})(?P<rest>{_MARK}+)"
    return re.compile(_INVISIBLE), re.compile(marks)


def _visible(character: str) -> str:
    if character.isprintable():
        return character
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    if 0xD800 <= code <= 0xDFFF:  # a lone surrogate is not a character
        return "\ufffd"
    if character == "\u00a0":
        return " "
    return _escape(character)


def _escape(character: str) -> str:
    code = ord(character)
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def with_reason(outcome: str, reason: str) -> str:
    """Return `failed: the server answered 500`; an error of a revoke says itself that it failed."""
    why = reason.removeprefix("Revoking failed: ")
    return f"{outcome.replace('_', ' ')}: {why}" if why else outcome.replace("_", " ")


def counted(number: int, noun: str) -> str:
    """Return `1 session`, `1,284 sessions`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def capitalized(words: str) -> str:
    """Return the words as a sentence begins."""
    return words[:1].upper() + words[1:]


def similar(word: str, names: Iterable[str]) -> tuple[str, ...]:
    """Return the names that `word` may stand for, none if it is like none of them.

    Those that it is the beginning of; else the most similar one.
    """
    from difflib import get_close_matches  # for a mistake only

    word, candidates = word[:40].lower(), tuple(names)
    begun = tuple(name for name in candidates if len(word) > 1 and name.startswith(word))
    return begun or tuple(get_close_matches(word, candidates, 1))


def did_you_mean(word: str, names: Iterable[str], otherwise: str = "") -> str:
    """Return `Did you mean X or Y?` as safe text; `otherwise` where the word is like no name."""
    near = " or ".join(safe(name, 60) for name in similar(word, names))
    return f"Did you mean {near}?" if near else otherwise
