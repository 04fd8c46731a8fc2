"""Whatever a server lists, the whole program stays below six times the bound of a body."""

import gzip
import subprocess
import sys
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.e2e.terminal import environment

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


BOMBS: dict[str, Callable[[], bytes]] = {
    "lists": lambda: b'{"data":[{"token":"a"}' + b",[]" * 40_000_000 + b"]}",
    "agents": lambda: b"[" + b",".join(map(agent, range(300))) + b"]",
}
"""Small on the wire; gigabytes once decoded without a bound."""


@contextmanager
def serving(body: bytes) -> Generator[str]:
    """A server that answers with this."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
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


@pytest.mark.skipif(sys.platform != "linux", reason="what it took is read from /proc")
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
    assert done.returncode == (0 if name == "agents" else 1), done.stderr
    assert int(done.stdout.split()[-1]) < MOST
