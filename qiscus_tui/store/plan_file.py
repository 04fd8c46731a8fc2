"""A plan in a file: what would be revoked, under which rule. It has ids, and no token.

A digest tells a file that was changed by hand or by accident; it is no signature.
"""

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from qiscus_tui.errors import UsageError
from qiscus_tui.model.ascii_json import ascii_json
from qiscus_tui.store.file_checks import shown
from qiscus_tui.store.jsonfile import decoded, parse_object
from qiscus_tui.store.named_files import new_private_file, read_named

VERSION = 1
"""Format of the file. A newer one is not applied."""

MOST_BYTES = 32 * 1024 * 1024
"""A larger file is not a plan."""

MAKE_ANOTHER = "Make the plan again: --dry-run --out FILE"

_DIGEST = "digest"

Id = Annotated[str, Meta(pattern=r"^[0-9a-f]{12}\Z")]
Text = Annotated[str, Meta(max_length=100_000)]
Age = Annotated[float, Meta(ge=0, le=1e10)]


class PlanFileRules(Struct, frozen=True, forbid_unknown_fields=True):
    """Retention rules: what of each group is kept. Ages are in seconds."""

    group_by: tuple[Text, ...]
    keep_newest: Annotated[int, Meta(ge=1)] | None = None
    keep_used_within: Age | None = None
    keep_created_within: Age | None = None
    include_unknown: bool = False
    policy: Text = ""


class PlanFileRule(Struct, frozen=True, forbid_unknown_fields=True):
    """How the sessions were chosen."""

    words: Text
    """For people."""
    filter: Text = ""
    retention: PlanFileRules | None = None


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


def write_plan_file(path: Path, plan: PlanFile) -> None:
    """Write it to a new file, 0600. Raises StorageError, also where the file exists."""
    text = ascii_json(sealed(msgspec.to_builtins(plan)))
    with new_private_file(path) as descriptor, open(descriptor, "wb", closefd=False) as out:
        out.write(f"{text}\n".encode("ascii"))


def sealed(fields: dict[str, object]) -> dict[str, object]:
    """Return the fields of a plan with the digest of all others."""
    others = {name: value for name, value in fields.items() if name != _DIGEST}
    return {**others, _DIGEST: hashlib.sha256(ascii_json(others).encode("ascii")).hexdigest()}


def read_plan_file(path: Path) -> PlanFile:
    """Return the plan in the file.

    Raises UsageError where there is none, or what is there is damaged, edited or of a newer
    version; StorageError where it can't be read or others could have written it.
    """
    fields = parse_object(read_named(path, MOST_BYTES))
    version = fields.get("version") if fields is not None else None
    if isinstance(version, int) and version > VERSION:
        raise UsageError(
            f"{shown(path)} was written by a newer qiscus-tui", "Apply it with that version."
        )
    digest = fields.pop(_DIGEST, None) if fields is not None else None
    plan = decoded(fields, PlanFile) if version == VERSION else None
    if fields is None or plan is None or not _makes_sense(plan):
        raise not_a_plan(path)
    if digest != sealed(fields)[_DIGEST]:
        raise UsageError(f"{shown(path)} was changed after it was written", MAKE_ANOTHER)
    return plan


def not_a_plan(path: Path) -> UsageError:
    """Return the error for a file that is not, or no longer, a plan."""
    return UsageError(f"{shown(path)} is damaged, or is not a plan file", MAKE_ANOTHER)


def _makes_sense(plan: PlanFile) -> bool:
    """Return whether no session is named twice, and the time is one of our days."""
    named = (*plan.ids, *plan.kept, *plan.left_out)
    return len(frozenset(named)) == len(named) and 1970 < plan.time.year < 9000
