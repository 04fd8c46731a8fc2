"""`scan` as a process of its own: stdin, pipes, and what a shell makes of its result."""

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


def test_stdin_is_read_unpacked_and_the_ids_go_to_revoke(here: Machine) -> None:
    _, kept = here.kept()
    assert kept.short_lived is not None
    first, second, *_ = sorted(here.tokens() - {kept.short_lived.token})
    log = gzip.compress(f"x\n{first}\n{second} {first}\n".encode() * 1000)
    program = " ".join(map(str, here.program))
    script = f"{program} scan --ids - | xargs -r {program} revoke --yes"
    done = subprocess.run(
        ["sh", "-c", script], env=here.environ, input=log, capture_output=True, check=True
    )
    assert done.stdout.splitlines()[1] == b"2 revoked"
    assert not {first, second} & here.tokens()
    # What is found no more is not asked to be revoked.
    again = subprocess.run(
        ["sh", "-c", script], env=here.environ, input=log, capture_output=True, check=True
    )
    assert again.stdout == b""


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
    (tree / "bomb").write_bytes(gzip.compress(bytes(200_000_000)) + gzip.compress(third.encode()))
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


def test_a_file_without_rights_is_said_and_6_where_nothing_was_found(
    here: Machine, tmp_path: Path
) -> None:
    (tmp_path / "closed").write_text(min(here.tokens()))
    (tmp_path / "closed").chmod(0)
    if os.access(tmp_path / "closed", os.R_OK):
        pytest.skip("root may read everything")
    done = here.run("scan", tmp_path / "closed")
    assert (done.returncode, done.stdout) == (6, "")
    assert "Permission denied" in done.stderr


def test_json_of_stdin_names_it(here: Machine) -> None:
    _, kept = here.kept()
    assert kept.short_lived is not None
    done = subprocess.run(
        [*here.program, "scan", "-"],
        env=here.environ,
        input=kept.short_lived.token.encode(),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout.startswith(f"-:1: {fingerprint(kept.short_lived.token)}".encode())
