"""`token`, `refresh` and `revoke-all`: our own tokens."""

from pathlib import Path

import pytest

from qiscus_tui.model.ids import fingerprint
from tests.cli.conftest import Program, full
from tests.sandbox import DIALECTS
from tests.sandbox.calls import Call, Fault

DAY = 86_400


def test_the_kept_token_is_printed_in_each_form_without_asking_the_server(
    logged_in: Program,
) -> None:
    calls, token = logged_in.server.calls.total(), logged_in.kept_token()
    app_id = logged_in.server.credentials.app_code
    header = f"Authorization: {token}\nQiscus-App-Id: {app_id}\n"
    for form, out in (([], f"{token}\n"), (["--header"], header)):
        done = logged_in("token", *form)
        assert (done.code, done.out, done.err) == (0, out, "")
        assert "screen" in logged_in("token", *form, terminal=True).err
    answer = logged_in("token", "--json").json()
    assert list(answer) == ["token", "expires_at", "app_id"]
    assert (answer["token"], answer["app_id"]) == (token, app_id)
    assert logged_in.server.calls.total() == calls
    assert logged_in("token", "--header", "--check").out == header


NO_TOKENS = (
    *("Authorization: QEXtwo", "authorization:QEXtwo", "QISCUS_TOKEN=QEXtwo", "\ufeffQEXtwo"),
    *("QEXtwo QEXtwo", '"QEXtwo"', "QEXtwo,", "QEX…QEXtwo", "QEXtwo\x0cQEXtwo"),
    "QEX****************************************",
)


def test_ids_of_tokens_on_stdin_or_typed_unseen(program: Program) -> None:
    for text, tokens in (
        ("QEXone\nQEXtwo\n", ["QEXone", "QEXtwo"]),
        ("\ufeffQEXone\r\n\r\n \n\tQEXone \r\nQEXtwo", ["QEXone", "QEXone", "QEXtwo"]),
    ):
        done = program("id", stdin=text)
        assert (done.code, done.err) == (0, "")
        assert done.out.splitlines() == [fingerprint(token) for token in tokens]
    for line in NO_TOKENS:
        done = program("id", stdin=f"QEXone\n\n{line}\n")
        assert (done.code, done.out) == (2, "")
        assert ("Line 3" in done.err, "QEX" in done.err) == (True, False)
    for text in ("", "\n\n", "x" * (1 << 24) + "y"):
        done = program("id", stdin=text)
        assert (done.code, done.out) == (2, "")

    def typed(_question: str, **_settings: object) -> str:
        return "QEXone"

    program.monkeypatch.setattr("getpass.getpass", typed)
    asked = program("id", terminal=True)
    assert (asked.code, asked.out) == (0, f"{fingerprint('QEXone')}\n")
    assert program.server.calls.total() == 0
    assert not program.data.exists()


@pytest.mark.parametrize(
    ("ttl", "age", "refreshed"),
    [
        (None, 30 * DAY - 3601, False),
        (None, 30 * DAY - 3599, True),
        ("0s", 30 * DAY - 10, False),
    ],
)
def test_it_is_refreshed_only_when_needed(
    logged_in: Program, ttl: str | None, age: int, refreshed: bool
) -> None:
    logged_in.clock.advance(age)
    done = logged_in("token", *(["--min-ttl", ttl] if ttl else []))
    assert done.code == 0
    assert logged_in.server.calls[Call.REFRESH] == int(refreshed)
    assert done.out == f"{logged_in.kept_token()}\n"


@pytest.mark.parametrize(
    ("file", "content", "mode"),
    [
        ("data/accounts.json", "{", 0o600),
        ("data/secrets.json", None, 0o602),
        ("config/config.toml", "", 0o666),
    ],
)
def test_no_token_is_printed_from_files_that_are_not_as_they_should_be(
    logged_in: Program, tmp_path: Path, file: str, content: str | None, mode: int
) -> None:
    path = tmp_path / file
    path.write_text(path.read_text() if content is None else content)
    path.chmod(mode)
    done = logged_in("token")
    assert (done.code, done.out) == (6, "")
    assert path.name in done.err
    assert ("chmod" in done.err) is (mode != 0o600)


TOO_OLD = '{{"data": {{"auth": {{"token": "{0}", "long_lived_token": "{0}"}}}}}}'


@pytest.mark.parametrize(
    ("form", "replaced"),
    [((), True), (("--json",), False), (("--check",), True), (("--header",), False)],
)
def test_the_long_lived_token_is_handed_to_no_script(
    logged_in: Program, form: tuple[str, ...], replaced: bool
) -> None:
    long_lived = "LLTnew" if replaced else logged_in.server.credentials.long_lived_token
    logged_in.clock.advance(31 * DAY)
    logged_in.server._long_lived[logged_in.server.credentials.email] = long_lived
    too_old = Fault(200, TOO_OLD.format(long_lived).encode())
    logged_in.server.fail_next(Call.REFRESH, too_old)
    for _ in range(2):  # from the server, then as it is kept
        done = logged_in("token", *form)
        assert (done.code, "too old" in done.err) == (4, True)
        assert long_lived not in done.out + done.err
        assert (done.out == "") == ("--json" not in form)
    assert logged_in.kept_token() == long_lived
    assert logged_in.server.calls[Call.REFRESH] == 1
    logged_in.clock.advance(1)
    logged_in.server.fail_next(Call.REFRESH, too_old)
    done = logged_in("refresh")
    assert (done.code, done.out, "too old" in done.err) == (4, "", True)


