"""A private JSON file that several processes change: read again before each write, under a lock."""

import json
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar, cast

import msgspec

from qiscus_tui.errors import StorageError
from qiscus_tui.store.file_checks import moved_away, shown
from qiscus_tui.store.locks import WAIT
from qiscus_tui.store.paths import Paths

VERSION = 1
"""Format of the files. A newer one is neither read nor overwritten."""

_PROBE = "probe"

T = TypeVar("T")


class _DamagedError(Exception):
    """The file is not JSON of ours."""


class Fields(dict[str, object]):
    """The content of a file: tables of entries by key, and single values."""

    def table(self, name: str) -> dict[str, object]:
        """Return the table of this name, which may be changed in place."""
        return cast("dict[str, object]", self.setdefault(name, {}))

    def text(self, name: str) -> str:
        """Return the text of this name; empty where there is none."""
        return decoded(self.get(name), str) or ""


class JsonFile:
    """Tables and values in one file, next to the format's `version`."""

    def __init__(self, paths: Paths, path: Path, lost: str | None, *tables: str) -> None:
        """`lost` is what to do after the file was damaged; `tables` are the names of its tables.

        None: nothing may go on without what it holds, so a damaged one stays where it is, and
        all of this raises StorageError until it is restored or moved away.
        """
        self.path = path
        self._tables = tables
        self._files = paths.files
        self._lock_folder = paths.state_dir
        self._lost = lost

    def read(self) -> Fields:
        """Return the content of the file; empty where there is none.

        A damaged file is set aside and reported (StorageError), once: after that there is none.
        """
        try:
            return self._read()
        except _DamagedError:
            with self._files.lock(self._lock_folder):
                return self._read_or_set_aside()

    def entry(self, table: str, key: str, kind: type[T]) -> T | None:
        """Return an entry of a table; None where it is missing or damaged."""
        return decoded(self.read().table(table).get(key), kind)

    @contextmanager
    def changing(self, timeout: float = WAIT) -> Generator[Fields]:
        """Give the present content to be changed in place; written on leaving without an error.

        A damaged file is set aside silently and replaced: what is being stored may be the only
        copy of a new token. `read` and `prove_writable` come before, and do report it.
        """
        with self._files.lock(self._lock_folder, timeout):
            try:
                fields = self._read()
            except _DamagedError as damaged:
                self._set_aside(damaged)
                fields = Fields()
            before = _plain(fields)
            yield fields
            if (after := _plain(fields)) != before:
                self._write(after)

    def put(self, table: str, key: str, value: object) -> None:
        """Store an entry of a table: a Struct, or what JSON knows."""
        with self.changing() as fields:
            fields.table(table)[key] = value

    def remove(self, key: str, *tables: str) -> None:
        """Remove the entry of this key; not an error where there is none."""
        with self.changing() as fields:
            for table in tables:
                fields.table(table).pop(key, None)

    def prove_writable(self) -> None:
        """Write a probe entry, read it back, remove it. Raises StorageError."""
        with self._files.lock(self._lock_folder):
            fields = _plain(self._read_or_set_aside())
            probe = os.urandom(8).hex()
            self._write({**fields, _PROBE: probe})
            read_back = self._read().get(_PROBE)
            self._write(fields)
        if read_back != probe:
            raise StorageError(
                f"{shown(self.path)} does not return what was written to it",
                "Set QISCUS_TUI_DATA_DIR to a folder on a local disk.",
            )

    def _write(self, fields: dict[str, object]) -> None:
        text = json.dumps({"version": VERSION, **fields}, indent=1)
        self._files.write(self.path, f"{text}\n".encode())

    def _read_or_set_aside(self) -> Fields:
        try:
            return self._read()  # another process may have replaced it before we had the lock
        except _DamagedError as damaged:
            aside = self._set_aside(damaged)
            raise StorageError(
                f"{shown(self.path)} was damaged and is now {shown(aside.name)}", self._lost
            ) from damaged

    def _set_aside(self, damaged: _DamagedError) -> Path:
        if self._lost is None:
            raise self.damaged() from damaged
        return self._files.set_aside(self.path)

    def damaged(self) -> StorageError:
        """Return the error for a file without which nothing may go on."""
        return StorageError(
            f"{shown(self.path)} is damaged",
            f"Restore it, or start afresh without it: {moved_away(self.path)}",
        )

    def _read(self) -> Fields:
        data = self._files.read(self.path)
        if data is None:
            return Fields()
        fields = parse_object(data)
        version = fields.pop("version", None) if fields is not None else None
        if fields is None or not isinstance(version, int):
            raise _DamagedError
        if version > VERSION:
            raise StorageError(
                f"{shown(self.path)} was written by a newer qiscus-tui",
                f"Install that version again, or start afresh: {moved_away(self.path)}",
            )
        if not all(isinstance(fields.get(name, {}), dict) for name in self._tables):
            raise _DamagedError
        return Fields(fields)


def _plain(fields: Fields) -> dict[str, object]:
    """Return a copy as JSON has it, without what is empty."""
    plain: dict[str, object] = msgspec.to_builtins(dict(fields))
    return {name: value for name, value in plain.items() if value not in ({}, [], "")}


def parse_object(data: bytes) -> dict[str, object] | None:
    """Return the JSON object in `data`; None where it is none.

    No error is raised: json's own holds the whole text, secrets included.
    """
    try:
        parsed: object = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return cast("dict[str, object]", parsed) if isinstance(parsed, dict) else None


def decoded(value: object, kind: type[T]) -> T | None:
    """Return a value of a file as this kind; None where it is damaged.

    No error is raised: msgspec's own may repeat a part of the value.
    """
    try:
        return msgspec.convert(value, kind)
    except ValueError:
        return None
