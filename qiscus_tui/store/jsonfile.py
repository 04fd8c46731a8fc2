"""A private JSON file that several processes change: read again before each write, under a lock."""

import json
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

from qiscus_tui.errors import StorageError
from qiscus_tui.model.timestamps import EARLIEST, LATEST
from qiscus_tui.store.file_checks import moved_away, shown
from qiscus_tui.store.files import (
    prepare_folder,
    read_private,
    set_aside,
    sweep_temporaries,
    write_private,
)
from qiscus_tui.store.locks import WAIT, store_lock
from qiscus_tui.store.paths import Paths

Content = dict[str, object]
"""What such a file holds: one JSON object."""

VERSION = 1
"""Format of the files. A newer one is neither read nor overwritten."""

_PROBE = "probe"


class JsonFile:
    """One object in one file, beside its format's `version`."""

    def __init__(self, paths: Paths, path: Path, lost: str, tables: tuple[str, ...] = ()) -> None:
        """`lost` is what the user does after the file was found damaged.

        `tables` names what must be objects in it where it is there: otherwise it is damaged.
        """
        self.path = path
        self._tables = tables
        self._paths = paths
        self._lost = lost

    def read(self) -> Content:
        """What the file holds, empty where there is none.

        A damaged file is set aside and said (StorageError), once: after that there is none.
        """
        try:
            return self._read()
        except _DamagedError as damaged:
            with store_lock(self._paths):
                return self._read_or_set_aside(damaged)

    @contextmanager
    def changing(self, timeout: float = WAIT) -> Generator[Content]:
        """The content as it is now, to be changed in place; written on leaving without an error.

        A damaged file is set aside without a word and replaced: what is being stored may be the
        only copy of a new token. `read` and `prove_writable` come before, and do say it.
        """
        prepare_folder(self.path.parent)
        with store_lock(self._paths, timeout):
            sweep_temporaries(self.path)
            try:
                content = self._read()
            except _DamagedError:
                set_aside(self.path)
                content = {}
            before = _filled(content)
            yield content
            if _filled(content) != before:
                self._write(content)

    def prove_writable(self) -> None:
        """Write a probe entry, read it back, remove it. Raises StorageError."""
        prepare_folder(self.path.parent)
        with store_lock(self._paths):
            sweep_temporaries(self.path)
            try:
                content = self._read()
            except _DamagedError as damaged:
                content = self._read_or_set_aside(damaged)
            content.pop(_PROBE, None)
            probe = os.urandom(8).hex()
            self._write({**content, _PROBE: probe})
            read_back = self._read().get(_PROBE)
            self._write(content)
        if read_back != probe:
            raise StorageError(
                f"{shown(str(self.path))} does not give back what was written to it",
                "Set QISCUS_TUI_DATA_DIR to a folder on a local disk.",
            )

    def _write(self, content: Content) -> None:
        text = json.dumps({"version": VERSION, **content}, indent=1)
        write_private(self.path, f"{text}\n".encode())

    def _read_or_set_aside(self, damaged: "_DamagedError") -> Content:
        try:
            return self._read()  # another process may have mended it before we had the lock
        except _DamagedError:
            aside = set_aside(self.path)
        raise StorageError(
            f"{shown(str(self.path))} was damaged and is now {shown(aside.name)}", self._lost
        ) from damaged

    def _read(self) -> Content:
        data = read_private(self.path)
        if data is None:
            return {}
        content = parse_object(data)
        version = content.pop("version", None) if content is not None else None
        if content is None or not isinstance(version, int):
            raise _DamagedError
        if version > VERSION:
            raise StorageError(
                f"{shown(str(self.path))} was written by a newer qiscus-tui",
                f"Install that version again, or start anew: {moved_away(str(self.path))}",
            )
        if not all(isinstance(content.get(name, {}), dict) for name in self._tables):
            raise _DamagedError
        return content


class _DamagedError(Exception):
    """The file is no JSON of ours."""


def _filled(content: Content) -> str:
    return json.dumps({name: value for name, value in content.items() if value})


def parse_object(data: bytes) -> Content | None:
    """The JSON object in `data`; None where it is none.

    No error is raised: json's own holds the whole text, secrets included.
    """
    try:
        parsed: object = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return cast("Content", parsed) if isinstance(parsed, dict) else None


def number(value: object) -> float | None:
    """Return a number of a file as a float; None where it is none, or larger than any of ours."""
    if not isinstance(value, int | float) or not -LATEST <= value <= LATEST:
        return None
    return float(value)


def moment(value: object) -> float | None:
    """Return a time of a file, epoch seconds; None where it is none, or after the year 9999."""
    seconds = number(value)
    return None if seconds is None or seconds < EARLIEST else seconds


def table(content: Content, name: str) -> Content:
    """The object under `name`; made there where it is missing or something else."""
    inner = content.get(name)
    if not isinstance(inner, dict):
        inner = {}
        content[name] = inner
    return cast("Content", inner)
