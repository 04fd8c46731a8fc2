"""`completion`: words for shells, from this machine's files alone."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from qiscus_tui.cli.verbs import VERBS
from tests.cli.conftest import Program
from tests.e2e.terminal import Terminal

SHELLS = ("bash", "zsh", "fish")


@pytest.mark.parametrize("shell", SHELLS)
def test_the_shell_reads_every_verb_and_asks_for_no_words_yet(program: Program, shell: str) -> None:
    done = program("completion", shell)
    assert (done.code, done.err) == (0, "")
    assert all(verb in done.out for verb in VERBS)
    for line in done.out.splitlines():
        if "completion --words" in line:
            assert line.startswith(("_qiscus_tui_", "complete ")), line
    if shutil.which(shell) is not None:
        (program.folder / "completion").write_text(done.out)
        subprocess.run([shell, "-n", program.folder / "completion"], check=True)


def test_accounts_and_ids_come_from_the_last_listing_without_a_call(logged_in: Program) -> None:
    ids = logged_in.ids()
    calls = logged_in.server.calls.total()
    offered = logged_in("completion", "--words", "ids").out.split()
    assert set(ids) < set(offered)
    assert "@" in logged_in("completion", "--words", "accounts").out
    assert logged_in.server.calls.total() == calls


def test_a_name_that_a_shell_would_carry_out_is_not_offered(logged_in: Program) -> None:
    logged_in.login("agent@demo.example", "--name", "$(reboot)")
    assert "reboot" not in logged_in("completion", "--words", "accounts").out


# Real shells


CASES = [
    pytest.param("sess", "sessions", id="a verb"),
    pytest.param("revoke {first} {second_begun}", "revoke {first} {second}", id="a second id"),
    pytest.param("status --account adm", "status --account admin@", id="a value"),
    pytest.param("sessions --config {folder}/conf", "{folder}/config-of-ours.toml", id="a file"),
    pytest.param("scan x {folder}/conf", "{folder}/config-of-ours.toml", id="a second path"),
]


@dataclass(frozen=True)
class Shells:
    """A folder with the program's completion for each shell, and words to complete."""

    folder: Path
    first: str
    second: str

    def filled(self, words: str) -> str:
        return words.format(
            first=self.first,
            second=self.second,
            second_begun=self.second[:6],
            folder=self.folder,
        )

    def environ(self) -> dict[str, str]:
        path = f"{self.folder}:{os.environ['PATH']}"
        return {**os.environ, "PATH": path, "TERM": "xterm", "HOME": str(self.folder)}


@pytest.fixture
def shells(logged_in: Program, tmp_path: Path) -> Shells:
    first, second, *_ = logged_in.ids()
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "qiscus-tui").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m qiscus_tui "$@"\n')
    (folder / "qiscus-tui").chmod(0o755)
    (folder / "config-of-ours.toml").touch()
    for shell in SHELLS:
        (folder / f"completion.{shell}").write_text(logged_in("completion", shell).out)
    return Shells(folder, first, second)


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_tab_completes(shells: Shells, shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"there is no {shell} here")
    begin, ready = ([shell, "--noprofile", "--norc", "-i"], "")
    if shell == "zsh":
        begin, ready = [shell, "-f", "-i"], "autoload -U compinit; compinit -u -D; "
    with Terminal(begin, environ=shells.environ(), columns=200) as terminal:
        terminal.send(f"PS1='> '; {ready}source {shells.folder}/completion.{shell}; echo re''ady\n")
        terminal.wait_for("ready\n>")
        for number, case in enumerate(CASES):
            typed, wanted = map(shells.filled, map(str, case.values))
            terminal.send(f"qiscus-tui {typed}\t")
            terminal.wait_for(wanted)
            terminal.send(f"\x15clear; echo {number}\n")
            # What is typed before the shell reads again is echoed twice, or lost.
            terminal.wait_for(lambda text, shown=[str(number), ">"]: text.split() == shown)
        terminal.send("\x03\x04exit\n")


@pytest.mark.skipif(shutil.which("fish") is None, reason="there is no fish here")
def test_fish_completes(shells: Shells) -> None:
    for case in CASES:
        typed, wanted = map(shells.filled, map(str, case.values))
        asked = f"source {shells.folder}/completion.fish; complete -C 'qiscus-tui {typed}'"
        command = ["fish", "--no-config", "-c", asked]
        done = subprocess.run(
            command, capture_output=True, text=True, check=True, env=shells.environ()
        )
        assert wanted.split()[-1] in done.stdout
