"""Looks for live tokens in files and folders. Follows no link, and opens nothing but files."""

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from qiscus_tui.service.scan.live_tokens import LiveTokens
from qiscus_tui.service.scan.pieces import (
    DamagedGzipError,
    Occurrence,
    occurrences,
    read_pieces,
    unpacked,
)

STDIN = "-"

KERNEL_FOLDERS = ("/proc", "/sys")
"""What the kernel shows as files: all memory among them, 128 TB long. Read only where named."""

_OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY


@dataclass(frozen=True)
class Found:
    """A live token in a file."""

    path: str
    at: Occurrence


@dataclass(frozen=True)
class NotRead:
    """A file or folder that could not be read, or not to its end."""

    path: str
    reason: str


@dataclass(frozen=True)
class Skipped:
    """A link, pipe, socket or device inside a folder, or a folder of the kernel."""

    path: str


@dataclass(frozen=True)
class Read:
    """A piece of a file was read."""

    size: int
    """Bytes, as they are in the file."""
    is_first: bool
    """Whether it is the file's first piece."""


Event = Found | NotRead | Skipped | Read


def scan(paths: Iterable[str], tokens: LiveTokens, stdin: int = 0) -> Iterator[Event]:
    """Look into the files, and the folders recursively; `-` is the open file `stdin`."""
    for path in paths:
        if path == STDIN:
            yield from _content(STDIN, stdin, tokens)
        else:
            yield from _named(path, tokens)


def _named(path: str, tokens: LiveTokens) -> Iterator[Event]:
    """Look into what the user named, which must be a file or folder itself."""
    try:
        found = os.lstat(path)
    except (OSError, ValueError) as error:
        yield NotRead(path, _reason(error))
        return
    mode = found.st_mode
    if stat.S_ISLNK(mode):
        yield NotRead(path, "a symbolic link, which is not followed: name its target")
    elif stat.S_ISDIR(mode):
        yield from _folder(path, tokens)
    elif stat.S_ISREG(mode):
        yield from _file(path, tokens)
    else:
        yield NotRead(path, "neither a file nor a folder")


def _folder(top: str, tokens: LiveTokens) -> Iterator[Event]:
    """Look into everything in the folder, by name."""
    waiting = [top]
    while waiting:
        folder = waiting.pop()
        if folder != top and os.path.abspath(folder) in KERNEL_FOLDERS:
            yield Skipped(folder)
            continue
        try:
            descriptor = os.open(folder, _OPEN | os.O_DIRECTORY)
            try:
                with os.scandir(descriptor) as entries:
                    found = sorted((entry.name, _kind(entry)) for entry in entries)
            finally:
                os.close(descriptor)
        except OSError as error:
            yield NotRead(folder, _reason(error))
            continue
        below = [os.path.join(folder, name) for name, kind in found if kind == stat.S_IFDIR]
        for name, kind in found:
            path = os.path.join(folder, name)
            if kind == stat.S_IFREG:
                yield from _file(path, tokens)
            elif kind != stat.S_IFDIR:
                yield Skipped(path)
        waiting += reversed(below)


def _kind(entry: "os.DirEntry[str]") -> int:
    if entry.is_dir(follow_symlinks=False):
        return stat.S_IFDIR
    return stat.S_IFREG if entry.is_file(follow_symlinks=False) else 0


def _file(path: str, tokens: LiveTokens) -> Iterator[Event]:
    try:
        descriptor = os.open(path, _OPEN)
    except (OSError, ValueError) as error:
        yield NotRead(path, _reason(error))
        return
    try:
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            yield from _content(path, descriptor, tokens)
        else:
            yield Skipped(path)  # another took its place meanwhile
    finally:
        os.close(descriptor)


def _content(path: str, descriptor: int, tokens: LiveTokens) -> Iterator[Event]:
    sizes: list[int] = []

    def noted() -> Iterator[bytes]:
        for piece in read_pieces(descriptor):
            sizes.append(len(piece))
            yield piece

    is_first = True
    try:
        for one in occurrences(unpacked(noted()), tokens):
            if one is not None:
                yield Found(path, one)
                continue
            yield Read(sum(sizes), is_first)
            sizes.clear()
            is_first = False
    except OSError as error:
        yield NotRead(path, _reason(error))
    except DamagedGzipError:
        yield NotRead(path, "damaged gzip: the rest of it could not be unpacked")


def _reason(error: OSError | ValueError) -> str:
    if isinstance(error, OSError) and error.errno:
        return os.strerror(error.errno)
    return "not a name of a file"
