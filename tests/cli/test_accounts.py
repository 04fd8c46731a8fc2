"""`accounts`, `status` and `audit`: what is here, and whether it still works."""

import pytest

from tests.cli.conftest import ACCOUNT, EMAIL, SERVER, Program
from tests.sandbox import DIALECTS
from tests.sandbox.calls import Call, Fault

AGENT = "agent@demo.example"


def status(program: Program, *more: str, code: int = 0) -> dict[str, object]:
    done = program("status", "--json", *more)
    assert done.code == code, done.err
    return done.json()


def test_accounts_are_listed_chosen_and_forgotten(logged_in: Program) -> None:
    assert logged_in.login(AGENT, "--name", "helper").code == 0
    found = logged_in("accounts", "--json").json()
    assert [one["user"] for one in found] == [EMAIL, AGENT]
    assert [one["chosen_by"] for one in found] == [None, "last used"]
    assert found[1]["account"] == "helper"
    for words in ("accounts use x", "accounts forget x", "--account=x token"):
        done = logged_in(*words.split())
        assert (done.code, "qiscus-tui accounts" in done.err) == (4, True), words
    assert logged_in("accounts", "use", "--no-input", ACCOUNT).code == 0
    assert status(logged_in)["account"] == ACCOUNT
    before = len(logged_in.server.sessions(AGENT))
    done = logged_in("accounts", "forget", "helper")
    assert (done.code, "may remain valid" in done.err) == (0, True)
    assert len(logged_in.server.sessions(AGENT)) == before
    assert [one["user"] for one in logged_in("accounts", "--json").json()] == [EMAIL]
    assert "helper" not in (logged_in.data / "secrets.json").read_text()


def test_status_says_what_is_known_of_the_account_and_makes_no_token(logged_in: Program) -> None:
    found = status(logged_in)
    assert (found["server"], found["user"], found["role"]) == (SERVER, EMAIL, "admin")
    assert (found["storage"], found["clock_offset"], found["accepted"]) == ("file", 0, True)
    assert str(logged_in.data / "secrets.json") in logged_in("status").out
    logged_in.clock.advance(31 * 86_400)
    status(logged_in)
    assert logged_in.server.calls[Call.REFRESH] == 0


def test_less_time_left_than_wanted_is_1(logged_in: Program) -> None:
    for ttl in ("7d", "28d23h", "1s"):
        assert logged_in("status", "--min-ttl", ttl).code == 0
    logged_in.clock.advance(25 * 86_400)
    done = logged_in("status", "--min-ttl", "7d")
    assert (done.code, "expires in less than 7d" in done.err) == (1, True)
    assert logged_in("status", "--min-ttl", "4d").code == 0
    assert logged_in("status").code == 0


def test_what_profile_and_list_call_say_is_what_is_known_of_the_tokens(
    logged_in: Program,
) -> None:
    logged_in.server.fail_next(Call.LIST, *[Fault(401)] * 2)
    found = status(logged_in, code=4)
    assert found["accepted"] is False
    again = f"Log in again: qiscus-tui login --server {SERVER}"  # not at the usual one
    assert found["hint"] == again
    assert again in logged_in("sessions").err
    logged_in.server.fail_next(Call.LIST, *[Fault(503)] * 5)
    assert status(logged_in, code=1)["accepted"] is None
    logged_in.server.end(logged_in.kept_token())
    found = status(logged_in, code=1)
    assert found["accepted"] is False
    assert "rejected the short-lived token" in str(found["error"])  # it did not expire
    for dialect in ("body", "laravel", "data-key"):
        logged_in.log_in_to(DIALECTS[dialect], sessions=1000)
        assert status(logged_in)["accepted"] is True
    for dialect in ("html", "not-found"):
        logged_in.speak(DIALECTS[dialect])
        assert status(logged_in, code=1)["accepted"] is None
    logged_in.speak(DIALECTS["plain"])
    logged_in.login("refused@demo.example")  # whose role may not list
    assert status(logged_in, code=1)["accepted"] is True


def test_status_of_a_secret_key_and_of_environment_credentials(program: Program) -> None:
    assert program.login_with_key().code == 0
    key = status(program, "--min-ttl", "7d")
    assert (key["expires_at"], key["accepted"]) == (None, True)
    program.use_environment()
    found = status(program)
    assert (found["storage"], found["chosen_by"]) == ("environment", "environment")
    assert (found["user"], found["role"], found["expires_at"]) == (None, None, None)
    stored = [one["storage"] for one in program("accounts", "--json").json()]
    assert stored == ["environment", "file"]


def test_advice_for_a_secret_key_alone_can_be_followed(program: Program) -> None:
    assert program.login_with_key().code == 0
    app_code = program.server.credentials.app_code
    listing = program("sessions")
    assert (listing.code, f"--with-token --app-id {app_code}" in listing.err) == (4, True)
    token = program("token")  # which has no --rest
    assert (token.code, "exec and api use the key with --rest" in token.err) == (4, True)


@pytest.mark.parametrize("is_set", [True, False])
def test_the_cached_token_of_the_environment_can_be_forgotten(
    program: Program, monkeypatch: pytest.MonkeyPatch, *, is_set: bool
) -> None:
    program.use_environment()
    token = program("token").out.strip()
    file = program.data / "state" / "short.json"
    assert token in file.read_text()
    refused = program("logout")
    assert (refused.code, "accounts forget environment" in refused.err) == (2, True)
    if not is_set:
        monkeypatch.delenv("QISCUS_LONG_LIVED_TOKEN")
        monkeypatch.delenv("QISCUS_APP_ID")
    done = program("accounts", "forget", "environment")
    assert (done.code, done.out) == (0, "Forgot environment\n")
    assert token not in file.read_text()
    assert program("accounts", "forget", "environment").code == 4


