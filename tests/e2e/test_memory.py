"""Whatever a server lists, the whole program stays below 512 MB."""

import gzip
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.benchmarks.process import memory_mib
from tests.e2e.conftest import Opener
from tests.e2e.terminal import environment

MOST = 512 * 1024
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


BOMBS: dict[str, Callable[[], bytes]] = {
    "lists": lambda: b'{"data":[{"token":"a"}' + b",[]" * 40_000_000 + b"]}",
    "objects": lambda: b"[" + b'{"a":1},' * 3_000_000 + b"{}]",
    "strings": lambda: b"[" + b'"ab",' * 20_000_000 + b'""]',
    "one long text": lambda: b'["' + "\U0001f600".encode() + b"x" * 200_000_000 + b'"]',
    "agents": lambda: b"[" + b",".join(map(agent, range(600))) + b"]",
}
"""Small on the wire; gigabytes once decoded without a bound."""


def ordinary(count: int) -> bytes:
    """An honest list, gzipped."""
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0)
    times = [f"{today - timedelta(minutes=minute):%Y-%m-%d %H:%M:%S}" for minute in range(40_000)]
    entries = (
        f'{{"token":"QEX{number:041d}","created_at":"{times[number % 40_000]}",'
        f'"last_used_at":"{times[number % 1000]}",'
        f'"user_agent":"Mozilla/5.0 (X11; Linux x86_64; rv:{number % 90}.0) Gecko/20100101",'
        f'"ip_address":"10.2.{number % 7}.{number % 251}","user_email":"a{number % 5}@b.example"}}'
        for number in range(count)
    )
    return gzip.compress(f'{{"data":[{",".join(entries)}]}}'.encode(), 1)


@contextmanager
def serving(*bodies: bytes) -> Generator[str]:
    """A server that answers with these in turn, the last one for ever."""
    waiting = deque(bodies)

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = waiting.popleft() if len(waiting) > 1 else waiting[0]
            self.send_response(200)
            self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            try:
                self.wfile.write(body)
            except OSError:  # it was not read further
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


on_linux = pytest.mark.skipif(sys.platform != "linux", reason="what it took is read from /proc")


@on_linux
@pytest.mark.parametrize("name", BOMBS)
def test_a_hostile_list_takes_no_more(name: str) -> None:
    with serving(gzip.compress(BOMBS[name](), 1)) as url:
        done = subprocess.run(
            [sys.executable, "-c", MEASURED, "sessions"],
            env=environment(
                QISCUS_TUI_SERVER=url, QISCUS_APP_ID="app", QISCUS_LONG_LIVED_TOKEN="LLT-token"
            ),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    assert done.returncode == 1, done.stderr
    assert "was not read further" in done.stderr
    assert int(done.stdout) < MOST


@on_linux
def test_a_list_that_is_read_again_takes_no_more(opened: Opener) -> None:
    honest, bomb = ordinary(300_000), gzip.compress(BOMBS["strings"](), 1)
    with serving(honest, bomb, honest) as url:
        terminal = opened(
            QISCUS_TUI_SERVER=url, QISCUS_APP_ID="app", QISCUS_LONG_LIVED_TOKEN="LLT-token"
        )
        terminal.wait_for("300,000 active", seconds=120)
        terminal.send("r")
        terminal.wait_for("was not read further", seconds=120)
        assert "300,000 active" in terminal.text
        terminal.send("r")
        terminal.wait_for(lambda text: "was not read further" not in text, seconds=120)
        terminal.wait_for("300,000 active", seconds=120)
        taken = memory_mib(terminal.process.pid)
        assert taken is not None
        assert taken[1] < MOST / 1024
