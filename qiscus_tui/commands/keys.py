"""The commands by their names, and which keys `[keys]` in config.toml can give them."""

from collections.abc import Mapping

from qiscus_tui.commands.command import Command, Scope
from qiscus_tui.commands.list_commands import LIST_COMMANDS
from qiscus_tui.commands.screen_commands import DIALOG_COMMANDS, SCREEN_COMMANDS

COMMANDS: tuple[Command, ...] = (
    *LIST_COMMANDS,
    *SCREEN_COMMANDS,
    *DIALOG_COMMANDS,
)

FIXED_KEYS = {
    "f": "filter_group",
    "j": "move",
    "k": "move",
    "n": "cancel",
    "y": "confirm",
    **dict.fromkeys("0123456789", "show_view"),
}
"""Keys that keep their meaning everywhere, and a command of each."""
_UNCHANGEABLE = {"enter", "escape", "tab", *FIXED_KEYS}
_ITS_OWN_ANYWAY = {"next_session", "previous_session"}
"""Commands whose keys move in the detail as they do in a list."""


def _keys(*, of_revoke: bool) -> dict[str, str]:
    """Return the keys that can be changed of the revoke dialog, or of all the rest."""
    return {
        one.name: one.keys[0]
        for one in COMMANDS
        if (Scope.REVOKE in one.scopes) is of_revoke
        and one.bound
        and len(one.keys) == 1
        and (one.name in _ITS_OWN_ANYWAY or one.keys[0] not in _UNCHANGEABLE)
    }


KEYS = _keys(of_revoke=False)
"""The keys of commands that can be changed."""
DIALOG_KEYS = _keys(of_revoke=True)
"""The same of the revoke dialog, which has none of the others."""


def key_clash(changed: Mapping[str, str]) -> tuple[str, str] | None:
    """Return a command and what is wrong with a key that `[keys]` gives it; None if nothing."""
    for usual in (KEYS, DIALOG_KEYS):
        keys = {**usual, **{name: key for name, key in changed.items() if name in usual}}
        owners = [(key, name) for name, given in keys.items() for key in given.split(",")]
        for key, name in owners:
            if key in usual[name].split(","):
                continue
            others = (other for of, other in owners if of == key and other != name)
            if other := FIXED_KEYS.get(key) or next(others, ""):
                return name, f"can't have the key `{key}`: it is the key of {other}"
    return None
