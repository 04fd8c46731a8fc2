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
INSTALLED = (sys.executable, "-m", "qiscus_tui")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which it is unpacked once."""
    return tmp_path_factory.mktemp("home")


def run(home: Path, *command: str, **more: str) -> "subprocess.CompletedProcess[str]":
    environ = {"HOME": str(home), "PATH": os.environ["PATH"], **more}
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


def test_another_python_is_told_which_file_to_take(home: Path, tmp_path: Path) -> None:
    this = FILE.stem.rpartition(f"{__version__}-")[2]
    other = start_script(tmp_path, {this: "cp399-linux-x86_64"})
    done = run(home, sys.executable, str(other))
    assert (done.returncode, done.stdout) == (2, "")
    assert f"Take {FILE.name}" in done.stderr


@pytest.mark.parametrize("python", ["python2.7", "python3.6", "python3.10"])
def test_an_old_python_is_told_which_one_it_needs(home: Path, python: str) -> None:
    found = [str(path) for path in Path.home().glob(f".pyenv/versions/*/bin/{python}")]
    if not found and shutil.which(python) is None:
        pytest.skip(f"there is no {python} here")
    done = run(home, (found or [python])[0], str(FILE), "--version")
    assert done.returncode == 2
    assert "Python 3.11 or later is needed" in done.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a folder of another user")
def test_it_runs_no_code_out_of_another_users_folder(tmp_path: Path) -> None:
    os.chown(tmp_path, 65534, 65534)
    done = run(tmp_path, *COMMAND, "--version")
    assert (done.returncode, done.stdout) == (6, "")
    assert "belongs to another user" in done.stderr
    own = tmp_path / "own"
    own.mkdir()
    assert run(tmp_path, *COMMAND, "--version", SHIV_ROOT=str(own)).returncode == 0
