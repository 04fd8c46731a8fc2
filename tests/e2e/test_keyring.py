"""The whole program before keyrings of every kind: said in words, never a silent step down."""

import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from qiscus_tui.model.account import Storage
from tests.e2e.processes import Machine, machine
from tests.sandbox import Call

PROGRAM = Path(__file__).with_name("keyring_program.py")


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

    assert "keyring (Secret Service)" in here.run("status").stdout
    assert here.run("token").stdout.strip() in here.tokens()
    assert here.run("logout").returncode == 0
    assert entries(here) == "{}"
    assert len(here.tokens()) == 5


def test_a_keyring_that_fails_is_an_error_and_never_no_token(here: Machine) -> None:
    ill = with_keyring(here, "failing")
    (here.home / "keyring.json").write_text('{"note": "PLANTED"}')
    done = ill.login(store="auto")
    assert done.returncode == 6
    assert "--store file" in done.stderr
    assert "PLANTED" not in done.stderr + done.stdout
    assert here.state.calls[Call.LOGIN] == 0  # before anything is sent
    assert not here.paths.secrets_file.exists()

    here.login(store="auto")
    done = with_keyring(here, "locked").run("sessions")
    assert done.returncode == 6
    assert "keyring" in done.stderr
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


def test_plain_text_in_disguise_is_no_keyring(tmp_path: Path) -> None:
    modules, kept = tmp_path / "modules", tmp_path / "plain.txt"
    modules.mkdir()
    (modules / "disguised.py").write_text(DISGUISED.format(file=str(kept)))
    with machine(tmp_path / "home") as here:
        rc = here.home / ".config" / "python_keyring"
        rc.mkdir(parents=True)
        (rc / "keyringrc.cfg").write_text("[backend]\ndefault-keyring=disguised.Keyring\n")
        path = f"{modules}{os.pathsep}{here.environ['PYTHONPATH']}"
        disguised = replace(here, more={"PYTHONPATH": path})
        done = disguised.login(store="keyring")
        assert done.returncode == 6
        assert "cannot be used" in done.stderr
        assert disguised.login(store="auto").returncode == 2
        assert here.state.calls[Call.LOGIN] == 0
        assert not kept.exists()


def test_moving_to_the_file_empties_the_keyring_or_says_what_stays(here: Machine) -> None:
    here.login(store="auto")
    done = with_keyring(here, "locked").login(store="file")
    assert done.returncode == 0
    assert "still in the keyring" in done.stderr
    assert here.local_files().book.all()[0].storage is Storage.FILE
    here.login(store="keyring")
    done = here.login(store="file")
    assert "removed from keyring (Secret Service)" in done.stderr
    assert entries(here) == "{}"