def test_a_key_alone_is_no_token_and_lists_no_sessions(program: Program) -> None:
    assert program.login_with_key().code == 0
    for verb in ("token", "sessions"):
        done = program(verb)
        assert (done.code, done.out, "secret key" in done.err) == (4, "", True)


def test_with_check_only_a_token_that_lives_is_given(logged_in: Program) -> None:
    old = logged_in.kept_token()
    assert logged_in("token", "--check").out == f"{old}\n"
    calls = logged_in.server.calls
    assert (calls[Call.PROFILE], calls[Call.REFRESH]) == (1, 0)
    logged_in.server.fail_next(Call.PROFILE, *[Fault(503)] * 5)
    done = logged_in("token", "--check")
    assert (done.code, done.out) == (1, "")  # not one that was not checked
    for form in ((), ("--json",)):
        old = logged_in.kept_token()
        logged_in.server.end(old)
        logged_in.clock.advance(1)
        assert old in logged_in("token", *form).out
        done = logged_in("token", "--check", *form)
        assert (done.code, logged_in.kept_token() in done.out, old in done.out) == (0, True, False)
        assert logged_in.kept_token() in {one.token for one in logged_in.server.sessions()}


def test_the_program_works_inside_its_own_exec(logged_in: Program) -> None:
    logged_in.monkeypatch.setenv("QISCUS_TOKEN", logged_in.kept_token())
    logged_in.monkeypatch.setenv("QISCUS_APP_ID", logged_in.server.credentials.app_code)
    assert logged_in("token").out == f"{logged_in.kept_token()}\n"
    assert logged_in("sessions", "--json").code == 0
    assert logged_in("accounts", "--json").code == 0
    assert logged_in.login().code == 0


def test_refresh_makes_a_new_one_never_prints_it_and_if_refreshes_only_the_named_token(
    logged_in: Program,
) -> None:
    own = fingerprint(logged_in.kept_token())
    kept = logged_in("refresh", "--if", "0123456789ab")
    assert (kept.code, "Not refreshed" in kept.err, own in kept.out) == (0, True, True)
    assert logged_in.server.calls[Call.REFRESH] == 0
    logged_in.clock.advance(1)
    done = logged_in("refresh", "--if", own[:8])
    assert (done.code, done.err, "expires" in done.out) == (0, "", True)
    after = logged_in.kept_token()
    assert after not in done.out
    assert own != fingerprint(after) in done.out
    assert logged_in("refresh", "--if", own).code == 0
    assert logged_in.server.calls[Call.REFRESH] == 1
    logged_in.clock.advance(1)
    logged_in.server.fail_next(Call.REFRESH, Fault(401))
    refused = logged_in("refresh")
    assert (refused.code, "qiscus-tui login" in refused.err) == (4, True)
    assert logged_in("refresh").code == 0
    assert logged_in.kept_token() != after


@pytest.mark.parametrize("terminal", [True, False])
@pytest.mark.parametrize("verb", ["token", "refresh"])
def test_a_new_long_lived_token_that_cannot_be_stored_is_shown_on_a_terminal_alone(
    logged_in: Program, monkeypatch: pytest.MonkeyPatch, verb: str, terminal: bool
) -> None:
    monkeypatch.setattr("qiscus_tui.store.secrets.FileSecrets.write", full)
    logged_in.clock.advance(31 * DAY)
    answer = b'{"data": {"auth": {"token": "QEXnew", "long_lived_token": "LLTnew"}}}'
    logged_in.server.fail_next(Call.REFRESH, Fault(200, answer))
    done = logged_in(verb, terminal=terminal)
    assert (done.code, done.out) == (6, "")
    assert ("LLTnew" in done.err) is terminal
    assert "qiscus-tui login" in done.err
    assert "The disk is full" in done.err


def test_revoke_all_needs_a_yes_or_the_app_code(logged_in: Program) -> None:
    before = len(logged_in.server.sessions())
    done = logged_in("revoke-all")
    assert (done.code, done.out) == (2, "")
    planned = logged_in("revoke-all", "--dry-run", "--json")
    answer = planned.json()
    assert (planned.code, list(answer)) == (0, ["account", "server", "plan"])
    assert len(answer["plan"]["targets"]) == before
    for typed in ("y\n", "\n"):
        assert logged_in("revoke-all", stdin=typed, terminal=True).code == 2
    assert logged_in.server.calls[Call.REVOKE_ALL] == 0
    typed = f"{logged_in.server.credentials.app_code}\n"
    assert logged_in("revoke-all", stdin=typed, terminal=True).code == 0
    assert logged_in.server.calls[Call.REVOKE_ALL] == 1


@pytest.mark.parametrize("dialect", ["plain", "new-long-lived"])
def test_revoke_all_leaves_one_and_keeps_it(logged_in: Program, dialect: str) -> None:
    logged_in.speak(DIALECTS[dialect])
    logged_in.clock.advance(1)
    before = [fingerprint(session.token) for session in logged_in.server.sessions()]
    done = logged_in("revoke-all", "--yes", "--json")
    assert done.code == 0
    answer = done.json()
    assert sorted(answer["plan"]["targets"]) == sorted(before)
    assert {one["outcome"] for one in answer["outcomes"]} == {"revoked"}
    (left,) = logged_in.server.sessions()
    assert left.token == logged_in.kept_token()
    assert left.token not in done.out + done.err
    assert logged_in("sessions").code == 0
