"""Hides what looks like a secret in fields that the program does not know."""

import re
from collections.abc import Callable
from typing import cast

MASK = "[hidden]"
MAX_DEPTH = 32
"""Nesting beyond which a value is no longer looked into."""

_SECRET_NAME = re.compile("token|secret|key|password|otp", re.IGNORECASE)


def names_a_secret(name: str) -> bool:
    """Whether what stands under this name is taken for a secret."""
    return _SECRET_NAME.search(name) is not None


def masked(
    value: object,
    secrets: frozenset[str] = frozenset(),
    is_secret: Callable[[str], bool] = lambda _: False,
    depth: int = 0,
) -> object:
    """A copy of a JSON value without what a secret's name holds or a known secret equals.

    `secrets` are looked for inside of longer texts too; `is_secret` knows the many that are not.
    """
    if isinstance(value, str):
        hide = value in secrets or any(secret in value for secret in secrets) or is_secret(value)
        return MASK if hide else value
    if depth >= MAX_DEPTH and isinstance(value, dict | list):
        return MASK
    if isinstance(value, dict):
        return {
            str(masked(name, secrets, is_secret)): MASK
            if names_a_secret(name)
            else masked(inner, secrets, is_secret, depth + 1)
            for name, inner in cast("dict[str, object]", value).items()
        }
    if isinstance(value, list):
        items = cast("list[object]", value)
        return [masked(item, secrets, is_secret, depth + 1) for item in items]
    return value
