"""The whole program before keyrings of every kind: said in words, never a silent step down."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from qiscus_tui.model.account import Storage
from tests.e2e.processes import Machine, machine
from tests.sandbox import PASSWORD, Call

PROGRAM = Path(__file__).with_name("keyring_program.py")
AILING = ("slow", "locked", "failing")


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Machine]:
    """A machine whose keyring works."""
    with machine(tmp_path / "home") as made:
        yield with_keyring(made, "works")


def with_keyring(here: Machine, kind: str) -> Machine:
    """The same machine, its keyring in another state."""
    file = here.home / "keyring.json"
    return replace(here, program=(sys.executable, PROGRAM, kind, file))


def entries(here: Machine) -> str:
    """What the keyring holds."""
    file = here.home / "keyring.json"
    return file.read_text() if file.exists() else "{}"


def test_a_keyring_that_works_keeps_the_account_until_it_is_logged_out(here: Machine) -> None:
    done = here.login(store="auto")
    assert (done.returncode, "keyring" in done.stdout) == (0, True)
    assert "The tokens are stored in: keyring (Secret Service)" in done.stderr
    assert not here.paths.secrets_file.exists()
    assert here.state.long_lived_token() in entries(here)  # pyright: ignore[reportOperatorIssue]

    assert here.run("token").stdout.strip() in here.tokens()
    assert here.run("logout").returncode == 0
    assert entries(here) == "{}"
    assert len(here.tokens()) == 5


def test_status_names_the_keyring(here: Machine) -> None:
    here.login(store="auto")
    assert "keyring (Secret Service)" in here.run("status").stdout


@pytest.mark.parametrize("kind", AILING)
def test_a_keyring_that_ails_is_an_error_before_anything_is_sent(here: Machine, kind: str) -> None:
    ill = with_keyring(here, kind)
    (here.home / "keyring.json").write_text('{"note": "PLANTED"}')
    done = ill.login(store="auto")
    assert done.returncode == 6
    assert "keyring" in done.stderr
    assert "--store file" in done.stderr
    assert "PLANTED" not in done.stderr + done.stdout
    assert here.state.calls[Call.LOGIN] == 0
    assert not here.paths.secrets_file.exists()


@pytest.mark.parametrize("kind", AILING)
def test_a_keyring_that_ails_later_is_never_no_token(here: Machine, kind: str) -> None:
    here.login(store="auto")
    ill = with_keyring(here, kind)
    done = ill.run("sessions")
    assert done.returncode == 6
    assert "keyring" in done.stderr
    assert PASSWORD not in done.stderr
    assert here.state.long_lived_token() not in done.stderr  # pyright: ignore[reportOperatorIssue]
    assert here.run("sessions").returncode == 0
    assert here.state.calls[Call.LOGIN] == 1


def test_a_keyring_that_keeps_nothing_makes_no_login(here: Machine) -> None:
    done = with_keyring(here, "forgetful").login(store="auto")
    assert done.returncode == 6
    assert "does not return" in done.stderr
    assert here.state.calls[Call.LOGIN] == 0


def test_without_a_keyring_the_file_needs_a_consent_that_names_it(here: Machine) -> None:
    none = with_keyring(here, "none")
    done = none.login(store="auto")
    assert done.returncode == 2
    assert str(here.paths.secrets_file) in done.stderr
    assert here.state.calls[Call.LOGIN] == 0
    assert none.login(store="file").returncode == 0
    assert here.local_files().book.all()[0].storage is Storage.FILE


DISGUISED = """
import json, pathlib
from keyring.backend import KeyringBackend
class Keyring(KeyringBackend):
    priority = 99
    def _keep(self, *what):
        with open({file!r}, "a") as kept:
            kept.write(json.dumps(what))
    def get_password(self, service, username):
        return None
    def set_password(self, service, username, password):
        self._keep(service, username, password)
    def delete_password(self, service, username):
        pass
