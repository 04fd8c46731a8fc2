"""Credentials as the JSON that is stored, and back."""

from typing import cast

from qiscus_tui.model.account import Credentials, ShortLived
from qiscus_tui.store.jsonfile import moment, number


def to_json(credentials: Credentials) -> dict[str, object]:
    """The fields that are there. Holds secrets."""
    fields: dict[str, object] = {}
    if credentials.long_lived is not None:
        fields["long_lived"] = credentials.long_lived
    if credentials.secret_key is not None:
        fields["secret_key"] = credentials.secret_key
    if credentials.short_lived is not None:
        short = credentials.short_lived
        fields["short_lived"] = {
            "token": short.token,
            "expires_at": short.expires_at,
            "obtained_at": short.obtained_at,
            "clock_ahead": short.clock_ahead,
        }
    return fields


def from_json(value: object) -> Credentials | None:
    """The credentials, None where `value` is no such record."""
    if not isinstance(value, dict):
        return None
    fields = cast("dict[str, object]", value)
    long_lived, secret_key = fields.get("long_lived"), fields.get("secret_key")
    short = fields.get("short_lived")
    if not isinstance(long_lived, str | None) or not isinstance(secret_key, str | None):
        return None
    short_lived = None if short is None else _short_lived(short)
    if short is not None and short_lived is None:
        return None
    return Credentials(long_lived, short_lived, secret_key)


def _short_lived(value: object) -> ShortLived | None:
    if not isinstance(value, dict):
        return None
    fields = cast("dict[str, object]", value)
    token, expires_at = fields.get("token"), moment(fields.get("expires_at"))
    obtained_at = number(fields.get("obtained_at", 0.0))
    clock_ahead = number(fields.get("clock_ahead", 0.0))
    if not isinstance(token, str) or None in {expires_at, obtained_at, clock_ahead}:
        return None
    return ShortLived(token, expires_at or 0.0, obtained_at or 0.0, clock_ahead or 0.0)
