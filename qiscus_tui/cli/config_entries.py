"""Entries of config.toml that an option names: `--policy`, `--view`."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import TypeVar

from qiscus_tui.errors import ConfigError, UsageError
from qiscus_tui.model.spelling import did_you_mean
from qiscus_tui.model.text import safe

Entry = TypeVar("Entry")


def named_entry(kind: str, name: str, entries: Mapping[str, Entry], needs: str) -> Entry:
    """Return the entry `[kind.NAME]`. Raises UsageError; `needs` are the settings of such a one."""
    if name in entries:
        return entries[name]
    known = ", ".join(safe(one, 40) for one in entries)
    none = f"config.toml has none: name one there as [{kind}.NAME], with {needs}."
    hint = did_you_mean(name, entries, f"config.toml has {known}." if known else none)
    raise UsageError(f"No {kind} is called '{safe(name, 40)}'", hint)


@contextmanager
def in_entry(kind: str, name: str) -> Generator[None]:
    """Raise a ConfigError that names the entry `[kind.NAME]` for a UsageError inside."""
    try:
        yield
    except UsageError as error:
        raise ConfigError(f"[{kind}.{safe(name, 40)}]: {error.message}", error.hint) from error
