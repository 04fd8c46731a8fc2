"""What a command does not load: the fast must stay fast, and no verb needs a screen."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from qiscus_tui.cli.verbs import VERBS
from qiscus_tui.model.account import Account, Credentials, ShortLived, Storage, parse_origin
from qiscus_tui.store.accounts import AccountBook, StoredAccount
from qiscus_tui.store.paths import Paths
from qiscus_tui.store.secrets import FileSecrets
from tests.e2e.processes import PROJECT

FORKED = """
import json, os, sys
result = os.dup(1)
for words in json.load(sys.stdin):
    reader, writer = os.pipe()
    if os.fork() == 0:
        if "exec" in words:
            def become(file, words, environ):
                raise SystemExit(environ["QISCUS_TOKEN"])
            os.execvpe = become
        os.dup2(os.open(os.environ["HOME"] + "/in", os.O_RDONLY), 0)
        os.dup2(os.open(os.environ["HOME"] + "/out", os.O_RDWR | os.O_CREAT | os.O_TRUNC), 1)
        os.dup2(1, 2)
        before = set(sys.modules)
        sys.argv = ["qiscus-tui", *words]
        try:
            from qiscus_tui.__main__ import main
            code = main()
        except SystemExit as ended:
            code = ended.code
        os.write(writer, json.dumps([code, sorted(set(sys.modules) - before)]).encode())
        os._exit(0)
    os.close(writer)
    with open(reader) as told:
        print(told.read(), flush=True)
    os.wait()
"""
"""Runs each command line in a fork of a Python that has loaded nothing yet."""

TOKEN = "QEXcached0000000000000000000000000000000000"
SCREENS = {"textual", "rich", "click", "qiscus_tui.tui"}
SERVER = {"starlette", "uvicorn"}

VERB_HELP = SCREENS | SERVER | {"httpx", "keyring", "filelock"}
"""Nothing of this is needed to read the options of a verb, or to show its help."""

WITHOUT_SERVER = {
    *(SCREENS | SERVER),
    *("httpx", "asyncio", "ssl", "subprocess", "keyring", "ua_parser", "traceback", "dataclasses"),
    *("qiscus_tui.api.client", "qiscus_tui.service.sessions.snapshot", "qiscus_tui.query"),
}
"""Nothing of this is needed to show what is kept on this machine."""

PARSER = WITHOUT_SERVER | {"msgspec", "filelock", "platformdirs", "tomllib", "hashlib"}
"""Nothing of this is needed to show the help of all verbs."""

ONE_LIST = SCREENS | SERVER | {"keyring", "ua_parser"}
"""Nothing of this is needed until a list is there."""

ONE_CALL = ONE_LIST | {"qiscus_tui.query", "qiscus_tui.service.sessions"}
"""Nothing of this is needed to make one call."""

LIGHT: tuple[tuple[str, set[str]], ...] = (
    # what is typed, what may not be loaded by it
    ("--version", PARSER | {"argparse", "json"}),
    ("--help", PARSER),
    ("nonsense", PARSER),
    ("sessions --x", VERB_HELP),
    *((f"{verb} --help", VERB_HELP) for verb in VERBS),
    ("id", WITHOUT_SERVER),
    ("accounts", WITHOUT_SERVER),
    ("audit", WITHOUT_SERVER - {"traceback", "dataclasses"}),  # by the lock
    ("known", WITHOUT_SERVER),
    ("token --json", WITHOUT_SERVER),
    ("exec -- true", WITHOUT_SERVER | {"filelock", "truststore"}),
    ("status --timeout=1s", ONE_CALL),
    ("refresh --timeout=1s", ONE_CALL),
    ("sessions --timeout=1s", ONE_LIST),
    ("prune --keep-newest=1 --dry-run --timeout=1s", ONE_LIST),
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


def loaded(home: Path, lines: list[str]) -> list[tuple[int | str, set[str]]]:
    """The exit code of each command line, and which modules it loaded."""
    (home / "in").write_text("QEXtoken")
    done = subprocess.run(
        [sys.executable, "-c", FORKED],
        input=json.dumps([line.split() for line in lines]),
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
    found: list[tuple[int | str, set[str]]] = []
    for line in done.stdout.splitlines():
        code, names = json.loads(line)
        found.append((code, set(names)))
    assert len(found) == len(lines), done.stderr
    return found


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """The home of an account whose token lives for another day, as a login keeps it."""
    paths = Paths(tmp_path, tmp_path, tmp_path / "state", tmp_path / "cache")
    tmp_path.chmod(0o700)
    account = Account(parse_origin("https://demo.invalid"), "demo", "a@b.c")
    book = AccountBook(paths)
    stored = book.save(StoredAccount("a", account, Storage.FILE))
    book.use(stored.name)
    short = ShortLived(TOKEN, time.time() + 86_400)
    FileSecrets(paths).write(account.key, Credentials("long-lived", short))
    return tmp_path


def test_a_command_loads_nothing_that_it_does_not_need(kept: Path) -> None:
    lines = [line for line, _ in LIGHT]
    codes = {"nonsense": 2, "--x": 2, "--timeout=1s": 5, "true": TOKEN}  # no such host
    for (line, without), (code, modules) in zip(LIGHT, loaded(kept, lines), strict=True):
        assert code == codes.get(line.split()[-1], 0), line
        assert modules & without == set(), line


def test_a_token_of_this_machine_is_given_by_few_modules(kept: Path) -> None:
    found = loaded(kept, ["--version", "--help", "token", "accounts"])
    for (_, modules), most in zip(found, (2, 24, 70, 70), strict=True):
        ours = sorted(name for name in modules if name.startswith("qiscus_tui"))
        assert len(ours) <= most, ours


def test_no_verb_loads_the_screens(tmp_path: Path) -> None:
    for line, (code, modules) in zip(
        WORKS, loaded(tmp_path, [f"--demo {line}" for line in WORKS]), strict=True
    ):
        assert code == 0, line
        assert modules & (SCREENS | {"keyring"}) == set(), line
