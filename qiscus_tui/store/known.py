"""Known integrations: as the configuration and the app write them, and the file of the app's.

The file decides what is protected, so a damaged one is never set aside: until it is restored or
moved away, nothing that depends on it goes on.
"""

from collections.abc import Callable
from typing import Annotated

from msgspec import Struct

from qiscus_tui.model.addresses import named_network
from qiscus_tui.model.clients import Known
from qiscus_tui.model.text import safe
from qiscus_tui.store.config_checks import client_name, network
from qiscus_tui.store.jsonfile import Fields, JsonFile, decoded
from qiscus_tui.store.paths import Paths


class Integration(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """An integration as it is written: `[[known]]` in config.toml."""

    client: Annotated[str, client_name] = ""
    """A client's name without its version."""
    ip: Annotated[str, network] = ""
    """A network, as after `ip:` in a filter."""
    label: str = ""
    protect: bool = False

    def __post_init__(self) -> None:
        if not self.client and not self.ip:
            raise ValueError("needs client or ip, to select its sessions")
        if self.ip:
            named_network(self.ip)

    @property
    def words(self) -> str:
        """Return whose sessions these are, as safe text."""
        return " · ".join((safe(self.client) or "any client", safe(self.ip) or "any network"))

    @property
    def description(self) -> str:
        """Return `billing cron (GuzzleHttp · 10.2.0.0/16), protected`, as safe text."""
        protected = ", protected" if self.protect else ""
        return f"{self.known.label} ({self.words}){protected}"

    @property
    def known(self) -> Known:
        """Return it as sessions are compared with it."""
        among = named_network(self.ip) if self.ip else None
        label = safe(self.label or self.client or self.ip, 60)
        return Known(label, self.client, among, protect=self.protect)


class _Content(Struct, forbid_unknown_fields=True):
    known: dict[str, list[Integration]] = {}
    """By server and app."""


class KnownFile:
    """The integrations of one app that were named from here. All of it raises StorageError."""

    def __init__(self, paths: Paths, origin: str, app_id: str) -> None:
        self._file = JsonFile(paths, paths.known_file, None, "known")
        self._key = f"{origin} {app_id}"

    def entries(self) -> list[Integration]:
        """Return them, the oldest first."""
        return self._entries(self._file.read())

    def _entries(self, fields: Fields) -> list[Integration]:
        content = decoded(dict(fields), _Content)
        if content is None:
            raise self._file.damaged()
        return content.known.get(self._key, [])

    def put(self, entry: Integration) -> Integration | None:
        """Store it, in place of one for the same client and network, which is returned."""
        replaced = self.remove(lambda one: (one.client, one.ip) == (entry.client, entry.ip), entry)
        return next(iter(replaced), None)

    def remove(
        self, is_meant: Callable[[Integration], bool], *instead: Integration
    ) -> list[Integration]:
        """Remove and return those that are meant, and store others."""
        with self._file.changing() as fields:
            before = self._entries(fields)
            kept = [one for one in before if not is_meant(one)]
            fields.table("known")[self._key] = [*kept, *instead]
            return [one for one in before if is_meant(one)]
