"""Which live tokens stand in files and folders. Follows no link, and opens nothing but files.

A token is found wherever it begins and whatever surrounds it. It holds 15 bytes or more, so some 8
of its bytes begin at a multiple of 8 in the data. Those are looked up, as one number, among the 8
bytes at each of the first 8 places of each token: one look-up per 8 bytes of any data.
"""

import contextlib
import os
import stat
import sys
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import quote

from qiscus_tui.model.session import Session

STDIN = "-"

KERNEL_FOLDERS = ("/proc", "/sys")
"""What the kernel shows as files: all memory among them, 128 TB long. Read only where named."""

_OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY

PIECE = 1 << 20
"""Bytes that are read at once."""

LOOKED_AT = 8000
"""Bytes at the beginning of a file that decide whether it is text: it has no NUL then."""

_GZIP = b"\x1f\x8b\x08"
_GZIP_WINDOW = 31  # of zlib, for data with a gzip header

SHORTEST = 16
"""Bytes of a token that is looked for; a shorter one can't be told from ordinary text."""

GRAM = 8
"""Bytes that are looked up at once."""


def token_to_find(session: Session) -> str | None:
    """Return the token to look for; None if the server lists no full one, or a very short one."""
    is_long = session.token is not None and len(session.token) >= SHORTEST
    return session.token if is_long else None


@dataclass(frozen=True)
class LiveTokens:
    """The tokens to look for."""

    positions: Mapping[bytes, int] = field(repr=False)
    """Each form of a token, and the position of its session."""
    without_token: int = 0
    """Sessions that can't be looked for: the server lists no full token, or a very short one."""

    @classmethod
    def of(cls, sessions: Sequence[Session]) -> "LiveTokens":
        """Return the tokens of these sessions."""
        positions: dict[bytes, int] = {}
        missing = 0
        for position, session in enumerate(sessions):
            token = token_to_find(session)
            if token is None:
                missing += 1
                continue
            for form in _forms(token):
                positions.setdefault(form, position)
        return cls(positions, missing)

    @property
    def overlap(self) -> int:
        """Return how many bytes of one piece of a file are looked at again with the next."""
        return 2 * max(map(len, self.positions), default=0)

    @cached_property
    def _grams(self) -> frozenset[int]:
        return frozenset(
            int.from_bytes(token[place : place + GRAM], sys.byteorder)
            for token in self.positions
            for place in range(GRAM)
        )

    @cached_property
    def _lengths(self) -> Sequence[int]:
        """Lengths of tokens, longest first."""
        return sorted({len(token) for token in self.positions}, reverse=True)

    def matches(self, data: bytes) -> Iterator[tuple[int, int, int]]:
        """Yield start, end and session of each token in the data, in their order."""
        usable = len(data) - len(data) % GRAM
        numbers = memoryview(data)[:usable].cast("Q").tolist()
        if self._grams.isdisjoint(numbers):
            return
        hits = [number * GRAM for number, gram in enumerate(numbers) if gram in self._grams]
        looked_at = 0
        for hit in hits:
            for start in range(max(looked_at, hit - GRAM + 1), hit + 1):
                for end in (start + length for length in self._lengths):
                    position = self.positions.get(data[start:end])
                    if position is not None:
                        yield start, end, position
                        break
            looked_at = hit + 1


def _forms(token: str) -> Iterable[bytes]:
    """Return how a file may write the token: as it is, in a URL, or in JSON that escapes `/`."""
    forms = dict.fromkeys((token, quote(token, safe=""), token.replace("/", "\\/")))
    return [form.encode("utf-8", "surrogatepass") for form in forms]


# Files and folders


class DamagedGzipError(Exception):
    """The rest of the file can't be unpacked."""


@dataclass(frozen=True)
class Found:
    """A live token in a file."""

    path: str
    line: int | None
    """From 1; None in binary data."""
    position: int
    """The session's position in the list."""


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

    def pieces() -> Iterator[bytes]:
        while piece := os.read(descriptor, PIECE):
            sizes.append(len(piece))
            yield piece

    is_first = True
    try:
        for one in occurrences(unpacked(pieces()), tokens):
            if one is not None:
                yield Found(path, *one)
                continue
            yield Read(sum(sizes), is_first)
            sizes.clear()
            is_first = False
        if is_first:  # it is empty
            yield Read(0, is_first)
    except OSError as error:
        yield NotRead(path, _reason(error))
    except DamagedGzipError:
        yield NotRead(path, "damaged gzip: the rest of it could not be unpacked")


def _reason(error: OSError | ValueError) -> str:
    if isinstance(error, OSError) and error.errno:
        return os.strerror(error.errno)
    return "not a name of a file"


# What is in a file

Place = tuple[int | None, int]
"""The line of a token, and the position of its session."""


def unpacked(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the pieces, unpacked where the content is gzip. Raises DamagedGzipError."""
    pieces = iter(pieces)
    first = next(pieces, b"")
    with contextlib.suppress(StopIteration):
        while first and len(first) < len(_GZIP):
            first += next(pieces)
    if first.startswith(_GZIP):
        yield from _unzipped(first, pieces)
    elif first:
        yield first
        yield from pieces


def _unzipped(first: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the content of every member; what follows the last is passed on as it is."""
    engine, data, is_open = zlib.decompressobj(_GZIP_WINDOW), first, False
    while True:
        if not data:
            data = next(pieces, b"")
            if not data:
                break
        if not is_open:
            data = data.lstrip(b"\0")  # padding between members
            if not data:
                continue
            if not _GZIP.startswith(data[: len(_GZIP)]):
                yield data
                yield from pieces
                return
        is_open = True
        try:
            out = engine.decompress(data, PIECE)
            while out:
                yield out
                # Fed after its end, zlib would take what follows the member in twice.
                out = b"" if engine.eof else engine.decompress(engine.unconsumed_tail, PIECE)
        except zlib.error as error:
            raise DamagedGzipError from error
        data = engine.unused_data if engine.eof else engine.unconsumed_tail
        if engine.eof:
            engine, is_open = zlib.decompressobj(_GZIP_WINDOW), False
    if is_open:
        raise DamagedGzipError


def occurrences(pieces: Iterable[bytes], tokens: LiveTokens) -> Iterator[Place | None]:
    """Yield the tokens in the content, once a line, or once in binary data; None after each piece.

    Memory is bounded however long a line is.
    """
    overlap = tokens.overlap
    rest = b""
    lines = 0  # before `rest`
    is_text: bool | None = None
    seen: set[int] = set()
    seen_on = 0
    for piece in pieces:
        if is_text is None:
            is_text = b"\0" not in piece[:LOOKED_AT]
        data = rest + piece
        for start, end, position in tokens.matches(data):
            if end <= len(rest):
                continue  # it was found with the piece before
            line = lines + data.count(b"\n", 0, start) + 1 if is_text else 0
            if line != seen_on:
                seen.clear()
                seen_on = line
            if position not in seen:
                seen.add(position)
                yield line or None, position
        rest = data[max(0, len(data) - overlap) :]
        if is_text:
            lines += data.count(b"\n", 0, len(data) - len(rest))
        yield None
