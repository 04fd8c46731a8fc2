"""Hides what looks like a secret in fields that the program does not know."""

import re
from typing import cast

MASK = "[hidden]"
MAX_DEPTH = 32
"""Nesting beyond which a value is no longer looked into."""

_SECRET_NAME = re.compile("token|secret|key|password|otp", re.IGNORECASE)


def names_a_secret(name: str) -> bool:
    """Whether what stands under this name is taken for a secret."""
    return _SECRET_NAME.search(name) is not None


def masked(value: object, secrets: frozenset[str] = frozenset(), depth: int = 0) -> object:
    """A copy of a JSON value without what a secret's name holds or a known secret equals."""
    if isinstance(value, str):
        return MASK if value in secrets or any(secret in value for secret in secrets) else value
    if depth >= MAX_DEPTH and isinstance(value, dict | list):
        return MASK
    if isinstance(value, dict):
        return {
            str(masked(name, secrets)): MASK
            if names_a_secret(name)
            else masked(inner, secrets, depth + 1)
            for name, inner in cast("dict[str, object]", value).items()
        }
    if isinstance(value, list):
        return [masked(inner, secrets, depth + 1) for inner in cast("list[object]", value)]
    return value
