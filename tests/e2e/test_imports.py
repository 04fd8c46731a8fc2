"""What a command does not load: the fast must stay fast, and no verb needs a screen."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from qiscus_tui.cli.verbs import VERBS
from qiscus_tui.model.account import Account, Credentials, ShortLived, Storage
from qiscus_tui.model.origin import parse_origin
from qiscus_tui.store.accounts import AccountBook, StoredAccount
from qiscus_tui.store.paths import Paths
from qiscus_tui.store.secrets import FileSecrets

PROGRAM = """
import sys
before = set(sys.modules)
sys.argv = ["qiscus-tui", *{arguments!r}]
from qiscus_tui.__main__ import main
code = main()
sys.stdout.flush()
print("\\n" + " ".join(sorted(set(sys.modules) - before)), code)
"""

TOKEN = "QEXcached0000000000000000000000000000000000"


def loaded(
    *arguments: str, environ: dict[str, str] | None = None, stdin: str = ""
) -> tuple[str, set[str], int]:
    """What was printed, which modules the command loaded, and its exit code."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(arguments=list(arguments))],
        env={**os.environ, **(environ or {})},
        capture_output=True,
        text=True,
        check=True,
        input=stdin,
    )
    printed, _, last = done.stdout.rstrip("\n").rpartition("\n")
    *modules, code = last.split()
    return printed, set(modules), int(code)


def roots(modules: set[str]) -> set[str]:
    return {module.partition(".")[0] for module in modules}


@pytest.mark.parametrize(
    "arguments",
    [
        ["sessions"],
        ["sessions", "--json"],
        ["revoke", "--older-than", "29d", "--yes", "--max", "400"],
        ["prune", "--keep-newest=1", "--yes", "--max", "400"],
        ["revoke-all", "--yes"],
        ["refresh"],
        ["token"],
        ["status"],
        ["accounts"],
        ["audit"],
        ["api", "GET", "/api/v1/admin/get_profile"],
        ["logout"],
        ["scan", "README.md"],
        ["check"],
    ],
)
def test_no_verb_loads_the_screens(arguments: list[str]) -> None:
    _, modules, code = loaded("--demo", *arguments)
    assert code == 0
    assert "textual" not in roots(modules)
    assert not any(module.startswith("qiscus_tui.tui") for module in modules)
    assert not roots(modules) & {"keyring", "click", "rich"}


NETWORK = {"httpx", "asyncio", "ssl", "subprocess"}
SCREENS = {"textual", "rich"}
STORES = {"msgspec", "filelock", "platformdirs", "tomllib", "keyring"}
SERVER = {"starlette", "uvicorn"}
LISTS = {"qiscus_tui.api.client", "qiscus_tui.service.sessions.snapshot", "qiscus_tui.query"}

PARSER = NETWORK | SCREENS | STORES | SERVER | LISTS | {"traceback", "hashlib", "dataclasses"}
"""Nothing of this is needed to show the help of all verbs."""

VERB_HELP = SCREENS | SERVER | {"httpx", "keyring", "filelock"}
"""Nothing of this is needed to read the options of a verb, or to show its help."""

WITHOUT_SERVER = {
    *(NETWORK | SCREENS | SERVER | LISTS),
    *("keyring", "ua_parser", "traceback", "dataclasses"),
}
"""Nothing of this is needed to show what is kept on this machine."""

ONE_LIST = SCREENS | SERVER | {"keyring", "ua_parser", "qiscus_tui.service.interrupted"}
"""Nothing of this is needed until a list is there."""

ONE_CALL = ONE_LIST | {
    "qiscus_tui.query",
    "qiscus_tui.service.sessions",
    "qiscus_tui.service.history",
}
"""Nothing of this is needed to make one call."""

