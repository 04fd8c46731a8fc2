"""What a command does not load: the fast must stay fast, and no verb needs a screen."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from qiscus_tui.cached_token import cached_token
from qiscus_tui.cli.verbs import VERBS
from qiscus_tui.model.account import Account, Credentials, ShortLived, Storage
from qiscus_tui.model.origin import parse_origin
from qiscus_tui.store.accounts import AccountBook, StoredAccount
from qiscus_tui.store.paths import Paths
from qiscus_tui.store.secrets import EnvironmentSecrets, FileSecrets

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


WITH_MORE = {"login", "api", "sandbox", "sessions", "prune"}
"""Verbs whose options name more than the rest: places, methods, dialects, sort keys, rules."""

NETWORK = {"httpx", "asyncio", "ssl", "subprocess"}
SCREENS = {"textual", "rich"}
STORES = {"msgspec", "filelock", "platformdirs", "tomllib", "keyring"}
SERVER = {"starlette", "uvicorn"}
LISTS = {"qiscus_tui.api.client", "qiscus_tui.service.sessions.snapshot", "qiscus_tui.query"}

PARSER = NETWORK | SCREENS | STORES | SERVER | LISTS | {"traceback", "hashlib", "dataclasses"}
"""Nothing of this is needed to read a command line, or to show help."""

WITHOUT_SERVER = {
    *(NETWORK | SCREENS | SERVER | LISTS),
    *("keyring", "ua_parser", "traceback", "dataclasses"),
}
"""Nothing of this is needed to show what is kept on this machine."""

ONE_LIST = SCREENS | SERVER | {"keyring", "ua_parser", "qiscus_tui.service.interrupted"}
"""Nothing of this is needed until a list is there."""

ONE_CALL = ONE_LIST | {
    "qiscus_tui.api.listing",
    "qiscus_tui.query",
    "qiscus_tui.service.sessions",
    "qiscus_tui.service.history",
}
"""Nothing of this is needed to make one call."""

LIGHT = (
    # what is typed, the most modules of ours, what none of them may load
    (("--version",), 2, PARSER | {"argparse", "json"}),
    (("--help",), 20, PARSER),
    (("nonsense",), 20, PARSER),
    (("sessions", "--x"), 80, NETWORK | SCREENS | SERVER | {"keyring"}),
    *(((verb, "--help"), 28, PARSER) for verb in VERBS if verb not in WITH_MORE),
    (("login", "--help"), 34, PARSER - {"msgspec"}),
    (("api", "--help"), 30, PARSER - {"msgspec", "hashlib"}),
    (("sandbox", "--help"), 38, PARSER - {"dataclasses"}),
    (("prune", "--help"), 36, PARSER - {"msgspec"}),
    (("sessions", "--help"), 76, PARSER - {"msgspec", "qiscus_tui.query"}),
    (("id",), 58, WITHOUT_SERVER),
    (("accounts",), 64, WITHOUT_SERVER),
    (("accounts", "--json"), 64, WITHOUT_SERVER),
    (("audit",), 64, WITHOUT_SERVER - {"traceback", "dataclasses"}),  # by the lock
    (("known",), 62, WITHOUT_SERVER),
    (("token", "--json"), 64, WITHOUT_SERVER),
    (("status", "--timeout=1s"), 80, ONE_CALL),
    (("token", "--check", "--timeout=1s"), 84, ONE_CALL),
    (("api", "GET", "/api/v1/x", "--timeout=1s"), 84, ONE_CALL),
    (("refresh", "--timeout=1s"), 84, ONE_CALL),
    (("logout", "--timeout=1s"), 84, ONE_CALL),
    (("sessions", "--timeout=1s"), 128, ONE_LIST),
    (("check", "--timeout=1s"), 128, ONE_LIST),
    (("scan", "README.md", "--timeout=1s"), 114, ONE_LIST),
    (("revoke-all", "--yes", "--timeout=1s"), 132, ONE_LIST),
    (("prune", "--keep-newest=1", "--dry-run", "--timeout=1s"), 154, ONE_LIST),
    (("revoke", "--older-than=7d", "--dry-run", "--timeout=1s"), 154, ONE_LIST),
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


ANSWERED = ["token"], ["token", "--min-ttl", "23h"], ["token", "--min-ttl=0s"]


@pytest.mark.parametrize("arguments", ANSWERED)
def test_the_cached_token_is_printed_with_the_bare_minimum(
    kept: dict[str, str], arguments: list[str]
) -> None:
    printed, modules, code = loaded(*arguments, environ=kept)
    assert (printed.strip(), code) == (TOKEN, 0)
    ours = {module for module in modules if module.startswith("qiscus_tui")}
    assert ours == {"qiscus_tui", "qiscus_tui.__main__", "qiscus_tui.cached_token"}
    allowed = {"qiscus_tui", "json", "_json", "re", "resource", "time", "gc"}
    # What json and re stand on; site may have loaded some of it already.
    allowed |= {"enum", "types", "operator", "_operator", "functools", "_functools", "copyreg"}
    allowed |= {"collections", "_collections", "itertools", "keyword", "reprlib", "_sre"}
    assert roots(modules) <= allowed


@pytest.fixture
def of_the_environment(tmp_path: Path) -> dict[str, str]:
    """Credentials of the environment, whose token lives for another day; gives the environment."""
    paths = Paths(tmp_path, tmp_path, tmp_path / "state", tmp_path / "cache")
    tmp_path.chmod(0o700)
    held = Credentials("long-lived", ShortLived(TOKEN, time.time() + 86_400))
    account = Account(parse_origin("https://demo.invalid"), "demo", "")
    EnvironmentSecrets(held, paths).write(account.key, held)
    return {
        "QISCUS_TUI_DATA_DIR": str(tmp_path),
        "QISCUS_TUI_CONFIG_DIR": str(tmp_path),
        "QISCUS_TUI_SERVER": "https://demo.invalid",
        "QISCUS_APP_ID": "demo",
        "QISCUS_LONG_LIVED_TOKEN": " long-lived\n",
    }


def test_so_is_that_of_credentials_in_the_environment(of_the_environment: dict[str, str]) -> None:
    printed, modules, code = loaded("token", environ=of_the_environment)
    assert (printed.strip(), code) == (TOKEN, 0)
    ours = {module for module in modules if module.startswith("qiscus_tui")}
    assert ours == {"qiscus_tui", "qiscus_tui.__main__", "qiscus_tui.cached_token"}
    assert not modules & {"argparse", "typing", "dataclasses", "tomllib", "hashlib"}


def test_so_it_is_where_config_toml_names_the_server(
    of_the_environment: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "config.toml").write_text(
        '# ours\n[server]\nurl = "https://demo.invalid"  # the demo\ntimeout = "10s"\n'
        '[account."a@b.c"]\nreadonly = true\n[view.crons]\ngroup_by = ["client", "network"]\n'
    )
    environ = {**of_the_environment, "QISCUS_TUI_SERVER": ""}
    printed, modules, code = loaded("token", environ=environ)
    assert (printed.strip(), code) == (TOKEN, 0)
    assert "tomllib" in modules
    assert not modules & {"argparse", "dataclasses", "hashlib", "qiscus_tui.cli"}


@pytest.mark.parametrize(
    "change",
    [
        {"QISCUS_TUI_SERVER": ""},
        {"QISCUS_TUI_SERVER": "https://other.invalid"},
        {"QISCUS_APP_ID": ""},
        {"QISCUS_APP_ID": "other"},
        {"QISCUS_LONG_LIVED_TOKEN": ""},
        {"QISCUS_LONG_LIVED_TOKEN": "another"},
        {"QISCUS_LONG_LIVED_TOKEN": TOKEN},
        {"QISCUS_SECRET_KEY": "key"},
        {"QISCUS_TUI_CONFIG_DIR": "."},
    ],
)
def test_other_credentials_get_no_token_of_these(
    of_the_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, change: dict[str, str]
) -> None:
    for name, value in {**of_the_environment, **change}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("os.isatty", _never)
    assert cached_token(["token"]) is None


def _answer(environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> str | None:
    """What the fast path gives; None where it leaves that to the program proper."""
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("os.isatty", _never)
    return cached_token(["token"])


DEMO = "https://demo.invalid"
OTHER = "https://other.invalid"


@pytest.mark.parametrize(
    ("config", "given", "is_answered"),
    [
        ("", DEMO, True),
        ('[server]\ntimeout = "5s"\n', DEMO, True),
        (f'[server]\nurl = "{OTHER}"\n', DEMO, True),  # the variable comes before the file
        (f'[server]\nurl = "{DEMO}"\n', "", True),
        (f'server.url = """\n{DEMO}"""\n[view.url]\nfilter = "client:curl"\n', "", True),
        (f'"\\u0073erver" = {{"\\u0075rl" = "{DEMO}"}}\n', "", True),
        ("", "", False),
        ('[view.server]\nfilter = "client:curl"\n', "", False),
        (f'[server]\nurl = "{OTHER}"\n', "", False),
        (f'[view.server]\nurl = "{DEMO}"\n', "", False),
        ("[server]\nurl = 5\n", "", False),
        ('server = "url"\n', "", False),
        ("[server]\nurl = \n", "", False),
        (f'# [server]\n# url = "{DEMO}"\n', "", False),
    ],
)
def test_of_the_configuration_only_the_server_counts(
    of_the_environment: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    config: str,
    given: str,
    *,
    is_answered: bool,
) -> None:
    (tmp_path / "config.toml").write_text(config)
    environ = {**of_the_environment, "QISCUS_TUI_SERVER": given}
    answer = _answer(environ, monkeypatch)
    assert answer == (TOKEN if is_answered else None)


def _let_others_write(file: Path) -> None:
    file.chmod(0o666)


def _put_a_link(file: Path) -> None:
    file.rename(file.with_name("real"))
    file.symlink_to("real")


def _put_a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def _write_too_much(file: Path) -> None:
    file.write_text(f"# {'x' * (1 << 20)}")


@pytest.mark.parametrize("change", [_let_others_write, _put_a_link, _put_a_folder, _write_too_much])
def test_a_configuration_that_needs_a_closer_look_is_left_to_the_program_proper(
    of_the_environment: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    change: Callable[[Path], None],
) -> None:
    folder = tmp_path / "config"
    folder.mkdir(mode=0o700)
    file = folder / "config.toml"
    file.write_text(f'[server]\nurl = "{DEMO}"\n')
    environ = {**of_the_environment, "QISCUS_TUI_CONFIG_DIR": str(folder)}
    del environ["QISCUS_TUI_SERVER"]
    assert _answer(environ, monkeypatch) == TOKEN
    change(file)
    assert _answer(environ, monkeypatch) is None


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


@pytest.mark.usefixtures("kept")
def test_it_is_found_where_the_platform_keeps_data(tmp_path: Path) -> None:
    if sys.platform != "linux":
        pytest.skip("elsewhere platformdirs knows the folders, and the parser goes on")
    home = tmp_path / "home"
    for name, file in (("share", "secrets.json"), ("state", "chosen.json")):
        folder = home / ".local" / name / "qiscus-tui"
        folder.mkdir(parents=True, mode=0o700)
        source = tmp_path / ("state" if name == "state" else "") / file
        source.rename(folder / file)
    printed, modules, _ = loaded("token", environ={"HOME": str(home)})
    assert printed.strip() == TOKEN
    assert "argparse" not in modules


OPTIONS = (
    ["--json"],
    ["--min-ttl", "25h"],
    ["--min-ttl", "29d"],
    ["--min-ttl=1x"],
    ["--min-ttl"],
    ["--account", "a"],
)
VARIABLES = ("QISCUS_TUI_ACCOUNT", "QISCUS_APP_ID", "QISCUS_SECRET_KEY", "QISCUS_TUI_LOG")


def _change(path: Path, **fields: object) -> None:
    content = json.loads(path.read_text())
    path.write_text(json.dumps({**content, **fields}))


def _use_the_keyring(data: Path) -> None:
    _change(data / "state/chosen.json", storage="keyring")


def _write_a_newer_format(data: Path) -> None:
    _change(data / "secrets.json", version=2)


def _forget_the_account(data: Path) -> None:
    _change(data / "secrets.json", accounts={})


def _damage_the_file(data: Path) -> None:
    (data / "secrets.json").write_text("{")


def _open_the_file(data: Path) -> None:
    (data / "secrets.json").chmod(0o640)


def _write_a_huge_number(data: Path) -> None:
    file = data / "secrets.json"
    file.write_text(file.read_text().replace('"clock_ahead": 0', f'"clock_ahead": {"9" * 400}'))


def _write_a_huge_expiry(data: Path) -> None:
    file = data / "secrets.json"
    content = json.loads(file.read_text())
    for one in content["accounts"].values():
        one["short_lived"]["expires_at"] = 10**400
    file.write_text(json.dumps(content))


def _open_the_folder(data: Path) -> None:
    data.chmod(0o777)


def _give_it_a_second_name(data: Path) -> None:
    (data / "other").hardlink_to(data / "secrets.json")


def _hide_it_behind_a_link(data: Path) -> None:
    (data / "secrets.json").rename(data / "real")
    (data / "secrets.json").symlink_to(data / "real")


def _remove_it(data: Path) -> None:
    (data / "secrets.json").unlink()


def _have_one_token_for_both(data: Path) -> None:
    file = data / "secrets.json"
    file.write_text(file.read_text().replace('"long-lived"', f'"{TOKEN}"'))


CHANGES = (
    _have_one_token_for_both,
    _use_the_keyring,
    _write_a_newer_format,
    _forget_the_account,
    _damage_the_file,
    _write_a_huge_number,
    _write_a_huge_expiry,
    _open_the_file,
    _open_the_folder,
    _give_it_a_second_name,
    _hide_it_behind_a_link,
    _remove_it,
)


def _never(_descriptor: int) -> bool:
    return False


def _always(_descriptor: int) -> bool:
    return True


@pytest.fixture
def here(kept: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The account's files, seen from this process, whose stdout is no terminal."""
    for name, value in kept.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("os.isatty", _never)


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("options", OPTIONS)
def test_other_options_are_left_to_the_parser(options: list[str]) -> None:
    assert cached_token(["token", *options]) is None


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("variable", VARIABLES)
def test_another_account_is_left_to_the_program_proper(
    monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, "x")
    assert cached_token(["token"]) is None


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("change", CHANGES)
def test_files_that_are_not_as_they_should_be_are_left_to_the_program_proper(
    tmp_path: Path, change: Callable[[Path], None]
) -> None:
    change(tmp_path)
    assert cached_token(["token"]) is None


@pytest.mark.usefixtures("here")
def test_on_a_terminal_it_is_left_to_who_warns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.isatty", _always)
    assert cached_token(["token"]) is None
