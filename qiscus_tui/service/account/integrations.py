"""Known integrations of one app: those of config.toml, and those that were named from here.

config.toml holds for every app, and comes first. Of the others a protecting one comes first, then
the one for fewer addresses, so that naming a wider one takes no protection away.

They are kept by server and app, not by user: the networks of a company's scripts are the same for
each of its admins, and for the credentials in the environment of a cron job.
"""

from collections.abc import Callable
from pathlib import Path

from qiscus_tui.errors import StorageError, UsageError
from qiscus_tui.model.account import Account
from qiscus_tui.model.addresses import named_network, network_of
from qiscus_tui.model.clients import UNKNOWN, Known, client_family, client_name_error
from qiscus_tui.model.session import Session
from qiscus_tui.model.text import did_you_mean, safe
from qiscus_tui.service.account.workspace import Workspace
from qiscus_tui.service.sessions.user_agents import client_name
from qiscus_tui.store.audit_records import AuditKind
from qiscus_tui.store.known import Integration, KnownFile

LONGEST = 60
"""Characters of a label, at most."""


class Integrations:
    """All of it raises StorageError where the file of those named from here can't be used."""

    def __init__(
        self,
        configured: tuple[Known, ...],
        config_file: Path,
        file: KnownFile,
        record: Callable[[str], object] = lambda _words: None,
    ) -> None:
        """`record` is called with each change, in words, once it is stored."""
        self._configured = configured
        self._in_config = [*map(_written, configured)]
        self._config_file = config_file
        self._file = file
        self._record = record

    def known(self) -> tuple[Known, ...]:
        """Return them as sessions are compared with them: the first match counts."""
        return tuple(one.known for one in self.all())

    def all(self) -> list[Integration]:
        """Return them as they are written, in the same order."""
        return [*self._in_config, *self._entries()]

    def is_configured(self, integration: Integration) -> bool:
        """Return whether config.toml names it, so that it can only be changed there."""
        return integration in self._in_config

    def of(self, session: Session, known: Known | None) -> Integration | None:
        """Return the one that this session belongs to, else an unnamed one for its like.

        `known` is what the list labels it with. None for a session without client and network.
        """
        named = (one for one in self.all() if one.known == known)
        family, ip = client_family(client_name(session.user_agent)), _network(session.ip)
        family = "" if family == UNKNOWN else family
        unnamed = Integration(family, ip, protect=True) if family or ip else None
        return next(named, unnamed)

    def name(self, integration: Integration) -> Integration | None:
        """Store one, and return the one that it replaces: of the same client and network.

        Raises UsageError where config.toml names its sessions, or it has no proper label.
        """
        label = integration.label
        if not label or not label.isprintable() or len(label) > LONGEST:
            raise UsageError(
                f"A label has 1 to {LONGEST} characters, all of them printable", "Give another one."
            )
        for known in self._configured:
            if known.covers(integration.known):
                raise self.in_config(known.label)
        before = self._file.put(integration)
        instead = f"; was {before.description}" if before is not None else ""
        self._record(f"named {integration.description}{instead}")
        return before

    def protecting(self, integration: Integration) -> Integration | None:
        """Return one that was named from here and protects, with this label or these sessions."""
        sessions = integration.client, integration.ip
        for one in self._entries():
            is_meant = one.label == integration.label or (one.client, one.ip) == sessions
            if one.protect and is_meant:
                return one
        return None

    def forget(self, label: str) -> list[Integration]:
        """Remove and return those with this label.

        Raises UsageError where none was named from here.
        """
        if removed := self._file.remove(lambda entry: entry.label == label):
            return self._forgotten(removed)
        if any(known.label == label for known in self._configured):
            raise self.in_config(label)
        labels = [one.label for one in self.all()]
        hint = did_you_mean(label, labels, "See what is known: qiscus-tui known")
        raise UsageError(f"There is no integration {safe(label, LONGEST)}", hint)

    def remove(self, integration: Integration) -> None:
        """Remove one that was named from here; others of this label remain."""
        sessions = integration.client, integration.ip
        self._forgotten(self._file.remove(lambda entry: (entry.client, entry.ip) == sessions))

    def _forgotten(self, forgotten: list[Integration]) -> list[Integration]:
        for one in forgotten:
            self._record(f"forgot {one.description}")
        return forgotten

    def in_config(self, label: str) -> UsageError:
        """Return why one that config.toml names can't be changed from here."""
        return UsageError(
            f"config.toml names these sessions already: {safe(label, LONGEST)}",
            f"Change its [[known]] entry in {safe(str(self._config_file), 500)}",
        )

    def _entries(self) -> list[Integration]:
        return sorted(self._file.entries(), key=_precedence)


def _precedence(entry: Integration) -> tuple[bool, int, int]:
    network = entry.known.network
    return not entry.protect, -(network.prefixlen if network else 0), -len(entry.client)


def _written(known: Known) -> Integration:
    """Return one of config.toml as it is written."""
    ip = str(known.network) if known.network else ""
    return Integration(known.client, ip, known.label, known.protect)


def integration(label: str, client: str, ip: str, *, protect: bool) -> Integration:
    """Return one as it was typed. Raises UsageError where it is none."""
    label, client, ip = label.strip(), client.strip(), ip.strip()
    if problem := client_name_error(client):
        raise UsageError(
            f"The client '{safe(client, 60)}' {problem}",
            "Names of clients: qiscus-tui sessions --group-by client",
        )
    try:
        return Integration(client, ip, label, protect)
    except ValueError as error:
        raise UsageError(
            f"'{safe(ip, 60)}' is not a network"
            if ip
            else "An integration needs a client, a network, or both",
            "Write a network as 10.2 or 10.2.0.0/16.",
        ) from error


def _network(ip: str | None) -> str:
    network = network_of(ip)
    try:
        named_network(network)
    except ValueError:  # the server lists something else in its place
        return ""
    return network


def integrations_of(workspace: Workspace, account: Account) -> Integrations:
    """Return the known integrations of the account's app; changes are recorded in the audit log."""
    files = workspace.local_files

    def record(words: str) -> None:
        try:
            files.audit.access(account, AuditKind.KNOWN, (), "", workspace.clock.now(), words)
        except StorageError as error:
            message = f"The audit log lacks this change: {error.message}"
            workspace.warn(StorageError(message, error.hint))
        files.audit.report_unsent(workspace.warn)

    config_file = workspace.config_file or files.paths.config_file
    file = KnownFile(files.paths, str(account.origin), account.app_code)
    return Integrations(workspace.config.known, config_file, file, record)
