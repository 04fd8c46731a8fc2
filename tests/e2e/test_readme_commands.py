"""The commands of README, and of REFERENCE those for a leak, timers and scripts, run as written."""

import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.processes import EMAIL, Machine, in_bash, machine
from tests.e2e.terminal import ENTER, Terminal, environment, wait_for_question
from tests.pages import README, REFERENCE
from tests.program import Done
from tests.sandbox import PASSWORD
from tests.sandbox.state import APP_CODE

INSTALLS = re.compile(r"git clone .*|python3 -m venv .* && (?=\.venv)")
"""`.ci/run` installs the package, by README's last command."""
ANSWERED = {
    ".venv/bin/qiscus-tui --demo": (("Password", "\x03"),),
    "qiscus-tui login": (("[y/N]", "y"), ("Email", EMAIL), ("Password", PASSWORD)),
    "qiscus-tui doctor --live": (("[y/N]", "y"),),
    "qiscus-tui revoke-all": (("Type the app code", APP_CODE),),
}
"""What is asked at a terminal, and what is answered."""


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
    lines = "\n".join(fences("crontab")).splitlines()
    found += [re.split(r"\s+", line, maxsplit=5)[5] for line in lines]
    jobs = [unit for unit in fences("ini", REFERENCE) if "Type=oneshot" in unit]
    for unit in jobs:
        found += re.findall(r"^ExecStart=(.*)$", unit.replace("%h", "$HOME"), re.MULTILINE)
    for page in (README, REFERENCE):
        found += added("qiscus-tui", page)
    return found


@pytest.fixture(scope="module")
def on(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """A machine with the program where README puts it, REFERENCE's policy and an account."""
    home = tmp_path_factory.mktemp("readme")
    with machine(home, sessions=60) as made:
        for folder in (".venv/bin", "config", "logs", "backups"):
            (home / folder).mkdir(parents=True, exist_ok=True)
        (home / ".venv/bin/qiscus-tui").symlink_to(Path(sys.executable).with_name("qiscus-tui"))
        (policy,) = re.findall(r"^\[policy.*?\n\n", REFERENCE, re.MULTILINE | re.DOTALL)
        (home / "config" / "config.toml").write_text(policy)
        made.more = {
            "PATH": f"{home}/.local/bin:{made.environ['PATH']}",
            "URL": made.url,
            "QISCUS_TUI_SERVER": made.url,
        }
        (linked,) = [line for line in commands() if "ln -s" in line]
        assert typed(made, linked).code == 0
        made.log_in_at_once()
        yield made


def typed(on: Machine, line: str, stdin: str = "") -> Done:
    """How a line ends that somebody pastes, without a terminal."""
    return in_bash(line, on.environ, on.home, stdin)


def done(on: Machine, command: str) -> str:
    """Run a line, at a terminal where it asks something; return what it says."""
    if command not in ANSWERED:
        ended = typed(on, command)
        assert ended.code == 0, ended.err
        assert "Traceback" not in ended.err
        return ended.text
    environ = environment(**{**on.environ, "HOME": str(on.home)})
    words = ["bash", "-c", f"cd && {command}"]
    with Terminal(words, environ=environ, columns=150) as terminal:
        for asked, answer in ANSWERED[command]:
            if answer == "\x03":
                terminal.wait_for(asked)
                terminal.send(answer)
            else:
                wait_for_question(terminal, asked, hidden=answer == PASSWORD)
                terminal.send(answer + ENTER)
        assert terminal.finish() == (130 if "--demo" in command else 0)
        return terminal.text


@pytest.mark.parametrize("command", commands())
def test_its_commands_do_what_it_says(on: Machine, command: str) -> None:
    name = f"{EMAIL}@{on.state.credentials.app_code}"
    line = command.partition(" #")[0].strip().replace("--account NAME", f"--account {name}")
    line = INSTALLS.sub("", line)
    if not line or line.endswith("pytest"):
        pytest.skip("an installer")
    done(on, line)


def test_after_a_leak_its_steps_do_what_it_says(on: Machine) -> None:
    _, _, rest = REFERENCE.partition("\n## A password or token leaked\n")
    lines = re.findall(r"^ {4,7}(qiscus-tui \S.*)", rest.partition("\n## ")[0], re.MULTILINE)
    alone, all_at_once, log_in, look, again, search, watch, report = lines
    leaked = on.state.sessions()[0].token
    assert typed(on, alone.partition(" #")[0], f"{leaked}\n").code == 2  # it asks
    for command, left in ((all_at_once, 1), (log_in, 1), (again, 1)):
        done(on, command)
        assert len(on.tokens()) == left
    assert "0 sessions of 1" in done(on, look)
    assert "no live token" in done(on, search.replace("/var/log", "logs"))
    assert "1 live" in done(on, watch.partition(";")[0])
    done(on, report)
    assert "revoke-all" in (on.home / "incident.json").read_text()


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
    done = typed(on, command)
    assert (done.out.strip(), done.code) == ("200", 0), done.err
