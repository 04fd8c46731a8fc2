#!/usr/bin/env python3
"""Builds what is released into `dist`: source archive, wheel, and the program as one file.

    .ci/release.py               all of it, for every Python and machine in TARGETS
    .ci/release.py cp311-linux-x86_64 …   the one file of these alone

It runs in an environment of pylock.tools.toml (`.ci/run` and the release workflow make one). All is
built twice, in two folders, and has to be the same byte for byte. No package's code is run.
"""

import argparse
import filecmp
import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
PLATFORMS = {
    "linux-x86_64": "x86_64-manylinux_2_28",
    "linux-aarch64": "aarch64-manylinux_2_28",
    "darwin-arm64": "aarch64-apple-darwin",
    "darwin-x86_64": "x86_64-apple-darwin",
}
"""Names of machines, and what uv calls them."""
TARGETS = [f"cp3{minor}-{machine}" for minor in range(11, 16) for machine in PLATFORMS]

UNPACKED = "~/.cache/qiscus-tui/one-file"
"""Where the one file unpacks itself at its first start."""


def main() -> int:
    """Build, compare, and put the files into `dist`."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("targets", nargs="*", metavar="TARGET")
    targets = parser.parse_args().targets or TARGETS
    if unknown := set(targets) - set(TARGETS):
        parser.error(f"unknown: {' '.join(unknown)}. It is one of {' '.join(TARGETS)}")
    if "SOURCE_DATE_EPOCH" not in os.environ:
        committed = ["git", "log", "-1", "--format=%ct"]
        os.environ["SOURCE_DATE_EPOCH"] = subprocess.check_output(
            committed, cwd=TOP, text=True
        ).strip()
    dist = TOP / "dist"
    shutil.rmtree(dist, ignore_errors=True)
    dist.mkdir()
    with tempfile.TemporaryDirectory() as once, tempfile.TemporaryDirectory() as again:
        for folder in (Path(once), Path(again)):
            build(folder, targets)
        made = sorted(path.name for path in Path(once).iterdir())
        _, differ, missing = filecmp.cmpfiles(once, again, made, shallow=False)
        if differ or missing:
            print(f"not the same twice: {' '.join(differ + missing)}", file=sys.stderr)
            return 1
        for name in made:
            shutil.move(Path(once, name), dist)
    for path in sorted(dist.iterdir()):
        print(f"{path.stat().st_size / 1e6:6.1f} MB  {path.name}")
    return 0


def build(folder: Path, targets: list[str]) -> None:
    """Build everything into a folder."""
    hatchling = [sys.executable, "-m", "hatchling", "build", "-d", str(folder)]
    subprocess.run(hatchling, cwd=TOP, check=True, stdout=subprocess.DEVNULL)
    (wheel,) = folder.glob("*.whl")
    for target in targets:
        with tempfile.TemporaryDirectory() as scratch:
            one_file(wheel, target, folder, Path(scratch))


def one_file(wheel: Path, target: str, folder: Path, scratch: Path) -> None:
    """Build `qiscus-tui-RELEASE-TARGET.pyz` into the folder."""
    release = wheel.name.split("-")[1]
    python, _, machine = target.partition("-")
    version = f"{python[2]}.{python[3:]}"
    site, packed = scratch / "site", scratch / "packed.pyz"
    locked = scratch / "locked.txt"
    lock = [
        sys.executable,
        str(TOP / ".ci" / "lock.py"),
        "--requirements",
        str(TOP / "pylock.toml"),
    ]
    locked.write_bytes(subprocess.check_output(lock))
    install = [
        sys.executable,
        "-m",
        "uv",
        "pip",
        "install",
        "--quiet",
        "--target",
        str(site),
        "--only-binary",
        ":all:",
    ]
    install += ["--python-version", version, "--python-platform", PLATFORMS[machine]]
    install += ["--link-mode", "copy"]
    subprocess.run([*install, "--require-hashes", "-r", str(locked)], check=True)
    subprocess.run([*install, "--no-deps", str(wheel)], check=True)
    _remove_what_names_this_machine(site)
    shiv = [
        sys.executable,
        "-m",
        "shiv",
        "--site-packages",
        str(site),
        "--output-file",
        str(packed),
        "--reproducible",
    ]
    shiv += ["--compressed", "--entry-point", "qiscus_tui.__main__:main"]
    subprocess.run([*shiv, "--root", UNPACKED], check=True)
    start = (TOP / ".ci" / "one_file_start.py").read_text()
    with zipfile.ZipFile(packed) as archive:
        build_id: str = json.loads(archive.read("environment.json"))["build_id"]
        files = sum(name.startswith("site-packages/") for name in archive.namelist())
    values: dict[str, object] = {
        "TARGET": target,
        "RELEASE": release,
        "UNPACKED": UNPACKED,
        "BUILD": build_id,
        "FILES": files,
    }
    for name, value in values.items():
        start = start.replace(f'{name} = "{name}"', f"{name} = {json.dumps(value)}")
    _with_start(packed, start, folder / f"qiscus-tui-{release}-{target}.pyz")


def _remove_what_names_this_machine(site: Path) -> None:
    """Remove what an installer adds, which holds paths, and what only a prefix has a use for."""
    for folder in ("bin", "share", "man"):
        shutil.rmtree(site / folder, ignore_errors=True)
    (site / ".lock").unlink(missing_ok=True)
    for name in ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json"):
        for path in site.glob(f"*.dist-info/{name}"):
            path.unlink()
    for path in site.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)


def _with_start(packed: Path, start: str, made: Path) -> None:
    """Copy a zipapp, with another `__main__.py`."""
    when = time.gmtime(int(os.environ["SOURCE_DATE_EPOCH"]))[:6]
    with made.open("wb") as file, zipfile.ZipFile(packed) as old:
        file.write(b"#!/usr/bin/env python3\n")
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
            for entry in old.infolist():
                if entry.filename != "__main__.py":
                    new.writestr(entry, old.read(entry))
            new.writestr(zipfile.ZipInfo("__main__.py", when), start)
    made.chmod(made.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)


if __name__ == "__main__":
    sys.exit(main())
