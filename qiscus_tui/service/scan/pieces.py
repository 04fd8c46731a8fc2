"""A file's content in pieces, unpacked where it is gzip; and the tokens in them."""

import contextlib
import os
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from qiscus_tui.service.scan.live_tokens import LiveTokens

PIECE = 1 << 20
"""Bytes that are read at once."""

LOOKED_AT = 8000
"""Bytes at the beginning of a file that decide whether it is text: it has no NUL then."""

_GZIP = b"\x1f\x8b\x08"
_GZIP_WINDOW = 31  # of zlib, for data with a gzip header


class DamagedGzipError(Exception):
    """The rest of the file can't be unpacked."""


@dataclass(frozen=True)
class Occurrence:
    """A token in a file."""

    line: int | None
    """From 1; None in binary data."""
    position: int
    """The session's position in the list."""


def read_pieces(descriptor: int) -> Iterator[bytes]:
    """Yield the content of an open file. Raises OSError."""
    while piece := os.read(descriptor, PIECE):
        yield piece


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


def occurrences(pieces: Iterable[bytes], tokens: LiveTokens) -> Iterator[Occurrence | None]:
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
        for match in tokens.matches(data):
            if match.end <= len(rest):
                continue  # it was found with the piece before
            line = lines + data.count(b"\n", 0, match.start) + 1 if is_text else 0
            if line != seen_on:
                seen.clear()
                seen_on = line
            if match.position not in seen:
                seen.add(match.position)
                yield Occurrence(line or None, match.position)
        rest = data[max(0, len(data) - overlap) :]
        if is_text:
            lines += data.count(b"\n", 0, len(data) - len(rest))
        yield None
