"""`doctor`: a report for a ticket."""

from typing import NoReturn

import pytest

from qiscus_tui.errors import StorageError
from tests.cli.conftest import SERVER, Program


def words_of(program: Program, *options: str) -> dict[str, str]:
    done = program("doctor", "--json", "--server", SERVER, *options)
    assert done.out.isascii()
    return {one["check"]: one["words"] for one in done.json()["checks"]}


@pytest.mark.usefixtures("no_keyring")
def test_it_names_the_configuration_and_where_a_login_would_be_kept(program: Program) -> None:
    words = words_of(program)
    assert words["config"].startswith("none")
    assert words["storage"].startswith("no keyring is running; a login would be stored in")
    assert "secrets.json" in words["storage"]
    assert not program.data.exists()
    other = program.folder / "other.toml"
    other.write_text("")
    assert str(other) in words_of(program, "--config", str(other))["config"]
    assert "TERM" not in program("--demo", "doctor").out  # it does not look at the terminal


def test_the_home_folder_is_not_named(logged_in: Program) -> None:
    logged_in.monkeypatch.setenv("HOME", str(logged_in.folder))
    assert words_of(logged_in)["storage"] == "~/data/secrets.json can be written"


def test_a_keyring_that_is_locked_is_a_bad_check(program: Program) -> None:
    def locked() -> NoReturn:
        raise StorageError("The keyring is locked", "Unlock it.")

    program.monkeypatch.setattr("qiscus_tui.store.keyring_store.find_keyring", locked)
    done = program("doctor", "--server", SERVER)
    assert done.code == 1
    assert "bad     storage: The keyring is locked" in done.out


@pytest.mark.parametrize("by_variable", [False, True])
def test_of_an_account_that_is_not_here_no_other_server_is_asked(
    program: Program, monkeypatch: pytest.MonkeyPatch, *, by_variable: bool
) -> None:
    if by_variable:
        monkeypatch.setenv("QISCUS_TUI_ACCOUNT", "nobody")
    done = program("doctor", *([] if by_variable else ["--account", "nobody"]))
    assert done.code == 1
    assert "bad     account: There is no account 'nobody' here" in done.out
    assert program.server.calls.total() == 0


@pytest.mark.parametrize(
    ("server", "words"),
    [
        (SERVER, "from HTTPS_PROXY"),
        ("https://localhost:1", "from HTTPS_PROXY; not used for a server on this machine"),
    ],
)
def test_a_proxy_that_a_server_on_this_machine_does_without_is_said(
    program: Program, monkeypatch: pytest.MonkeyPatch, server: str, words: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    assert f"ok      proxy: {words}\n" in program("doctor", "--server", server).out


def test_a_setting_that_cannot_be_used_is_bad(program: Program) -> None:
    program.configure('[server]\nca_bundle = "/nowhere.pem"')
    done = program("doctor")
    assert done.code == 1
    assert "bad     certificates: The ca_bundle /nowhere.pem" in done.out
