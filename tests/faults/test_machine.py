"""Faults of this machine: disk, rights, homes, locks. Nothing is sent that could not be kept."""

import errno
import os
import shutil
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.faults.commands import Command
from tests.faults.program import Run
from tests.faults.stage import EMAIL, NEVER_TWICE, Deed, Stage
from tests.sandbox import Call

HALF = b'{"accounts": {"half'
CHANGES = (Call.LOGIN, Call.REVOKE, Call.REVOKE_ALL, Call.REFRESH)
CHANGING = [deed for deed in Deed if deed is not Deed.LIST]


def _words(stage: Stage, deed: Deed) -> list[str]:
    return {
        Deed.LOGIN: [
            *("login", "--email", EMAIL, "--password-stdin", "--store", "file"),
            *("--server", stage.server.url),
        ],
        Deed.LIST: ["sessions", "--json"],
        Deed.REVOKE_ONE: ["revoke", *stage.targets, "--yes", "--json"],
        Deed.REVOKE_MANY: ["revoke", *stage.targets, "--yes", "--json"],
        Deed.REVOKE_ALL: ["revoke-all", "--yes", "--json"],
        Deed.REFRESH: ["refresh"],
    }[deed]


def _run(command: Command, stage: Stage, deed: Deed) -> Run:
    ended = command(*_words(stage, deed), stdin="demo-password\n")
    return Run(ended.returncode, ended.stdout, ended.stderr)


def _nothing_was_sent(stage: Stage, run: Run) -> None:
    assert run.code == 6, run
    assert not any(stage.server.asked[call] for call in CHANGES), stage.server.asked
    stage.nothing_is_told(run)
    stage.says_what_and_what_to_do(run)


@pytest.fixture
def plainly(stage: Stage) -> Generator[Command]:
    """The program without root's right to open every file; folders are as they were after it."""
    words = ""
    if os.geteuid() == 0:
        if shutil.which("setpriv") is None:
            pytest.skip("root may write everywhere, and setpriv is not here to take that away")
        words = "setpriv --bounding-set=-dac_override,-dac_read_search"
    yield Command(stage.program.home, before=words)
    for folder, _, _ in os.walk(stage.program.home):
        Path(folder).chmod(0o700)


def _make_read_only(home: Path) -> None:
    for folder, _, _ in os.walk(home, topdown=False):
        Path(folder).chmod(0o500)


@pytest.mark.parametrize("deed", CHANGING)
def test_on_a_full_disk_nothing_is_sent(stage: Stage, deed: Deed) -> None:
    stage.prepare(deed)
    full = Command(stage.program.home, before="ulimit -f 0;")
    _nothing_was_sent(stage, _run(full, stage, deed))
    assert len(stage.program.credentials()) == (0 if deed is Deed.LOGIN else 1)


def test_on_a_full_disk_the_sessions_are_listed_all_the_same(stage: Stage) -> None:
    stage.prepare(Deed.LIST)
    run = _run(Command(stage.program.home, before="ulimit -f 0;"), stage, Deed.LIST)
    assert run.code == 0, run
    assert run.json()


@pytest.mark.parametrize("deed", CHANGING)
def test_in_a_home_that_is_read_only_nothing_is_sent(
    stage: Stage, deed: Deed, plainly: Command
) -> None:
    stage.prepare(deed)
    _make_read_only(stage.program.home)
    run = _run(plainly, stage, deed)
    _nothing_was_sent(stage, run)


def test_in_a_home_that_is_read_only_the_sessions_are_listed_all_the_same(
    stage: Stage, plainly: Command
) -> None:
    stage.prepare(Deed.LIST)
    _make_read_only(stage.program.home)
    run = _run(plainly, stage, Deed.LIST)
    assert run.code == 0, run


@pytest.mark.parametrize("deed", [deed for deed in Deed if deed is not Deed.LOGIN])
def test_secrets_that_may_not_be_read_are_not_taken_for_none(
    stage: Stage, deed: Deed, plainly: Command
) -> None:
    stage.prepare(deed)
    stage.program.paths.secrets_file.chmod(0)
    _nothing_was_sent(stage, _run(plainly, stage, deed))


@pytest.mark.parametrize("deed", [deed for deed in Deed if deed is not Deed.LOGIN])
def test_secrets_that_others_may_read_are_refused_with_the_command_that_mends_it(
    stage: Stage, deed: Deed
) -> None:
    stage.prepare(deed)
    stage.program.paths.secrets_file.chmod(0o644)
    run = stage.do(deed)
    _nothing_was_sent(stage, run)
    assert "chmod" in run.err


