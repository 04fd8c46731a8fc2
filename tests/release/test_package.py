"""Wheel and source archive hold what they should, and nothing else."""

import os
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import msgspec
import pytest

from qiscus_tui import __version__
from qiscus_tui.cli.completion import completion_functions
from qiscus_tui.cli.man import man_page

PROJECT = Path(__file__).parents[2]
SHARED = {
    "share/man/man1/qiscus-tui.1": man_page,
    "share/bash-completion/completions/qiscus-tui": lambda: completion_functions("bash"),
    "share/zsh/site-functions/_qiscus-tui": lambda: completion_functions("zsh"),
    "share/fish/vendor_completions.d/qiscus-tui.fish": lambda: completion_functions("fish"),
}
"""Where programs look below a prefix, and what has to be there."""


def build(what: str, folder: Path) -> Path:
    pytest.importorskip("hatchling", reason="pip install -e '.[dev]' installs hatchling")
    command = [sys.executable, "-m", "hatchling", "build", "-t", what, "-d", folder]
    subprocess.run(command, cwd=PROJECT, check=True, capture_output=True)
    (built,) = folder.iterdir()
    return built


def test_the_wheel_has_the_program_and_what_a_system_looks_for(tmp_path: Path) -> None:
    with zipfile.ZipFile(build("wheel", tmp_path)) as archive:
        wheel = {name: archive.read(name) for name in archive.namelist()}
    package = PROJECT / "qiscus_tui"
    files = [*package.rglob("*.py"), *package.rglob("*.tcss"), package / "py.typed"]
    data, info = f"qiscus_tui-{__version__}.data/data/", f"qiscus_tui-{__version__}.dist-info/"
    contents = info + "sboms/qiscus-tui.cdx.json"
    assert set(wheel) == {
        *(str(path.relative_to(PROJECT)) for path in files),
        *(data + place for place in SHARED),
        *(info + name for name in ("METADATA", "WHEEL", "RECORD", "entry_points.txt")),
        info + "licenses/LICENSE",
        contents,
    }
    for place, made in SHARED.items():
        assert wheel[data + place].decode() == made(), place

    bom = msgspec.json.decode(wheel[contents])
    lock = tomllib.loads((PROJECT / "pylock.toml").read_text())
    assert (bom["bomFormat"], bom["specVersion"]) == ("CycloneDX", "1.6")
    assert {one["purl"] for one in bom["components"]} == {
        f"pkg:pypi/{package['name']}@{package['version']}" for package in lock["packages"]
    }


def test_the_source_archive_has_what_is_kept_in_git(tmp_path: Path) -> None:
    if not (PROJECT / ".git").exists():
        pytest.skip("this is no git checkout")
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    kept = subprocess.check_output(listing, cwd=PROJECT, text=True).splitlines()
    with tarfile.open(build("sdist", tmp_path)) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert names == {name for name in kept if (PROJECT / name).exists()} | {"PKG-INFO"}


@pytest.mark.parametrize(
    ("shell", "asked", "wanted"),
    [
        pytest.param(
            "zsh",
            "fpath=({share}/zsh/site-functions $fpath); autoload -U compinit; compinit -u -D; "
            "print $_comps[qiscus-tui]",
            "_qiscus-tui",
            id="zsh",
        ),
        pytest.param("fish", "complete -C 'qiscus-tui sess'", "sessions", id="fish"),
    ],
)
def test_a_shell_finds_its_completion_there(
    tmp_path: Path, shell: str, asked: str, wanted: str
) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"there is no {shell} here")
    for place, made in SHARED.items():
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_text(made())
    share, program = tmp_path / "share", tmp_path / "qiscus-tui"
    program.write_text("#!/bin/sh\n")  # fish completes no program that is not there
    program.chmod(0o755)
    path = f"{tmp_path}:{os.environ['PATH']}"
    environ = {"HOME": str(tmp_path), "PATH": path, "XDG_DATA_DIRS": str(share)}
    words = [shell, *(["-f"] if shell == "zsh" else []), "-c", asked.format(share=share)]
    done = subprocess.run(words, env=environ, capture_output=True, text=True, check=True)
    assert wanted in done.stdout
