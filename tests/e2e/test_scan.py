"""`scan` as a process of its own: a pipe that goes on, and a tree with traps in little memory."""

import contextlib
import gzip
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

from qiscus_tui.model.ids import fingerprint
from qiscus_tui.service.scan import PIECE
from tests.e2e.processes import Machine, machine
from tests.e2e.test_memory import MEASURED


@pytest.fixture
def here(tmp_path: Path) -> Generator[Machine]:
    """The admin is logged in, with secrets in the file."""
    with machine(tmp_path / "home") as on:
        on.log_in_at_once()
        yield on


def test_what_is_found_in_a_pipe_that_goes_on_is_shown_at_once(here: Machine) -> None:
    _, kept = here.kept()
    assert kept.short_lived is not None
    with subprocess.Popen(
        [*here.program, "scan", "--ids", "-"],
        env=here.environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{kept.short_lived.token}\n".encode())
        process.stdin.flush()
        assert process.stdout.readline().decode().strip() == fingerprint(kept.short_lived.token)
        process.send_signal(signal.SIGTERM)
        assert process.wait() == 128 + signal.SIGTERM


def set_traps(folder: Path, secret: str) -> None:
    """Put traps into the folder: what must not be opened, and would show the secret if it were."""
    outside = folder.parent / "outside"
    outside.mkdir()
    (outside / "secret").write_text(secret)
    (folder / "link").symlink_to(outside / "secret")
    (folder / "folder-link").symlink_to(outside)
    (folder / "loop").symlink_to(folder)
    (folder / "dangling").symlink_to("nowhere")
    os.mkfifo(folder / "fifo")
    with contextlib.chdir(folder), socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket")


def test_a_tree_with_traps_in_bounded_memory(here: Machine, tmp_path: Path) -> None:
    first, second, third, unseen, *_ = sorted(here.tokens())
    tree = tmp_path / "tree"
    tree.mkdir()
    set_traps(tree, unseen)
    (tree / "border").write_bytes(b"." * (PIECE - 20) + first.encode())
    members = gzip.compress(b"a\n" * 1_000_000) + gzip.compress(f"{second}\n".encode())
    (tree / "members.gz").write_bytes(members)
    (tree / "bomb").write_bytes(
        gzip.compress(bytes(100_000_000), 1) + gzip.compress(third.encode())
    )
    (tree / "z\x1b[31m").mkdir()
    here.program = (sys.executable, "-c", MEASURED)
    done = here.run("scan", "--json", tree, "/proc/self/mem")
    result, _, memory = done.stdout.strip().rpartition("\n")
    found = json.loads(result)
    assert [(Path(one["path"]).name, one["line"], one["id"]) for one in found] == [
        ("bomb", None, fingerprint(third)),
        ("border", 1, fingerprint(first)),
        ("members.gz", 1_000_001, fingerprint(second)),
    ]
    assert done.returncode == 1
    assert "6 skipped" in done.stderr
    assert "/proc/self/mem: Input/output error" in done.stderr
    assert int(memory) < 100 * 1024
