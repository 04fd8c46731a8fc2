"""`completion`: words for shells, from this machine's files alone."""

import os
import shutil
import subprocess
import sys
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


@pytest.fixture
def folder(logged_in: Program) -> Path:
    """A folder with the program and its completion for each shell: HOME, and in PATH."""
    folder = logged_in.folder / "bin"
    folder.mkdir()
    (folder / "qiscus-tui").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m qiscus_tui "$@"\n')
    (folder / "qiscus-tui").chmod(0o755)
    (folder / "config-of-ours.toml").touch()
    for shell in SHELLS:
        (folder / f"completion.{shell}").write_text(logged_in("completion", shell).out)
    path = f"{folder}:{os.environ['PATH']}"
    for name, value in (("PATH", path), ("TERM", "xterm"), ("HOME", str(folder))):
        logged_in.monkeypatch.setenv(name, value)
    return folder


def cases(program: Program, folder: Path) -> list[tuple[str, str]]:
    """What is typed before the tab, and what comes of it."""
    first, second, *_ = program.ids()
    return [
        ("sess", "sessions"),
        (f"revoke {first} {second[:6]}", f"revoke {first} {second}"),
        ("status --account adm", "status --account admin@"),
        (f"sessions --config {folder}/conf", f"{folder}/config-of-ours.toml"),
        (f"scan x {folder}/conf", f"{folder}/config-of-ours.toml"),
    ]


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_tab_completes(logged_in: Program, folder: Path, shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"there is no {shell} here")
    begin, ready = ([shell, "--noprofile", "--norc", "-i"], "")
    if shell == "zsh":
        begin, ready = [shell, "-f", "-i"], "autoload -U compinit; compinit -u -D; "
    with Terminal(begin, environ=os.environ, columns=200) as terminal:
        terminal.send(f"PS1='> '; {ready}source {folder}/completion.{shell}; echo re''ady\n")
        terminal.wait_for("ready\n>")
        for number, (typed, wanted) in enumerate(cases(logged_in, folder)):
            terminal.send(f"qiscus-tui {typed}\t")
            terminal.wait_for(wanted)
            terminal.send(f"\x15clear; echo {number}\n")
            # What is typed before the shell reads again is echoed twice, or lost.
            terminal.wait_for(lambda text, shown=[str(number), ">"]: text.split() == shown)
        terminal.send("\x03\x04exit\n")


@pytest.mark.skipif(shutil.which("fish") is None, reason="there is no fish here")
def test_fish_completes(logged_in: Program, folder: Path) -> None:
    for typed, wanted in cases(logged_in, folder):
        asked = f"source {folder}/completion.fish; complete -C 'qiscus-tui {typed}'"
        command = ["fish", "--no-config", "-c", asked]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        assert wanted.split()[-1] in done.stdout
