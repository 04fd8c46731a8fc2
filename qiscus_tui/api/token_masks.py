"""Which of the texts that a list has for tokens are full tokens, and which are masks. Pure."""

import base64
import hashlib
import re
from collections.abc import Callable, Collection, Sequence, Set

from qiscus_tui.api import contract

IsToken = Callable[[str], bool]

SHORT = 16
"""Characters; texts of one length below it are no tokens."""

_SHOWN = 8
"""First or last characters of a token that a mask shows, at most."""
_SIGNS = (*" *#[]<>(){}", "..")
"""What no token has in it, besides anything but visible ASCII, such as `•` and `…`."""
_FILLED = re.compile(rf"(.{{0,{_SHOWN}}}?)((.)\3{{3,}})(.{{0,{_SHOWN}}})")
"""One character over and over, with the first and last ones of the token: `QEXdxxxxxxAb3x`."""
_LONG = 2 * _SHOWN + 2
"""Characters; of a longer text the middle is not shown in a mask."""
_WORDS = frozenset(
    {
        *("hidden", "redacted", "masked", "filtered", "removed", "secret", "private", "protected"),
        *("none", "null", "undefined", "unknown", "encrypted", "confidential", "n/a", "na"),
    }
)
SHORTEST_HASH = 7
"""Characters; a longer text that a hash of our own token begins with is no accident."""
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
        (any_sign and _has_a_sign(text))
        or ((len(text) <= _LONG or text[_SHOWN] == text[_SHOWN + 1]) and _is_filled(text))
        for text in given
    ]


def _is_filled(text: str) -> bool:
    """Return whether a text is a word that says that it is hidden, or mostly one character."""
    filled = _FILLED.fullmatch(text)
    is_mostly_one = filled is not None and len(filled[2]) * 3 >= len(text)
    return is_mostly_one or text.casefold() in _WORDS


def _has_a_sign(text: str) -> bool:
    if not (text.isascii() and text.isprintable()):
        return True
    return any(sign in text for sign in _SIGNS)


def full_tokens(tokens: Collection[str], again: Set[str], own: str | None) -> IsToken:
    """Return what tells the full tokens of a list from masks without a sign.

    `tokens` are those of the whole list for which `is_masked` is false, `again` those that are in
    several rows, and `own` the short-lived token that we hold: where it is listed, the list has
    full tokens, and where nothing listed is like it, it has none.
    """
    others = [text for text in tokens if text != own]
    if others and _are_masks(others, own, is_listed=len(others) < len(tokens)):
        return lambda text: text == own
    masks = {*again} - {own}
    return (lambda text: text not in masks) if masks else all_are_tokens


def all_are_tokens(_text: str) -> bool:
    """Return that it is one."""
    return True


def _are_masks(others: Collection[str], own: str | None, *, is_listed: bool) -> bool:
    lengths = set(map(len, others))
    longest = max(lengths)
    are_of_one_length = len(lengths) == 1
    own_is_hex = own is not None and len(own) == longest and _HASH.fullmatch(own) is not None
    may_be_hashes = are_of_one_length and longest in _HASH_LENGTHS and not own_is_hex
    if may_be_hashes and all(map(_HASH.fullmatch, others)):
        return True
    if own is not None and len(own) in lengths:
        return not is_listed and _are_made_of(own, others)
    if longest <= _SHOWN or (are_of_one_length and longest < SHORT):
        return True
    if own is None or is_listed:
        return False
    return lengths.isdisjoint(contract.TOKEN_LENGTHS) or _are_made_of(own, others)


def _are_made_of(own: str, others: Collection[str]) -> bool:
    """Return whether one of the texts is a part or a hash of our own token."""
    if any(len(text) > 2 and (own.startswith(text) or own.endswith(text)) for text in others):
        return True
    token = own.encode("utf-8", "surrogatepass")
    lengths = set(map(len, others))
    for name in ("md5", "sha1", "sha256", "sha512"):
        digest = hashlib.new(name, token, usedforsecurity=False).digest()
        plain, for_urls = base64.b64encode(digest), base64.urlsafe_b64encode(digest)
        forms = (digest.hex(), digest.hex().upper(), plain.decode(), for_urls.decode())
        begun = {form[:length] for form in forms for length in lengths if length > SHORTEST_HASH}
        if not begun.isdisjoint(others):
            return True
    return False
