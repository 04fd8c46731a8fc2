"""Session ids: a fingerprint that can be shown, typed and logged, unlike the token."""

import hashlib

ID_LENGTH = 12
"""Hex digits in an id."""

PREFIX_LENGTH = 8
"""The fewest hex digits that commands take for an id."""


def fingerprint(secret: str) -> str:
    """First 12 hex digits of the SHA-256 of a token (or of the server's own id)."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()[:ID_LENGTH]
