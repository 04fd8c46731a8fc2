"""The backends that store secrets, chosen in `open_store`: a new one is one more case there.

The system's keyring is in keyring_store, which takes longer to load.
"""

from typing import Protocol

from qiscus_tui.errors import StorageError
from qiscus_tui.model.account import Credentials, Storage
from qiscus_tui.model.clock import DAY
from qiscus_tui.model.ids import fingerprint
from qiscus_tui.store.file_checks import moved_away, shown
from qiscus_tui.store.jsonfile import JsonFile, decoded
from qiscus_tui.store.paths import Paths


class SecretStore(Protocol):
    """Stores secrets by the account's key, in four methods. All of it raises StorageError.

    `storage` is the kind of place, `where` the place itself, fit to be shown: a path, or the
    keyring's name. `read` returns None only where there certainly are no secrets. What `write`
    stored is on the disk when it returns. `remove` is no error where there is nothing. `probe`
    proves that the place is writable: it writes an entry, reads it back and removes it.
    """

    @property
    def storage(self) -> Storage: ...
    @property
    def where(self) -> str: ...
    def read(self, key: str) -> Credentials | None: ...
    def write(self, key: str, credentials: Credentials) -> None: ...
    def remove(self, key: str) -> None: ...
    def probe(self) -> None: ...


def open_store(storage: Storage, paths: Paths, given: Credentials | None = None) -> SecretStore:
    """Return the store of this kind; `given` are the credentials of the environment.

    Raises StorageError where it can't be used.
    """
    match storage:
        case Storage.ENVIRONMENT:
            return EnvironmentSecrets(given or Credentials(), paths)
        case Storage.KEYRING:
            from qiscus_tui.store.keyring_store import find_keyring

            return find_keyring()
        case Storage.FILE:
            return FileSecrets(paths)
        case Storage.THIS_RUN:
            return MemorySecrets()


class FileSecrets:
    """Secrets in one file that only this user can read."""

    storage = Storage.FILE

    def __init__(self, paths: Paths) -> None:
        lost = "Log in again: qiscus-tui login"
        self._file = JsonFile(paths, paths.secrets_file, lost, "accounts")
        self.where = shown(paths.secrets_file)

    def read(self, key: str) -> Credentials | None:
        entry = self._file.read().table("accounts").get(key)
        credentials = decoded(entry, Credentials)
        if credentials is None and entry is not None:
            raise StorageError(
                f"{self.where} holds an entry that can't be read",
                f"Move it away and log in again: {moved_away(self._file.path)}",
            )
        return credentials

    def write(self, key: str, credentials: Credentials) -> None:
        self._file.put("accounts", key, credentials)

    def remove(self, key: str) -> None:
        self._file.remove(key, "accounts")

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
    file = _short_file(paths)
    if not file.read().table("accounts"):
        return 0
    with file.changing() as fields:
        count = len(fields.table("accounts"))
        fields.table("accounts").clear()
    return count


def _short_file(paths: Paths) -> JsonFile:
    return JsonFile(paths, paths.short_file, "Run the command again.", "accounts")


class EnvironmentSecrets:
    """A long-lived token or secret key from the environment, which is only read.

    Its short-lived token is stored in a private file, under a fingerprint of the long-lived one:
    another token in the environment does not use it.
    """

    storage = Storage.ENVIRONMENT

    def __init__(self, credentials: Credentials, paths: Paths) -> None:
        self._given = credentials.with_short_lived(None)
        self._print = fingerprint(credentials.long_lived or credentials.secret_key or "")
        self._file = _short_file(paths)

    @property
    def where(self) -> str:
        if self._given.long_lived is None:
            return "environment"
        return f"the short-lived token in {shown(self._file.path)}"

    def read(self, key: str) -> Credentials | None:
        entry = self._file.entry("accounts", f"{key} {self._print}", Credentials)
        return self._given.with_short_lived(entry.short_lived if entry else None)

    def write(self, key: str, credentials: Credentials) -> None:
        """Store the short-lived token, in place of any of this account."""
        if credentials.with_short_lived(None) != self._given:
            raise StorageError(
                "The environment has the old long-lived token; the new one can't be stored there",
                "Set QISCUS_LONG_LIVED_TOKEN to the new one where it is set, or log in again.",
            )
        short = credentials.short_lived
        with self._file.changing() as fields:
            accounts = fields.table("accounts")
            for entry, value in list(accounts.items()):
                is_ours = entry.rpartition(" ")[0] == key
                if is_ours or (short is not None and _is_expired(value, short.obtained_at)):
                    del accounts[entry]
            if short is not None:
                accounts[f"{key} {self._print}"] = Credentials(short_lived=short)

    def remove(self, key: str) -> None:
        """Remove the short-lived token; the environment can't be changed."""
        self.write(key, self._given)

    def probe(self) -> None:
        self._file.prove_writable()


def _is_expired(value: object, now: float) -> bool:
    """Return whether it expired a day ago, so that no clock's error counts; or is damaged."""
    held = decoded(value, Credentials)
    return held is None or held.short_lived is None or held.short_lived.expires_at + DAY < now
