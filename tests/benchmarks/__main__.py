"""`python -m tests.benchmarks [PART…] [-n RUNS]`: whole processes, measured; one table.

Nothing is asserted: times only tell the size, ratios to a program of the same run count.
"""

import argparse
import os
import platform
import sys
from collections.abc import Callable
from importlib.metadata import version

from tests.benchmarks import command_line, keys, line, proxy, start
from tests.benchmarks.measured import Measured

PARTS: dict[str, Callable[[int, Measured], None]] = {
    "start": start.start,
    "large": start.large,
    "keys": keys.keys,
    "lists": keys.lists,
    "reload": keys.reload,
    "idle": line.idle,
    "rounds": line.rounds,
    "ssh": line.ssh,
    "cli": command_line.cli,
    "bulk": command_line.bulk,
    "proxy": proxy.proxy,
}


def main() -> int:
    """Run the parts that are named, or all."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    names = ", ".join(PARTS)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{names} (all)")
    parser.add_argument("-n", dest="runs", type=int, default=7, help="runs of each (7)")
    options = parser.parse_args()
    if unknown := [name for name in options.parts if name not in PARTS]:
        parser.error(f"no part {', '.join(unknown)}: there are {names}")
    print(
        f"{os.cpu_count()} cores, Python {platform.python_version()}, "
        f"Textual {version('textual')}, httpx {version('httpx')}; medians of {options.runs} runs"
    )
    for name in options.parts or PARTS:
        print(f"{name}…", file=sys.stderr, flush=True)
        measured = Measured()
        PARTS[name](options.runs, measured)
        print(measured.table(), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