def test_credentials_of_the_environment_are_to_be_set_there(program: Program) -> None:
    program.use_environment()
    with program.monkeypatch.context() as patch:
        patch.setenv("QISCUS_LONG_LIVED_TOKEN", "LLT-wrong")
        for verb in (["status"], ["sessions"], ["token"], ["revoke", "--filter=x"]):
            done = program(*verb)
            assert (done.code, "QISCUS_LONG_LIVED_TOKEN" in done.err) == (4, True)
            assert "qiscus-tui login" not in done.err
    program.monkeypatch.delenv("QISCUS_LONG_LIVED_TOKEN")
    program.monkeypatch.setenv("QISCUS_SECRET_KEY", program.server.credentials.secret_key)
    done = program("sessions")
    assert (done.code, "Set QISCUS_LONG_LIVED_TOKEN" in done.err) == (4, True)
    assert "qiscus-tui login" not in done.err
    program.monkeypatch.setenv("QISCUS_SECRET_KEY", "wrong")
    done = program("status")
    assert (done.code, "set a valid QISCUS_SECRET_KEY" in done.err) == (4, True)


def test_a_damaged_audit_log_is_not_taken_for_nothing(logged_in: Program) -> None:
    log = logged_in.data / "state" / "audit.jsonl"
    log.write_bytes(b"garbage\n{}\n")
    log.chmod(0o600)
    done = logged_in("audit")
    assert done.code == 0
    assert done.err.startswith("qiscus-tui: 2 lines of the audit log could not be read\n")
    assert "Nothing is recorded" not in done.err


@pytest.mark.parametrize(
    ("part", "named"),
    [(f"{EMAIL}@{{app}}", ()), (EMAIL, ()), ("work", ("--name", "work"))],
)
def test_the_label_is_in_the_user_agent_of_every_session_of_ours(
    program: Program, part: str, named: tuple[str, ...]
) -> None:
    part = part.format(app=program.server.credentials.app_code)
    program.configure(f'[account."{part}"]\nlabel = "jump host"\n')
    for again in (named, ()):
        assert program.login(EMAIL, *again).code == 0
        ours = [one for one in program.server.sessions() if "(jump host)" in (one.agent or "")]
        assert len(ours) == 1
    program.clock.advance(1)
    if part != EMAIL:
        assert program("refresh").code == 0
        newest = max(program.server.sessions(), key=lambda one: one.created)
        assert "(jump host)" in (newest.agent or "")


CHANGING = [
    ("revoke", "--older-than", "7d", "--dry-run"),
    ("revoke-all", "--dry-run"),
    ("refresh",),
    ("token", "--json"),
    ("exec", "--", "no-such-command"),
    ("api", "GET", "/api/v1/admin/get_profile"),
    ("logout",),
]


def test_a_configured_account_that_is_none_here_is_warned_of_by_all_that_changes_something(
    logged_in: Program,
) -> None:
    logged_in.configure('[account."admin@demo.exampel"]\nreadonly = true\n')
    assert "admin@demo.exampel" not in logged_in("sessions").err
    found = logged_in("doctor", "--json")
    checks = [one for one in found.json()["checks"] if "admin@demo.exampel" in one["words"]]
    assert (found.code, [one["verdict"] for one in checks]) == (1, ["bad"])
    for words in CHANGING:
        assert "admin@demo.exampel" in logged_in(*words).err, words


def test_a_login_that_is_the_configured_account_is_not_warned_of(program: Program) -> None:
    program.configure(
        f'[account."{EMAIL}@{program.server.credentials.app_code}"]\nreadonly = true\n'
    )
    assert "matches no account" not in program.login().err
    program.configure('[account."typo"]\nreadonly = true\n')
    assert "matches no account" in program.login().err


def test_an_account_of_the_environment_is_known_by_its_app(logged_in: Program) -> None:
    held = logged_in.server.credentials
    logged_in.configure(f'[account.environment]\n[account."{held.app_code}"]\nreadonly = true\n')
    assert held.app_code in logged_in("refresh").err
    logged_in.monkeypatch.setenv("QISCUS_LONG_LIVED_TOKEN", held.long_lived_token)
    logged_in.monkeypatch.setenv("QISCUS_APP_ID", held.app_code)
    assert "matches no account" not in logged_in("refresh", "--server", SERVER).err


@pytest.mark.parametrize(
    "words",
    [["revoke", "--filter=client:curl"], ["prune", "--keep-newest=1", "--max=999"], ["revoke-all"]],
    ids=" ".join,
)
def test_a_yes_is_for_an_account_that_was_named_where_there_are_several(
    logged_in: Program, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    assert logged_in(*words, "--dry-run").code == 0
    assert logged_in.login("agent@demo.example").code == 0
    done = logged_in(*words, "--yes")
    assert (done.code, done.out) == (2, "")
    assert "--yes needs --account" in done.err
    assert logged_in.server.calls[Call.REVOKE] == logged_in.server.calls[Call.REVOKE_ALL] == 0
    monkeypatch.setenv("QISCUS_TUI_ACCOUNT", ACCOUNT)
    assert logged_in(*words, "--dry-run", "--json").code == 0
    named = logged_in(*words, "--yes", "--json")
    assert named.json()["account"] == ACCOUNT
    assert named.json()["server"] == SERVER
    monkeypatch.delenv("QISCUS_TUI_ACCOUNT")
    assert "--yes needs" not in logged_in(*words, "--yes", f"--account={ACCOUNT}").err
