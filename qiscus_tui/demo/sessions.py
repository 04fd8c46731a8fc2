"""What the demo's server knows of one live token."""

import base64
import random
from typing import NamedTuple

LIFETIME = 30 * 24 * 3600
"""Seconds from a login or refresh until its token ends."""


class DemoSession(NamedTuple):
    """A short-lived token and where it came from. Times are epoch seconds."""

    id: int
    token: str
    email: str
    created: float
    expires: float
    last_used: float | None
    agent: str | None
    ip: str | None


def new_token(rng: random.Random) -> str:
    """Give a token shaped as a real one (43 characters, `QEX…`) that says it is not one."""
    return "QEXdemo" + _letters(rng, 27)


def new_long_lived(rng: random.Random) -> str:
    """Give a long-lived token; its real shape is not known, so it only has the length."""
    return "LLTdemo" + _letters(rng, 27)


def _letters(rng: random.Random, size: int) -> str:
    # Three bytes are four letters without padding, far cheaper than choosing each.
    return base64.urlsafe_b64encode(rng.randbytes(size)).decode("ascii")
