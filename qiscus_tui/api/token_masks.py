"""Which of the texts that a list has for tokens are full tokens, and which are masks. Pure."""

import re
from collections.abc import Callable, Collection, Sequence, Set

IsToken = Callable[[str], bool]

SHORT = 16
"""Characters; texts of one length below it are no tokens."""

_SHOWN = 8
"""First or last characters of a token that a mask shows, at most."""
_SIGNS = (*" *#[]<>(){}", "..")
"""What no token has in it, besides anything but visible ASCII, such as `•` and `…`."""
_WORDS = frozenset(
    {
        *("hidden", "redacted", "masked", "filtered", "removed", "secret", "private", "protected"),
        *("none", "null", "undefined", "unknown", "encrypted", "confidential", "n/a", "na"),
    }
)
_HASH = re.compile(r"[0-9a-f]+|[0-9A-F]+")
_HASH_LENGTHS = frozenset({32, 40, 56, 64, 96, 128})
"""Hex digits of MD5, SHA-1 and the SHA-2 family."""


def is_masked(text: str) -> bool:
    """Return whether a text says by itself that it is no full token."""
    return are_masked((text,))[0]


def are_masked(texts: Sequence[str | None]) -> list[bool]:
    """Return of each whether it says by itself that it is no full token; None says nothing."""
    given = [text or "" for text in texts]
    any_sign = _has_a_sign("".join(given))
    return [
        (any_sign and _has_a_sign(text)) or (len(text) < SHORT and text.casefold() in _WORDS)
        for text in given
    ]


def _has_a_sign(text: str) -> bool:
    if not (text.isascii() and text.isprintable()):
        return True
    return any(sign in text for sign in _SIGNS)


def full_tokens(tokens: Collection[str], again: Set[str], own: str | None) -> IsToken:
    """Return what tells the full tokens of a list from masks without a sign.

    `tokens` are those of the whole list for which `is_masked` is false, `again` those that are in
    several rows, and `own` the short-lived token that we hold, which certainly is one.
    """
    others = [text for text in tokens if text != own]
    if others and _are_masks(others, own):
        return lambda text: text == own
    masks = {*again} - {own}
    return (lambda text: text not in masks) if masks else all_are_tokens


def all_are_tokens(_text: str) -> bool:
    """Return that it is one."""
    return True


def _are_masks(others: Collection[str], own: str | None) -> bool:
    lengths = set(map(len, others))
    longest = max(lengths)
    are_of_one_length = len(lengths) == 1
    own_is_like = own is not None and len(own) in lengths
    own_is_hash = own_is_like and own is not None and _HASH.fullmatch(own) is not None
    if are_of_one_length and longest in _HASH_LENGTHS and not own_is_hash:
        return all(map(_HASH.fullmatch, others))
    return not own_is_like and (longest <= _SHOWN or (are_of_one_length and longest < SHORT))
