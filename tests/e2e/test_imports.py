"""What a command does not load: the fast must stay fast, and no verb needs a screen."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

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


def loaded(*arguments: str, environ: dict[str, str] | None = None) -> tuple[str, set[str], int]:
    """What was printed, which modules the command loaded, and its exit code."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(arguments=list(arguments))],
        env={**os.environ, **(environ or {})},
        capture_output=True,
        text=True,
        check=True,
        stdin=subprocess.DEVNULL,
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
        ["revoke-all", "--yes"],
        ["refresh"],
        ["token"],
        ["status"],
        ["accounts"],
        ["audit"],
        ["logout"],
    ],
)
def test_no_verb_loads_the_screens(arguments: list[str]) -> None:
    _, modules, code = loaded("--demo", *arguments)
    assert code == 0
    assert "textual" not in roots(modules)
    assert not any(module.startswith("qiscus_tui.tui") for module in modules)
    assert "keyring" not in roots(modules)


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], ["nonsense"], ["sessions", "--x"]]
)
def test_help_and_mistakes_load_no_network_and_no_keyring(arguments: list[str]) -> None:
    _, modules, _ = loaded(*arguments)
    light = {"--help", "--version", "nonsense"} & set(arguments)
    heavy = {"keyring", "textual", "starlette", "uvicorn"}
    if light:
        heavy |= {"httpx", "asyncio", "msgspec", "filelock", "platformdirs", "tomllib", "ssl"}
    assert not roots(modules) & heavy


@pytest.fixture
def kept(tmp_path: Path) -> dict[str, str]:
    """The files of an account whose token lives for another day; gives the environment."""
    files = {
        "state/chosen.json": {"version": 1, "name": "a", "key": "k", "storage": "file"},
        "secrets.json": {
            "version": 1,
            "accounts": {
                "k": {
                    "long_lived": "long",
                    "short_lived": {"token": TOKEN, "expires_at": time.time() + 86_400},
                }
            },
        },
    }
    (tmp_path / "state").mkdir(mode=0o700)
    tmp_path.chmod(0o700)
    for name, content in files.items():
        (tmp_path / name).write_text(json.dumps(content))
        (tmp_path / name).chmod(0o600)
    return {"QISCUS_TUI_DATA_DIR": str(tmp_path)}


ANSWERED = ["token"], ["token", "--min-ttl", "23h"], ["token", "--min-ttl=0s"]


@pytest.mark.parametrize("arguments", ANSWERED)
def test_the_cached_token_is_printed_with_the_bare_minimum(
    kept: dict[str, str], arguments: list[str]
) -> None:
    printed, modules, code = loaded(*arguments, environ=kept)
    assert (printed.strip(), code) == (TOKEN, 0)
    ours = {module for module in modules if module.startswith("qiscus_tui")}
    assert ours == {"qiscus_tui", "qiscus_tui.__main__", "qiscus_tui.cached_token"}
    allowed = {"qiscus_tui", "json", "_json", "re", "resource", "time"}
    # What json and re stand on; site may have loaded some of it already.
    allowed |= {"enum", "types", "operator", "_operator", "functools", "_functools", "copyreg"}
    allowed |= {"collections", "_collections", "itertools", "keyword", "reprlib", "_sre"}
    assert roots(modules) <= allowed


def test_it_is_found_where_the_platform_keeps_data(kept: dict[str, str], tmp_path: Path) -> None:
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


def changed(path: Path, **fields: object) -> None:
    content = json.loads(path.read_text())
    path.write_text(json.dumps({**content, **fields}))


NOT_ANSWERED = {
    "an option more": (["token", "--json"], {}, None),
    "a longer life": (["token", "--min-ttl", "25h"], {}, None),
    "too long a life": (["token", "--min-ttl", "29d"], {}, None),
    "a typing error": (["token", "--min-ttl", "1x"], {}, None),
    "another account": (["token"], {"QISCUS_TUI_ACCOUNT": "b"}, None),
    "the environment's credentials": (["token"], {"QISCUS_APP_ID": "b"}, None),
    "a log": (["token"], {"QISCUS_TUI_LOG": "log"}, None),
    "the keyring": (["token"], {}, lambda at: changed(at / "state/chosen.json", storage="keyring")),
    "a newer format": (["token"], {}, lambda at: changed(at / "secrets.json", version=2)),
    "a forgotten account": (["token"], {}, lambda at: changed(at / "secrets.json", accounts={})),
    "a damaged file": (["token"], {}, lambda at: (at / "secrets.json").write_text("{")),
    "an open file": (["token"], {}, lambda at: (at / "secrets.json").chmod(0o640)),
    "an open folder": (["token"], {}, lambda at: at.chmod(0o777)),
    "a second name": (["token"], {}, lambda at: os.link(at / "secrets.json", at / "other")),
    "a link": (["token"], {}, lambda at: _behind_a_link(at / "secrets.json")),
    "no file": (["token"], {}, lambda at: (at / "secrets.json").unlink()),
}


def _behind_a_link(path: Path) -> None:
    path.rename(path.with_suffix(".real"))
    path.symlink_to(path.with_suffix(".real"))


@pytest.mark.parametrize("why", NOT_ANSWERED)
def test_anything_else_is_left_to_the_program_proper(
    kept: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    from qiscus_tui.cached_token import print_cached_token

    arguments, environ, change = NOT_ANSWERED[why]
    for name, value in {**kept, **environ}.items():
        monkeypatch.setenv(name, value)
    if change is not None:
        change(tmp_path)
    assert print_cached_token(arguments) is None
