"""Session ids: fingerprints that can be shown, typed and logged, unlike tokens."""

import re
from collections.abc import Iterable

ID_LENGTH = 12
"""Hex digits in an id."""

PREFIX_LENGTH = 8
"""The fewest hex digits that commands accept as an id."""

_NOT_IN_A_TOKEN = r"""
        [^!-~]          # anything but visible ASCII: spaces, a byte order mark, an ellipsis
      | [*"'`,]         # masked, quoted, one of a list
      | \A[\w-]+:        # a header's name
      | \A[\w-]+=(?!=*\Z)  # a variable's name; at the end it is padding
"""


def can_be_token(text: str) -> bool:
    """Return whether the text could be a token alone, as the server gave it."""
    return bool(text) and not re.search(_NOT_IN_A_TOKEN, text, re.VERBOSE)


def begins_an_id(text: str) -> bool:
    """Return whether the text is an id, or the beginning of one."""
    return len(text) <= ID_LENGTH and not text.strip("0123456789abcdef")


def is_full_id(text: str) -> bool:
    """Return whether the text is a full id."""
    return len(text) == ID_LENGTH and begins_an_id(text)


def fingerprint(secret: str) -> str:
    """Return the first 12 hex digits of the SHA-256 of a token (or of the server's own id)."""
    return fingerprints((secret,))[0]


def fingerprints(secrets: Iterable[str]) -> list[str]:
    """Return the fingerprint of each."""
    return [digits[:ID_LENGTH] for digits in _sha256(secrets)]


def sha256(text: str) -> str:
    """Return the SHA-256 of a text, in hex digits."""
    return _sha256((text,))[0]


def _sha256(texts: Iterable[str]) -> list[str]:
    from hashlib import sha256  # loads OpenSSL: a stored token is printed without

    return [sha256(text.encode("utf-8", "surrogatepass")).hexdigest() for text in texts]
