"""Whatever a server lists, the whole program stays below six times the bound of a body."""

import gzip
import subprocess
import sys

import pytest

from qiscus_tui.model.clock import SystemClock
from tests.e2e.conftest import Server
from tests.e2e.terminal import environment
from tests.faults import behaviours as b
from tests.faults.server import FaultyServer
from tests.sandbox import Call, demo_state

MOST = 768 * 1024
"""KB."""
MEASURED = """
import sys
from qiscus_tui.__main__ import main
code = main()
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
print(status["VmHWM"].split()[0])
sys.exit(code)
"""


def agent(number: int) -> bytes:
    return b'{"id":%d,"user_agent":"\\ud83d\\ude00%d%b"}' % (number, number, b"x" * 200_000)


def bomb() -> bytes:
    """Small on the wire; gigabytes once decoded without a bound."""
    return b"[" + b",".join(map(agent, range(300))) + b"]"


@pytest.mark.skipif(sys.platform != "linux", reason="what it took is read from /proc")
def test_a_hostile_list_takes_no_more() -> None:
    headers = {"content-type": "application/json", "content-encoding": "gzip"}
    server = FaultyServer(demo_state(SystemClock(), sessions=0))
    server.strikes(Call.LIST, b.answers(200, gzip.compress(bomb(), 1), headers))
    with server.running():
        account = Server(server.state, server.url).account
        done = subprocess.run(
            [sys.executable, "-c", MEASURED, "sessions"],
            env=environment(**account),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.split()[-1]) < MOST
