"""Private files: what is refused, what is whole, and what the system's refusals leave."""

import errno
import os
import stat
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from itertools import product
from pathlib import Path

import pytest

from qiscus_tui.errors import StorageError
from qiscus_tui.store import files
from qiscus_tui.store.files import (
    append_private,
    move_private,
    prepare_folder,
    read_private,
    set_aside,
    size_of,
    write_private,
)

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A private file that is as it should be."""
    path = tmp_path / "data" / "secrets.json"
    write_private(path, b"old")
    return path


USES: dict[str, Callable[[Path], object]] = {
    "read": read_private,
    "write": lambda path: write_private(path, b"new"),
    "append": lambda path: append_private(path, b"x\n"),
    "move": lambda path: move_private(path, path.with_name("older")),
    "set aside": set_aside,
    "new folder": lambda path: write_private(path.parent / "new" / "file", b"x"),
}
TOUCHING = [USES[name] for name in ("read", "write", "append")]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def planted(number: int) -> Callable[..., int]:
    """A system call that is refused."""

    def fail(*_: object, **__: object) -> int:
        raise OSError(number, "planted")

    return fail


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was flushed and renamed, in this order."""
    done: list[str] = []
    fsync, rename = os.fsync, os.rename

    def flushed(descriptor: int) -> None:
        done.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
        fsync(descriptor)

    def renamed(*names: str, **folders: int) -> None:
        done.append("rename")
        rename(*names, **folders)

    monkeypatch.setattr(files.os, "fsync", flushed)
    monkeypatch.setattr(files.os, "rename", renamed)
    return done


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o777])
def test_a_file_is_private_from_its_first_instant_whatever_the_umask(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, umask: int
) -> None:
    path = tmp_path / "share" / "data" / "secrets.json"
    first: list[int] = []
    chmod = os.fchmod

    def noting(descriptor: int, wanted: int) -> None:
        first.append(stat.S_IMODE(os.fstat(descriptor).st_mode))
        chmod(descriptor, wanted)

    monkeypatch.setattr(files.os, "fchmod", noting)
    before = os.umask(umask)
    try:
        write_private(path, b"x")
        append_private(path.with_name("log"), b"y\n", durably=False)
        append_private(path.with_name("audit"), b"y\n")
    finally:
        os.umask(before)
    assert [mode(path.with_name(name)) for name in ("secrets.json", "log", "audit")] == [0o600] * 3
    assert [mode(path.parent), mode(path.parent.parent)] == [0o700, 0o700]
    assert not any(found & 0o077 for found in first)


def test_what_was_written_is_read_back_and_nothing_else_is_left(kept: Path) -> None:
    write_private(kept, b"new")
    assert read_private(kept) == b"new"
    assert os.listdir(kept.parent) == [kept.name]
    assert read_private(kept.with_name("other")) is None
    assert read_private(kept.parent / "nowhere" / "at" / "all") is None


# What is refused


@pytest.mark.parametrize("bad", [0o640, 0o604, 0o620, 0o660, 0o777])
def test_a_file_open_to_others_is_refused_with_the_command_that_closes_it(
    kept: Path, bad: int
) -> None:
    kept.chmod(bad)
    for use in TOUCHING:
        with pytest.raises(StorageError, match=f"{bad:04o}") as caught:
            use(kept)
        assert caught.value.hint == f"Close it: chmod 600 {kept}"
    assert kept.read_bytes() == b"old"
    assert mode(kept) == bad


def test_hints_can_be_pasted_into_a_shell(tmp_path: Path) -> None:
    path = tmp_path / "it's $HOME" / "a;b"
    write_private(path, b"x")
    path.chmod(0o644)
    with pytest.raises(StorageError) as caught:
        read_private(path)
    subprocess.run(["sh", "-c", caught.value.hint.removeprefix("Close it: ")], check=True)
    assert read_private(path) == b"x"


@pytest.mark.parametrize("bad", [0o720, 0o702, 0o777])
def test_a_folder_that_others_write_into_is_refused(kept: Path, bad: int) -> None:
    kept.parent.chmod(bad)
    with pytest.raises(StorageError, match="written by others") as caught:
        read_private(kept)
    assert caught.value.hint == f"Close it: chmod 700 {kept.parent}"


