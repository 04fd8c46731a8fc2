"""Read config.toml: its tables as Structs, and the line of each error.

A table is a frozen Struct, a setting one of its fields. One that is written as text but has
another type has a reader beside it, `Annotated[float, reader]`. A reader returns the value, or
raises ValueError with what the text must be ("must be a path such as /x"); so does the
`__post_init__` of a table.
"""

import bisect
import contextlib
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Annotated, TypeVar, cast

import msgspec

from qiscus_tui.errors import ConfigError
from qiscus_tui.model.text import did_you_mean, safe
from qiscus_tui.store.file_checks import quoted, shown

MOST_BYTES = 1024 * 1024

Table = TypeVar("Table", bound=msgspec.Struct)
Place = tuple[str | int, ...]
"""Where a value is: names of tables and keys, and indexes in lists of tables."""


def unreadable(path: Path, error: OSError) -> ConfigError:
    """Return the error for a file that the system refuses to read."""
    hint = None
    if isinstance(error, PermissionError):
        hint = (
            f"Check the owner and mode (ls -ld {quoted(path.parent)}), or set "
            "QISCUS_TUI_CONFIG_DIR and QISCUS_TUI_DATA_DIR to folders of your own."
        )
    return ConfigError(f"{shown(path)} could not be read: {error.strerror}", hint)


class ConfigFile:
    """The tables of a file."""

    def __init__(self, path: Path) -> None:
        """Read it. Raises ConfigError, and FileNotFoundError where there is no file."""
        self._name = shown(path)
        self._text = _text(path)
        self._values = _parsed(self._name, self._text)

    def check_names(self, known: Iterable[str], *place: str | int) -> None:
        """Raise ConfigError unless the table at this place (none: the file) has only these keys."""
        for key in self._table(place):
            where = f"in [{_dotted(place)}]" if place else ""
            self.check_word("setting", key, known, *place, key, where=where)

    def check_word(
        self, what: str, word: str, known: Iterable[str], *place: str | int, where: str = ""
    ) -> None:
        """Raise ConfigError, with the word probably meant, for one that is not known here."""
        names = sorted(known)
        if word not in names:
            hint = did_you_mean(word, names, f"Known here: {', '.join(names)}.")
            message = f"Unknown {what} `{safe(word, 60)}` {where}".rstrip()
            raise self._at_line(place, message, hint)

    def named(self, kind: type[Table], name: str) -> dict[str, Table]:
        """Return the tables `[name.…]` by their names, which a field `name` gets too."""
        has_name = "name" in kind.__struct_fields__
        keys = self._table((name,))
        return {
            key: self.table(kind, name, key, **({"name": key} if has_name else {})) for key in keys
        }

    def list_of(self, kind: type[Table], name: str) -> tuple[Table, ...]:
        """Return the tables `[[name]]`. Raises ConfigError."""
        values = self._values.get(name, [])
        if not isinstance(values, list):
            raise self.error((name,), f"must be written as [[{name}]]")
        return tuple(self.table(kind, name, at) for at in range(len(cast("list[object]", values))))

    def table(self, kind: type[Table], *place: str | int, **given: object) -> Table:
        """Return a table as this Struct, its defaults where there is none. Raises ConfigError.

        `given` are fields that are not in the file, such as the table's own name.
        """
        types = {one.name: one.type for one in msgspec.structs.fields(kind)}
        self.check_names(types.keys() - given.keys(), *place)
        values = {
            key: self._value(types[key], value, (*place, key))
            for key, value in self._table(place).items()
        }
        try:
            return kind(**given, **values)
        except ValueError as error:  # from its `__post_init__`
            raise self._at_line(place, f"[{_dotted(place)}] {error}") from error

    def texts(self, name: str, reader: Callable[[str], str]) -> dict[str, str]:
        """Return a table of texts by any names. Raises ConfigError."""
        kind = Annotated[str, reader]
        values = self._table((name,)).items()
        return {key: cast("str", self._value(kind, value, (name, key))) for key, value in values}

    def error(self, place: Place, problem: str, hint: str | None = None) -> ConfigError:
        """Return the error for what is at this place: file, line, key and problem."""
        key = next((safe(part, 60) for part in reversed(place) if isinstance(part, str)), "")
        return self._at_line(place, f"{key} {problem}", hint)

    def _at_line(self, place: Place, message: str, hint: str | None = None) -> ConfigError:
        return ConfigError(f"{self._name}, line {self._line(place)}: {message}", hint)

    def _table(self, place: Place) -> Mapping[str, object]:
        value = _at(self._values, place, {})
        if isinstance(value, dict):
            return cast("dict[str, object]", value)
        if isinstance(place[-1], int):
            raise self.error(place, f"must be written as [[{_dotted(place)}]]")
        raise self.error(place, f"must be a table ([{_dotted(place)}]), not {_kind(value)}")

    def _value(self, kind: object, value: object, place: Place) -> object:
        """Return a value as this type; one that is written as text by its reader."""
        reader = _reader(kind)
        try:
            read = cast("object", msgspec.convert(value, str if reader else kind))
        except msgspec.ValidationError as error:
            raise self.error(place, _expected(str(error), value)) from error
        try:
            return reader(cast("str", read)) if reader else read
        except ValueError as error:
            raise self.error(place, str(error)) from error

    def _line(self, place: Place) -> int:
        """Return the line that completes the value at this place, or the table around it."""
        import tomllib  # as below

        lines = self._text.split("\n")

        def holds(upto: int) -> bool:
            for end in range(upto, len(lines) + 1):  # a multi-line string ends further down
                with contextlib.suppress(ValueError):
                    return _at(tomllib.loads("\n".join(lines[:end])), place) is not None
            return False

        while place and not holds(len(lines)):
            place = place[:-1]
        return max(1, bisect.bisect_left(range(len(lines)), True, key=holds))