Keyring.__module__ = "keyring.backends.SecretService"
Keyring.__qualname__ = Keyring.__name__ = "Keyring"
"""


@pytest.mark.parametrize("chosen_by", ["variable", "keyringrc"])
def test_plain_text_in_disguise_is_no_keyring(tmp_path: Path, chosen_by: str) -> None:
    modules, kept = tmp_path / "modules", tmp_path / "plain.txt"
    modules.mkdir()
    (modules / "disguised.py").write_text(DISGUISED.format(file=str(kept)))
    with machine(tmp_path / "home") as here:
        path = f"{modules}{os.pathsep}{here.environ['PYTHONPATH']}"
        more = {"PYTHONPATH": path}
        if chosen_by == "variable":
            more["PYTHON_KEYRING_BACKEND"] = "disguised.Keyring"
        else:
            rc = here.home / ".config" / "python_keyring"
            rc.mkdir(parents=True)
            (rc / "keyringrc.cfg").write_text("[backend]\ndefault-keyring=disguised.Keyring\n")
        disguised = replace(here, more=more)
        done = disguised.login(store="keyring")
        assert done.returncode == 6
        assert "cannot be used" in done.stderr
        assert disguised.login(store="auto").returncode == 2
        assert here.state.calls[Call.LOGIN] == 0
        assert not kept.exists()


def test_moving_to_the_file_while_the_keyring_is_away_says_what_stays(here: Machine) -> None:
    here.login(store="auto")
    done = with_keyring(here, "locked").login(store="file")
    assert done.returncode == 0
    assert "still in the keyring" in done.stderr
    assert here.local_files().book.all()[0].storage is Storage.FILE


def test_moving_to_the_file_empties_the_keyring(here: Machine) -> None:
    here.login(store="auto")
    done = here.login(store="file")
    assert "removed from keyring (Secret Service)" in done.stderr
    assert entries(here) == "{}"
    assert len(here.tokens()) == 6


# The real thing

needs_gnome = pytest.mark.skipif(
    not (shutil.which("dbus-run-session") and shutil.which("gnome-keyring-daemon")),
    reason="needs dbus-run-session and gnome-keyring-daemon",
)
UNLOCKED = "echo -n secret | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1"
LOCKED = "gnome-keyring-daemon --start --components=secrets >/dev/null 2>&1"
SCRIPT = """
q() {{ {python} -m qiscus_tui "$@"; echo "exit $?"; }}
served_by() {{ {python} -c '{served_by}'; }}
{first}
served_by
echo {password} | q login --server {url} --email admin@demo.example --password-stdin --store auto
q status
q token
q refresh
q logout
served_by
"""
SERVED_BY = """
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import open_dbus_connection
asked = message_bus.GetConnectionUnixProcessID("org.freedesktop.secrets")
print("served by", open_dbus_connection().send_and_get_reply(asked).body[0])
"""


def on_a_bus(here: Machine, first: str) -> str:
    """All that the commands say on a D-Bus of their own."""
    runtime = here.home / "run"
    runtime.mkdir(mode=0o700)
    script = SCRIPT.format(
        python=sys.executable,
        served_by=SERVED_BY,
        first=first,
        password=PASSWORD,
        url=here.url,
    )
    done = subprocess.run(
        ["dbus-run-session", "--", "sh", "-c", script],
        env={**here.environ, "XDG_RUNTIME_DIR": str(runtime)},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    return done.stdout + done.stderr


def daemon_died(said: str) -> bool:
    """If the bus had to start a second daemon, locked, because the first one crashed.

    It does now and then (48.0 was seen to); what follows says nothing about this program.
    """
    return len(set(re.findall(r"served by .*", said))) > 1


@needs_gnome
def test_gnome_keyring_keeps_the_account(tmp_path: Path) -> None:
    for attempt in ("first", "second", "third"):
        with machine(tmp_path / attempt) as here:
            said = on_a_bus(here, UNLOCKED)
            if daemon_died(said):
                continue
            assert said.count("exit 0") == 5, said
            assert "stored in: keyring" in said
            assert not here.paths.secrets_file.exists()
            assert here.local_files().book.all() == ()
            return
    pytest.skip("gnome-keyring-daemon crashed three times")


@needs_gnome
def test_gnome_keyring_that_nobody_unlocks_is_an_error(tmp_path: Path) -> None:
    with machine(tmp_path / "home") as here:
        said = on_a_bus(here, LOCKED)
        assert "exit 6" in said
        assert "keyring" in said
        assert here.state.calls[Call.LOGIN] == 0
