"""Read TOML into typed settings, and name the line of each error.

A table is a frozen dataclass, a setting one of its fields. One that is written as text but has
another type has a reader: `Annotated[float, setting(seconds(1, 600))]`. A reader returns the
value, or raises ValueError with what the text must be ("must be a path such as /x"); so does the
`__post_init__` of a table.
"""

import bisect
import contextlib
import dataclasses
import re
import typing
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar, cast

import msgspec

from qiscus_tui.errors import ConfigError
from qiscus_tui.model.spelling import similar
from qiscus_tui.model.text import safe
from qiscus_tui.store.file_checks import quoted, shown

MOST_BYTES = 1024 * 1024

Settings = TypeVar("Settings")
Place = tuple[str | int, ...]
"""Where a value is: names of tables and keys, and indexes in lists of tables."""

Names = Callable[[], Sequence[str]]
"""Returns the keys that a table may have."""

_READER = "reader"


def setting(reader: Callable[[str], object]) -> msgspec.Meta:
    """Mark a field whose text `reader` turns into its value."""
    return msgspec.Meta(extra={_READER: reader})


def read_config(path: Path, kind: type[Settings], names: Mapping[str, Names]) -> Settings:
    """Return the settings of a file; `names` limits the keys of tables that are mappings.

    Raises ConfigError, and FileNotFoundError where there is no file.
    """
    text, values = _parsed(path)
    return cast("Settings", _Source(shown(path), text, names).value(kind, values, ()))


def unreadable(path: Path, error: OSError) -> ConfigError:
    """Return the error for a file that the system refuses to read."""
    hint = None
    if isinstance(error, PermissionError):
        hint = (
            f"Check the owner and mode (ls -ld {quoted(path.parent)}), or set "
            "QISCUS_TUI_CONFIG_DIR and QISCUS_TUI_DATA_DIR to folders of your own."
        )
    return ConfigError(f"{shown(path)} could not be read: {error.strerror}", hint)


def _parsed(path: Path) -> tuple[str, dict[str, object]]:
    import tomllib

    name = shown(path)
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise unreadable(path, error) from error
    if len(data) > MOST_BYTES:
        raise ConfigError(f"{name} is too large to be a configuration")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ConfigError(f"{name}, line {line}: this is not UTF-8") from error
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _syntax_error(name, text, str(error)) from error
    except RecursionError as error:
        raise ConfigError(f"{name} is nested too deeply") from error
    return text, values


def _syntax_error(name: str, text: str, message: str) -> ConfigError:
    found = re.search(r"\(at line (\d+), column \d+\)", message)
    line = int(found[1]) if found else text.count("\n") + 1
    problem = safe(re.sub(r" \(at .*\)$", "", message), 200)
    return ConfigError(f"{name}, line {line}: {problem}", "Write text in double quotes.")


class _Source:
    """The text of the file: turns what was parsed into settings, and finds lines for errors."""

    def __init__(self, name: str, text: str, names: Mapping[str, Names]) -> None:
        self._name = name
        self._text = text
        self._names = names

    def value(self, hint: object, value: object, place: Place) -> object:
        """Return the value as the type hint says. Raises ConfigError."""
        origin, arguments = typing.get_origin(hint), typing.get_args(hint)
        if dataclasses.is_dataclass(hint):
            return self._table(cast("type", hint), self._values(value, place), place)
        if origin is Mapping:
            tables = self._values(value, place)
            if names := self._names.get(_dotted(place)):
                self._check_keys(tables, names(), place)
            return {
                key: self.value(arguments[1], one, (*place, key)) for key, one in tables.items()
            }
        if origin is tuple:
            if not isinstance(value, list):
                raise self._error(place, f"must be written as [[{_dotted(place)}]]")
            values = enumerate(cast("list[object]", value))
            return tuple(self.value(arguments[0], one, (*place, at)) for at, one in values)
        return self._plain(hint, value, place)

    def _table(self, kind: type, values: dict[str, object], place: Place) -> object:
        hints = typing.get_type_hints(kind, include_extras=True)
        self._check_keys(values, list(hints), place)
        read = {key: self.value(hints[key], one, (*place, key)) for key, one in values.items()}
        try:
            return kind(**read)
        except ValueError as error:
            raise self._error(place, str(error)) from error

    def _plain(self, hint: object, value: object, place: Place) -> object:
        reader = _reader(hint)
        if reader is not None and isinstance(value, str):
            try:
                return reader(value)
            except ValueError as error:
                raise self._error(place, str(error)) from error
        kind = str if reader is not None else hint
        try:
            return msgspec.convert(value, kind)
        except msgspec.ValidationError as error:
            expected = "true or false" if kind is bool else "text in quotes"
            raise self._error(place, f"must be {expected}, not {_kind(value)}") from error

    def _values(self, value: object, place: Place) -> dict[str, object]:
        if isinstance(value, dict):
            return cast("dict[str, object]", value)
        if isinstance(place[-1], int):
            raise self._error(place, f"must be written as [[{_dotted(place)}]]")
        raise self._error(place, f"must be a table ([{_dotted(place)}]), not {_kind(value)}")

    def _check_keys(self, values: Mapping[str, object], known: Sequence[str], at: Place) -> None:
        for key in values:
            if key not in known:
                raise self._unknown(key, known, at)

    def _unknown(self, key: str, known: Sequence[str], place: Place) -> ConfigError:
        near = " or ".join(similar(key, sorted(known)))
        where = f" in [{_dotted(place)}]" if place else ""
        message = f"Unknown setting `{safe(key, 60)}`{where}"
        hint = f"Did you mean {near}?" if near else f"Known here: {', '.join(sorted(known))}."
        return ConfigError(f"{self._name}, line {self._line((*place, key))}: {message}", hint)

    def _error(self, place: Place, problem: str) -> ConfigError:
        key = next((safe(part, 60) for part in reversed(place) if isinstance(part, str)), "")
        return ConfigError(f"{self._name}, line {self._line(place)}: {key} {problem}")

    def _line(self, place: Place) -> int:
        """Return the line that completes the value at this place, or the table around it."""
        import tomllib

        lines = self._text.split("\n")

        def holds(upto: int) -> bool:
            for end in range(upto, len(lines) + 1):  # a multi-line string ends further down
                with contextlib.suppress(ValueError):
                    return _holds(tomllib.loads("\n".join(lines[:end])), place)
            return False

        while place and not holds(len(lines)):
            place = place[:-1]
        return max(1, bisect.bisect_left(range(len(lines)), True, key=holds))


def _holds(value: object, place: Place) -> bool:
    for part in place:
        try:
            value = cast("dict[str | int, object]", value)[part]
        except (KeyError, IndexError, TypeError):
            return False
    return True


def _kind(value: object) -> str:
    match value:
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "text"
        case list():
            return "a list"
        case dict():
            return "a table"
        case _:
            return "a date"


def _dotted(place: Place) -> str:
    return ".".join(safe(part, 60) for part in place if isinstance(part, str))


def _reader(hint: object) -> Callable[[str], object] | None:
    for meta in getattr(hint, "__metadata__", ()):
        if isinstance(meta, msgspec.Meta) and meta.extra:
            return cast("Callable[[str], object]", meta.extra[_READER])
    return None
