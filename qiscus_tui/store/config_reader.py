"""Reads TOML by type, and says in which line something is wrong."""

import difflib
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar, cast

from qiscus_tui.errors import ConfigError, UsageError
from qiscus_tui.model.durations import parse_duration
from qiscus_tui.model.text import safe
from qiscus_tui.store.refusals import shown

MOST_BYTES = 1024 * 1024

T = TypeVar("T")
Table = dict[str, object]
Place = tuple[str | int, ...]
"""Where a value stands: names of tables and keys, and numbers in lists of tables."""


class Section:
    """One table of the file. What nobody asked for is an unknown key."""

    def __init__(self, source: "_Source", place: Place, values: Table) -> None:
        self._source = source
        self._place = place
        self._values = values
        self._asked: list[str] = []

    def has(self, key: str) -> bool:
        """Whether the key is there."""
        self._asked.append(key)
        return key in self._values

    def text(self, key: str, usual: str) -> str:
        """A text."""
        value = self._get(key, usual)
        if not isinstance(value, str):
            raise self.error(key, f"must be a text in quotes, not {_kind(value)}")
        return value

    def boolean(self, key: str, usual: bool) -> bool:
        """true or false."""
        value = self._get(key, usual)
        if not isinstance(value, bool):
            raise self.error(key, f"must be true or false, not {_kind(value)}")
        return value

    def choice(self, key: str, names: Sequence[str], usual: str) -> str:
        """One of a few words."""
        word = self.text(key, usual)
        if word not in names:
            raise self.error(key, f"must be {', '.join(names[:-1])} or {names[-1]}")
        return word

    def duration(self, key: str, usual: float, least: float, most: float) -> float:
        """A length of time such as "20s", in seconds."""
        if key not in self._values:
            self._asked.append(key)
            return usual
        try:
            seconds = parse_duration(self.text(key, ""))
        except ConfigError:
            raise
        except UsageError as error:
            raise self.error(key, "must be a length of time such as 90s, 5m or 24h") from error
        if not least <= seconds <= most:
            raise self.error(key, f"must be from {least:g} to {most:g} seconds")
        return float(seconds)

    def checked(self, key: str, check: Callable[[str], T], usual: T) -> T:
        """A text that `check` turns into a value, or refuses by ValueError."""
        if key not in self._values:
            self._asked.append(key)
            return usual
        text = self.text(key, "")
        try:
            return check(text)
        except ValueError as error:
            raise self.error(key, str(error)) from error

    def section(self, key: str) -> "Section":
        """The table of this name, empty where it is missing."""
        value = self._get(key, {})
        if not isinstance(value, dict):
            raise self.error(key, f"must be a table ([{self._dotted(key)}]), not {_kind(value)}")
        return Section(self._source, (*self._place, key), cast("Table", value))

    def sections(self) -> Iterator[tuple[str, "Section"]]:
        """Every table in this one, by the name that the user gave it."""
        for key in self._values:
            yield key, self.section(key)

    def section_list(self, key: str) -> list["Section"]:
        """The tables of `[[key]]`."""
        value = self._get(key, [])
        if not isinstance(value, list):
            raise self.error(key, f"must be written as [[{safe(key, 60)}]], not {_kind(value)}")
        found: list[Section] = []
        for number, one in enumerate(cast("list[object]", value)):
            place: Place = (*self._place, key, number)
            if not isinstance(one, dict):
                raise self._source.error(place, key, f"must be written as [[{safe(key, 60)}]]")
            found.append(Section(self._source, place, cast("Table", one)))
        return found

    def finish(self, names: Sequence[str] = ()) -> None:
        """Raises ConfigError for a key that nobody asked for."""
        for key in self._values:
            if key not in self._asked:
                known = sorted({*self._asked, *names})
                near = difflib.get_close_matches(key.lower(), known, 1, 0.5)
                hint = f"Did you mean {near[0]}?" if near else f"Known here: {', '.join(known)}."
                where = self._place_name()
                raise self._source.error((*self._place, key), key, f"is no setting{where}", hint)

    def error(self, key: str, problem: str) -> ConfigError:
        """The error about one key of this table."""
        return self._source.error((*self._place, key), key, problem)

    def _get(self, key: str, usual: object) -> object:
        self._asked.append(key)
        return self._values.get(key, usual)

    def _place_name(self) -> str:
        return f" in [{self._dotted()}]" if self._place else ""

    def _dotted(self, *key: str) -> str:
        names = (part for part in (*self._place, *key) if isinstance(part, str))
        return ".".join(safe(name, 60) for name in names)


def parse_config(path: Path) -> Section:
    """The whole file. Raises ConfigError, and FileNotFoundError where there is none."""
    import tomllib

    name = shown(str(path))
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise ConfigError(f"{name} could not be read: {error.strerror}") from error
    if len(data) > MOST_BYTES:
        raise ConfigError(f"{name} is too large to be a configuration")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ConfigError(f"{name}, line {line}: this is not UTF-8") from error
    try:
        values: Table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _syntax_error(name, text, str(error)) from error
    except RecursionError as error:
        raise ConfigError(f"{name} is nested too deeply") from error
    return Section(_Source(name, text), (), values)


def _syntax_error(name: str, text: str, message: str) -> ConfigError:
    found = re.search(r"\(at line (\d+), column \d+\)", message)
    line = int(found[1]) if found else text.count("\n") + 1
    problem = safe(re.sub(r" \(at .*\)$", "", message), 200)
    return ConfigError(f"{name}, line {line}: {problem}", "Texts stand in double quotes.")


class _Source:
    """The text of the file, to find lines in."""

    def __init__(self, name: str, text: str) -> None:
        self._name = name
        self._text = text

    def error(self, place: Place, key: str, problem: str, hint: str | None = None) -> ConfigError:
        return ConfigError(
            f"{self._name}, line {self._line(place)}: {safe(key, 60)} {problem}", hint
        )

    def _line(self, place: Place) -> int:
        """The line of the place, or else of the nearest table around it."""
        lines: dict[Place, int] = {}
        for found, line in _places(self._text):
            lines.setdefault(found, line)
        while place:
            if place in lines:
                return lines[place]
            place = place[:-1]
        return 1


def _places(text: str) -> Iterator[tuple[Place, int]]:
    """Every table's and key's place with its line (texts of several lines may add false ones)."""
    table: Place = ()
    counts: dict[Place, int] = {}
    for number, line in enumerate(text.split("\n"), 1):
        stripped = line.strip()
        if stripped.startswith("[["):
            names = _names(stripped.partition("]]")[0] + "]]")
            if names:
                counts[names] = counts.get(names, -1) + 1
                table = (*names, counts[names])
                yield names, number
        elif stripped.startswith("["):
            table = _names(stripped) or table
        elif "=" in stripped:
            for end in (found.start() for found in re.finditer("=", stripped)):
                if names := _names(f"{stripped[:end]}= 0"):
                    yield (*table, *names), number
                    break
            continue
        else:
            continue
        yield table, number


def _names(line: str) -> Place:
    """The names in a table's head or before a `=`; none where the line is neither."""
    import tomllib

    try:
        value: object = tomllib.loads(line)
    except (ValueError, RecursionError):
        return ()
    names: list[str] = []
    while isinstance(value, dict | list) and value:
        if isinstance(value, list):
            value = cast("list[object]", value)[0]
        else:
            name, value = next(iter(cast("Table", value).items()))
            names.append(name)
    return tuple(names)


def _kind(value: object) -> str:
    match value:
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "a text"
        case list():
            return "a list"
        case dict():
            return "a table"
        case _:
            return "a date"
