"""Session ids: fingerprints that can be shown, typed and logged, unlike tokens."""

import re

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


def fingerprint(secret: str) -> str:
    """Return the first 12 hex digits of the SHA-256 of a token (or of the server's own id)."""
    return sha256(secret)[:ID_LENGTH]


def sha256(text: str) -> str:
    """Return the SHA-256 of a text, in hex digits."""
    import hashlib  # loads OpenSSL: a stored token is printed without

    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
