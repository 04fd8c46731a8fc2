"""Keys that `[keys]` of config.toml adds to commands.

A command keeps its own key as well, and no key is taken from another: what the screens say of keys
remains true whatever is configured.
"""

from collections.abc import Collection, Mapping
from typing import Protocol, cast, runtime_checkable

from msgspec import structs
from textual.message_pump import MessagePump

from qiscus_tui.errors import ConfigError
from qiscus_tui.tui.commands import registry
from qiscus_tui.tui.commands.command import LIST, Command, Scope, sign_of

_PLACES = frozenset({*LIST, Scope.DETAIL, Scope.OVERVIEW, Scope.APP})
_SCREENS = {*_PLACES, Scope.ACCOUNTS, Scope.AUDIT, Scope.PLAN}
_FIXED = frozenset({"enter", "escape", "tab", "shift+tab"})
"""Keys that mean the same everywhere."""


@runtime_checkable
class HasAddedKeys(Protocol):
    """An app whose commands have more keys."""

    added_keys: Mapping[str, str]
    """By the command's name, one key each as it is written in config.toml."""


def can_have_more() -> tuple[Command, ...]:
    """Return the commands to which keys can be added."""
    bound = tuple(one for one in registry.COMMANDS if one.bound)
    return tuple(
        one
        for one in bound
        if one.keys and not one.takes_key
        if not _FIXED & {*one.keys} and {*one.scopes} <= _PLACES
        if sum(one.keys[0] in other.keys and _meet(one, other) for other in bound) == 1
    )


def keymap(added: Mapping[str, str]) -> dict[str, str]:
    """Return Textual's keymap: the ids of bindings, and the keys of each.

    Raises ConfigError for a command that there is not, and for a key that is another's.
    """
    commands = {one.name: one for one in can_have_more()}
    for name, key in added.items():
        if name not in commands:
            raise ConfigError(
                f"[keys] in config.toml names no command `{name}`",
                f"Commands: {', '.join(sorted(commands))}.",
            )
        for other in registry.COMMANDS:
            keys = (*map(sign_of, other.keys), added.get(other.name, ""))
            if key in keys and _meet(commands[name], other) and not _is_one(commands[name], other):
                raise ConfigError(
                    f"[keys] in config.toml gives `{key}` to {name}, but it is the key of "
                    f"{other.name}",
                    "Choose another key.",
                )
    return {name: ",".join((key, *commands[name].keys)) for name, key in added.items()}


def with_added_keys(commands: Collection[Command], shown_by: MessagePump) -> tuple[Command, ...]:
    """Return the commands as an app or widget shows them, each with its added key first."""
    app = cast("object", shown_by.app)  # pyright: ignore[reportUnknownMemberType]
    added: Mapping[str, str] = app.added_keys if isinstance(app, HasAddedKeys) else {}
    more = {
        one.name: f"{key} {one.key_shown}"
        for one in commands
        for given, key in added.items()
        if (named := registry.named(given)) is not None and _is_one(named, one)
    }
    return tuple(
        structs.replace(one, shown_as=more[one.name]) if one.name in more else one
        for one in commands
    )


def _is_one(one: Command, other: Command) -> bool:
    """Return whether one key runs both: `g` is `groups`, and in the groups `leave_groups`."""
    return one.keys == other.keys and _meet(one, other)


def _meet(one: Command, other: Command) -> bool:
    """Return whether a key could mean both somewhere."""
    first, second = _where(one), _where(other)
    return bool(first & second)


def _where(command: Command) -> set[Scope]:
    """Return the screens and dialogs that have the command."""
    scopes = {*command.scopes}
    if Scope.APP in scopes:
        return scopes | _SCREENS
    return scopes | {*LIST} if scopes & {*LIST} else scopes
