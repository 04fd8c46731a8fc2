"""`exec` as a process of its own: the command takes the program's place, whole."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.processes import machine

TELL = """
import json, os, resource, signal, sys
links = {n: os.readlink(f"/proc/self/fd/{n}") for n in os.listdir("/proc/self/fd")
         if os.path.exists(f"/proc/self/fd/{n}")} if os.path.isdir("/proc/self/fd") else {}
status = open("/proc/self/status").read() if os.path.exists("/proc/self/status") else ""
masks = dict(line.split(":\\t") for line in status.splitlines() if line.startswith("Sig"))
print(json.dumps({
    "environ": dict(os.environ),
    "core": resource.getrlimit(resource.RLIMIT_CORE),
    "files": links,
    "signals": masks,
    "pid": os.getpid(),
    "stdin": sys.stdin.read(),
    "words": [os.fsencode(word).hex() for word in sys.argv[1:]],
}))
"""
"""A command that tells what it was given."""
WORDS = ["a b", "", "*", "$HOME", "\udcff\udcfe", "--demo", "-x", "--"]


@pytest.mark.parametrize("asks_the_server", [False, True])
def test_the_command_takes_the_place_of_the_program_and_inherits_only_what_was_there_before(
    tmp_path: Path, asks_the_server: bool
) -> None:
    """The token, its words, stdin and opened files; no lock, no socket, no signal, no limit."""
    if not Path("/proc/self/fd").exists():
        pytest.skip("this system has no /proc")
    with machine(tmp_path / "home") as on:
        on.log_in_at_once(with_token=asks_the_server)
        reader, writer = os.pipe()
        tell = [sys.executable, "-c", TELL, *WORDS]
        told, pid = ran([*on.program, "exec", "--", *tell], on.environ, reader)
        plain, _ = ran(tell, on.environ, reader)
        os.close(reader)
        os.close(writer)
        account, kept = on.kept()
    assert told["pid"] == pid
    assert told["stdin"] == "what was typed\n"
    assert [bytes.fromhex(word) for word in told["words"]] == [os.fsencode(one) for one in WORDS]
    assert {"0", "1", "2", str(reader)} == set(told["files"])
    assert told["signals"] == plain["signals"]
    assert told["core"] == plain["core"]
    assert kept.short_lived is not None
    given = {name: value for name, value in told["environ"].items() if name.startswith("QISCUS_")}
    assert given == {
        "QISCUS_TOKEN": kept.short_lived.token,
        "QISCUS_APP_ID": account.app_code,
        "QISCUS_TUI_CONFIG_DIR": on.environ["QISCUS_TUI_CONFIG_DIR"],
        "QISCUS_TUI_DATA_DIR": on.environ["QISCUS_TUI_DATA_DIR"],
    }
    assert kept.long_lived is not None
    assert kept.long_lived not in json.dumps(told)


def ran(
    words: Sequence[str | Path], environ: dict[str, str], opened: int
) -> tuple[dict[str, Any], int]:
    """What the command tells, and which process was begun for it; core dumps are allowed."""
    begin = ["bash", "-c", 'ulimit -S -c 4 2>/dev/null; exec "$@"', "bash"]
    with subprocess.Popen(
        [*begin, *words],
        env=environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        pass_fds=[opened],
    ) as process:
        out, err = process.communicate("what was typed\n", timeout=60)
    assert (process.returncode, err) == (0, "")
    return json.loads(out), process.pid


def test_exit_code_and_signals_are_the_commands_own(tmp_path: Path) -> None:
    with machine(tmp_path / "home") as on:
        on.log_in_at_once()
        assert on.run("exec", "--", "sh", "-c", "exit 7").code == 7
        with on.start("exec", "--", "sh", "-c", "echo begun; read line; echo $line") as program:
            assert program.stdout is not None
            assert program.stdout.readline() == "begun\n"
            program.send_signal(signal.SIGINT)
            _, err = program.communicate(timeout=60)
    assert program.returncode == -signal.SIGINT
    assert err == ""


def test_a_command_that_cannot_begin_is_126_or_127_in_two_lines(tmp_path: Path) -> None:
    codes = {
        "there-is-no-such-command": 127,
        "./there-is-no-such-file": 127,
        "/etc/passwd/x": 127,
        "": 127,
        "/etc/passwd": 126,
        "/etc": 126,
        "./no-format": 126,
    }
    with machine(tmp_path / "home") as on:
        on.log_in_at_once()
        script = on.home / "no-format"
        script.write_text("echo not a program\n")
        script.chmod(0o755)
        _, kept = on.kept()
        for word, code in codes.items():
            done = on.run_here("exec", "--", word)
            assert (done.code, done.out, len(done.err.splitlines())) == (code, "", 2)
            assert not any(secret in done.err for secret in kept.secrets)
            for number in (signal.SIGPIPE, signal.SIGXFSZ):  # as they were
                assert signal.getsignal(number) is signal.SIG_IGN