_EXPECTED = {
    "bool": "true or false",
    "str": "text in quotes",
    "int": "a whole number, 1 or more",
    "array": 'a list of texts, such as ["client", "network"]',
}
"""How a type is written, by msgspec's name of it."""


def _expected(problem: str, value: object) -> str:
    """Return what a value must be, from what msgspec says of it."""
    is_in_list = "$[" in problem
    found = re.match(r"Expected `(\w+)", problem)
    kind = found[1] if found and not is_in_list else "array"
    got = "" if kind == "int" or is_in_list else f", not {_kind(value)}"
    return f"must be {_EXPECTED[kind]}{got}"


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise unreadable(path, error) from error
    if len(data) > MOST_BYTES:
        raise ConfigError(f"{shown(path)} is too large to be a configuration")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ConfigError(f"{shown(path)}, line {line}: this is not UTF-8") from error


def _parsed(name: str, text: str) -> dict[str, object]:
    import tomllib  # half a start of Python: most machines have no config.toml

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"\(at line (\d+), column \d+\)", str(error))
        line = int(found[1]) if found else text.count("\n") + 1
        problem = re.sub(r" \(at .*\)$", "", str(error))
        hint = "Check this line and the one before it. Text is written in quotes."
        raise ConfigError(f"{name}, line {line}: {safe(problem, 200)}", hint) from error
    except RecursionError as error:
        raise ConfigError(f"{name} is nested too deeply") from error


def _at(value: object, place: Place, default: object = None) -> object:
    for part in place:
        try:
            value = cast("dict[str | int, object]", value)[part]
        except (KeyError, IndexError, TypeError):
            return default
    return value


def _kind(value: object) -> str:
    return _KINDS.get(type(value), "a date")


_KINDS: dict[type, str] = {
    bool: "true or false",
    int: "a number",
    float: "a number",
    str: "text",
    list: "a list",
    dict: "a table",
}


def _dotted(place: Place) -> str:
    return ".".join(safe(part, 60) for part in place if isinstance(part, str))


def _reader(hint: object) -> Callable[[str], object] | None:
    return next(filter(callable, getattr(hint, "__metadata__", ())), None)
