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
    import hashlib

    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()[:ID_LENGTH]
