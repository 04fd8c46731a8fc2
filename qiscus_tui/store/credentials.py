"""Credentials as the JSON object that is stored. `decoded` reads it back."""

import msgspec

from qiscus_tui.model.account import Credentials


def to_json(credentials: Credentials) -> dict[str, object]:
    """Return the fields that have a value. Holds secrets."""
    fields: dict[str, object] = msgspec.to_builtins(credentials)
    return {name: value for name, value in fields.items() if value is not None}
