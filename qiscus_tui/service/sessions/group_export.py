"""Groups as JSON and CSV: the keys asked for, then the same facts of each."""

from collections.abc import Collection, Iterator, Sequence
from typing import TextIO

from qiscus_tui.model.group_keys import GroupKey
from qiscus_tui.model.masking import KnownSecrets, masked
from qiscus_tui.model.timestamps import rfc3339
from qiscus_tui.model.unshown import Unshown
from qiscus_tui.service.sessions.export import Record, csv_line
from qiscus_tui.service.sessions.groups import Group
from qiscus_tui.service.sessions.session_list import SessionList

FACTS = (
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
"""After the keys, in this order."""


class GroupExport(Unshown, frozen=True):
    """Groups of a list, to be written."""

    listed: SessionList
    keys: Sequence[GroupKey]
    groups: Sequence[Group]
    secrets: Collection[str] = ()
    """Texts that must not appear, such as our own tokens."""

    def records(self) -> Iterator[Record]:
        """Yield the groups as JSON values."""
        known = KnownSecrets(self.secrets)
        return (self._record(group, known) for group in self.groups)

    def write_csv(self, out: TextIO) -> None:
        """Write a line of column names, then a line a group."""
        columns = (*(key.value for key in self.keys), *FACTS)
        out.write(csv_line(columns))
        out.writelines(
            csv_line([record[column] for column in columns]) for record in self.records()
        )

    def _record(self, group: Group, known: KnownSecrets) -> Record:
        values = {
            key.value: masked(value, known=known, is_secret=self.listed.lists_token)
            for key, value in zip(group.keys, group.values, strict=True)
        }
        times = (group.oldest_at, group.newest_at, group.last_used_at)
        facts = (
            *(group.count, group.share, group.per_day),
            *(None if time is None else rfc3339(time) for time in times),
            *(group.expiring, group.current, group.protected),
        )
        return {**values, **dict(zip(FACTS, facts, strict=True))}
