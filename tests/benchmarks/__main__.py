"""`python -m tests.benchmarks [PART…] [-n RUNS]`: whole processes, measured; one table.

Nothing is asserted: times only tell the size, ratios to a program of the same run count.
"""

import argparse
import os
import platform
import sys
from importlib.metadata import version

from tests.benchmarks.arriving import arriving
from tests.benchmarks.bulk import bulk
from tests.benchmarks.command_line import command_line
from tests.benchmarks.freeze import freeze
from tests.benchmarks.groups import groups
from tests.benchmarks.growth import growth
from tests.benchmarks.idle import idle
from tests.benchmarks.keys import keys
from tests.benchmarks.keys_arriving import keys_arriving
from tests.benchmarks.lists import lists
from tests.benchmarks.prune import prune
from tests.benchmarks.reload import reload
from tests.benchmarks.scan import scan
from tests.benchmarks.screens import large, start
from tests.benchmarks.ssh import ssh
from tests.benchmarks.table import Row, table
from tests.benchmarks.used import used

PARTS = {
    "start": start,
    "large": large,
    "arriving": arriving,
    "keys-arriving": keys_arriving,
    "keys": keys,
    "lists": lists,
    "groups": groups,
    "idle": idle,
    "used": used,
    "reload": reload,
    "growth": growth,
    "freeze": freeze,
    "cli": command_line,
    "bulk": bulk,
    "prune": prune,
    "scan": scan,
    "ssh": ssh,
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
    rows: list[Row] = []
    for name in options.parts or PARTS:
        print(f"{name}…", file=sys.stderr, flush=True)
        rows += PARTS[name](options.runs)
    print(
        f"{os.cpu_count()} cores, Python {platform.python_version()}, "
        f"Textual {version('textual')}, httpx {version('httpx')}; medians of {options.runs} runs"
    )
    print(table(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
