"""`exec`: what the command is given, before it takes this process's place."""

from collections.abc import Mapping

import pytest

from tests.cli.conftest import SERVER, Program
from tests.cli.test_tokens import DAY
from tests.sandbox.calls import Call, Fault
from tests.sandbox.state import SECRET_KEY

CREDENTIALS = {
    "QISCUS_LONG_LIVED_TOKEN",
    "QISCUS_SECRET_KEY",
    "QISCUS_TOKEN",
    "QISCUS_APP_ID",
    "QISCUS_PASSWORD",
}


class Became(BaseException):
    """The process is another program now."""

    def __init__(self, file: str, words: list[str], environ: Mapping[str, str]) -> None:
        super().__init__()
        self.file = file
        self.words = words
        self.environ = dict(environ)

    @property
    def credentials(self) -> dict[str, str]:
        """What it can authenticate with."""
        return {name: self.environ[name] for name in CREDENTIALS & set(self.environ)}


@pytest.fixture(autouse=True)
def no_command_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the command would begin, `Became` is raised."""

    def become(file: str, words: list[str], environ: Mapping[str, str]) -> None:
        raise Became(file, words, environ)

    monkeypatch.setattr("os.execvpe", become)


def executed(program: Program, *arguments: str) -> Became:
    """What becomes of `qiscus-tui exec …`."""
    with pytest.raises(Became) as became:
        program(*arguments)
    return became.value


def test_the_command_gets_the_kept_token_no_other_credential_and_all_else(
    logged_in: Program,
) -> None:
    for name in ("QISCUS_TOKEN", "QISCUS_PASSWORD", "qiscus_old_token", "QISCUS_AUTHORIZATION"):
        logged_in.monkeypatch.setenv(name, "of-another-account")
    others = {"MY_TOKEN", "QISCUS_ROOM", "LANG"}
    for name in others:
        logged_in.monkeypatch.setenv(name, "kept")
    calls = logged_in.server.calls.total()
    became = executed(logged_in, "exec", "--", "curl", "-s", "x")
    assert (became.file, became.words) == ("curl", ["curl", "-s", "x"])
    app_id = logged_in.server.credentials.app_code
    assert became.credentials == {
        "QISCUS_TOKEN": logged_in.kept_token(),
        "QISCUS_APP_ID": app_id,
    }
    assert "of-another-account" not in became.environ.values()
    assert {name for name, value in became.environ.items() if value == "kept"} == others
    assert {"PATH", "HOME"} <= set(became.environ)
    assert logged_in.server.calls.total() == calls


@pytest.mark.parametrize("how", ["{}", "session={}; path=/", "Authorization: {}"])
def test_a_secret_of_the_account_is_left_under_no_name(logged_in: Program, how: str) -> None:
    long_lived = logged_in.server.credentials.long_lived_token
    names = ("QISCUS_LONG_LIVED", "QISCUS_LLT", "JWT", "COOKIE", "SESSION")
    for secret in (long_lived, logged_in.kept_token()):
        for name in names:
            logged_in.monkeypatch.setenv(name, how.format(secret))
        assert not set(names) & set(executed(logged_in, "exec", "--", "true").environ)


def test_credentials_of_the_environment_are_taken_out_of_it(program: Program) -> None:
    kept = program.server.credentials
    program.use_environment()
    program.monkeypatch.setenv("MY_COPY", kept.long_lived_token)
    assert kept.long_lived_token not in executed(program, "exec", "--", "true").environ.values()
    program.monkeypatch.setenv("QISCUS_SECRET_KEY", kept.secret_key)
    token = executed(program, "exec", "--", "true").credentials
    assert set(token) == {"QISCUS_TOKEN", "QISCUS_APP_ID"}
    assert token["QISCUS_TOKEN"] in {session.token for session in program.server.sessions()}
    assert executed(program, "exec", "--rest", "--", "true").credentials == {
        "QISCUS_SECRET_KEY": kept.secret_key,
        "QISCUS_APP_ID": kept.app_code,
    }


def test_with_rest_it_gets_the_secret_key_and_no_token(program: Program) -> None:
    assert program.login_with_key().code == 0
    program.monkeypatch.setenv("QISCUS_TOKEN", "of-another-account")
    calls = program.server.calls.total()
    became = executed(program, "exec", "--rest", "--", "true")
    assert became.credentials == {
        "QISCUS_SECRET_KEY": SECRET_KEY,
        "QISCUS_APP_ID": program.server.credentials.app_code,
    }
    assert program.server.calls.total() == calls
    assert became.environ["QISCUS_TUI_SERVER"] == SERVER  # it would go to no other
    done = program("exec", "--", "true")
    assert (done.code, "--rest" in done.err.splitlines()[1]) == (4, True)


def test_an_account_without_a_key_has_none_to_give(logged_in: Program) -> None:
    done = logged_in("exec", "--rest", "--", "true")
    assert done.code == 4
    assert "secret key" in done.err.splitlines()[0]
    assert f"login --server {SERVER} --rest" in done.err.splitlines()[1], "no other gets the key"


def test_what_stands_behind_the_dashes_is_the_commands_own(logged_in: Program) -> None:
    name = f"admin@demo.example@{logged_in.server.credentials.app_code}"
    lines = ("sh -c x -- y", "x --demo --account b --rest", "--version", "x --help", "-- x")
    for words in map(str.split, lines):
        assert executed(logged_in, "exec", "--account", name, "--", *words).words == words
        assert executed(logged_in, "--account", name, "exec", "--", *words).words == words


def test_a_refresh_that_fails_begins_no_command(logged_in: Program) -> None:
    logged_in.clock.advance(31 * DAY)
    logged_in.server.fail_next(Call.REFRESH, Fault(503), Fault(401))
    assert logged_in("exec", "--", "true").code == 1
    assert logged_in("exec", "--", "true").code == 4


def test_the_demo_gives_a_token_of_its_own_and_says_what_it_is_worth(program: Program) -> None:
    program.monkeypatch.setenv("QISCUS_LONG_LIVED_TOKEN", "a-real-one")
    program.monkeypatch.setenv("QISCUS_APP_ID", "a-real-app")
    became = executed(program, "--demo", "exec", "--", "true")
    assert set(became.credentials) == {"QISCUS_TOKEN", "QISCUS_APP_ID"}
    assert became.credentials["QISCUS_APP_ID"] == program.server.credentials.app_code
    assert not program.data.exists()
    assert program("--demo", "exec", "--rest", "--", "true").code == 4
