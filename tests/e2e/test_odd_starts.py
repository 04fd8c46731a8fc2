"""The program where something is missing, closed or full that every other program finds."""

import sys
from pathlib import Path

import pytest

from tests.e2e.processes import PROJECT, in_bash
from tests.program import Done

PROGRAM = f"'{sys.executable}' -m qiscus_tui"


def typed(command: str, folder: Path) -> Done:
    """What a shell in that folder makes of it; without a word of Python's own."""
    done = in_bash(command, {"PYTHONPATH": str(PROJECT), "HOME": str(folder)}, folder)
    assert "Traceback" not in done.err
    assert "Exception ignored" not in done.err
    return done


@pytest.mark.parametrize("closed", ["<&- 2>&-", ">&-"])
def test_with_closed_streams_it_does_its_work_in_silence(tmp_path: Path, closed: str) -> None:
    done = typed(f"{PROGRAM} --demo sessions --json {closed}", tmp_path)
    assert (done.code, done.err) == (0, "")
    assert bool(done.out) is (closed != ">&-")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("words", ["--demo sessions", "--demo sessions --csv", "--help"])
def test_a_disk_that_is_full_is_6(words: str, tmp_path: Path) -> None:
    done = typed(f"{PROGRAM} {words} >/dev/full", tmp_path)
    assert done.code == 6
    assert len(done.err.splitlines()) == 2
    assert "could not be written" in done.err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_message_that_cannot_be_written_changes_no_exit_code(tmp_path: Path) -> None:
    for line, code in (
        ("--demo sessions 2>/dev/full", 0),
        ("sessions --wrong 2>/dev/full", 2),
        ("sessions --wrong --json >/dev/full", 2),
    ):
        assert typed(f"{PROGRAM} {line}", tmp_path).code == code, line


def test_a_reader_that_went_away_ends_it_silently(tmp_path: Path) -> None:
    done = typed(f"({PROGRAM} --demo sessions --json; echo $? >&2) | head -n 1", tmp_path)
    assert done.out == "[\n"
    assert done.err.splitlines()[-1] == "0"


def test_it_starts_in_a_folder_that_is_gone(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    done = typed(f"rmdir ../gone && {PROGRAM} --version", gone)
    assert (done.code, done.err) == (0, "")


def test_a_module_in_the_current_folder_is_not_taken(tmp_path: Path) -> None:
    (tmp_path / "argparse.py").write_text("raise SystemExit(9)")
    assert typed(f"{PROGRAM} --version", tmp_path).code == 0


def test_no_core_of_it_is_ever_dumped(tmp_path: Path) -> None:
    script = (
        "import resource, sys; from qiscus_tui.__main__ import main; sys.argv[1:] = ['--version'];"
        "main(); print(resource.getrlimit(resource.RLIMIT_CORE)[0])"
    )
    done = typed(f"ulimit -S -c $(ulimit -H -c); '{sys.executable}' -c \"{script}\"", tmp_path)
    assert done.out.splitlines()[1:] == ["0"]
