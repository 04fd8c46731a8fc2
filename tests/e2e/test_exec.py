"""`exec` as processes of its own: the command takes the program's place, whole."""

import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.e2e.processes import Machine, machine

TELL = """
import json, os, resource, signal, sys
links = {n: os.readlink(f"/proc/self/fd/{n}") for n in os.listdir("/proc/self/fd")
         if os.path.exists(f"/proc/self/fd/{n}")} if os.path.isdir("/proc/self/fd") else {}
ignored = [int(n) for n in signal.valid_signals() if signal.getsignal(n) is signal.SIG_IGN]
status = open("/proc/self/status").read() if os.path.exists("/proc/self/status") else ""
masks = dict(line.split(":\\t") for line in status.splitlines() if line.startswith("Sig"))
print(json.dumps({
    "environ": dict(os.environ),
    "core": resource.getrlimit(resource.RLIMIT_CORE),
    "files": links,
    "ignored": masks,
    "pid": os.getpid(),
    "stdin": sys.stdin.read(),
}))
"""
"""A command that tells what it was given."""


@pytest.fixture
def here(tmp_path: Path) -> Generator[Machine]:
    """The admin is logged in, with secrets in the file."""
    with machine(tmp_path / "home") as on:
        on.log_in_at_once()
        yield on


def test_the_command_sees_the_token_and_takes_the_place_of_the_program(here: Machine) -> None:
    with here.start("exec", "--", sys.executable, "-c", TELL) as program:
        out, err = program.communicate("what was typed\n", timeout=60)
    assert (program.returncode, err) == (0, "")
    told = json.loads(out)
    assert told["pid"] == program.pid
    assert told["stdin"] == "what was typed\n"
    account, kept = here.kept()
    assert kept.short_lived is not None
    given = {name: value for name, value in told["environ"].items() if name.startswith("QISCUS_")}
    assert given == {
        "QISCUS_TOKEN": kept.short_lived.token,
        "QISCUS_APP_ID": account.app_code,
        "QISCUS_TUI_CONFIG_DIR": here.environ["QISCUS_TUI_CONFIG_DIR"],
        "QISCUS_TUI_DATA_DIR": here.environ["QISCUS_TUI_DATA_DIR"],
    }
    assert kept.long_lived is not None
    assert kept.long_lived not in out


@pytest.mark.parametrize("asks_the_server", [False, True])
def test_it_inherits_no_lock_no_socket_and_no_ignored_signal(
    tmp_path: Path, asks_the_server: bool
) -> None:
    if not Path("/proc/self/fd").exists():
        pytest.skip("this system has no /proc")
    with machine(tmp_path / "home") as on:
        if asks_the_server:
            on.keep_long_lived_at_once()
        else:
            on.log_in_at_once()
        done = on.run("exec", "--", sys.executable, "-c", TELL)
        assert done.returncode == 0, done.stderr
        told = json.loads(done.stdout)
        assert {"0", "1", "2"} == set(told["files"])
        plain = subprocess.run(
            [sys.executable, "-c", TELL],
            input="",
            capture_output=True,
            text=True,
            env=on.environ,
            check=True,
        )
        expected = json.loads(plain.stdout)
        assert told["ignored"] == expected["ignored"]
        assert told["core"] == expected["core"]


@pytest.mark.parametrize("soft", [0, 4096])
def test_core_dumps_are_allowed_as_far_as_they_were(here: Machine, soft: int) -> None:
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    if hard != resource.RLIM_INFINITY and hard < soft:
        pytest.skip("this system allows no core dumps")

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_CORE, (soft, hard))

    done = subprocess.run(
        [*here.program, "exec", "--", sys.executable, "-c", TELL],
        env=here.environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
        preexec_fn=limit,
    )
    assert json.loads(done.stdout)["core"] == [soft, hard]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE])
@pytest.mark.parametrize("asks_the_server", [False, True])
def test_a_signal_is_the_commands_own(
    tmp_path: Path, number: signal.Signals, asks_the_server: bool
) -> None:
    with machine(tmp_path / "home") as on:
        if asks_the_server:
            on.keep_long_lived_at_once()
        else:
            on.log_in_at_once()
        with on.start("exec", "--", "sh", "-c", "echo begun; read line; echo $line") as program:
            assert program.stdout is not None
            assert program.stdout.readline() == "begun\n"
            program.send_signal(number)
            _, err = program.communicate(timeout=60)
        assert program.returncode == -number
        assert err == ""


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("sh", "-c", "exit 7"), 7),
        (("sh", "-c", "exit 126"), 126),
        (("true",), 0),
        (("there-is-no-such-command",), 127),
        (("./there-is-no-such-file",), 127),
        (("/etc/passwd/x",), 127),
        (("",), 127),
        (("/etc/passwd",), 126),
        (("/etc",), 126),
        (("./no-format",), 126),
    ],
)
def test_the_exit_code(here: Machine, words: tuple[str, ...], code: int) -> None:
    script = here.home / "no-format"
    script.write_text("echo not a program\n")
    script.chmod(0o755)
    done = here.run("exec", "--", *words)
    assert done.returncode == code
    assert "Traceback" not in done.stderr
    if code in {126, 127} and words[0] != "sh":
        assert (done.stdout, len(done.stderr.splitlines())) == ("", 2)
        _, kept = here.kept()
        assert not any(secret in done.stderr for secret in kept.secrets)


def test_words_reach_the_command_as_they_are(here: Machine) -> None:
    words = ["a b", "", "*", "$HOME", "\udcff\udcfe", "--demo", "-x", "--"]
    show = "import os, sys; os.write(1, b'|'.join(map(os.fsencode, sys.argv[1:])))"
    done = subprocess.run(
        [*here.program, "exec", "--", sys.executable, "-c", show, *words],
        env=here.environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
    )
    assert done.stdout == b"|".join(map(os.fsencode, words))


def test_a_script_finds_all_that_a_call_needs(here: Machine) -> None:
    script = (
        "import os, urllib.request as u\n"
        f"r = u.Request('{here.url}/api/v1/admin/get_profile', headers={{\n"
        "  'Authorization': os.environ['QISCUS_TOKEN'],\n"
        "  'Qiscus-App-Id': os.environ['QISCUS_APP_ID']})\n"
        "print(u.urlopen(r).status)\n"
    )
    done = here.run("exec", "--", sys.executable, "-c", script)
    assert (done.returncode, done.stdout) == (0, "200\n"), done.stderr


def test_the_files_that_the_caller_opened_are_the_commands(here: Machine) -> None:
    quoted = " ".join(f"'{word}'" for word in here.program)
    line = f"echo kept > three; {quoted} exec -- sh -c 'cat <&3' 3< three"
    done = subprocess.run(
        ["sh", "-c", line],
        env=here.environ,
        cwd=here.home,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "kept\n"


def test_a_signal_while_the_server_is_asked_ends_it_and_no_command_begins(tmp_path: Path) -> None:
    with machine(tmp_path / "home", latency_ms=1000) as on:
        on.keep_long_lived_at_once()
        with on.start("exec", "--", "echo", "begun") as program:
            holders = on.paths.state_dir
            deadline = time.monotonic() + 30
            while time.monotonic() < deadline:
                if any(f.read_text() == str(program.pid) for f in holders.glob("account-*.lock")):
                    break
                time.sleep(0.01)
            program.send_signal(signal.SIGTERM)
            out, err = program.communicate(timeout=60)
        assert (program.returncode, out) == (143, "")
        assert "Traceback" not in err
        _, kept = on.kept()  # the token that was on its way is not lost
        assert kept.short_lived is None or kept.short_lived.token in on.tokens()
