"""Live tokens in files: found wherever they stand, and nothing else is."""

import contextlib
import gzip
import os
import socket
import tracemalloc
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiscus_tui.service import scan as walking
from qiscus_tui.service.scan import (
    DamagedGzipError,
    Event,
    Found,
    LiveTokens,
    NotRead,
    Place,
    Read,
    Skipped,
    occurrences,
    scan,
    unpacked,
)
from tests.service.scripted import new_session

ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"


def token_of(number: int, length: int = 43) -> str:
    """A token of this length, the same for the same number."""
    digits = [
        ALPHABET[(number * 7919 + place * place * 31 + place) % 64] for place in range(length)
    ]
    return "".join(digits)


def live(*tokens: str | None) -> LiveTokens:
    return LiveTokens.of([new_session(1, token=one, revoke_with=one) for one in tokens])


TOKENS = [token_of(number) for number in range(20)]
LIVE = live(*TOKENS)


def found_in(content: Iterable[bytes], tokens: LiveTokens = LIVE) -> list[tuple[int | None, int]]:
    """Line and position of each token in these pieces."""
    return [one for one in occurrences(content, tokens) if one is not None]


def cut(content: bytes, size: int) -> Iterator[bytes]:
    return (content[at : at + size] for at in range(0, len(content), size))


# In bytes


@pytest.mark.parametrize(
    "around",
    [
        "{}",
        "Authorization: {}\r",
        "url?token={}&x=1",
        "%3D{}%26",
        "\\n{}\\n",
        "abc_DEF{}ghi-JKL",
        '{{"token":"{}"}}',
        "\u00fc{}\u00fc",
    ],
)
def test_whatever_surrounds_a_token_it_is_found_on_its_line(around: str) -> None:
    lines = ["first", "", around.format(TOKENS[3]), around.format("x" * 43), TOKENS[5]]
    assert found_in(["\n".join(lines).encode()]) == [(3, 3), (5, 5)]


SIGNED, IN_URL, IN_JSON = "ab+/cd==" * 5, "ab%2B%2Fcd%3D%3D" * 5, "ab+\\/cd==" * 5


@pytest.mark.parametrize(
    ("text", "tokens", "found"),
    [
        *((f"x {almost} y", LIVE, []) for almost in (TOKENS[0][:-1], TOKENS[0][1:])),
        (TOKENS[0].swapcase(), LIVE, []),
        ("short", live("short"), []),
        # Binary data has no lines.
        (f"\0a\nb {TOKENS[2]} {TOKENS[2]}\n{TOKENS[4]}", LIVE, [(None, 2), (None, 4)]),
        # As it is, in a URL, and in JSON.
        *((f"x={form};", live(SIGNED), [(1, 0)]) for form in (SIGNED, IN_URL, IN_JSON)),
    ],
)
def test_what_is_almost_a_token_is_none_and_one_is_found_in_each_way_it_is_written(
    text: str, tokens: LiveTokens, found: list[tuple[int | None, int]]
) -> None:
    assert found_in(cut(text.encode(), 64), tokens) == found


def test_how_many_cannot_be_looked_for_is_counted() -> None:
    assert live(None, "short", TOKENS[0]).without_token == 2


@pytest.mark.parametrize("length", [16, 22, 23, 32, 38, 39, 64, 700])
@pytest.mark.parametrize("size", [1, 7, 64, 1000])
def test_tokens_of_any_length_are_found_across_pieces(length: int, size: int) -> None:
    token, other = token_of(1, length), token_of(2, 43)
    content = f"{'.' * 61}{token}\n{'x' * 200} {other}{token}\n".encode()
    assert found_in(cut(content, size), live(token, other)) == [(1, 0), (2, 1), (2, 0)]


@given(
    parts=st.lists(
        st.one_of(
            st.sampled_from(TOKENS[:4]).map(str.encode),
            st.sampled_from(TOKENS[:4]).map(lambda token: token[:30].encode()),
            st.binary(max_size=80).map(lambda data: data.replace(b"\0", b"")),
            st.just(b"\n"),
        ),
        max_size=12,
    ),
    size=st.integers(1, 300),
)
def test_as_a_search_for_each_token_finds_them(parts: list[bytes], size: int) -> None:
    content = b"".join(parts)
    expected = [
        (content.count(b"\n", 0, at) + 1, position)
        for at in range(len(content))
        for position, token in enumerate(TOKENS[:4])
        if content.startswith(token.encode(), at)
    ]
    assert found_in(cut(content, size), live(*TOKENS[:4])) == list(dict.fromkeys(expected))


def test_a_line_without_an_end_is_read_in_bounded_memory() -> None:
    tracemalloc.start()
    try:
        piece = b"QEX" * 20_000
        assert found_in([*[piece] * 60, TOKENS[1].encode()]) == [(1, 1)]
        assert tracemalloc.get_traced_memory()[1] < 20 * len(piece)
    finally:
        tracemalloc.stop()


# gzip


