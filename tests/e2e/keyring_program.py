"""The program before a Secret Service that a test made: `keyring_program.py KIND FILE WORDS…`.

The genuine class's methods are replaced by those of the kind; what works keeps its entries in
FILE, which stands for the keyring's own storage.
"""

import json
import sys
from pathlib import Path

import keyring
from keyring.backends import SecretService, fail
from keyring.errors import KeyringLocked

from qiscus_tui.store import keyring_store

NO_HURRY = 60.0
"""Seconds that a keyring may take here: it has more to do than usual on a busy machine."""


class Works:
    """Keeps what it is given."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def _entries(self) -> dict[str, str]:
        return json.loads(self.file.read_text()) if self.file.exists() else {}

    def get_password(self, service: str, username: str) -> str | None:
        return self._entries().get(f"{service} {username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        entries = {**self._entries(), f"{service} {username}": password}
        self.file.write_text(json.dumps(entries))

    def delete_password(self, service: str, username: str) -> None:
        entries = self._entries()
        del entries[f"{service} {username}"]
        self.file.write_text(json.dumps(entries))


class Locked(Works):
    """Nobody unlocks it."""

    def get_password(self, service: str, username: str) -> str | None:
        raise KeyringLocked("Failed to unlock the collection!")


class Failing(Works):
    """Fails, and repeats in its words what it was to keep."""

    def get_password(self, service: str, username: str) -> str | None:
        raise RuntimeError(f"D-Bus is gone, and so is {self.file.read_text()}")


class Forgetful(Works):
    """Says yes, and keeps nothing."""

    def set_password(self, service: str, username: str, password: str) -> None:
        return None


KINDS: dict[str, type[Works]] = {
    "works": Works,
    "locked": Locked,
    "failing": Failing,
    "forgetful": Forgetful,
}


def install(kind: str, file: Path) -> None:
    """Make it this process's keyring."""
    keyring_store.find_keyring.__defaults__ = (NO_HURRY,)
    if kind == "none":
        keyring.set_keyring(fail.Keyring())
        return
    fake = KINDS[kind](file)

    def deferring(name: str) -> object:
        return lambda _, *arguments: getattr(fake, name)(*arguments)  # pyright: ignore

    for name in ("get_password", "set_password", "delete_password"):
        setattr(SecretService.Keyring, name, deferring(name))
    keyring.set_keyring(SecretService.Keyring())


if __name__ == "__main__":
    _, kind, file, *words = sys.argv
    install(kind, Path(file))
    sys.argv = ["qiscus-tui", *words]
    from qiscus_tui.__main__ import main

    sys.exit(main())
