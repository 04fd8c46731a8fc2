"""How long does `prune --dry-run` take on 100,000 sessions, beside `sessions --json`?"""

import subprocess
import tempfile
import time
from collections.abc import Generator, Mapping
from pathlib import Path

from tests.benchmarks import programs
from tests.benchmarks.table import Row

SESSIONS = 100_000
LIST = ("sessions", "--json")
PRUNES = {
    "prune --dry-run": ("--keep-newest=1", "--keep-used-within=24h", "--dry-run"),
    "prune --dry-run --json": ("--keep-newest=1", "--dry-run", "--json"),
}


def prune(runs: int) -> Generator[Row]:
    """Whole processes, one after the other, on the same server."""
    listed: list[float] = []
    took: dict[str, list[float]] = {what: [] for what in PRUNES}
    with programs.sandbox(SESSIONS) as server, tempfile.TemporaryDirectory() as folder:
        environ = programs.own_environment(Path(folder), **programs.account_of(server))
        for _ in range(runs):
            listed.append(_timed(LIST, environ))
            for what, options in PRUNES.items():
                took[what].append(_timed(("prune", *options), environ))
    yield Row(f"{SESSIONS:,}: {' '.join(LIST)}", listed)
    for what, times in took.items():
        yield Row(f"{SESSIONS:,}: {what}", times, base=listed, goal="at most 1.3 x")


def _timed(arguments: tuple[str, ...], environ: Mapping[str, str]) -> float:
    began = time.perf_counter()
    subprocess.run([*programs.OURS, *arguments], env=environ, check=True, capture_output=True)
    return (time.perf_counter() - began) * 1000
