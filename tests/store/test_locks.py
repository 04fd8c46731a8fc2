import asyncio
import errno
import fcntl
import multiprocessing
import os
import stat
from collections.abc import Iterator
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest

from qiscus_tui.errors import StorageError
from qiscus_tui.store.locks import KERNEL_LOCK, account_lock, account_lock_name, store_lock
from qiscus_tui.store.paths import Paths
from tests.store.conftest import begun

ACCOUNT_KEY = "https://x abcd ann@b.c"


def hold(paths: Paths, held: Event) -> None:
    async def until_killed() -> None:
        async with account_lock(paths.state_dir, "ann"):
            held.set()
            await asyncio.Event().wait()

    asyncio.run(until_killed())


@pytest.fixture
def holder(paths: Paths) -> Iterator[BaseProcess]:
    """Another process that holds the account `ann`."""
    held = multiprocessing.get_context("spawn").Event()
    process = begun(hold, paths, held)
    assert held.wait(60)
    yield process
    process.kill()
    process.join()


async def test_a_held_account_is_given_up_with_how_to_find_who_holds_it(paths: Paths) -> None:
    async with account_lock(paths.state_dir, "ann"):
        with pytest.raises(StorageError, match=r"Another program held .*\.lock for 0\.1 s") as held:
            async with account_lock(paths.state_dir, "ann", 0.1):
                pass
    assert f"fuser {paths.state_dir / account_lock_name('ann')}" in held.value.hint


async def test_another_account_is_free_and_a_killed_process_holds_nothing(
    paths: Paths, holder: BaseProcess
) -> None:
    with store_lock(paths.state_dir, timeout=0.1):
        async with account_lock(paths.state_dir, "ben", 0.1):
            assert holder.is_alive()
    holder.kill()
    holder.join()
    async with account_lock(paths.state_dir, "ann", 5):
        pass


async def test_waiting_blocks_no_other_task_and_can_be_cancelled_at_once(
    paths: Paths, holder: BaseProcess
) -> None:
    async def wait() -> None:
        async with account_lock(paths.state_dir, "ann"):
            pytest.fail("it is held")

    waiting = asyncio.create_task(wait())
    for _ in range(10):
        await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    holder.kill()
    holder.join()
    async with account_lock(paths.state_dir, "ann", 0.1):
        pass


async def test_the_file_stays_the_same_and_is_private(paths: Paths) -> None:
    async with account_lock(paths.state_dir, ACCOUNT_KEY):
        (file,) = paths.state_dir.iterdir()
        before = file.stat()
    assert stat.S_IMODE(before.st_mode) == 0o600
    assert ACCOUNT_KEY not in file.name
    async with account_lock(paths.state_dir, ACCOUNT_KEY):  # removed, two could lock two files
        assert file.stat().st_ino == before.st_ino


@pytest.mark.parametrize(
    ("number", "hint"),
    [(errno.ENOSYS, "local disk"), (errno.ENOLCK, "local disk"), (errno.EOPNOTSUPP, "local disk"),
     (errno.EROFS, "writable folder")],
)  # fmt: skip
async def test_a_file_system_without_locks_is_an_error_and_a_read_only_one_another(
    paths: Paths, monkeypatch: pytest.MonkeyPatch, number: int, hint: str
) -> None:
    def flock(_: int, __: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "flock", flock)
    with pytest.raises(StorageError, match="could not be locked") as caught:
        async with account_lock(paths.state_dir, "ann", 0.1):
            pass
    assert hint in caught.value.hint


def test_a_lock_is_the_kernels_and_its_file_stays() -> None:
    """filelock has a soft lock for where there are none, and may remove the file of a lock."""
    assert not KERNEL_LOCK["fallback_to_soft"]
    assert KERNEL_LOCK["preserve_lock_file"]


def test_a_link_in_the_locks_place_is_refused(paths: Paths, tmp_path: Path) -> None:
    with store_lock(paths.state_dir):
        pass
    lock = paths.state_dir / "store.lock"
    lock.unlink()
    lock.symlink_to(tmp_path / "elsewhere")

    with (
        pytest.raises(StorageError, match="symbolic link"),
        store_lock(paths.state_dir, timeout=0.1),
    ):
        pass
    assert not (tmp_path / "elsewhere").exists()


def test_an_error_inside_gives_the_lock_back(paths: Paths) -> None:
    with pytest.raises(ZeroDivisionError), store_lock(paths.state_dir):
        raise ZeroDivisionError

    with store_lock(paths.state_dir, timeout=0.1):
        pass
