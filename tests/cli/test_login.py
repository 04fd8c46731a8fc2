"""`login` and `logout`."""

import json
import stat

import pytest

from qiscus_tui.errors import StorageError
from qiscus_tui.store.keyring_store import KeyringSecrets
from tests.cli.conftest import EMAIL, SERVER, Program
from tests.sandbox import PASSWORD
from tests.sandbox.calls import Call, Fault
from tests.store.conftest import FakeKeyring, raising


def test_logging_in_keeps_the_account_says_where_and_prints_no_secret(program: Program) -> None:
    done = program.login()
    assert done.code == 0
    assert f"Logged in as {EMAIL} (admin) at {SERVER}" in done.out
    assert str(program.data / "secrets.json") in done.err
    file = program.data / "secrets.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    short = json.loads(file.read_text())["accounts"].popitem()[1]["short_lived"]["token"]
    for secret in (PASSWORD, short, program.server.credentials.long_lived_token):
        assert secret not in done.out + done.err


BAD = (
    (["--email", EMAIL], "wrong", 4, "refused the login"),
    (["--email", "twofactor-only@demo.example"], PASSWORD, 4, "second factor"),
    (["--email", "old@demo.example"], PASSWORD, 4, "too old"),
    (["--email", EMAIL, "--name", "x"], "", 2, "password"),
    ([], PASSWORD, 2, "--email"),
    (["--email", EMAIL, "--name", " "], PASSWORD, 2, "can't be named"),
    (["--email", EMAIL, "--name", "a\nb"], PASSWORD, 2, "can't be named"),
    (["--email", "\udcff@b.c"], PASSWORD, 2, "not valid text"),
    (["--email", EMAIL], "a\udcff", 2, "not valid text"),
    (["--app-id", "x"], PASSWORD, 2, "--app-id"),
    (["--with-token"], "token", 2, "--app-id"),
    (["--with-token", "--app-id", "x"], "wrong", 4, "rejected this long-lived token"),
    (["--rest", "--app-id", "x"], "wrong", 4, "rejected"),
)


def test_a_login_that_cannot_be_says_why_and_what_to_do(program: Program) -> None:
    for options, stdin, code, words in BAD:
        way = (
            []
            if {"--with-token", "--rest"} & {*options} or "--app-id" in options
            else ["--password-stdin"]
        )
        done = program("login", "--server", SERVER, "--store", "file", *options, *way, stdin=stdin)
        assert (done.code, done.out) == (code, ""), options
        place = "The tokens will be stored in"
        first, second = (one for one in done.err.splitlines() if not one.startswith(place))
        assert words in first
        assert second.strip() not in {"", "Log in again: qiscus-tui login"}
        logins = second.count("qiscus-tui login -")  # whose password another server would get
        assert second.count(f"qiscus-tui login --server {SERVER} ") == logins, options
    assert program.server.sessions("old@demo.example") == []  # no token is left behind


@pytest.mark.usefixtures("no_keyring")
def test_without_a_keyring_nothing_is_written_before_consent(program: Program) -> None:
    arguments = ["login", "--server", SERVER, "--email", EMAIL, "--password-stdin"]
    done = program(*arguments, stdin=PASSWORD)
    assert done.code == 2
    assert "--store file" in done.err
    assert str(program.data / "secrets.json") in done.err
    for typed in ("", "y\n"):  # what is asked then has no answer
        asked = program("login", "--server", SERVER, stdin=typed, terminal=True)
        assert asked.code == 2
        assert asked.err.endswith("No answer was given\n  Nothing was changed.\n")
    assert program.server.calls[Call.LOGIN] == 0


def test_a_keyring_keeps_the_account_and_one_that_ails_is_an_error_and_never_no_token(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake, login = FakeKeyring(), ("login", "--server", SERVER, "--email", EMAIL, "--password-stdin")
    keyring = KeyringSecrets(fake, "keyring (Secret Service)")
    locked = raising(StorageError("The keyring is locked", "Unlock the keyring and try again."))
    where = "qiscus_tui.store.keyring_store.find_keyring"
    monkeypatch.setattr(where, locked)
    done = program(*login, stdin=PASSWORD)
    assert (done.code, "Unlock the keyring" in done.err) == (6, True)
    assert program.server.calls[Call.LOGIN] == 0
    monkeypatch.setattr(where, lambda: keyring)
    done = program(*login, stdin=PASSWORD)
    assert "The tokens will be stored in: keyring (Secret Service)" in done.err
    assert "keyring (Secret Service)" in program("status").out
    monkeypatch.setattr(where, locked)
    assert program("sessions").code == 6
    monkeypatch.setattr(where, lambda: keyring)
    assert program("logout").code == 0
    assert fake.entries == {}
    assert not (program.data / "secrets.json").exists()


def test_with_credentials_in_the_environment_it_is_refused_with_why(program: Program) -> None:
    program.use_environment()
    for verb in (["login", "--email", EMAIL], ["logout"], ["accounts", "use", "x"]):
        done = program(*verb)
        assert (done.code, "environment" in done.err) == (2, True)


def test_a_login_with_a_token_names_no_user_and_is_stored(program: Program) -> None:
    done = program.login_with_token()
    app_code = program.server.credentials.app_code
    assert done.out.startswith(f"Logged in at {SERVER}, app {app_code}\n")
    assert "  stored  by " in program("audit").out


def test_another_name_renames_the_account(logged_in: Program) -> None:
    done = logged_in.login(EMAIL, "--name", "an other")
    assert "Account: an other," in done.out
    (after,) = logged_in("accounts", "--json").json()
    assert (after["account"], after["chosen_by"]) == ("an other", "the only one")
    assert f"The account was called {EMAIL}@" in done.err
    assert "Use --account 'an other' now" in done.err
    assert "called" not in logged_in.login(EMAIL, "--name", "an other").err


def test_a_rename_takes_no_account_out_of_its_part_of_the_configuration(logged_in: Program) -> None:
    logged_in.login(EMAIL, "--name", "other")
    logged_in.configure('[account."other"]\nreadonly = true\n')
    assert (
        "is called other: another one is called new, or config.toml"
        in logged_in.login(EMAIL, "--name", "new").err
    )
    (after,) = logged_in("accounts", "--json").json()
    assert (after["account"], after["readonly"]) == ("other", True)


def test_logging_out_of_a_server_that_is_away_needs_forget(logged_in: Program) -> None:
    logged_in.server.fail_next(Call.LOGOUT, *[Fault(503)] * 2)
    done = logged_in("logout")
    assert done.code == 1
    assert "remains valid" in done.err
    assert "--forget" in done.err
    assert logged_in("sessions").code == 0
    logged_in.server.fail_next(Call.LOGOUT, Fault(503))
    forgotten = logged_in("logout", "--forget")
    assert forgotten.code == 0
    assert "remains valid" in forgotten.out
    assert "long-lived token or secret key may remain valid" in forgotten.err
    assert logged_in("sessions").code == 4