LIGHT = (
    # what is typed, the most modules of ours, what none of them may load
    (("--version",), 2, PARSER | {"argparse", "json"}),
    (("--help",), 22, PARSER),
    (("nonsense",), 22, PARSER),
    (("sessions", "--x"), 104, VERB_HELP),
    *(((verb, "--help"), 104, VERB_HELP) for verb in VERBS),
    (("id",), 58, WITHOUT_SERVER),
    (("accounts",), 64, WITHOUT_SERVER),
    (("accounts", "--json"), 64, WITHOUT_SERVER),
    (("audit",), 64, WITHOUT_SERVER - {"traceback", "dataclasses"}),  # by the lock
    (("known",), 62, WITHOUT_SERVER),
    (("token", "--json"), 64, WITHOUT_SERVER),
    (("status", "--timeout=1s"), 100, ONE_CALL),
    (("token", "--check", "--timeout=1s"), 100, ONE_CALL),
    (("api", "GET", "/api/v1/x", "--timeout=1s"), 100, ONE_CALL),
    (("refresh", "--timeout=1s"), 100, ONE_CALL),
    (("logout", "--timeout=1s"), 100, ONE_CALL),
    (("sessions", "--timeout=1s"), 128, ONE_LIST),
    (("check", "--timeout=1s"), 128, ONE_LIST),
    (("scan", "README.md", "--timeout=1s"), 128, ONE_LIST),
    (("revoke-all", "--yes", "--timeout=1s"), 140, ONE_LIST),
    (("prune", "--keep-newest=1", "--dry-run", "--timeout=1s"), 166, ONE_LIST),
    (("revoke", "--older-than=7d", "--dry-run", "--timeout=1s"), 166, ONE_LIST),
)


@pytest.mark.parametrize(
    ("arguments", "most", "without"), LIGHT, ids=[" ".join(row[0]) for row in LIGHT]
)
def test_what_a_command_loads(
    kept: dict[str, str], arguments: tuple[str, ...], most: int, without: set[str]
) -> None:
    printed, modules, code = loaded(*arguments, environ=kept, stdin="QEXtoken")
    codes = {"nonsense": 2, "--x": 2, "--timeout=1s": 5}  # the host of the account exists nowhere
    assert code == codes.get(arguments[-1], 0), printed
    assert modules & without == set()
    ours = sorted(module for module in modules if module.startswith("qiscus_tui"))
    assert len(ours) <= most, ours


@pytest.fixture
def kept(tmp_path: Path) -> dict[str, str]:
    """An account whose token lives for another day, as a login keeps it; gives the environment."""
    paths = Paths(tmp_path, tmp_path, tmp_path / "state", tmp_path / "cache")
    tmp_path.chmod(0o700)
    account = Account(parse_origin("https://demo.invalid"), "demo", "a@b.c")
    book = AccountBook(paths)
    stored = book.save(StoredAccount("a", account, Storage.FILE))
    book.use(stored.name)
    short = ShortLived(TOKEN, time.time() + 86_400)
    FileSecrets(paths).write(account.key, Credentials("long-lived", short))
    return {"QISCUS_TUI_DATA_DIR": str(tmp_path), "QISCUS_TUI_CONFIG_DIR": str(tmp_path)}


EXECUTED = """
import os, sys
def become(file, words, environ):
    raise SystemExit(" ".join([environ["QISCUS_TOKEN"], *words, "|", *sys.modules]))
os.execvpe = become
sys.argv = ["qiscus-tui", "exec", "--", "true"]
from qiscus_tui.__main__ import main
main()
"""


def test_a_command_gets_the_cached_token_without_any_network(kept: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", EXECUTED],
        env={**os.environ, **kept},
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    given, _, modules = done.stderr.partition("|")
    assert given.split() == [TOKEN, "true"]
    heavy = {"httpx", "httpcore", "keyring", "filelock", "textual", "starlette", "truststore"}
    assert not roots(set(modules.split())) & heavy


def test_with_json_it_is_the_same_token(kept: dict[str, str]) -> None:
    printed, _, _ = loaded("token", "--json", environ=kept)
    assert json.loads(printed)["token"] == TOKEN
