# What of the one file runs first. Any Python since 2.7 reads it, so it has no newer syntax.
# ruff: noqa: UP031, UP036
import os
import sys

TARGET = "TARGET"
RELEASE = "RELEASE"
UNPACKED = "UNPACKED"
BUILD = "BUILD"

here = "cp%d%d-%s-%s" % (sys.version_info[0], sys.version_info[1], sys.platform, os.uname()[4])
if here != TARGET:
    sys.stderr.write("This file is for %s, and this Python is %s.\n" % (TARGET, here))
    if sys.version_info >= (3, 11):
        sys.stderr.write("  Take qiscus-tui-%s-%s.pyz\n" % (RELEASE, here))
    else:
        python = "python3." + TARGET[3:5]
        sys.stderr.write("  Python 3.11 or later is needed: start it with %s\n" % python)
    sys.exit(2)

# What is unpacked is code that this user will run: it must be in nobody else's hands.
folder = os.path.expanduser(os.environ.get("SHIV_ROOT") or UNPACKED)
place = folder
while not os.path.exists(place):
    place = os.path.dirname(place)
if os.stat(place).st_uid != os.geteuid():
    sys.stderr.write("%s belongs to another user.\n" % place)
    sys.stderr.write("  The program is unpacked there: set SHIV_ROOT to a folder of your own\n")
    sys.exit(6)

# Once it is unpacked, which is done in one step, shiv is not needed: half of the time to start.
name = os.path.basename(os.path.realpath(sys.argv[0]))
packages = os.path.join(folder, name + "_" + BUILD, "site-packages")
if os.path.isdir(packages):
    sys.path.insert(1, packages)
    from qiscus_tui.__main__ import main

    sys.exit(main())

import _bootstrap  # noqa: E402  shiv's; it is there only in the one file

mask = os.umask(0o077)
run = _bootstrap.run


def run_with_own_mask(program):
    os.umask(mask)
    run(program)


_bootstrap.run = run_with_own_mask
_bootstrap.bootstrap()
