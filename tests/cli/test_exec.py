"""`exec`: what the command is given, before it takes this process's place."""

import signal
from collections.abc import Mapping
from dataclasses import dataclass

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


@dataclass
class Executing:
    """`qiscus-tui exec …`, up to the moment in which the command begins."""

    program: Program

    def __call__(self, *arguments: str) -> Became:
        with pytest.raises(Became) as became:
            self.program(*arguments)
        return became.value


@pytest.fixture
def executing(program: Program, monkeypatch: pytest.MonkeyPatch) -> Executing:
    """Nobody is logged in."""

    def become(file: str, words: list[str], environ: Mapping[str, str]) -> None:
        raise Became(file, words, environ)

    monkeypatch.setattr("os.execvpe", become)
    return Executing(program)


def test_the_command_gets_the_kept_token_and_the_server_is_not_asked(
    logged_in: Program, executing: Executing
) -> None:
    calls = logged_in.server.calls.total()
    became = executing("exec", "--", "curl", "-s", "x")
    assert (became.file, became.words) == ("curl", ["curl", "-s", "x"])
    app_id = logged_in.server.credentials.app_code
    assert became.credentials == {
        "QISCUS_TOKEN": logged_in.kept_token(),
        "QISCUS_APP_ID": app_id,
    }
    assert logged_in.server.calls.total() == calls


@pytest.mark.usefixtures("logged_in")
def test_no_other_credential_is_left_and_all_else_stays(
    executing: Executing, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("QISCUS_TOKEN", "QISCUS_PASSWORD", "qiscus_old_token", "QISCUS_AUTHORIZATION"):
        monkeypatch.setenv(name, "of-another-account")
    for name in ("MY_TOKEN", "QISCUS_ROOM", "LANG"):
        monkeypatch.setenv(name, "kept")
    became = executing("exec", "--", "true")
    assert "of-another-account" not in became.environ.values()
    assert {name for name, value in became.environ.items() if value == "kept"} == {
        "MY_TOKEN",
        "QISCUS_ROOM",
        "LANG",
    }
    assert {"PATH", "HOME"} <= set(became.environ)


@pytest.mark.parametrize("how", ["{}", "session={}; path=/", "Authorization: {}"])
def test_a_secret_of_the_account_is_left_under_no_name(
    logged_in: Program, executing: Executing, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    long_lived = logged_in.server.credentials.long_lived_token
    names = ("QISCUS_LONG_LIVED", "QISCUS_LLT", "JWT", "COOKIE", "SESSION")
    for secret in (long_lived, logged_in.kept_token()):
        for name in names:
            monkeypatch.setenv(name, how.format(secret))
        assert not set(names) & set(executing("exec", "--", "true").environ)


def test_credentials_of_the_environment_are_taken_out_of_it(
    program: Program, executing: Executing, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = program.server.credentials
    program.use_environment()
    monkeypatch.setenv("MY_COPY", kept.long_lived_token)
    assert kept.long_lived_token not in executing("exec", "--", "true").environ.values()
    monkeypatch.setenv("QISCUS_SECRET_KEY", kept.secret_key)
    token = executing("exec", "--", "true").credentials
    assert set(token) == {"QISCUS_TOKEN", "QISCUS_APP_ID"}
    assert token["QISCUS_TOKEN"] in {session.token for session in program.server.sessions()}
    assert executing("exec", "--rest", "--", "true").credentials == {
        "QISCUS_SECRET_KEY": kept.secret_key,
        "QISCUS_APP_ID": kept.app_code,
    }


def test_with_rest_it_gets_the_secret_key_and_no_token(
    executing: Executing, monkeypatch: pytest.MonkeyPatch
) -> None:
    rest = executing.program
    assert rest.login_with_key().code == 0
    monkeypatch.setenv("QISCUS_TOKEN", "of-another-account")
    calls = rest.server.calls.total()
    became = executing("exec", "--rest", "--", "true")
    assert became.credentials == {
        "QISCUS_SECRET_KEY": SECRET_KEY,
        "QISCUS_APP_ID": rest.server.credentials.app_code,
    }
    assert rest.server.calls.total() == calls
    assert became.environ["QISCUS_TUI_SERVER"] == SERVER  # it would go to no other
    done = executing.program("exec", "--", "true")
    assert (done.code, "--rest" in done.err.splitlines()[1]) == (4, True)


@pytest.mark.usefixtures("logged_in")
def test_an_account_without_a_key_has_none_to_give(executing: Executing) -> None:
    done = executing.program("exec", "--rest", "--", "true")
    assert done.code == 4
    assert "secret key" in done.err.splitlines()[0]
    assert "login --rest" in done.err.splitlines()[1]


def test_what_stands_behind_the_dashes_is_the_commands_own(
    logged_in: Program, executing: Executing
) -> None:
    name = f"admin@demo.example@{logged_in.server.credentials.app_code}"
    lines = ("sh -c x -- y", "x --demo --account b --rest", "--version", "x --help", "-- x")
    for words in map(str.split, lines):
        assert executing("exec", "--account", name, "--", *words).words == words
        assert executing("--account", name, "exec", "--", *words).words == words


def test_a_refresh_that_fails_begins_no_command(logged_in: Program, executing: Executing) -> None:
    logged_in.clock.advance(31 * DAY)
    logged_in.server.fail_next(Call.REFRESH, Fault(503), Fault(401))
    assert executing.program("exec", "--", "true").code == 1
    assert executing.program("exec", "--", "true").code == 4


def test_the_demo_gives_a_token_of_its_own_and_says_what_it_is_worth(
    executing: Executing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QISCUS_LONG_LIVED_TOKEN", "a-real-one")
    monkeypatch.setenv("QISCUS_APP_ID", "a-real-app")
    became = executing("--demo", "exec", "--", "true")
    assert set(became.credentials) == {"QISCUS_TOKEN", "QISCUS_APP_ID"}
    assert became.credentials["QISCUS_APP_ID"] == executing.program.server.credentials.app_code
    assert not executing.program.data.exists()
    assert executing.program("--demo", "exec", "--rest", "--", "true").code == 4


def test_a_command_that_cannot_begin_leaves_signals_as_they_were(logged_in: Program) -> None:
    assert logged_in("exec", "--", "no-such-command").code == 127
    assert signal.getsignal(signal.SIGPIPE) is signal.SIG_IGN
    assert signal.getsignal(signal.SIGXFSZ) is signal.SIG_IGN
