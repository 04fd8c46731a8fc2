"""A private JSON file that several processes change: read again before each write, under a lock."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Generic, TypeVar, cast

import msgspec

from qiscus_tui.errors import StorageError
from qiscus_tui.store.file_checks import moved_away, shown
from qiscus_tui.store.locks import WAIT
from qiscus_tui.store.paths import Paths

VERSION = 1
"""Format of the files. A newer one is neither read nor overwritten."""

_PROBE = "probe"

T = TypeVar("T")
Content = TypeVar("Content", bound=msgspec.Struct)


class _DamagedError(Exception):
    """The file is not JSON of ours."""


class JsonFile(Generic[Content]):
    """One Struct in one file, next to the format's `version`."""

    def __init__(self, paths: Paths, path: Path, kind: type[Content], lost: str | None) -> None:
        """Every field of `kind` has a default. `lost` is what to do after the file was damaged.

        None: nothing may go on without what it holds, so a damaged one stays where it is, and
        all of this raises StorageError until it is restored or moved away.
        """
        self.path = path
        self._kind = kind
        self._files = paths.files
        self._lock_folder = paths.state_dir
        self._lost = lost

    def read(self) -> Content:
        """Return the content of the file; the defaults where there is none.

        A damaged file is set aside and reported (StorageError), once: after that there is none.
        """
        try:
            return self._read()
        except _DamagedError:
            with self._files.lock(self._lock_folder):
                return self._read_or_set_aside()

    @contextmanager
    def changing(self, timeout: float = WAIT) -> Generator[Content]:
        """Give the present content to be changed in place; written on leaving without an error.

        A damaged file is set aside silently and replaced: what is being stored may be the only
        copy of a new token. `read` and `prove_writable` come before, and do report it.
        """
        self._files.prepare_folder(self.path.parent)
        with self._files.lock(self._lock_folder, timeout):
            self._files.sweep_temporaries(self.path)
            try:
                content = self._read()
            except _DamagedError as damaged:
                self._set_aside(damaged)
                content = self._kind()
            before = _fields(content)
            yield content
            if (after := _fields(content)) != before:
                self._write(after)

    def prove_writable(self) -> None:
        """Write a probe entry, read it back, remove it. Raises StorageError."""
        self._files.prepare_folder(self.path.parent)
        with self._files.lock(self._lock_folder):
            self._files.sweep_temporaries(self.path)
            fields = _fields(self._read_or_set_aside())
            probe = os.urandom(8).hex()
            self._write({**fields, _PROBE: probe})
            read_back = self._parsed().get(_PROBE)
            self._write(fields)
        if read_back != probe:
            raise StorageError(
                f"{shown(self.path)} does not return what was written to it",
                "Set QISCUS_TUI_DATA_DIR to a folder on a local disk.",
            )

    def _write(self, fields: dict[str, object]) -> None:
        import json

        text = json.dumps({"version": VERSION, **fields}, indent=1)
        self._files.write(self.path, f"{text}\n".encode())

    def _read_or_set_aside(self) -> Content:
        try:
            return self._read()  # another process may have replaced it before we had the lock
        except _DamagedError as damaged:
            aside = self._set_aside(damaged)
            raise StorageError(
                f"{shown(self.path)} was damaged and is now {shown(aside.name)}", self._lost
            ) from damaged

    def _set_aside(self, damaged: _DamagedError) -> Path:
        if self._lost is None:
            raise StorageError(
                f"{shown(self.path)} is damaged",
                f"Restore it, or start afresh without it: {moved_away(self.path)}",
            ) from damaged
        return self._files.set_aside(self.path)

    def _read(self) -> Content:
        content = decoded(self._parsed(), self._kind)
        if content is None:
            raise _DamagedError
        return content

    def _parsed(self) -> dict[str, object]:
        data = self._files.read(self.path)
        if data is None:
            return {}
        fields = parse_object(data)
        version = fields.pop("version", None) if fields is not None else None
        if fields is None or not isinstance(version, int):
            raise _DamagedError
        if version > VERSION:
            raise StorageError(
                f"{shown(self.path)} was written by a newer qiscus-tui",
                f"Install that version again, or start afresh: {moved_away(self.path)}",
            )
        return fields


def _fields(content: msgspec.Struct) -> dict[str, object]:
    return msgspec.to_builtins(content)


def parse_object(data: bytes) -> dict[str, object] | None:
    """Return the JSON object in `data`; None where it is none.

    No error is raised: json's own holds the whole text, secrets included.
    """
    import json

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
