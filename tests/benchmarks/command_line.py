"""How long a script waits for a command, beside `python -c pass`."""

import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Mapping
from pathlib import Path

from tests.benchmarks import programs
from tests.benchmarks.table import Row

SCRIPT = """#!{python}
import sys
from {module} import main
if __name__ == "__main__":
    sys.exit(main())
"""
"""What an installer writes for an entry point."""

CONFIG = """
[server]
timeout = "10s"
[account."{app_code}"]
label = "cron"
[view.crons]
filter = "client:curl"
group_by = ["network"]
"""
SERVER = 'url = "{url}"\n'

BARE = """
import sys
sys.modules["httpx._main"] = None  # its command line, which loads click and rich where they are
import asyncio
import httpx

async def ask():
    async with httpx.AsyncClient(verify=False) as client:
        await client.get(sys.argv[1])

asyncio.run(ask())
"""
"""What a request costs without anything of ours."""

Command = tuple[list[str], Mapping[str, str]]
"""Words, and the environment."""


def command_line(runs: int) -> Generator[Row]:
    """A cached `token` of the file and of the environment, and what else asks no server.

    And how long it takes until the request of others arrives, beside that of httpx alone.
    """
    with (
        programs.sandbox(10) as server,
        tempfile.TemporaryDirectory() as folder,
        socket.create_server(("127.0.0.1", 0), backlog=50) as silent,
    ):
        home = Path(folder)
        commands, goals = _commands(home, server)
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        times: dict[str, list[float]] = {name: [] for name in commands}
        token, given = commands["token, of the environment"]
        given = {**given, "QISCUS_TUI_SERVER": url}
        asking = {
            "a bare httpx request": [sys.executable, "-c", BARE, url],
            "status, until its request": [*token[:-1], "status"],
            "sessions, until its request": [*token[:-1], "sessions"],
        }
        asked: dict[str, list[float]] = {name: [] for name in asking}
        for _ in range(runs * 3):
            for name, (words, environ) in commands.items():
                times[name].append(_timed(words, environ))
            for name, words in asking.items():
                asked[name].append(_until_asked(words, given, silent))
    nothing = times["python -c pass"]
    for name, values in times.items():
        yield Row(name, values, base=nothing, goal=goals.get(name, ""))
    for name, values in asked.items():
        yield Row(name, values, base=nothing, goal="10 x" if name.startswith("status") else "")


def _commands(home: Path, server: programs.Sandbox) -> tuple[dict[str, Command], Mapping[str, str]]:
    """Return the commands by what they show, with an account that is logged in; and their goals."""
    scripts = {name: home / f"{name}-script" for name in ("empty", "ours")}
    modules = {"empty": "empty_program", "ours": "qiscus_tui.__main__"}
    (home / "empty_program.py").write_text("def main():\n    return 0\n")
    for name, script in scripts.items():
        script.write_text(SCRIPT.format(python=sys.executable, module=modules[name]))
    ours = [sys.executable, str(scripts["ours"])]
    stored = programs.own_environment(home)
    given = {**stored, **programs.account_of(server)}
    configured = given | _configured(home / "configured", CONFIG, server)
    naming = given | _configured(home / "naming", CONFIG.replace("]", "]\n" + SERVER, 1), server)
    del naming["QISCUS_TUI_SERVER"]
    login = ["login", "--with-token", "--app-id", server.app_code, "--store", "file"]
    _run([*ours, *login, "--server", server.url], stored, server.long_lived)
    _run([*ours, "token"], stored)  # it fills the cache
    _run([*ours, "token"], given)
    return {
        "python -c pass": ([sys.executable, "-c", "pass"], stored),
        "empty console script": ([sys.executable, str(scripts["empty"])], stored),
        "token, of the file": ([*ours, "token"], stored),
        "token, of the environment": ([*ours, "token"], given),
        "the same, with a config.toml": ([*ours, "token"], configured),
        "the same, where it names the server": ([*ours, "token"], naming),
        "--version": ([*ours, "--version"], stored),
        "--help": ([*ours, "--help"], stored),
        "sessions --help": ([*ours, "sessions", "--help"], stored),
        "accounts": ([*ours, "accounts"], stored),
    }, {
        "token, of the file": "4.5 x",
        "token, of the environment": "4.5 x",
        "the same, with a config.toml": "6 x",
        "the same, where it names the server": "6 x",
        "--version": "3 x",
        "--help": "5 x",
        "accounts": "8 x",
    }


def _configured(folder: Path, text: str, server: programs.Sandbox) -> dict[str, str]:
    folder.mkdir(mode=0o700)
    (folder / "config.toml").write_text(text.format(url=server.url, app_code=server.app_code))
    return {"QISCUS_TUI_CONFIG_DIR": str(folder)}


def _timed(command: list[str], environ: Mapping[str, str]) -> float:
    began = time.perf_counter()
    _run(command, environ)
    return (time.perf_counter() - began) * 1000


def _until_asked(command: list[str], environ: Mapping[str, str], silent: socket.socket) -> float:
    """Return the milliseconds until the first byte of a request; the program is ended then."""
    began = time.perf_counter()
    with subprocess.Popen(
        command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        connection, _ = silent.accept()
        with connection:
            connection.recv(1)
            took = (time.perf_counter() - began) * 1000
            process.kill()
    return took


def _run(command: list[str], environ: Mapping[str, str], said: str = "") -> None:
    subprocess.run(command, env=environ, check=True, capture_output=True, input=said, text=True)
