import errno
import fcntl
import os
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from qiscus_tui.errors import StorageError
from qiscus_tui.store.locks import account_lock, store_lock
from qiscus_tui.store.paths import Paths

HOLD = """
import sys
from pathlib import Path
from qiscus_tui.store.locks import account_lock
from qiscus_tui.store.paths import Paths
with account_lock(Paths(*(Path(sys.argv[1]) / n for n in ("c", "d", "s", "x"))), "ann"):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path / "c", tmp_path / "d", tmp_path / "s", tmp_path / "x")


@pytest.fixture
def holder(paths: Paths) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the account `ann`."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(paths.state_dir.parent)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_held_account_is_given_up_and_the_other_process_named(
    paths: Paths, holder: subprocess.Popen[str]
) -> None:
    with (
        pytest.raises(StorageError, match=rf"process {holder.pid}\) held a lock"),
        account_lock(paths, "ann", timeout=0.1),
    ):
        pass


def test_another_account_is_free(paths: Paths, holder: subprocess.Popen[str]) -> None:
    with account_lock(paths, "ben", timeout=0.1), store_lock(paths, timeout=0.1):
        assert holder.poll() is None


def test_a_killed_process_holds_nothing(paths: Paths, holder: subprocess.Popen[str]) -> None:
    holder.kill()
    holder.wait()

    with account_lock(paths, "ann", timeout=5):
        pass


def test_the_same_process_waits_for_itself_too(paths: Paths) -> None:
    def again() -> str:
        try:
            with account_lock(paths, "ann", timeout=0.05):
                return "entered"
        except StorageError as error:
            return error.message

    with account_lock(paths, "ann"):
        assert f"process {os.getpid()}" in in_a_thread(again)


def test_a_lock_may_be_left_in_another_thread(paths: Paths) -> None:
    lock = account_lock(paths, "ann")
    in_a_thread(lambda: str(lock.__enter__()))
    lock.__exit__(None, None, None)

    with account_lock(paths, "ann", timeout=0.1):
        pass


def test_the_file_stays_and_is_private_and_does_not_name_the_account(paths: Paths) -> None:
    with account_lock(paths, "https://x abcd ann@b.c"):
        pass

    (file,) = paths.state_dir.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "ann" not in file.name


@pytest.mark.parametrize("number", [errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP])
def test_without_real_locks_nothing_is_locked_by_other_means(
    paths: Paths, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def flock(_: int, __: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "flock", flock)
    with (
        pytest.raises(StorageError, match="could not be locked") as caught,
        account_lock(paths, "ann", timeout=0.1),
    ):
        pass
    assert "local disk" in caught.value.hint


def test_on_a_read_only_disk_the_hint_is_not_about_locks(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    def flock(_: int, __: int) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(fcntl, "flock", flock)
    with (
        pytest.raises(StorageError, match="could not be locked: Read-only") as caught,
        store_lock(paths, timeout=0.1),
    ):
        pass
    assert "can be written" in caught.value.hint


def test_a_link_in_the_locks_place_is_refused(paths: Paths, tmp_path: Path) -> None:
    with store_lock(paths):
        pass
    lock = paths.state_dir / "store.lock"
    lock.unlink()
    lock.symlink_to(tmp_path / "elsewhere")

    with pytest.raises(StorageError, match="symbolic link"), store_lock(paths, timeout=0.1):
        pass
    assert not (tmp_path / "elsewhere").exists()


def test_an_error_inside_gives_the_lock_back(paths: Paths) -> None:
    with pytest.raises(ZeroDivisionError), store_lock(paths):
        raise ZeroDivisionError

    with store_lock(paths, timeout=0.1):
        pass


def in_a_thread(call: Callable[[], str]) -> str:
    """What the call gives in a thread of its own."""
    answers: list[str] = []
    thread = threading.Thread(target=lambda: answers.append(call()))
    thread.start()
    thread.join()
    return answers[0]
