"""Sessions and groups as JSON and CSV: the same fields for scripts, files and spreadsheets.

They contain no token, nor any value of an unknown field that looks like a secret.
"""

import enum
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import chain
from pathlib import Path
from typing import TextIO

from qiscus_tui.errors import StorageError
from qiscus_tui.model.ascii_json import JsonArray
from qiscus_tui.model.clients import client_of
from qiscus_tui.model.masking import KnownSecrets, Unshown, masked
from qiscus_tui.model.text import safe
from qiscus_tui.model.timestamps import rfc3339
from qiscus_tui.service.sessions.groups import Group
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.store.files import new_private_file

CSV_COLUMNS = (
    "id",
    "created_at",
    "expires_at",
    "expires_computed",
    "expires_in",
    "last_used_at",
    "client",
    "user_agent",
    "ip",
    "user",
    "current",
    "revocable",
    "label",
)
"""In this order; JSON has `extra` as well."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet would compute a cell that begins like this."""

Record = dict[str, object]

Texts = tuple[str | None, ...]
"""Client, user agent, address and user of a session."""

MOST_KEPT = 10_000


class ExportFormat(enum.Enum):
    """How sessions are written. The value is the extension of a file's name."""

    CSV = "csv"
    """For people and spreadsheets: server text in its safe form."""
    JSON = "json"
    """For programs: server text exactly as it came, as ASCII escapes."""


class Export(Unshown, frozen=True, dict=True):
    """Sessions of a list, to be written."""

    listed: SessionList
    positions: Iterable[int]
    secrets: Collection[str] = ()
    """Texts that must not appear, such as our own tokens."""
    server_now: float | None = None
    """The time from which `expires_in` counts, epoch seconds; None: that of the listing."""

    def write(self, kind: ExportFormat, out: TextIO) -> None:
        """Write all of it: a JSON array with a session a line, or CSV."""
        if kind is ExportFormat.CSV:
            out.writelines(f"{line}\n" for line in csv_lines(CSV_COLUMNS, self.records()))
            return
        with JsonArray(out.write) as array:
            for record in self.records():
                array.add(record)

    def record(self, position: int) -> Record:
        """Return one session as JSON values: exact text, times RFC 3339 UTC, unknown is None."""
        listed = self.listed
        session, known = listed.sessions[position], listed.labels[position]
        name = client_of(listed.clients[position], session.user_agent)
        client, user_agent, ip, user = self._without_secrets(
            (name, session.user_agent, session.ip, session.user), session.token
        )
        listed_at = listed.read_at + listed.offset
        now = listed_at if self.server_now is None else self.server_now
        expires_at = session.expires_at
        return {
            "id": session.id,
            "created_at": _time(session.created_at),
            "expires_at": _time(expires_at),
            "expires_computed": session.expires_computed,
            "expires_in": None if expires_at is None else int(expires_at - now),
            "last_used_at": _time(session.last_used_at),
            "client": client,
            "user_agent": user_agent,
            "ip": ip,
            "user": user,
            "current": session.current,
            "revocable": session.revocable,
            "label": known.label if known else None,
            "extra": self._masked(session.extra, session.token) if session.extra else {},
        }

    def _without_secrets(self, texts: Texts, token: str | None) -> list[object]:
        """Return the texts without secrets, the session's own token among them."""
        own = KnownSecrets((token or "",))
        if own.occur_in("\n".join(filter(None, texts))):
            return [self._masked(text, token) for text in texts]
        return self._masked_once(texts)

    @cached_property
    def _masked_once(self) -> Callable[[Texts], list[object]]:
        """Mask the texts that many sessions have once for all."""

        def mask(texts: Texts) -> list[object]:
            return [*map(self._masked, texts)]

        return lru_cache(MOST_KEPT)(mask)

    def _masked(self, value: object, token: str | None = None) -> object:
        known = KnownSecrets(filter(None, (*self.secrets, token)))
        return masked(value, known, self.listed.lists_token)

    def records(self) -> Iterator[Record]:
        """Yield the sessions as JSON values."""
        return map(self.record, self.positions)


def csv_lines(columns: Sequence[str], records: Iterable[Record]) -> Iterator[str]:
    """Yield a line of column names, then a line a record; text in its safe form.

    A CSV is also viewed in a terminal, with `head` and the like. JSON has the exact text.
    """
    rows = ([record[column] for column in columns] for record in records)
    return (",".join(map(_cell, row)) for row in chain((columns,), rows))


def _time(epoch: float | None) -> str | None:
    return None if epoch is None else rfc3339(epoch)


def _cell(value: object) -> str:
    """Return a cell of a CSV file: text in its safe form, and never a formula."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case _:
            exact = str(value)
    text = f"'{safe(exact)}" if exact.startswith(_FORMULA) else safe(exact)
    if "," in text or '"' in text:
        return '"' + text.replace('"', '""') + '"'
    return text


def named_path(name: str) -> Path:
    """Return the path that a user typed; `~` is the home folder. Raises StorageError."""
    text = name.strip()
    if not text or "\x00" in text:
        raise StorageError("Not a file name", "Name the file to write, such as sessions.csv.")
    try:
        return Path(text).expanduser().absolute()
    except RuntimeError as error:
        raise StorageError(
            f"There is no home folder for {safe(text, 80)}", "Give the whole path."
        ) from error


def export_to(path: Path, kind: ExportFormat, what: Export) -> None:
    """Write a new file, 0600. Raises StorageError, also where the file exists."""
    with (
        new_private_file(path) as descriptor,
        open(descriptor, "w", encoding="utf-8", newline="", closefd=False) as out,
    ):
        what.write(kind, out)


GROUP_FACTS = (
    "count",
    "share",
    "per_day",
    "oldest_at",
    "newest_at",
    "last_used_at",
    "expiring",
    "current",
    "protected",
)
"""The columns of groups, after their keys."""


def group_records(
    listed: SessionList, groups: Iterable[Group], secrets: Collection[str] = ()
) -> Iterator[Record]:
    """Yield groups of a list as JSON values. `secrets`: texts that must not appear."""
    known = KnownSecrets(secrets)
    for group in groups:
        values = {
            key.value: masked(value, known=known, is_secret=listed.lists_token)
            for key, value in zip(group.keys, group.values, strict=True)
        }
        times = (group.oldest_at, group.newest_at, group.last_used_at)
        facts = (
            *(group.count, group.share, group.per_day),
            *map(_time, times),
            *(group.expiring, group.current, group.protected),
        )
        yield {**values, **dict(zip(GROUP_FACTS, facts, strict=True))}
