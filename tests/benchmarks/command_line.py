"""How long a script waits for `token`, beside a console script that does nothing."""

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


def command_line(runs: int) -> Generator[Row]:
    """`python -c pass`, an empty console script, and `token` from its cache.

    Of an account in the file, which was chosen before; and of one in the environment, for which
    the configuration is read.
    """
    nothing: list[float] = []
    empty: list[float] = []
    token: list[float] = []
    given: list[float] = []
    with programs.sandbox(10) as server, tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        environ = programs.own_environment(home)
        given_environ = {**environ, **programs.account_of(server)}
        (home / "empty_program.py").write_text("def main():\n    return 0\n")
        scripts = {name: home / f"{name}-script" for name in ("empty", "ours")}
        modules = {"empty": "empty_program", "ours": "qiscus_tui.__main__"}
        for name, script in scripts.items():
            script.write_text(SCRIPT.format(python=sys.executable, module=modules[name]))
        program = [sys.executable, str(scripts["ours"])]
        ours = [*program, "token"]
        login = ["login", "--with-token", "--app-id", server.app_code, "--store", "file"]
        _run([*program, *login, "--server", server.url], environ, server.long_lived)
        for first in (environ, given_environ):  # it fills the cache
            _run(ours, first)
        for _ in range(runs * 3):
            nothing.append(_timed([sys.executable, "-c", "pass"], environ))
            empty.append(_timed([sys.executable, str(scripts["empty"])], environ))
            token.append(_timed(ours, environ))
            given.append(_timed(ours, given_environ))
    yield Row("python -c pass", nothing)
    yield Row("empty console script", empty, base=nothing)
    yield Row("token, cached", token, base=empty)
    yield Row("token, cached, of the environment", given, base=empty)


def _timed(command: list[str], environ: Mapping[str, str]) -> float:
    began = time.perf_counter()
    _run(command, environ)
    return (time.perf_counter() - began) * 1000


def _run(command: list[str], environ: Mapping[str, str], said: str = "") -> None:
    subprocess.run(command, env=environ, check=True, capture_output=True, input=said, text=True)