@pytest.mark.parametrize(("home", "code"), [("", 2), ("relative", 2), ("/proc/nowhere", 6)])
def test_without_a_home_nobody_is_logged_in(
    stage: Stage, home: str, code: int, plainly: Command
) -> None:
    command = replace(plainly, environ={"HOME": home})
    run = _run(command, stage, Deed.LOGIN)
    assert run.code == code, run
    assert stage.server.asked[Call.LOGIN] == 0
    stage.says_what_and_what_to_do(run)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
@pytest.mark.parametrize("mode", [0o755, 0o700])
def test_in_the_home_of_another_user_it_says_which_folder_and_what_to_set(
    stage: Stage, tmp_path: Path, mode: int, plainly: Command
) -> None:
    home = tmp_path / "ann"
    home.mkdir()
    home.chmod(mode)
    os.chown(home, 54321, 54321)
    run = _run(replace(plainly, environ={"HOME": str(home)}), stage, Deed.LOGIN)
    assert run.code in {2, 6}, run
    assert str(home) in run.err
    assert "QISCUS_TUI_DATA_DIR" in run.err
    assert stage.server.asked[Call.LOGIN] == 0


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP])
@pytest.mark.parametrize("deed", CHANGING)
def test_on_a_file_system_without_locks_nothing_is_sent(
    stage: Stage, deed: Deed, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.prepare(deed)

    def flock(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("fcntl.flock", flock)
    _nothing_was_sent(stage, stage.do(deed))


@pytest.mark.parametrize("deed", CHANGING)
def test_a_store_that_is_damaged_is_set_aside_by_name(stage: Stage, deed: Deed) -> None:
    stage.prepare(deed)
    file = stage.program.paths.secrets_file
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    file.write_bytes(HALF)
    file.chmod(0o600)
    run = stage.do(deed)
    _nothing_was_sent(stage, run)
    aside = [one for one in stage.program.files() if one.read_bytes() == HALF]
    assert len(aside) == 1
    assert aside[0].name in run.err


def test_two_programs_that_revoke_the_same_at_once_both_tell_the_truth(stage: Stage) -> None:
    import threading

    stage.prepare(Deed.REVOKE_MANY)
    runs: list[Run] = []
    command = Command(stage.program.home)
    both = [
        threading.Thread(target=lambda: runs.append(_run(command, stage, Deed.REVOKE_MANY)))
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


def test_a_pipe_that_closes_early_ends_in_silence(stage: Stage) -> None:
    stage.prepare(Deed.LIST)
    command = Command(
        stage.program.home, before="exec 3>&2; {", behind="; echo code $? >&3; } | head -c 20"
    )
    run = _run(command, stage, Deed.LIST)
    assert run.err == "code 0\n"


def test_output_that_is_closed_from_the_start_is_no_crash(stage: Stage) -> None:
    stage.prepare(Deed.LIST)
    run = _run(Command(stage.program.home, behind=">&-"), stage, Deed.LIST)
    assert run.code in {0, 6}, run
    assert "Traceback" not in run.err


def test_a_full_disk_behind_the_output_is_told(stage: Stage) -> None:
    stage.prepare(Deed.LIST)
    run = _run(Command(stage.program.home, behind=">/dev/full"), stage, Deed.LIST)
    assert run.code == 6, run
    stage.says_what_and_what_to_do(run)


@pytest.mark.parametrize("term", [None, "dumb", "xterm-256color"])
def test_the_app_without_a_terminal_names_the_command_for_scripts(
    stage: Stage, term: str | None
) -> None:
    run = Command(stage.program.home, environ={"TERM": term})()
    assert run.returncode == 2
    assert "sessions" in run.stderr


@pytest.mark.parametrize("deed", [Deed.REVOKE_ONE, Deed.REVOKE_ALL])
@pytest.mark.parametrize("behind", ["", "<&-"], ids=["a pipe", "closed"])
def test_without_a_terminal_nobody_can_say_yes(stage: Stage, deed: Deed, behind: str) -> None:
    stage.prepare(deed)
    words = [word for word in _words(stage, deed) if word != "--yes"]
    ended = Command(stage.program.home, behind=behind)(*words)
    assert ended.returncode == 2, ended
    assert not any(stage.server.asked[call] for call in (*NEVER_TWICE, Call.REVOKE))