def test_gzip_is_known_by_its_content_and_read_to_the_last_member() -> None:
    members = gzip.compress(f"a\n{TOKENS[1]}\n".encode()) + gzip.compress(TOKENS[2].encode())
    for size in (1, 3, 1000):
        assert found_in(unpacked(cut(members, size))) == [(2, 1), (3, 2)]
        padded = members + b"\0" * 20
        assert found_in(unpacked(cut(padded, size))) == [(2, 1), (3, 2)]
    more = members + b"not gzip: " + TOKENS[3].encode()
    assert found_in(unpacked([more])) == [(2, 1), (3, 2), (3, 3)]


def test_large_members_are_unpacked_once_each() -> None:
    contents = [bytes([number]) * (walking.PIECE + 7) for number in range(1, 13)]
    packed = b"".join(map(gzip.compress, contents))
    for size in (len(packed), 1000):
        assert b"".join(unpacked(cut(packed, size))) == b"".join(contents)


def test_a_damaged_gzip_gives_what_could_be_unpacked() -> None:
    whole = gzip.compress(f"{TOKENS[1]}\n".encode() + os.urandom(5000))
    found: list[Place] = []
    with pytest.raises(DamagedGzipError):
        found += [one for one in occurrences(unpacked([whole[:3000]]), LIVE) if one is not None]
    with pytest.raises(DamagedGzipError):
        list(unpacked([b"\x1f\x8b\x08 no gzip at all"]))


def test_a_gzip_bomb_is_unpacked_a_piece_at_a_time() -> None:
    bomb = gzip.compress(bytes(50_000_000))
    sizes = [len(piece) for piece in unpacked([bomb])]
    assert sum(sizes) == 50_000_000
    assert max(sizes) <= walking.PIECE


# In folders


def events(*paths: str | Path) -> list[Event]:
    return [e for e in scan(map(str, paths), LIVE) if not isinstance(e, Read)]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A folder with tokens, and with traps."""
    top = tmp_path / "tree"
    (top / "b" / "deep").mkdir(parents=True)
    (top / "a.log").write_text(f"x\n{TOKENS[0]}\n")
    (top / "b" / "deep" / "old.gz").write_bytes(gzip.compress(TOKENS[1].encode()))
    (top / "b" / "core").write_bytes(b"\0\1\2" + TOKENS[2].encode())
    (top / "b" / "empty").touch()
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_text(TOKENS[3])
    (top / "link").symlink_to(outside / "secret")
    (top / "folder-link").symlink_to(outside)
    (top / "loop").symlink_to(top)
    os.mkfifo(top / "fifo")
    odd = os.fsdecode(os.fsencode(top) + b"/z\xff\x1b[31m")
    Path(odd).write_text(TOKENS[4])
    return top


def test_a_folder_is_read_recursively_and_no_link_or_pipe_is_opened(tree: Path) -> None:
    odd = os.fsdecode(b"z\xff\x1b[31m")  # a name that is no text
    assert events(tree) == [
        Found(f"{tree}/a.log", 2, 0),
        *(Skipped(f"{tree}/{name}") for name in ("fifo", "folder-link", "link", "loop")),
        Found(f"{tree}/{odd}", 1, 4),
        Found(f"{tree}/b/core", None, 2),
        Found(f"{tree}/b/deep/old.gz", 1, 1),
    ]


def test_a_folder_of_the_kernel_is_read_only_where_it_is_named(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walking, "KERNEL_FOLDERS", (f"{tree}/b",))
    assert Found(f"{tree}/b/core", None, 2) in events(tree / "b")
    assert [e for e in events(tree) if f"{tree}/b" in repr(e)] == [Skipped(f"{tree}/b")]


def test_what_is_named_and_cannot_be_read_is_said(tree: Path, tmp_path: Path) -> None:
    with contextlib.chdir(tmp_path), socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket")
    names = [*(tree / name for name in ("link", "fifo", "none")), tmp_path / "socket", "bad\0name"]
    reasons = [(type(e), e.reason) for e in events(*names) if isinstance(e, NotRead)]
    assert [kind for kind, _ in reasons] == [NotRead] * 5
    assert "symbolic link" in reasons[0][1]
    assert reasons[2][1] == "No such file or directory"


def test_one_unreadable_file_or_folder_stops_nothing(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = os.open

    def refusing(path: str, flags: int) -> int:
        if path.endswith(("a.log", "deep")):
            raise PermissionError(13, os.strerror(13))
        return opened(path, flags)

    monkeypatch.setattr(os, "open", refusing)
    got = events(tree)
    assert [(e.path, e.reason) for e in got if isinstance(e, NotRead)] == [
        (f"{tree}/a.log", "Permission denied"),
        (f"{tree}/b/deep", "Permission denied"),
    ]
    assert [e.path for e in got if isinstance(e, Found)][1:] == [f"{tree}/b/core"]


def test_a_file_that_fails_in_the_middle_is_said_with_what_was_found(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = os.read
    left = [1]

    def failing(descriptor: int, size: int) -> bytes:
        if not left:
            raise OSError(5, os.strerror(5))
        left.pop()
        return read(descriptor, size)

    monkeypatch.setattr(os, "read", failing)
    got = events(tree / "a.log")
    assert got == [
        Found(f"{tree}/a.log", 2, 0),
        NotRead(f"{tree}/a.log", "Input/output error"),
    ]
