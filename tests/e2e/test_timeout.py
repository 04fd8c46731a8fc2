"""`--timeout` bounds every call, before a server that accepts the connection and never answers."""

import socket
import subprocess
import sys
import time

import pytest

from tests.e2e.terminal import environment


@pytest.mark.parametrize("words", [("--timeout", "1s", "sessions"), ("status", "--timeout=1s")])
def test_a_server_that_never_answers_costs_no_more(words: tuple[str, ...]) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=50) as silent:
        began = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-m", "qiscus_tui", *words],
            env=environment(
                QISCUS_TUI_SERVER=f"http://127.0.0.1:{silent.getsockname()[1]}",
                QISCUS_APP_ID="app",
                QISCUS_LONG_LIVED_TOKEN="LLT-token",
            ),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 5
    assert "within 1 s" in done.stderr
    assert time.monotonic() - began < 15  # a minute without the option


@pytest.mark.parametrize("given", ["0s", "2h", "1M", "soon"])
def test_what_is_no_timeout_is_refused(given: str) -> None:
    words = [sys.executable, "-m", "qiscus_tui", "sessions", "--demo", "--timeout", given]
    done = subprocess.run(words, env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 2, done.stderr
