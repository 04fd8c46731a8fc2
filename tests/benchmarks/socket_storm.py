"""Revokes by the program itself through a real socket on which 5% goes wrong at random.

    python -m tests.benchmarks.socket_storm [sessions] [share of faults]

The server runs here, the command line in a process of its own with its real waits. Prints the
figures, and ends with 1 where a claim is not what the server knows.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from qiscus_tui.model.clock import SystemClock
from qiscus_tui.model.ids import fingerprint
from tests.faults.server import FaultyServer
from tests.faults.storm import MENDED, Storm
from tests.sandbox import PASSWORD, Call, demo_state

EMAIL = "admin@demo.example"
KEPT = "GuzzleHttp"


def main(count: int, share: float) -> int:
    """Run it once; gives the exit code."""
    state = demo_state(SystemClock(), sessions=count)
    storm = Storm(share, 1, MENDED)
    with tempfile.TemporaryDirectory() as home, FaultyServer(state).running() as server:
        _command(
            home,
            "login",
            "--email",
            EMAIL,
            "--password-stdin",
            "--store",
            "file",
            "--server",
            server.url,
            given=PASSWORD,
        )
        config = Path(home, "config.toml")
        config.write_text('[server]\ntimeout = "1s"\n')
        before = {fingerprint(one.token) for one in state.sessions()}
        server.forget_counts()
        server.behaves = storm.chooser
        started = time.perf_counter()
        told = _command(
            home,
            "revoke",
            "--config",
            str(config),
            "--filter=-is:current",
            "--yes",
            "--max",
            str(count),
            "--json",
        )
        seconds = time.perf_counter() - started
        live = {fingerprint(one.token) for one in state.sessions()}
    rows = json.loads(told.stdout)["outcomes"] if told.stdout else []
    claimed = {row["id"] for row in rows if row["outcome"] == "revoked"}
    gone = before - live
    right = claimed == gone and len(rows) == len({row["id"] for row in rows})
    print(f"sessions before          {len(before):>8,}")
    print(f"revokes that arrived     {server.asked[Call.REVOKE]:>8,}")
    print(f"of them made to fail     {storm.faults:>8,}")
    print(f"connections              {server.connections:>8,}")
    print(f"gone at the server       {len(gone):>8,}")
    print(f"told as revoked          {len(claimed):>8,}  (of {len(rows):,} outcomes)")
    print(f"still live               {len(live):>8,}")
    print(f"exit code                {told.returncode:>8}")
    print(f"seconds                  {seconds:>8.1f}")
    print("exactly the right set, each counted once" if right else "WRONG: claims and truth differ")
    if told.returncode:
        print(told.stderr[-600:])
    return 0 if right and told.returncode == 0 else 1


def _command(home: str, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    environ = {"PATH": os.environ["PATH"], "HOME": home, "LANG": "C.UTF-8"}
    return subprocess.run(
        [sys.executable, "-m", "qiscus_tui", *arguments],
        input=given,
        capture_output=True,
        text=True,
        check=False,
        env={**environ, "PYTHONPATH": os.getcwd()},
    )


if __name__ == "__main__":
    sys.exit(
        main(
            int(sys.argv[1]) if len(sys.argv) > 1 else 10_000,
            float(sys.argv[2]) if len(sys.argv) > 2 else 0.05,
        )
    )
