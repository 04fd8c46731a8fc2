# What of the one file runs first. Any Python since 2.7 reads it, so it has no newer syntax.
# ruff: noqa: UP028, UP031, UP036
import os
import sys

TARGET = "TARGET"
RELEASE = "RELEASE"
UNPACKED = "UNPACKED"
BUILD = "BUILD"
FILES = "FILES"

SHOW_TARGET = (
    "import os, sys; print('cp%d%d-%s-%s' % (sys.version_info[:2] + (sys.platform, os.uname()[4])))"
)
here = "cp%d%d-%s-%s" % (sys.version_info[0], sys.version_info[1], sys.platform, os.uname()[4])
python = "python3." + TARGET[3:5]
this_file = os.path.abspath(sys.argv[0])


def fail(code, *lines):
    sys.stderr.write("\n  ".join(lines) + "\n")
    sys.exit(code)


# What is unpacked is code that this user will run: it must be in nobody else's hands.
folder = os.path.abspath(os.path.expanduser(os.environ.get("SHIV_ROOT") or UNPACKED))
place = folder
while not os.path.exists(place):
    place = os.path.dirname(place)
if os.stat(place).st_uid != os.geteuid():
    fail(
        6,
        "%s belongs to another user." % place,
        "The program is unpacked there: set SHIV_ROOT to a folder of your own",
    )
noted = os.path.join(folder, TARGET + ".python")


def candidates():
    """The Python that it ran with first, then those of PATH and of the usual places."""
    import glob

    if os.path.isfile(noted):
        with open(noted) as lines:
            yield lines.read().strip()
    for directory in os.environ.get("PATH", "").split(os.pathsep):
        if os.path.isabs(directory):
            yield os.path.join(directory, python)
    for pattern in (
        "/usr/local/bin/",
        "/usr/bin/",
        "/opt/homebrew/bin/",
        "~/.local/bin/",
        "~/.pyenv/versions/%s*/bin/" % python[6:],
        "~/.local/share/uv/python/cpython-%s*/bin/" % python[6:],
    ):
        for path in sorted(glob.glob(os.path.expanduser(pattern + python))):
            yield path


def is_right(path):
    import subprocess

    if not os.access(path, os.X_OK):
        return False
    try:
        with open(os.devnull, "r+") as null:
            shown = subprocess.check_output(
                [path, "-I", "-S", "-c", SHOW_TARGET], stdin=null, stderr=null
            )
    except (OSError, subprocess.CalledProcessError):
        return False
    return shown.decode("ascii", "replace").strip() == TARGET


# The `python3` of cron is often another one than that of a shell.
if here != TARGET:
    for path in candidates():
        if is_right(path):
            os.execv(path, [path, this_file] + sys.argv[1:])  # noqa: RUF005, S606
    if sys.version_info >= (3, 11):
        other = "Or take qiscus-tui-%s-%s.pyz" % (RELEASE, here)
    else:
        other = "Python 3.11 or later is needed."
    fail(
        2,
        "This file is for %s, and %s is %s." % (TARGET, sys.executable or "this Python", here),
        "No %s was found. Name it where this file is started, in a cron line too:" % python,
        "/path/to/%s %s" % (python, this_file),
        other,
    )


def count_files(top):
    """How many files there are, but for what Python compiled."""
    count, left = 0, [top]
    while left:
        for entry in os.scandir(left.pop()):
            if not entry.is_dir():
                count += 1
            elif entry.name != "__pycache__":
                left.append(entry.path)
    return count


def imported():
    """The program, where it is unpacked whole; None otherwise."""
    if count_files(packages) != FILES:
        return None
    sys.path.insert(1, packages)
    try:
        from qiscus_tui.__main__ import main
    except Exception:  # noqa: BLE001  such as files that a crash of the machine left empty
        sys.path.remove(packages)
        for module in [one for one in sys.modules if one.partition(".")[0] == "qiscus_tui"]:
            del sys.modules[module]
        return None
    return main


# Once it is unpacked, which is done in one step, shiv is not needed: half of the time to start.
unpacked = os.path.join(folder, os.path.basename(os.path.realpath(this_file)) + "_" + BUILD)
packages = os.path.join(unpacked, "site-packages")
main = imported() if os.path.isdir(packages) else None
if main is not None:
    try:
        sys.exit(main())
    except (ImportError, SyntaxError) as error:
        fail(
            6,
            "The program in %s is damaged: %s" % (unpacked, type(error).__name__),
            "Remove that folder: it is unpacked again at the next start.",
        )

import shutil  # noqa: E402  from here on it may take its time

import _bootstrap  # noqa: E402  shiv's; it is there only in the one file
from _bootstrap.filelock import FileLock  # noqa: E402

mask = os.umask(0o077)
run = _bootstrap.run
started = []


def run_with_own_mask(program):
    started.append(True)
    try:
        with open(noted, "w") as file:
            file.write(sys.executable)
    except OSError:
        pass  # then another Python has to look for it
    os.umask(mask)
    run(program)


def set_damaged_aside():
    """Remove what was unpacked where it is not whole, so that it is unpacked again."""
    with FileLock(os.path.join(folder, "." + os.path.basename(unpacked) + "_lock")):
        if os.path.isdir(packages) and imported():  # another process was quicker
            return
        aside = "%s.%d.damaged" % (unpacked, os.getpid())
        os.rename(unpacked, aside)
    shutil.rmtree(aside, ignore_errors=True)


_bootstrap.run = run_with_own_mask
try:
    if os.path.lexists(unpacked):
        set_damaged_aside()
    _bootstrap.bootstrap()
except KeyboardInterrupt:
    if started:
        raise
    sys.exit(130)
except Exception as error:
    if started:
        raise
    shutil.rmtree(unpacked + ".tmp", ignore_errors=True)
    what = getattr(error, "strerror", None) or type(error).__name__
    hint = "This file may be damaged: download it again."
    if isinstance(error, OSError):
        hint = "It takes 50 MB: free some space, or set SHIV_ROOT to a folder elsewhere."
    fail(6, "The program could not be unpacked into %s: %s" % (folder, what), hint)
