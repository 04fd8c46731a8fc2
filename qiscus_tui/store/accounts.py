"""The accounts of this machine, without their secrets, and which one was used last."""

from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import asdict, replace

from qiscus_tui.errors import AddressError, NoAccount, StorageError
from qiscus_tui.model.account import Account, Role, Storage, parse_origin
from qiscus_tui.model.text import safe
from qiscus_tui.model.timestamps import EpochSeconds, Seconds
from qiscus_tui.store.file_checks import moved_away, shown
from qiscus_tui.store.jsonfile import Fields, JsonFile, decoded
from qiscus_tui.store.paths import Paths


class StoredAccount(Struct, frozen=True):
    """One account, under its name on this machine."""

    name: str
    """Unique here."""
    account: Account
    storage: Storage
    """Where its secrets are."""
    own_id: str = ""
    """Id of the session that this program made for it."""
    created_at: float = 0.0
    """When it was first stored here: epoch seconds; 0 where unknown."""


class _Entry(Struct):
    """An entry of the file."""

    name: str
    origin: str
    app_code: str
    user: str
    user_name: str
    app_name: str
    role: Role
    zone_offset: Seconds
    storage: Storage
    own_id: str
    created_at: Seconds
    token_id: str = ""


class AccountBook:
    """Reads and changes the list of accounts. All of it raises StorageError."""

    def __init__(self, paths: Paths) -> None:
        lost = "Log in again: qiscus-tui login"
        self._file = JsonFile(paths, paths.accounts_file, lost, "accounts")
        choose = "Choose: qiscus-tui accounts use NAME"
        self._chosen = JsonFile(paths, paths.chosen_file, choose, "used")

    def all(self) -> tuple[StoredAccount, ...]:
        """Return every account, in the order in which they were added."""
        return tuple(self._stored(self._file.read()).values())

    def find(self, name: str) -> StoredAccount | None:
        """Return the account of this name."""
        return next((stored for stored in self.all() if stored.name == name), None)

    def keeps(self, key: str, storage: Storage) -> bool:
        """Return whether this account's secrets are there: a later login may have moved them."""
        return any((one.account.key, one.storage) == (key, storage) for one in self.all())

    def prove_writable(self) -> None:
        """Prove that an account can be stored, before a token is made for it."""
        self._stored(self._file.read())
        self._file.prove_writable()
        self._chosen.prove_writable()

    def save(self, stored: StoredAccount) -> StoredAccount:
        """Add the account, or update the one with the same key in place. Return what was stored.

        A known account keeps its date, and its name unless `stored` has another. A name that
        another account has gets `-2` appended.
        """
        with self._file.changing() as fields:
            known = self._stored(fields)
            key = stored.account.key
            old = known.pop(key, None)
            name = _free_name(
                stored.name or (old.name if old else stored.account.name),
                {other.name for other in known.values()},
            )
            created_at = old.created_at if old else stored.created_at
            stored = replace(stored, name=name, created_at=created_at)
            fields.table("accounts")[key] = _to_entry(stored)
        return stored

    def remove(self, key: str) -> None:
        """Forget the account with this key; not an error where there is none."""
        self._file.remove(key, "accounts")
        found = self._chosen.read()
        if found.text("key") or key in found.table("used"):
            with self._chosen.changing() as chosen:
                chosen.table("used").pop(key, None)
                if chosen.text("key") == key:
                    chosen.pop("key")

    def last_used(self) -> str | None:
        """Return the name of the account used last, None where none was or it is forgotten."""
        key = self._chosen.read().text("key")
        if not key:
            return None
        return next((stored.name for stored in self.all() if stored.account.key == key), None)

    def use(self, name: str) -> None:
        """Choose the account for the next time. Raises NoAccount for an unknown name."""
        stored = self.find(name)
        if stored is None:
            raise NoAccount(
                f"There is no account '{safe(name, 100)}' here", "See: qiscus-tui accounts"
            )
        with self._chosen.changing() as chosen:
            chosen["key"] = stored.account.key

    def note_use(self, key: str, at: float) -> None:
        """Remember that the account is used now, if it is one of these: epoch seconds."""
        if any(one.account.key == key for one in self.all()):
            self._chosen.put("used", key, at)

    def last_uses(self) -> dict[str, float]:
        """Return when each account was last used, by key: epoch seconds."""
        used = self._chosen.read().table("used").items()
        found = ((key, decoded([value], tuple[EpochSeconds])) for key, value in used)
        return {key: at[0] for key, at in found if at is not None}

    def _stored(self, fields: Fields) -> dict[str, StoredAccount]:
        try:
            entries = msgspec.convert(fields.table("accounts"), dict[str, _Entry])
            return {key: _to_stored(entry) for key, entry in entries.items()}
        except (ValueError, AddressError) as error:
            raise StorageError(
                f"{shown(self._file.path)} holds an account that can't be read",
                f"Move it away and log in again: {moved_away(self._file.path)}",
            ) from error


def _free_name(base: str, taken: set[str]) -> str:
    name, number = base, 1
    while name in taken:
        number += 1
        name = f"{base}-{number}"
    return name


def _to_entry(stored: StoredAccount) -> _Entry:
    known: dict[str, Any] = {
        **asdict(stored.account),
        **asdict(stored),
        "origin": str(stored.account.origin),
    }
    return _Entry(**{name: known[name] for name in _Entry.__struct_fields__})


def _to_stored(entry: _Entry) -> StoredAccount:
    account = Account(
        origin=parse_origin(entry.origin),
        app_code=entry.app_code,
        user=safe(entry.user),  # the file may have been edited
        user_name=safe(entry.user_name),
        app_name=safe(entry.app_name),
        role=entry.role,
        zone_offset=entry.zone_offset,
        token_id=safe(entry.token_id),
    )
    return StoredAccount(entry.name, account, entry.storage, entry.own_id, entry.created_at)