@pytest.mark.parametrize("is_dangling", [False, True])
def test_a_symbolic_link_is_refused_and_nothing_behind_it_is_touched(
    kept: Path, *, is_dangling: bool
) -> None:
    target = kept.with_name("target")
    kept.rename(target)
    kept.symlink_to(target)
    if is_dangling:
        target.unlink()
    for use in TOUCHING:
        with pytest.raises(StorageError, match="symbolic link") as caught:
            use(kept)
        assert f"rm {kept}" in caught.value.hint
    assert is_dangling or target.read_bytes() == b"old"
    assert target.exists() is not is_dangling


def test_a_folder_that_is_a_link_is_refused(kept: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(kept.parent)
    for use in (lambda: read_private(link / kept.name), lambda: prepare_folder(link)):
        with pytest.raises(StorageError, match="symbolic link"):
            use()


def test_a_second_name_is_refused(kept: Path) -> None:
    kept.with_name("other").hardlink_to(kept)
    with pytest.raises(StorageError, match="2 names") as caught:
        read_private(kept)
    assert f"cp -p {kept} {kept}.copy && mv {kept}.copy {kept}" in caught.value.hint


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_a_pipe_or_a_folder_in_the_files_place_is_refused_and_not_waited_for(
    kept: Path, make: Callable[[Path], object]
) -> None:
    kept.unlink()
    make(kept)
    with pytest.raises(StorageError, match="not a regular file"):
        read_private(kept)
    with pytest.raises(StorageError, match="not a regular file"):
        size_of(kept)


def test_a_file_in_the_folders_place_is_refused(kept: Path) -> None:
    with pytest.raises(StorageError, match="Not a directory"):
        write_private(kept / "inside", b"new")


def test_another_user_is_refused(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 54321)
    with pytest.raises(StorageError, match="this runs as 54321") as caught:
        read_private(kept)
    assert "sudo chown 54321" in caught.value.hint


@as_root
def test_under_sudo_a_users_files_are_refused_and_the_user_is_named(
    kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.chown(kept.parent, 54321, 54321)
    monkeypatch.setenv("SUDO_USER", "ann")
    for use in TOUCHING:
        with pytest.raises(StorageError, match="belongs to 54321") as caught:
            use(kept)
        assert caught.value.hint == "Run it without sudo, as ann."
    with pytest.raises(StorageError, match="belongs to 54321"):  # nor is a folder made in a home
        prepare_folder(kept.parent / "share" / "qiscus-tui")
    assert os.listdir(kept.parent) == [kept.name]


@as_root
def test_a_file_of_another_user_in_our_folder_is_refused(kept: Path) -> None:
    os.chown(kept, 54321, 54321)
    with pytest.raises(StorageError, match="belongs to 54321"):
        read_private(kept)


def test_of_a_huge_file_no_more_than_the_bound_is_read(
    kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.truncate(kept, 64 << 20)
    read, taken = os.read, [0]

    def counted(descriptor: int, most: int) -> bytes:
        piece = read(descriptor, most)
        taken[0] += len(piece)
        return piece

    monkeypatch.setattr(files, "MOST_BYTES", 4 << 20)
    monkeypatch.setattr(files.os, "read", counted)
    with pytest.raises(StorageError, match="too large"):
        read_private(kept)
    assert taken[0] <= 5 << 20


# Whole or not at all


def test_an_interrupt_leaves_no_temporary_file(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(files.os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_private(kept, b"new")
    assert os.listdir(kept.parent) == [kept.name]


def test_the_file_is_flushed_before_it_gets_its_name_and_the_folder_after(
    kept: Path, done: list[str]
) -> None:
    write_private(kept, b"new")
    assert done == ["file", "rename", "folder"]
    move_private(kept, kept.with_name("older"))
    assert done[3:] == ["rename", "folder"]


def test_the_next_write_sweeps_what_a_killed_writer_left_and_nothing_else(kept: Path) -> None:
    left = kept.with_name(f".{kept.name}.123.abcdef.new")
    left.write_bytes(b"half a tok")
    names = ("accounts.json", ".accounts.json.1.a.new", f".{kept.name}.swp", f"{kept.name}.1.a.new")
    others = [kept.with_name(name) for name in names]
    for other in others:
        other.write_bytes(b"stays")
    write_private(kept, b"new")
    assert not left.exists()
    assert all(other.exists() for other in others)


def test_lines_are_appended_and_a_torn_one_is_closed_first(kept: Path) -> None:
    log = kept.with_name("log")
    append_private(log, b"one\n", durably=False)
    append_private(log, b"two, but")
    append_private(log, b"three\n")
    assert read_private(log) == b"one\ntwo, but\nthree\n"


def test_lines_that_do_not_fit_are_taken_back(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = kept.with_name("log")
    append_private(log, b"one\n")
    write = os.write

    def half(descriptor: int, data: bytes) -> int:
        if len(data) < 4:
            raise OSError(errno.ENOSPC, "full")
        return write(descriptor, data[:4])

    monkeypatch.setattr(files.os, "write", half)
    with pytest.raises(StorageError, match="No space left"):
        append_private(log, b"two..\n")
    assert log.read_bytes() == b"one\n"
    monkeypatch.setattr(files.os, "ftruncate", planted(errno.EIO))
    with pytest.raises(StorageError, match="No space left"):  # the first error is reported
        append_private(log, b"two..\n")


def test_a_file_is_moved_over_an_older_one(kept: Path) -> None:
    older = kept.with_name("older")
    write_private(older, b"oldest")
    move_private(kept, older)
    assert read_private(older) == b"old"
    assert read_private(kept) is None


def test_damaged_files_are_set_aside_one_beside_the_other(
    kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "gmtime", lambda: time.struct_time((2026, 11, 23, 1, 2, 3, 0, 0, 0)))
    first = set_aside(kept)
    write_private(kept, b"damaged again")
    second = set_aside(kept)
    assert first.name == "secrets.json.damaged-20261123T010203Z"
    assert second.name == "secrets.json.damaged-20261123T010203Z-2"
    assert [first.read_bytes(), second.read_bytes()] == [b"old", b"damaged again"]
    assert [mode(first), mode(second)] == [0o600, 0o600]
    assert not kept.exists()


@pytest.mark.parametrize(
    ("call", "use"),
    [("read", "read"), ("lstat", "read"), ("rename", "set aside"), ("rename", "move"),
     ("fsync", "append"), ("mkdir", "new folder"),
     ("write", "write"), ("fsync", "write"), ("rename", "write"), ("fchmod", "write")],
)  # fmt: skip
def test_a_failure_is_reported_in_the_systems_words_and_the_file_is_unchanged(
    kept: Path, monkeypatch: pytest.MonkeyPatch, call: str, use: str
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(files.os, call, planted(errno.EIO))
        with pytest.raises(StorageError, match=os.strerror(errno.EIO)):
            USES[use](kept)
    assert kept.read_bytes().startswith(b"old")
    assert os.listdir(kept.parent) == [kept.name]  # and no half of a new one beside it


CALLS = (
    *("open", "close", "fstat", "lstat", "stat", "read", "pread", "write", "fsync", "ftruncate"),
    *("fchmod", "chmod", "mkdir", "rename", "unlink", "listdir"),
)


def failing_once(call: str, which: int) -> Callable[..., object]:
    """The system's call, refused the time `which`. What is closed is closed all the same."""
    done: Callable[..., object] = getattr(os, call)
    times = iter(range(1000))

    def fails(*given: object, **named: object) -> object:
        if next(times) != which:
            return done(*given, **named)
        if call == "close":
            done(*given)
        raise OSError(errno.EDQUOT, "planted")

    return fails


@pytest.mark.parametrize("use", USES)
def test_whatever_the_system_refuses_at_whatever_call_is_a_storage_error(
    kept: Path, monkeypatch: pytest.MonkeyPatch, use: str
) -> None:
    for call, which in product(CALLS, range(12)):
        kept.with_name(f".{kept.name}.1.a.new").write_bytes(b"half")
        if not kept.exists():
            write_private(kept, b"old")
        with monkeypatch.context() as patch, suppress(StorageError):
            patch.setattr(files.os, call, failing_once(call, which))
            USES[use](kept)
