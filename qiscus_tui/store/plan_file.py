"""A plan in a file: what would be revoked, under which rule. It has ids, and no token.

It is sealed with a key of this user on this machine: one that was changed, or that comes from
elsewhere, is not applied.
"""

import hashlib
import hmac
import secrets
from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from qiscus_tui.errors import UsageError
from qiscus_tui.model.ascii_json import ascii_json
from qiscus_tui.model.retention_rules import Retention
from qiscus_tui.store.file_checks import shown
from qiscus_tui.store.files import new_private_file, read_named
from qiscus_tui.store.jsonfile import JsonFile, decoded, parse_object
from qiscus_tui.store.paths import Paths

VERSION = 2
"""Format of the file. Another one is not applied."""

MOST_BYTES = 32 * 1024 * 1024
"""A larger file is not a plan."""

MAKE_ANOTHER = "Make the plan again: --dry-run --out FILE"

_SEAL = "seal"

Id = Annotated[str, Meta(pattern=r"^[0-9a-f]{12}\Z")]
Text = Annotated[str, Meta(max_length=100_000)]


class PlanFileRule(Struct, frozen=True, forbid_unknown_fields=True):
    """How the sessions were chosen."""

    words: Text
    """For people."""
    filter: Text = ""
    retention: Retention | None = None


class PlanFile(Struct, frozen=True, forbid_unknown_fields=True):
    """What the file holds."""

    version: int
    plan: Annotated[str, Meta(pattern=r"^[0-9a-f]{1,16}\Z")]
    account: Text
    server: Text
    app_id: Text
    time: Annotated[datetime, Meta(tz=True)]
    rule: PlanFileRule
    ids: tuple[Id, ...]
    """What is revoked."""
    kept: tuple[Id, ...]
    """What only the rules keep."""
    left_out: tuple[Id, ...]
    """What was chosen too and stays for another reason."""
    groups: tuple[dict[str, Text | int | None], ...]
    stands_for: dict[Id, Id] = {}
    """What each id stood for that is the server's own, and may be a row number: a fingerprint of
    the session that had it."""
    token_id: Text = ""
    """Id of the account's long-lived token, where its user is unknown."""


def plan_key(paths: Paths) -> bytes:
    """Return the key that plan files of this user on this machine are sealed with.

    It is made at its first use. Raises StorageError.
    """
    lost = "Plan files that were written before can't be applied: make the plans again."
    file = JsonFile(paths, paths.plan_key_file, lost)
    if not (key := file.read().text("key")):
        with file.changing() as fields:
            fields["key"] = key = fields.text("key") or secrets.token_hex(32)
    return key.encode()


def write_plan_file(path: Path, plan: PlanFile, key: bytes) -> None:
    """Write it to a new file, 0600. Raises StorageError, also where the file exists."""
    text = ascii_json(sealed(msgspec.to_builtins(plan), key))
    with new_private_file(path) as descriptor, open(descriptor, "wb", closefd=False) as out:
        out.write(f"{text}\n".encode("ascii"))


def sealed(fields: dict[str, object], key: bytes) -> dict[str, object]:
    """Return the fields of a plan with the seal of all others."""
    others = {name: value for name, value in fields.items() if name != _SEAL}
    text = ascii_json(others).encode("ascii")
    return {**others, _SEAL: hmac.new(key, text, hashlib.sha256).hexdigest()}


def read_plan_file(path: Path, key: bytes) -> PlanFile:
    """Return the plan in the file.

    Raises UsageError where there is none, or what is there is damaged, edited, sealed elsewhere or
    of another version; StorageError where it can't be read or others could have written it.
    """
    fields = parse_object(read_named(path, MOST_BYTES))
    version = fields.get("version") if fields is not None else None
    if isinstance(version, int) and version != VERSION:
        age = "a newer" if version > VERSION else "an older"
        raise UsageError(f"{shown(path)} was written by {age} qiscus-tui", MAKE_ANOTHER)
    seal = fields.pop(_SEAL, None) if fields is not None else None
    plan = decoded(fields, PlanFile)
    if fields is None or plan is None:
        raise UsageError(f"{shown(path)} is damaged, or is not a plan file", MAKE_ANOTHER)
    if seal != sealed(fields, key)[_SEAL]:
        raise UsageError(
            f"{shown(path)} was changed after it was written, or was written by another user or "
            "on another machine",
            MAKE_ANOTHER,
        )
    return plan
