"""The accounts of this machine, without their secrets, and which one was used last."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import cast

from qiscus_tui.errors import NoAccount, QiscusTuiError, StorageError
from qiscus_tui.model.account import Account, Role, Storage
from qiscus_tui.model.origin import parse_origin
from qiscus_tui.model.text import safe
from qiscus_tui.store.file_checks import moved_away, shown
from qiscus_tui.store.jsonfile import Content, JsonFile, moment, number, table
from qiscus_tui.store.paths import Paths

_LOST = "Log in again: qiscus-tui login"


@dataclass(frozen=True)
class StoredAccount:
    """One account, under the name that it has here."""

    name: str
    """Unique on this machine."""
    account: Account
    storage: Storage
    """Where its secrets are."""
    own_id: str = ""
    """Id of the session that this program itself made for it."""
    created_at: float = 0.0
    """When it was first kept here: epoch seconds; 0 where that is not known."""


class AccountBook:
    """Reads and changes the list of accounts. All of it raises StorageError."""

    def __init__(self, paths: Paths) -> None:
        self._file = JsonFile(paths, paths.accounts_file, _LOST, ("accounts",))
        choose = "Choose: qiscus-tui accounts use NAME"
        self._chosen = JsonFile(paths, paths.chosen_file, choose, ("used",))

    def all(self) -> tuple[StoredAccount, ...]:
        """Every account, in the order in which they were added."""
        return tuple(self._decoded(self._file.read()).values())

    def find(self, name: str) -> StoredAccount | None:
        """The account of this name."""
        return next((stored for stored in self.all() if stored.name == name), None)

    def prove_writable(self) -> None:
        """Prove that an account can be kept, before a token is made for it."""
        self._decoded(self._file.read())
        self._file.prove_writable()
        self._chosen.prove_writable()

    def save(self, stored: StoredAccount) -> StoredAccount:
        """Add the account, or update the one with the same key in place. Gives what was kept.

        A known account keeps its date, and its name unless `stored` has another; a name that
        another account has gets `-2` behind it.
        """
        with self._file.changing() as content:
            known = self._decoded(content)
            key = stored.account.key
            wanted = stored.name or stored.account.name
            if old := known.pop(key, None):
                wanted = stored.name or old.name
                stored = replace(stored, created_at=old.created_at)
            taken = (other.name for other in known.values())
            stored = replace(stored, name=_free_name(wanted, taken))
            table(content, "accounts")[key] = _to_json(stored)
        if self._chosen_key() == key:
            self._choose(stored)
        return stored

    def remove(self, key: str) -> None:
        """Forget the account with this key; right too where there is none."""
        with self._file.changing() as content:
            table(content, "accounts").pop(key, None)
        if self._chosen_key() is None and key not in self.last_uses():
            return
        with self._chosen.changing() as chosen:
            used = table(chosen, "used")
            used.pop(key, None)
            if chosen.get("key") == key:
                chosen.clear()
                chosen["used"] = used

    def last_used(self) -> str | None:
        """Name of the account that was used last, None where none was or it is forgotten."""
        key = self._chosen_key()
        if key is None:
            return None
        return next((stored.name for stored in self.all() if stored.account.key == key), None)

    def use(self, name: str) -> None:
        """Choose the account for the next time. Raises NoAccount for an unknown name."""
        stored = self.find(name)
        if stored is None:
            raise NoAccount(
                f"There is no account '{safe(name, 100)}' here", "See: qiscus-tui accounts"
            )
        self._choose(stored)

    def note_use(self, key: str, at: float) -> None:
        """The account is used now: epoch seconds."""
        with self._chosen.changing() as chosen:
            table(chosen, "used")[key] = at

    def last_uses(self) -> dict[str, float]:
        """When each account was last used, by key: epoch seconds."""
        used = table(self._chosen.read(), "used")
        return {key: at for key, value in used.items() if (at := moment(value)) is not None}

    def _chosen_key(self) -> str | None:
        key = self._chosen.read().get("key")
        return key if isinstance(key, str) else None

    def _choose(self, stored: StoredAccount) -> None:
        account = stored.account
        with self._chosen.changing() as chosen:  # all that a cached token is printed with
            chosen["name"] = stored.name
            chosen["key"] = account.key
            chosen["app_code"] = account.app_code
            chosen["storage"] = stored.storage.value

    def _decoded(self, content: Content) -> dict[str, StoredAccount]:
        return {key: self._from_json(value) for key, value in table(content, "accounts").items()}

    def _from_json(self, value: object) -> StoredAccount:
        try:
            return _from_json(cast("dict[str, object]", value))
        except (KeyError, ValueError, TypeError, AttributeError, QiscusTuiError) as error:
            path = str(self._file.path)
            raise StorageError(
                f"{shown(path)} holds an account that can't be read",
                f"Move it away and log in again: {moved_away(path)}",
            ) from error


def _free_name(wanted: str, names: Iterable[str]) -> str:
    taken = set(names)
    name, number = wanted, 1
    while name in taken:
        number += 1
        name = f"{wanted}-{number}"
    return name


def _to_json(stored: StoredAccount) -> Content:
    account = stored.account
    return {
        "name": stored.name,
        "origin": str(account.origin),
        "app_code": account.app_code,
        "user": account.user,
        "user_name": account.user_name,
        "app_name": account.app_name,
        "role": account.role.value,
        "zone_offset": account.zone_offset,
        "storage": stored.storage.value,
        "own_id": stored.own_id,
        "created_at": stored.created_at,
    }


def _from_json(value: dict[str, object]) -> StoredAccount:
    account = Account(
        origin=parse_origin(_text(value, "origin")),
        app_code=_text(value, "app_code"),
        user=safe(_text(value, "user")),  # the file may have been edited
        user_name=safe(_text(value, "user_name")),
        app_name=safe(_text(value, "app_name")),
        role=Role(value["role"]),
        zone_offset=_number(value, "zone_offset"),
    )
    storage = Storage(value["storage"])
    own_id = _text(value, "own_id")
    return StoredAccount(
        _text(value, "name"), account, storage, own_id, _number(value, "created_at")
    )


def _text(value: dict[str, object], name: str) -> str:
    text = value[name]
    if not isinstance(text, str):
        raise TypeError(name)
    return text


def _number(value: dict[str, object], name: str) -> float:
    found = number(value[name])
    if found is None:
        raise TypeError(name)
    return found
