"""What a command does not load: the fast must stay fast, and no verb needs a screen."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from qiscus_tui.cli.verbs import VERBS
from qiscus_tui.model.account import Account, Credentials, ShortLived, parse_origin
from qiscus_tui.store.paths import Paths
from tests.e2e.processes import PROJECT, keep

FORKED = """
import json, os, sys
def become(file, words, environ):
    raise SystemExit(environ["QISCUS_TOKEN"])
for lines in json.load(sys.stdin):
    reader, writer = os.pipe()
    if os.fork() == 0:
        os.execvpe = become
        os.dup2(os.open(os.environ["HOME"] + "/in", os.O_RDONLY), 0)
        os.dup2(os.open(os.environ["HOME"] + "/out", os.O_RDWR | os.O_CREAT | os.O_TRUNC), 1)
        os.dup2(1, 2)
        before = set(sys.modules)
        codes = []
        for line in lines:
            sys.argv = ["qiscus-tui", *line.split()]
            try:
                from qiscus_tui.__main__ import main
                codes.append(main())
            except SystemExit as ended:
                codes.append(ended.code)
        os.write(writer, json.dumps([codes, sorted(set(sys.modules) - before)]).encode())
        os._exit(0)
    os.close(writer)
    with open(reader) as told:
        print(told.read(), flush=True)
    os.wait()
"""
"""Runs command lines, one after the other, in a fork of a Python that has loaded nothing yet."""

TOKEN = "QEXcached0000000000000000000000000000000000"
SCREENS = {"textual", "rich", "click", "qiscus_tui.tui"}
SERVER = {"starlette", "uvicorn"}

VERB_HELP = SCREENS | SERVER | {"httpx", "keyring", "filelock"}
"""Nothing of this is needed to read the options of a verb, or to show its help."""

WITHOUT_SERVER = {
    *(SCREENS | SERVER),
    *("httpx", "asyncio", "ssl", "subprocess", "keyring", "traceback", "dataclasses"),
    *("qiscus_tui.api.client", "qiscus_tui.service.sessions.snapshot", "qiscus_tui.query"),
}
"""Nothing of this is needed to show what is kept on this machine."""

PARSER = WITHOUT_SERVER | {"msgspec", "filelock", "platformdirs", "tomllib", "hashlib"}
"""Nothing of this is needed to show the help of all verbs."""

ONE_LIST = SCREENS | SERVER | {"keyring"}
"""Nothing of this is needed until a list is there."""

ONE_CALL = ONE_LIST | {"qiscus_tui.query"}
"""Nothing of this is needed to make one call."""

NEEDS: tuple[tuple[tuple[str, ...], set[str], int], ...] = (
    # what is typed, what may not be loaded by it, and how many modules of ours at most
    (("--version", "--help", "nonsense"), PARSER, 24),
    (("sessions --x", *(f"{verb} --help" for verb in VERBS)), VERB_HELP, 200),
    (("token",), WITHOUT_SERVER, 70),
    (("accounts", "id", "known", "token --json"), WITHOUT_SERVER, 80),
    (("audit",), WITHOUT_SERVER - {"traceback", "dataclasses"}, 80),  # by the lock
    (("exec -- true",), WITHOUT_SERVER | {"filelock", "truststore"}, 80),
    (("status --timeout=1s", "refresh --timeout=1s"), ONE_CALL, 200),
    (("sessions --timeout=1s", "prune --keep-newest=1 --dry-run --timeout=1s"), ONE_LIST, 200),
)
WORKS = (
    "sessions --json",
    "revoke --older-than 29d --yes --max 400",
    "prune --keep-newest=1 --yes --max 400",
    "revoke-all --yes",
    "refresh",
    "status",
    "audit",
    "api GET /api/v1/admin/get_profile",
    "logout",
    "scan README.md",
    "check",
)
"""On the demo, up to the end: still nothing of `SCREENS`, and no keyring."""


def loaded(home: Path, runs: list[tuple[str, ...]]) -> list[tuple[list[int | str], set[str]]]:
    """The exit codes of the command lines of each run, and which modules they loaded."""
    (home / "in").write_text("QEXtoken")
    done = subprocess.run(
        [sys.executable, "-c", FORKED],
        input=json.dumps(runs),
        env={
            "HOME": str(home),
            "PYTHONPATH": str(PROJECT),
            "PATH": "/usr/bin:/bin",
            "QISCUS_TUI_DATA_DIR": str(home),
            "QISCUS_TUI_CONFIG_DIR": str(home),
        },
        capture_output=True,
        text=True,
        check=True,
    )
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(found) == len(runs), done.stderr
    return [(codes, set(names)) for codes, names in found]


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """The home of an account whose token lives for another day, as a login keeps it."""
    paths = Paths(tmp_path, tmp_path, tmp_path / "state", tmp_path / "cache")
    tmp_path.chmod(0o700)
    account = Account(parse_origin("https://demo.invalid"), "demo", "a@b.c")
    keep(paths, account, Credentials("long-lived", ShortLived(TOKEN, time.time() + 86_400)))
    return tmp_path


def test_a_command_loads_nothing_that_it_does_not_need(kept: Path) -> None:
    codes = {"nonsense": 2, "--x": 2, "--timeout=1s": 5, "true": TOKEN}  # no such host
    runs = loaded(kept, [lines for lines, _, _ in NEEDS])
    for (lines, without, most), (ended, modules) in zip(NEEDS, runs, strict=True):
        assert ended == [codes.get(line.split()[-1], 0) for line in lines]
        assert modules & without == set(), lines
        ours = sorted(name for name in modules if name.startswith("qiscus_tui"))
        assert 0 < len(ours) <= most, ours


def test_no_verb_loads_the_screens(tmp_path: Path) -> None:
    ((ended, modules),) = loaded(tmp_path, [tuple(f"--demo {line}" for line in WORKS)])
    assert ended == [0] * len(WORKS)
    assert modules & (SCREENS | {"keyring"}) == set()
