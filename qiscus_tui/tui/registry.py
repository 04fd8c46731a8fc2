"""The one registry of commands: bindings, footer, palette and help are drawn from it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from msgspec.structs import replace
from textual.actions import ActionParseResult, parse
from textual.binding import Binding
from textual.keys import format_key

from qiscus_tui.commands.command import Command, Context, Heading, Scope
from qiscus_tui.commands.keys import COMMANDS

_BY_NAME = {command.name: command for command in COMMANDS}
_TYPED_IN = (Scope.FILTER, Scope.LOGIN)
"""Where the app's keys are text."""

_IN_THE_LIST = {"sessions": "reload", "login": "reload", "refresh": "refresh_token"}
"""The commands of the list that do what a command in a shell does."""
_IN_A_SHELL = re.compile(rf"qiscus-tui ({'|'.join(_IN_THE_LIST)})( --server \S+)?(?! --)")

Keymap = Mapping[str, str]
"""The keys that config.toml gives to commands, by the command's name."""


def of(scope: Scope) -> tuple[Command, ...]:
    """Return the commands of one scope, without the app's."""
    return tuple(command for command in COMMANDS if scope in command.scopes)


def bindings(scope: Scope) -> list[Binding]:
    """Return what a screen, a dialog or the app has in its `BINDINGS`.

    The id of a binding is the command's name: by it a keymap changes the key.
    """
    return [
        binding
        for command in of(scope)
        if command.bound and command.keys
        for binding in _bindings(command)
    ]


def _bindings(command: Command) -> list[Binding]:
    name = f"app.{command.name}" if command.on_app else command.name
    if command.takes_key:
        return [Binding(key, f"{name}('{key}')", show=False) for key in command.keys]
    return [Binding(",".join(command.keys), name, show=False, id=command.name)]


def with_keys(commands: Iterable[Command], keymap: Keymap) -> tuple[Command, ...]:
    """Return the commands with the keys that the keymap gives them, as they are to be shown."""
    return tuple(
        replace(command, keys=tuple(keys.split(",")), shown_as=_sign_of(keys.split(",")[0]))
        if keys
        else command
        for command in commands
        for keys in (keymap.get(command.name),)
    )


def _sign_of(key: str) -> str:
    """Return a key as it is typed, where Textual has a name for its sign: `full_stop`."""
    sign = format_key(key)
    return sign if len(sign) == 1 and sign.isascii() else key


class KeyWords:
    """The keys of commands in a sentence that names them: `{key[reload]} reads again`."""

    def __init__(self, keymap: Keymap) -> None:
        self._keymap = keymap

    def __getitem__(self, name: str) -> str:
        (command,) = with_keys((_BY_NAME[name],), self._keymap)
        return command.key_shown

    def words(self, sentence: str) -> str:
        """Return a sentence of ours with the keys that it names."""
        return sentence.format(key=self)

    def hint(self, hint: str) -> str:
        """Return what to do, by keys where it says what to type in a shell."""
        return _IN_A_SHELL.sub(lambda found: f"{self[_IN_THE_LIST[found[1]]]} in the list", hint)


def named(name: str) -> Command | None:
    """Return the command of this name, None where there is none."""
    return _BY_NAME.get(name)


def action_of(name: str) -> str:
    """Return the action that runs a command: `screen.reload`, `app.help`."""
    command = named(name)
    is_app = command is not None and (command.on_app or Scope.APP in command.scopes)
    return f"{'app' if is_app else 'screen'}.{name}"


def why_unavailable(
    action: str | ActionParseResult, context: Context, keymap: Keymap
) -> str | None:
    """Return why an action can't be run now; None where it can, or is not a command."""
    command = named((parse(action) if isinstance(action, str) else action)[1])
    missing = None if command is None else command.missing(context)
    return None if missing is None else missing.reason.format(now=context, key=KeyWords(keymap))


def is_available(action: str, context: Context) -> bool:
    """Return whether an action can be run now, or is not a command."""
    command = named(parse(action)[1])
    return command is None or command.missing(context) is None


def in_footer(scope: Scope, context: Context, keymap: Keymap) -> tuple[Command, ...]:
    """Return what the footer offers now, the app's own commands last."""
    app = () if scope in _TYPED_IN else of(Scope.APP)
    offered = (
        command
        for command in (*of(scope), *app)
        if command.importance(scope) and command.missing(context) is None
    )
    return with_keys(offered, keymap)


def in_palette(scope: Scope, context: Context, keymap: Keymap) -> tuple[Command, ...]:
    """Return what the palette offers now."""
    offered = (
        command
        for command in (*of(scope), *of(Scope.APP))
        if command.title and command.missing(context) is None
    )
    return with_keys(offered, keymap)


def by_heading(commands: Iterable[Command] = COMMANDS) -> dict[Heading, tuple[Command, ...]]:
    """Return commands under their headings, for the help; available or not."""
    kept = tuple(commands)
    found = {each: tuple(one for one in kept if one.heading is each) for each in Heading}
    return {heading: members for heading, members in found.items() if members}
