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
    append_durably,
    append_private,
    move_private,
    prepare_folder,
    read_private,
    set_aside,
    write_private,
)

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
not_root = pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A private file that is as it should be."""
    path = tmp_path / "data" / "secrets.json"
    write_private(path, b"old")
    return path


def move_to_another_name(path: Path) -> None:
    move_private(path, path.with_name("older"))


def append_a_line(path: Path) -> None:
    append_durably(path, b"x\n")


def make_a_folder(path: Path) -> None:
    prepare_folder(path.parent / "new")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o777])
def test_modes_do_not_depend_on_the_umask(tmp_path: Path, umask: int) -> None:
    path = tmp_path / "share" / "data" / "secrets.json"
    before = os.umask(umask)
    try:
        write_private(path, b"x")
        append_private(path.with_name("log"), b"y\n")
    finally:
        os.umask(before)

    assert [mode(path), mode(path.with_name("log"))] == [0o600, 0o600]
    assert [mode(path.parent), mode(path.parent.parent)] == [0o700, 0o700]


def test_what_was_written_is_read_back_and_nothing_else_is_left(kept: Path) -> None:
    write_private(kept, b"new")

    assert read_private(kept) == b"new"
    assert os.listdir(kept.parent) == [kept.name]


def test_a_missing_file_and_a_missing_folder_are_none(kept: Path, tmp_path: Path) -> None:
    assert read_private(kept.with_name("other")) is None
    assert read_private(tmp_path / "nowhere" / "at" / "all") is None


@pytest.mark.parametrize("bad", [0o640, 0o604, 0o620, 0o660, 0o777])
def test_a_file_open_to_others_is_refused_with_the_command_that_closes_it(
    kept: Path, bad: int
) -> None:
    kept.chmod(bad)

    for use in (lambda: read_private(kept), lambda: write_private(kept, b"new")):
        with pytest.raises(StorageError, match=f"{bad:04o}") as caught:
            use()
        assert caught.value.hint == f"Close it: chmod 600 {kept}"
    assert kept.read_bytes() == b"old"


@pytest.mark.parametrize("bad", [0o720, 0o702, 0o777])
def test_a_folder_that_others_write_into_is_refused(kept: Path, bad: int) -> None:
    kept.parent.chmod(bad)

    with pytest.raises(StorageError, match="written by others") as caught:
        read_private(kept)
    assert caught.value.hint == f"Close it: chmod 700 {kept.parent}"


def test_a_symbolic_link_is_refused_and_its_target_untouched(kept: Path) -> None:
    target = kept.with_name("target")
    kept.rename(target)
    kept.symlink_to(target)

    for use in (
        lambda: read_private(kept),
        lambda: write_private(kept, b"new"),
        lambda: append_private(kept, b"new\n"),
    ):
        with pytest.raises(StorageError, match="symbolic link") as caught:
            use()
        assert f"rm {kept}" in caught.value.hint
    assert target.read_bytes() == b"old"


def test_a_dangling_link_is_refused_and_nothing_is_made_behind_it(kept: Path) -> None:
    kept.unlink()
    kept.symlink_to(kept.with_name("target"))

    with pytest.raises(StorageError, match="symbolic link"):
        write_private(kept, b"new")
    assert not kept.with_name("target").exists()


def test_a_folder_that_is_a_link_is_refused(kept: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(kept.parent)

    with pytest.raises(StorageError, match="symbolic link"):
        read_private(link / kept.name)
    with pytest.raises(StorageError, match="symbolic link"):
        prepare_folder(link)


def test_a_second_name_is_refused(kept: Path) -> None:
    kept.with_name("other").hardlink_to(kept)

    with pytest.raises(StorageError, match="2 names") as caught:
        read_private(kept)
    assert f"cp -p {kept} {kept}.copy && mv {kept}.copy {kept}" in caught.value.hint


def test_a_named_pipe_is_refused_and_not_waited_for(kept: Path) -> None:
    kept.unlink()
    os.mkfifo(kept, 0o600)

    with pytest.raises(StorageError, match="not a regular file"):
        read_private(kept)


def test_a_folder_in_the_files_place_is_refused(kept: Path) -> None:
    kept.unlink()
    kept.mkdir()

    with pytest.raises(StorageError, match="not a regular file"):
        read_private(kept)


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

    for use in (lambda: read_private(kept), lambda: write_private(kept, b"new")):
        with pytest.raises(StorageError, match="belongs to 54321") as caught:
            use()
        assert caught.value.hint == "Run it without sudo, as ann."


@as_root
def test_a_file_of_another_user_in_our_folder_is_refused(kept: Path) -> None:
    os.chown(kept, 54321, 54321)

    with pytest.raises(StorageError, match="belongs to 54321"):
        read_private(kept)


@as_root
def test_under_sudo_no_folder_is_made_in_a_users_home(tmp_path: Path) -> None:
    home = tmp_path / "ann"
    home.mkdir()
    os.chown(home, 54321, 54321)

    with pytest.raises(StorageError, match="belongs to 54321"):
        prepare_folder(home / ".local" / "share" / "qiscus-tui")
    assert not any(home.iterdir())


@not_root
def test_a_folder_without_permission_is_reported_in_the_systems_words(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(StorageError, match="Permission denied"):
            write_private(tmp_path / "data" / "secrets.json", b"x")
    finally:
        tmp_path.chmod(0o700)


@pytest.mark.parametrize("call", ["write", "fsync", "rename", "fchmod"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EIO])
def test_a_failing_disk_leaves_the_old_file_and_no_other(
    kept: Path, monkeypatch: pytest.MonkeyPatch, call: str, number: int
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(number, "as it was planted")

    monkeypatch.setattr(files.os, call, fail)
    with pytest.raises(StorageError, match=os.strerror(number)):
        write_private(kept, b"new")
    monkeypatch.undo()

    assert os.listdir(kept.parent) == [kept.name]
    assert read_private(kept) == b"old"


def test_the_file_is_flushed_before_it_gets_its_name_and_the_folder_after(
    kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
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
    write_private(kept, b"new")
    assert done == ["file", "rename", "folder"]


def test_an_interrupt_leaves_no_temporary_file(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(files.os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_private(kept, b"new")

    assert os.listdir(kept.parent) == [kept.name]


def test_what_a_killed_writer_left_is_swept(kept: Path) -> None:
    left = kept.with_name(f".{kept.name}.123.abcdef.new")
    left.write_bytes(b"half a tok")
    others = [
        kept.with_name(name)
        for name in (
            "accounts.json",
            ".accounts.json.123.abcdef.new",  # another writer's, who may be at it
            f".{kept.name}.swp",
            f"{kept.name}.123.abcdef.new",
        )
    ]
    for other in others:
        other.write_bytes(b"stays")

    write_private(kept, b"new")

    assert not left.exists()
    assert all(other.exists() for other in others)


def test_lines_are_appended(kept: Path) -> None:
    log = kept.with_name("log")

    append_private(log, b"one\n")
    append_durably(log, b"two\n")

    assert read_private(log) == b"one\ntwo\n"


def test_a_line_that_was_torn_is_closed_before_the_next_one(kept: Path) -> None:
    log = kept.with_name("log")
    append_private(log, b"one\ntwo, but")

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


def test_setting_aside_touches_no_other_folder_and_leaves_nothing_where_it_fails(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)

    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.EIO, "planted")

    with monkeypatch.context() as patch:
        patch.setattr(files.os, "rename", fail)
        with pytest.raises(StorageError, match="could not be set aside"):
            set_aside(kept)
    assert [path.name for path in kept.parent.iterdir()] == [kept.name]
    set_aside(kept)
    assert list(here.iterdir()) == []


@pytest.mark.parametrize("use", [write_private, append_private, append_durably])
def test_a_new_file_is_private_from_its_first_instant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, use: Callable[[Path, bytes], None]
) -> None:
    modes: list[int] = []
    chmod = os.fchmod

    def noting(descriptor: int, wanted: int) -> None:
        modes.append(stat.S_IMODE(os.fstat(descriptor).st_mode))
        chmod(descriptor, wanted)

    monkeypatch.setattr(files.os, "fchmod", noting)
    before = os.umask(0)
    try:
        use(tmp_path / "data" / "new", b"x\n")
    finally:
        os.umask(before)
    assert set(modes) <= {0o600, 0o700}
    assert 0o600 in modes


@pytest.mark.parametrize(
    ("call", "use"),
    [
        ("read", read_private),
        ("rename", set_aside),
        ("rename", move_to_another_name),
        ("fsync", append_a_line),
        ("lstat", read_private),
        ("mkdir", make_a_folder),
    ],
)
def test_a_failure_is_reported_in_the_systems_words_and_the_file_is_unchanged(
    kept: Path, monkeypatch: pytest.MonkeyPatch, call: str, use: Callable[[Path], object]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.EIO, "planted")

    monkeypatch.setattr(files.os, call, fail)
    with pytest.raises(StorageError, match=os.strerror(errno.EIO)):
        use(kept)
    monkeypatch.undo()

    assert kept.read_bytes().startswith(b"old")


USES: dict[str, Callable[[Path], object]] = {
    "read": read_private,
    "write": lambda path: write_private(path, b"new"),
    "append": append_a_line,
    "move": move_to_another_name,
    "set aside": set_aside,
    "new folder": lambda path: write_private(path.parent / "new" / "file", b"x"),
}
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


def test_where_an_append_can_not_be_undone_the_first_error_is_reported(
    kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.EDQUOT, "planted")

    def broken(*_: object) -> None:
        raise OSError(errno.EIO, "planted")

    monkeypatch.setattr(files.os, "write", full)
    monkeypatch.setattr(files.os, "ftruncate", broken)
    with pytest.raises(StorageError, match=os.strerror(errno.EDQUOT)):
        append_private(kept, b"line\n")


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


def test_a_move_is_on_the_disk_when_it_returns(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
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
    move_private(kept, kept.with_name("older"))
    assert done == ["rename", "folder"]


def test_a_file_is_moved_over_an_older_one(kept: Path) -> None:
    older = kept.with_name("older")
    write_private(older, b"oldest")

    move_private(kept, older)

    assert read_private(older) == b"old"
    assert read_private(kept) is None


def test_a_huge_file_is_not_read(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MOST_BYTES", 2)

    with pytest.raises(StorageError, match="too large"):
        read_private(kept)


def test_hints_can_be_pasted_into_a_shell(tmp_path: Path) -> None:
    path = tmp_path / "it's $HOME" / "a;b"
    write_private(path, b"x")
    path.chmod(0o644)

    with pytest.raises(StorageError) as caught:
        read_private(path)
    subprocess.run(["sh", "-c", caught.value.hint.removeprefix("Close it: ")], check=True)
    assert read_private(path) == b"x"
