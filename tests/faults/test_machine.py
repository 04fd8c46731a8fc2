"""Faults of this machine: disk, rights, homes, locks. Nothing is sent that could not be kept."""

import errno
import os
import shlex
import shutil
import sys
import threading
from collections.abc import Callable, Generator
from itertools import cycle
from pathlib import Path

import pytest

from tests.e2e.processes import PROJECT, in_bash
from tests.faults.stage import Deed, Stage
from tests.program import Done
from tests.sandbox import Call

HALF = b'{"accounts": {"half'
CHANGES = (Call.LOGIN, Call.REVOKE, Call.REVOKE_ALL, Call.REFRESH)
CHANGING = [deed for deed in Deed if deed is not Deed.LIST]


def process(home: str | Path, before: str = "") -> Callable[..., Done]:
    """The program as a process of its own, behind shell words such as a limit."""
    environ = {"PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8"}

    def run(*arguments: str, stdin: str = "") -> Done:
        line = shlex.join([sys.executable, "-W", "error", "-m", "qiscus_tui", *arguments])
        return in_bash(f"{before} {line}", environ, PROJECT, stdin)

    return run


def _nothing_was_sent(stage: Stage, run: Done) -> None:
    assert run.code == 6, run
    assert not any(stage.server.asked[call] for call in CHANGES), stage.server.asked
    stage.nothing_is_told(run)
    stage.says_what_and_what_to_do(run)


@pytest.fixture
def plainly(stage: Stage) -> Generator[str]:
    """Words that take root's right to open every file away; folders are as they were after it."""
    words = ""
    if os.geteuid() == 0:
        if shutil.which("setpriv") is None:
            pytest.skip("root may write everywhere, and setpriv is not here to take that away")
        words = "setpriv --bounding-set=-dac_override,-dac_read_search"
    yield words
    _set_modes(stage.home, 0o700)


def _set_modes(home: Path, mode: int) -> None:
    for folder, _, _ in os.walk(home, topdown=mode == 0o700):
        Path(folder).chmod(mode)


@pytest.mark.parametrize("deed", [Deed.LOGIN, Deed.REVOKE_ONE])
def test_on_a_full_disk_nothing_is_sent(stage: Stage, deed: Deed) -> None:
    stage.prepare(deed)
    full = process(stage.home, "ulimit -f 0;")
    _nothing_was_sent(stage, stage.do(deed, full))
    assert len(stage.credentials()) == (0 if deed is Deed.LOGIN else 1)
    if deed is Deed.REVOKE_ONE:  # the sessions are listed all the same
        assert stage.do(Deed.LIST, full).json()


@pytest.mark.parametrize("deed", [Deed.LOGIN, Deed.REVOKE_ALL])
def test_in_a_home_that_is_read_only_nothing_is_sent(
    stage: Stage, deed: Deed, plainly: str
) -> None:
    stage.prepare(deed)
    _set_modes(stage.home, 0o500)
    _nothing_was_sent(stage, stage.do(deed, process(stage.home, plainly)))
    if deed is Deed.REVOKE_ALL:
        assert stage.do(Deed.LIST, process(stage.home, plainly)).code == 0


def test_secrets_that_may_not_be_read_are_not_taken_for_none(stage: Stage, plainly: str) -> None:
    stage.prepare(Deed.REVOKE_ONE)
    stage.paths.secrets_file.chmod(0)
    _nothing_was_sent(stage, stage.do(Deed.REVOKE_ONE, process(stage.home, plainly)))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
@pytest.mark.parametrize("mode", [0o755, 0o700])
def test_in_the_home_of_another_user_it_says_which_folder_and_what_to_set(
    stage: Stage, tmp_path: Path, mode: int, plainly: str
) -> None:
    home = tmp_path / "ann"
    home.mkdir()
    home.chmod(mode)
    os.chown(home, 54321, 54321)
    run = stage.do(Deed.LOGIN, process(home, plainly))
    assert run.code in {2, 6}, run
    assert str(home) in run.err
    assert "QISCUS_TUI_DATA_DIR" in run.err
    assert stage.server.asked[Call.LOGIN] == 0


CALLS = {
    "os.write": errno.ENOSPC,
    "os.fsync": errno.ENOSPC,
    "fcntl.flock": errno.ENOLCK,
}


@pytest.mark.parametrize(("deed", "call"), zip(CHANGING, cycle(CALLS), strict=False))
def test_where_nothing_can_be_written_or_locked_nothing_is_sent(
    stage: Stage, deed: Deed, call: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.prepare(deed)

    def fails(*_: object) -> None:
        raise OSError(CALLS[call], os.strerror(CALLS[call]))

    monkeypatch.setattr(call, fails)
    _nothing_was_sent(stage, stage.do(deed))


@pytest.mark.parametrize("deed", [Deed.REVOKE_ALL, Deed.REFRESH])
def test_a_store_that_is_damaged_is_set_aside_by_name(stage: Stage, deed: Deed) -> None:
    stage.prepare(deed)
    file = stage.paths.secrets_file
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    file.write_bytes(HALF)
    file.chmod(0o600)
    run = stage.do(deed)
    _nothing_was_sent(stage, run)
    aside = [one for one in stage.files() if one.read_bytes() == HALF]
    assert len(aside) == 1
    assert aside[0].name in run.err


def test_two_programs_that_revoke_the_same_at_once_both_tell_the_truth(stage: Stage) -> None:
    stage.prepare(Deed.REVOKE_MANY)
    runs: list[Done] = []
    command = process(stage.home)
    both = [
        threading.Thread(target=lambda: runs.append(stage.do(Deed.REVOKE_MANY, command)))
        for _ in range(2)
    ]
    for one in both:
        one.start()
    for one in both:
        one.join()
    for run in runs:
        assert run.code == 0, run
        assert set(run.outcomes()) == set(stage.targets)
        assert set(run.outcomes().values()) <= {"revoked", "already_gone"}
    assert not set(stage.targets) & stage.live()
