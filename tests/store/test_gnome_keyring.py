"""The real thing, where its packages are: gnome-keyring on a D-Bus of the test's own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(
    not (shutil.which("dbus-run-session") and shutil.which("gnome-keyring-daemon")),
    reason="needs dbus-run-session and gnome-keyring-daemon",
)

USE = """
from qiscus_tui.errors import StorageError
from qiscus_tui.model.account import Credentials, ShortLived
from qiscus_tui.store.keyring_store import NoKeyring, find_keyring
try:
    secrets = find_keyring(timeout=3.0)
    secrets.probe()
    kept = Credentials("long", ShortLived("short", 1.0))
    secrets.write("key", kept)
    same = find_keyring().read("key") == kept
    secrets.remove("key")
    print(secrets.where, same, secrets.read("key"))
except NoKeyring as error:
    print("none:", error.reason)
except StorageError as error:
    print("error:", error.message)
"""


def on_a_bus(home: Path, first: str) -> str:
    """What the program says after `first` has run on the same bus."""
    runtime = home / "run"
    runtime.mkdir(mode=0o700)
    environment = {**os.environ, "XDG_RUNTIME_DIR": str(runtime)}
    script = f'{first}\nexec "$0" -c "$1"'
    done = subprocess.run(
        ["dbus-run-session", "--", "sh", "-c", script, sys.executable, USE],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.stdout.strip().rpartition("\n")[2] or done.stderr


def test_an_unlocked_keyring_keeps_and_forgets(home: Path) -> None:
    unlock = "echo -n password | gnome-keyring-daemon --unlock --components=secrets >/dev/null"

    assert on_a_bus(home, unlock) == "keyring (Secret Service) True None"


def test_a_keyring_that_stays_locked_is_an_error_not_a_missing_keyring(home: Path) -> None:
    assert on_a_bus(
        home, "gnome-keyring-daemon --start --components=secrets >/dev/null"
    ).startswith("error: The keyring")
