"""The backends that store secrets, chosen in `open_store`: a new one is one more case there.

The system's keyring is in keyring_store, which takes longer to load.
"""

from typing import Protocol

from msgspec import field

from qiscus_tui.errors import StorageError
from qiscus_tui.model.account import Credentials, Storage
from qiscus_tui.model.durations import DAY
from qiscus_tui.model.ids import fingerprint
from qiscus_tui.model.unshown import Unshown
from qiscus_tui.store.credentials import to_json
from qiscus_tui.store.file_checks import moved_away, shown
from qiscus_tui.store.jsonfile import JsonFile, decoded
from qiscus_tui.store.paths import Paths


class SecretStore(Protocol):
    """Stores secrets by the account's key. All of it raises StorageError."""

    @property
    def storage(self) -> Storage:
        """What kind of place this is."""
        ...

    @property
    def where(self) -> str:
        """The place, fit to be shown: a path, or the keyring's name."""
        ...

    def read(self, key: str) -> Credentials | None:
        """Return the account's secrets; None only where there certainly are none."""
        ...

    def write(self, key: str, credentials: Credentials) -> None:
        """Store the secrets; they are on the disk when this returns."""
        ...

    def remove(self, key: str) -> None:
        """Remove the secrets; not an error where there are none."""
        ...

    def probe(self) -> None:
        """Prove that the place is writable: write an entry, read it back, remove it."""
        ...


def open_store(storage: Storage, paths: Paths, given: Credentials | None = None) -> SecretStore:
    """Return the store of this kind; `given` are the credentials of the environment.

    Raises StorageError where it can't be used.
    """
    match storage:
        case Storage.ENVIRONMENT:
            return EnvironmentSecrets(given or Credentials(), paths)
        case Storage.KEYRING:
            from qiscus_tui.store.keyring_store import open_keyring

            return open_keyring()
        case Storage.FILE:
            return FileSecrets(paths)
        case Storage.THIS_RUN:
            return MemorySecrets()


class _Secrets(Unshown, frozen=True, omit_defaults=True):
    accounts: dict[str, object] = field(default_factory=dict[str, object])
    """Credentials by account."""


class FileSecrets:
    """Secrets in one file that only this user can read."""

    storage = Storage.FILE

    def __init__(self, paths: Paths) -> None:
        lost = "Log in again: qiscus-tui login"
        self._file = JsonFile(paths, paths.secrets_file, _Secrets, lost)

    @property
    def where(self) -> str:
        return shown(self._file.path)

    def read(self, key: str) -> Credentials | None:
        accounts = self._file.read().accounts
        if accounts.get(key) is None:
            return None
        credentials = decoded(accounts[key], Credentials)
        if credentials is None:
            raise StorageError(
                f"{self.where} holds an entry that can't be read",
                f"Move it away and log in again: {moved_away(self._file.path)}",
            )
        return credentials

    def write(self, key: str, credentials: Credentials) -> None:
        with self._file.changing() as content:
            content.accounts[key] = to_json(credentials)

    def remove(self, key: str) -> None:
        with self._file.changing() as content:
            content.accounts.pop(key, None)

    def probe(self) -> None:
        self._file.prove_writable()


class MemorySecrets:
    """Secrets that end with this run."""

    storage = Storage.THIS_RUN
    where = "this run only"

    def __init__(self) -> None:
        self._credentials: dict[str, Credentials] = {}

    def read(self, key: str) -> Credentials | None:
        return self._credentials.get(key)

    def write(self, key: str, credentials: Credentials) -> None:
        self._credentials[key] = credentials

    def remove(self, key: str) -> None:
        self._credentials.pop(key, None)

    def probe(self) -> None:
        """Memory is always writable."""


def forget_environment_tokens(paths: Paths) -> int:
    """Forget the short-lived tokens of all credentials of the environment; return how many."""
    file = JsonFile(paths, paths.short_file, _Secrets, "Run the command again.")
    if not file.read().accounts:
        return 0
    with file.changing() as content:
        count = len(content.accounts)
        content.accounts.clear()
    return count


def _drop_expired(accounts: dict[str, object], now: float) -> None:
    """Remove what has expired for a day, so that no clock's error counts; and what is damaged."""
    for entry, value in list(accounts.items()):
        held = decoded(value, Credentials)
        if held is None or held.short_lived is None or held.short_lived.expires_at + DAY < now:
            del accounts[entry]


class EnvironmentSecrets:
    """A long-lived token or secret key from the environment, which is only read.

    Its short-lived token is stored in a private file, under a fingerprint of the long-lived one:
    another token in the environment does not use it.
    """

    storage = Storage.ENVIRONMENT

    def __init__(self, credentials: Credentials, paths: Paths) -> None:
        self._given = credentials.with_short_lived(None)
        self._print = fingerprint(credentials.long_lived or credentials.secret_key or "")
        self._file = JsonFile(paths, paths.short_file, _Secrets, "Run the command again.")

    @property
    def where(self) -> str:
        if self._given.long_lived is None:
            return "environment"
        return f"the short-lived token in {shown(self._file.path)}"

    def read(self, key: str) -> Credentials | None:
        entry = decoded(self._file.read().accounts.get(self._entry(key)), Credentials)
        return self._given.with_short_lived(entry.short_lived if entry else None)

    def write(self, key: str, credentials: Credentials) -> None:
        if credentials.with_short_lived(None) != self._given:
            raise StorageError(
                "The environment has the old long-lived token; the new one can't be stored there",
                "Set QISCUS_LONG_LIVED_TOKEN to the new one where it is set, or log in again.",
            )
        short = Credentials(short_lived=credentials.short_lived)
        with self._file.changing() as content:
            self._drop(content.accounts, key)
            if short.short_lived is not None:
                _drop_expired(content.accounts, short.short_lived.obtained_at)
                content.accounts[self._entry(key)] = to_json(short)

    def remove(self, key: str) -> None:
        """Remove the short-lived token; the environment can't be changed."""
        with self._file.changing() as content:
            self._drop(content.accounts, key)

    def probe(self) -> None:
        self._file.prove_writable()

    def _entry(self, key: str) -> str:
        return f"{key} {self._print}"

    @staticmethod
    def _drop(accounts: dict[str, object], key: str) -> None:
        for entry in [name for name in accounts if name.rpartition(" ")[0] == key]:
            del accounts[entry]
