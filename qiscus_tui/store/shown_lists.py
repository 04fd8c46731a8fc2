"""How things were shown last: the sort and grouping of each account's list, and the theme."""

from msgspec import Struct

from qiscus_tui.store.jsonfile import JsonFile, decoded
from qiscus_tui.store.paths import Paths


class ShownAs(Struct, frozen=True):
    """As sessions or groups, and in which order. Keys are the words of the command line."""

    is_grouped: bool
    group_by: tuple[str, ...]
    group_sort: str
    group_reverse: bool
    sort: str
    reverse: bool


class _Content(Struct, omit_defaults=True):
    shown: dict[str, object] = {}
    """By the account's key."""
    theme: str = ""
    """The one that was chosen in the app."""


class ShownLists:
    """Reads and replaces how lists were shown. All of it raises StorageError."""

    def __init__(self, paths: Paths) -> None:
        lost = "Continue: the list is shown as usual."
        self._file = JsonFile(paths, paths.shown_file, _Content, lost)

    def last(self, account_key: str) -> ShownAs | None:
        """Return how the account's list was shown last; None where that is not stored."""
        return decoded(self._file.read().shown.get(account_key), ShownAs)

    def remember(self, account_key: str, shown: ShownAs) -> None:
        """Store how the account's list is shown."""
        with self._file.changing() as content:
            content.shown[account_key] = shown

    def theme(self) -> str:
        """Return the theme that was chosen last; empty for none."""
        return self._file.read().theme

    def remember_theme(self, name: str) -> None:
        """Store a theme that was chosen."""
        with self._file.changing() as content:
            content.theme = name

    def forget(self, account_key: str) -> None:
        """Forget an account that was removed from this machine."""
        with self._file.changing() as content:
            content.shown.pop(account_key, None)
