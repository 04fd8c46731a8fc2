#!/usr/bin/env python3
"""Locks what is installed: the version and the hashes of every package, for 3.11 to 3.15.

    .ci/lock.py                      write the locks again, as old versions as they still allow
    .ci/lock.py --upgrade            write them with the newest versions
    .ci/lock.py --check              exit 1 if pyproject.toml asks for something that they lack
    .ci/lock.py --requirements FILE  print a lock for `pip install --require-hashes -r /dev/stdin`

The locks name files in a folder `wheels` beside them, and no server: take them from the index that
pip is set up for. What is not the same byte for byte is refused.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

TOP = Path(__file__).resolve().parent.parent
LOCKS = {
    "pylock.toml": ("pyproject.toml",),
    "pylock.dev.toml": ("pyproject.toml", "--extra", "dev"),
    "pylock.tools.toml": ("pyproject.toml", "--group", "tools"),
}
"""What each lock is made from."""


def main() -> int:
    """Carry out what the arguments ask for, and return the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    action = parser.add_mutually_exclusive_group()
    action.add_argument("--upgrade", action="store_true")
    action.add_argument("--check", action="store_true")
    action.add_argument("--requirements", metavar="FILE", type=Path)
    options = parser.parse_args()
    if options.requirements:
        print("\n".join(requirements(options.requirements)))
        return 0
    if options.check:
        return check()
    for name in LOCKS:
        (TOP / name).write_text(resolved(name, upgrade=options.upgrade))
    return 0


def check() -> int:
    """Return 1, and say so, where a lock no longer is what pyproject.toml asks for."""
    outdated = [
        name
        for name in LOCKS
        if _versions(resolved(name, upgrade=False)) != _versions((TOP / name).read_text())
    ]
    for name in outdated:
        print(f"{name} is not what pyproject.toml asks for: run .ci/lock.py", file=sys.stderr)
    return 1 if outdated else 0


def resolved(name: str, *, upgrade: bool) -> str:
    """Return the lock as it should be, which keeps each locked version that is still allowed."""
    with tempfile.TemporaryDirectory() as folder:
        lock = Path(folder, name)
        if (TOP / name).exists() and not upgrade:
            shutil.copy(TOP / name, lock)
        subprocess.run(
            [
                *(sys.executable, "-m", "uv", "pip", "compile", "--quiet"),
                *("--universal", "--python-version", "3.11"),
                *("--no-build", "--custom-compile-command", ".ci/lock.py"),
                *("--output-file", str(lock), *LOCKS[name]),
            ],
            cwd=TOP,
            check=True,
        )
        text = lock.read_text()
    text = re.sub(r'^index = ".*\n', "", text, flags=re.MULTILINE)
    return re.sub(r'url = "[^"]*/([^"/]+)"', lambda at: f'path = "wheels/{unquote(at[1])}"', text)


def requirements(lock: Path) -> Iterator[str]:
    """Yield each package of a lock as a line of a requirements file, with all its hashes."""
    for package in tomllib.loads(lock.read_text())["packages"]:
        marker = f" ; {package['marker']}" if "marker" in package else ""
        hashes = (f" --hash=sha256:{wheel['hashes']['sha256']}" for wheel in package["wheels"])
        yield f"{package['name']}=={package['version']}{marker}{''.join(hashes)}"


def _versions(text: str) -> list[tuple[Any, ...]]:
    lock = tomllib.loads(text)
    return [
        (lock["requires-python"], package["name"], package["version"], package.get("marker"))
        for package in lock["packages"]
    ]


if __name__ == "__main__":
    sys.exit(main())
