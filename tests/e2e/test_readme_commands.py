"""Every command of README, and what REFERENCE adds for timers and scripts, run as written there."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from qiscus_tui.query.parsing import parse
from qiscus_tui.query.terms import KEYS, State
from tests.e2e.processes import EMAIL, PROJECT, Machine, machine
from tests.e2e.terminal import ENTER, Terminal, environment, wait_for_question
from tests.sandbox import PASSWORD

README = (PROJECT / "README.md").read_text()
REFERENCE = (PROJECT / ".github" / "REFERENCE.md").read_text()
INSTALLERS = ("uvx", "python3 -m venv")
"""`.ci/run` installs the package, by README's last command."""
AT_A_TERMINAL = (".venv/bin/qiscus-tui --demo", "qiscus-tui login", "qiscus-tui doctor --live")


def fences(language: str, page: str = README) -> list[str]:
    """Return the fenced blocks of this language."""
    return re.findall(rf"^```{language}\n(.*?)\n```$", page, re.MULTILINE | re.DOTALL)


def added(word: str, page: str) -> list[str]:
    """Return the new lines of the page's diffs that have this word."""
    lines = "\n".join(fences("diff", page))
    return [line for line in re.findall(r"^\+(.*)$", lines, re.MULTILINE) if word in line]


def commands() -> list[str]:
    """Return the lines of indented blocks, crontabs, units and the shell's diffs, in this order."""
    plain = re.sub(r"^```.*?^```$", "", README, flags=re.MULTILINE | re.DOTALL)
    found = [line.strip() for line in re.findall(r"^    \S.*$", plain, re.MULTILINE)]
    jobs = "\n".join(fences("crontab")).splitlines()
    found += [re.split(r"\s+", line, maxsplit=5)[5] for line in jobs]
    for unit in fences("ini", REFERENCE):
        found += re.findall(r"^ExecStart=(.*)$", unit.replace("%h", "$HOME"), re.MULTILINE)
    for page in (README, REFERENCE):
        found += added("qiscus-tui", page)
    return found


@pytest.fixture(scope="module")
def on(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """A machine with README's configuration, an account, and a live token in a log."""
    home = tmp_path_factory.mktemp("readme")
    with machine(home, sessions=60) as made:
        bin_folder = home / ".local" / "bin"
        (home / ".venv").symlink_to(Path(".local"))
        for folder in (bin_folder, home / "config", home / "logs", home / "node_exporter"):
            folder.mkdir(parents=True, exist_ok=True)
        (bin_folder / "qiscus-tui").symlink_to(Path(sys.executable).with_name("qiscus-tui"))
        (home / "config" / "config.toml").write_text(fences("toml")[0])
        made.more = {
            "PATH": f"{bin_folder}:{made.environ['PATH']}",
            "URL": made.url,
            "QISCUS_TUI_SERVER": made.url,
        }
        made.log_in_at_once()
        yield made


def in_bash(on: Machine, command: str) -> "subprocess.CompletedProcess[str]":
    """Run a line as somebody would who pastes it, without a terminal."""
    return subprocess.run(
        ["bash", "-c", command],
        env=on.environ,
        cwd=on.home,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def at_a_terminal(on: Machine, command: str) -> None:
    """Run a line that talks with somebody, and answer what it asks."""
    environ = environment(**{**on.environ, "HOME": str(on.home)})
    with Terminal(["bash", "-c", f"cd && {command}"], environ=environ) as terminal:
        match command:
            case ".venv/bin/qiscus-tui --demo":
                terminal.wait_for("Password")
                terminal.send("\x03")
                assert terminal.finish() == 130
            case "qiscus-tui login":
                wait_for_question(terminal, "[y/N]")
                terminal.send(f"y{ENTER}")
                wait_for_question(terminal, "Email")
                terminal.send(f"{EMAIL}{ENTER}")
                terminal.wait_for("Password")
                terminal.send(f"{PASSWORD}{ENTER}")
                assert terminal.finish() == 0
            case _:
                wait_for_question(terminal, "[y/N]")
                terminal.send(f"y{ENTER}")
                assert terminal.finish() == 0
                assert "confirmed" in terminal.text


@pytest.mark.parametrize("command", commands())
def test_its_commands_do_what_it_says(on: Machine, command: str) -> None:
    name = f"{EMAIL}@{on.state.credentials.app_code}"
    line = command.partition(" #")[0].strip().replace("--account NAME", f"--account {name}")
    if line.startswith(INSTALLERS):
        pytest.skip("an installer")
    if line in AT_A_TERMINAL:
        at_a_terminal(on, line)
        return
    (on.home / "logs" / "app.log").write_text(f"token={on.state.sessions()[0].token}\n")
    done = in_bash(on, line)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr


PYTHON = """
import os, urllib.request
{lines}
request = urllib.request.Request(os.environ["URL"] + "/api/v1/admin/get_profile", headers=headers)
print(urllib.request.urlopen(request).status)
"""
PHP = "<?php {lines} echo strlen($headers['Authorization']) > 20 ? 200 : 0;"


@pytest.mark.parametrize("page", [README, REFERENCE], ids=["README", "REFERENCE"])
@pytest.mark.parametrize(
    ("program", "script", "word"), [("python3", PYTHON, "environ"), ("php", PHP, "getenv")]
)
def test_its_cures_of_scripts_work(
    on: Machine, program: str, script: str, word: str, page: str
) -> None:
    if shutil.which(program) is None:
        pytest.skip(f"there is no {program}")
    ((command, name),) = re.findall(rf"run by:? `?(qiscus-tui .* {program} ([\w.]+))", page)
    (on.home / name).write_text(script.format(lines="\n".join(added(word, page))))
    done = in_bash(on, command)
    assert (done.stdout.strip(), done.returncode) == ("200", 0), done.stderr


@pytest.mark.parametrize(
    ("page", "header"),
    [
        (README, "| key | example | finds | where unknown |"),
        (REFERENCE, "| key | example | finds |"),
    ],
    ids=["README", "REFERENCE"],
)
def test_its_table_of_the_filter_is_that_of_the_program(page: str, header: str) -> None:
    table = page.partition(f"\n{header}\n")[2].partition("\n\n")[0]
    rows = [re.split(r"(?<!\\)\|", row)[1:-1] for row in table.splitlines()[1:]]
    assert rows[0][0].strip() == "(a word)"
    assert re.findall(r"`(\w+)`", "".join(row[0] for row in rows)) == [*KEYS]
    for row in rows:
        examples = re.findall(r"`([^`]+)`", row[1])
        assert examples
        for example in examples:
            assert parse(example).words
        for unknown in re.findall(r"`([^`]+)`", "".join(row[3:])):
            assert parse(unknown).words
    assert set(re.findall(r"`(\w+)`", rows[-1][2])) == {state.value for state in State}
