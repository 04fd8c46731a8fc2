"""Errors for a filter with a mistake in it."""

from typing import NoReturn

from qiscus_tui.errors import FilterError
from qiscus_tui.model.spelling import similar
from qiscus_tui.model.text import safe
from qiscus_tui.query.keys import KEYS

IN_QUOTES = "To search for it as plain text, put it in double quotes."
SHOWN = 40
"""Characters of the input that are quoted, at most."""


def fail(what: str, position: int, hint: str | None = None) -> NoReturn:
    """Raise FilterError, with the position in the message too."""
    raise FilterError(f"{what}, at character {position + 1}", hint, position=position)


def fail_unknown_key(name: str, position: int) -> NoReturn:
    """Raise FilterError, with the key that was probably meant."""
    near = " or ".join(f"{key}:" for key in similar(name, (*KEYS, "not")))
    meant = f"Did you mean {near} ?" if near else f"The keys are {', '.join(KEYS)}."
    fail(f"Unknown key '{safe(name, SHOWN)}'", position, f"{meant} {IN_QUOTES}")
