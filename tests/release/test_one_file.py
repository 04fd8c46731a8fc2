"""The program as one file, as `.ci/release.py` made it: `QISCUS_TUI_ONE_FILE` names it."""

import os
import shutil
import stat
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

import msgspec
import pytest

from qiscus_tui import __version__
from tests.e2e.terminal import ENTER, Terminal, environment

pytestmark = pytest.mark.skipif(
    "QISCUS_TUI_ONE_FILE" not in os.environ, reason="needs a file that .ci/release.py built"
)

FILE = Path(os.environ.get("QISCUS_TUI_ONE_FILE", "")).absolute()
COMMAND = (sys.executable, str(FILE))
TARGET = FILE.stem.rpartition(f"{__version__}-")[2]
INSTALLED = (sys.executable, "-m", "qiscus_tui")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which it is unpacked once."""
    return tmp_path_factory.mktemp("home")


def run(home: Path, *command: str, **more: str) -> "subprocess.CompletedProcess[str]":
    environ = {"HOME": str(home), "PATH": os.environ["PATH"]} | more
    return subprocess.run(
        command, env=environ, cwd=home, capture_output=True, text=True, check=False
    )


def test_it_unpacks_itself_for_this_user_alone_and_runs(home: Path) -> None:
    done = run(home, *COMMAND, "--version")
    assert (done.returncode, done.stdout) == (0, f"qiscus-tui {__version__}\n"), done.stderr
    unpacked = home / ".cache" / "qiscus-tui" / "one-file"
    assert stat.S_IMODE(unpacked.stat().st_mode) == 0o700
    done = run(home, *COMMAND, "--demo", "sessions", "--json")
    assert done.returncode == 0, done.stderr
    assert len(msgspec.json.decode(done.stdout)) > 100


def test_exec_gives_a_command_what_the_installed_program_gives_it(home: Path) -> None:
    show = "umask; env | grep -v ^QISCUS_TOKEN= | sort"
    words = ("--demo", "exec", "--", "sh", "-c", show)
    with_file, installed = run(home, *COMMAND, *words), run(Path.cwd(), *INSTALLED, *words)
    assert with_file.returncode == installed.returncode == 0, with_file.stderr
    here = (f"PWD={home}", f"HOME={home}")
    there = (f"PWD={Path.cwd()}", f"HOME={Path.cwd()}")
    assert [line for line in with_file.stdout.splitlines() if line not in here] == [
        line for line in installed.stdout.splitlines() if line not in there
    ]


def test_the_app_starts_on_a_terminal(home: Path) -> None:
    with Terminal([*COMMAND, "--demo"], environ=environment(HOME=str(home))) as terminal:
        terminal.wait_for("Password")
        terminal.send(ENTER)  # the demo fills the fields
        terminal.wait_for("GuzzleHttp")
        terminal.send("q")
        assert terminal.finish() == 0


def start_script(folder: Path, changes: Mapping[str, str]) -> Path:
    """What of the file runs first, changed."""
    with zipfile.ZipFile(FILE) as archive:
        text = archive.read("__main__.py").decode()
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    script = folder / "start.py"
    script.write_text(text)
    return script


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """What of a file runs first that is for a Python which is nowhere."""
    return start_script(tmp_path, {TARGET: f"cp399-{TARGET.partition('-')[2]}"})


def test_where_no_python_fits_it_says_what_to_write(home: Path, other: Path) -> None:
    done = run(home, sys.executable, str(other))
    assert (done.returncode, done.stdout) == (2, "")
    assert f"  /path/to/python3.99 {other}\n" in done.stderr
    assert f"Or take {FILE.name}" in done.stderr


def old_python(python: str) -> str:
    found = [str(path) for path in Path.home().glob(f".pyenv/versions/*/bin/{python}")]
    if not found and shutil.which(python) is None:
        pytest.skip(f"there is no {python} here")
    return (found or [python])[0]


OLD = pytest.mark.parametrize("python", ["python2.7", "python3.10"])


@OLD
def test_an_old_python_is_told_which_one_it_needs(home: Path, other: Path, python: str) -> None:
    done = run(home, old_python(python), str(other), "--version")
    assert done.returncode == 2
    assert "Python 3.11 or later is needed" in done.stderr


@pytest.mark.parametrize(("python", "where"), [("python2.7", "in PATH"), ("python3.10", "noted")])
def test_another_python_starts_the_one_that_fits(
    home: Path, tmp_path: Path, python: str, where: str
) -> None:
    old = old_python(python)
    noted = tmp_path / ".cache" / "qiscus-tui" / "one-file" / f"{TARGET}.python"
    folder = tmp_path / "bin"
    folder.mkdir()
    name = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    (folder / name).write_text(
        f'#!/bin/sh\necho ran >> {tmp_path}/ran\nexec {sys.executable} "$@"\n'
    )
    (folder / name).chmod(0o755)
    if where == "noted":
        noted.parent.mkdir(parents=True, mode=0o700)
        noted.write_text(str(folder / name))
    path = str(folder) if where == "in PATH" else "/nowhere"
    done = run(tmp_path, old, str(FILE), "--version", PATH=path)
    assert (done.returncode, done.stdout) == (0, f"qiscus-tui {__version__}\n"), done.stderr
    assert (tmp_path / "ran").read_text() == "ran\n" * 2
    assert Path(noted.read_text()).exists()


def test_what_is_unpacked_in_part_is_unpacked_again_or_named(home: Path) -> None:
    assert run(home, *COMMAND, "--version").returncode == 0
    (packages,) = home.glob(".cache/qiscus-tui/one-file/*/site-packages")
    (packages / "textual/app.py").unlink()
    (packages / "qiscus_tui/__main__.py").write_text("")  # as a crash leaves it
    done = run(home, *COMMAND, "--demo", "token")
    assert (done.returncode, done.stderr) == (0, "")
    assert (packages / "textual/app.py").exists()
    (packages / "qiscus_tui/cli/main.py").write_text("")
    done = run(home, *COMMAND, "--demo", "token")
    assert done.returncode == 6
    assert "Traceback" not in done.stderr
    assert "Remove that folder" in done.stderr
    shutil.rmtree(packages)


def test_a_folder_that_is_full_or_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / ".cache").mkdir()
    (tmp_path / ".cache" / "qiscus-tui").write_text("in the way")
    done = run(tmp_path, *COMMAND, "--version")
    assert (done.returncode, done.stdout) == (6, "")
    first, hint = done.stderr.splitlines()
    assert first.startswith(f"The program could not be unpacked into {tmp_path}")
    assert "SHIV_ROOT" in hint


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a folder of another user")
def test_it_runs_no_code_out_of_another_users_folder(tmp_path: Path) -> None:
    os.chown(tmp_path, 65534, 65534)
    done = run(tmp_path, *COMMAND, "--version")
    assert (done.returncode, done.stdout) == (6, "")
    assert "belongs to another user" in done.stderr
    own = tmp_path / "own"
    own.mkdir()
    assert run(tmp_path, *COMMAND, "--version", SHIV_ROOT=str(own)).returncode == 0
