"""`doctor --live`: what it proves in every dialect, and that it touches only its own tokens."""

import json
import tomllib
from dataclasses import dataclass, replace
from typing import Any

import pytest

from qiscus_tui.api.probe import PathProbe, Presence
from tests.cli.conftest import Program
from tests.program import Done
from tests.sandbox import DIALECTS, Dialect
from tests.sandbox.calls import Call, Fault
from tests.sandbox.dialects import Fields, Front, Revoking

CALLS = ("active_token_list", "refresh_token", "revoke_token")
GOOD = ("confirmed", "confirmed", "confirmed")
NO_LIST = ("differs", "can't tell", "can't tell")
NO_REVOKE = ("confirmed", "confirmed", "differs")
OTHERWISE = {
    "unreadable": ("differs", "confirmed", "confirmed"),
    "unreadable-pages": ("differs", "confirmed", "confirmed"),
    "ids-revocable": NO_REVOKE,
    "revoke-ignored": NO_REVOKE,
    "revoke-not-found": NO_REVOKE,
    "revoke-ends-own": NO_REVOKE,
    "revoke-ends-another": NO_REVOKE,
    "revoke-ends-all": NO_REVOKE,
    "revoke-ends-another-by-ids": NO_REVOKE,
    "revoke-renamed": NO_REVOKE,
    "moved": NO_LIST,
    "not-found": NO_LIST,
    "html": NO_LIST,
}
"""What is found in the dialects that are not as the contract has it."""
ENDS_ANOTHER = replace(DIALECTS["masked"], revoking=Revoking.ENDS_ANOTHER)
SPOKEN = {**DIALECTS, "revoke-ends-another-by-ids": ENDS_ANOTHER}


@dataclass
class Live:
    """The program, logged in to a server that speaks some dialect from then on."""

    program: Program

    def __call__(self, *options: str, terminal: bool = False, stdin: str = "") -> Done:
        server = self.program.server
        self.before = {session.token for session in server.sessions()}
        self.values = {
            value
            for session in server.sessions()
            for value in (session.token, session.agent, session.ip, session.email)
            if value and value.strip()
        }
        done = self.program("doctor", "--live", *options, terminal=terminal, stdin=stdin)
        self.made = set(server._issued) - self.before  # pyright: ignore[reportPrivateUsage]
        return done

    def found(self, *options: str) -> tuple[dict[str, str], Any, Done]:
        """What it says of each call, and everything that it says."""
        done = self("--yes", "--json", *options)
        value = done.json()
        return {one["call"]: one["verdict"] for one in value["live"]["calls"]}, value, done

    @property
    def living(self) -> set[str]:
        return {session.token for session in self.program.server.sessions()}

    def stored(self) -> str:
        """The token that a script gets now."""
        return self.program("token").out.strip()


def live(program: Program, dialect: str | Dialect = "plain") -> Live:
    """Log in, to a server that speaks this dialect from then on."""
    spoken = replace(SPOKEN[dialect] if isinstance(dialect, str) else dialect, page_size=5)
    program.log_in_to(spoken if spoken.front is Front.API else DIALECTS["plain"])
    program.server.dialect = spoken
    return Live(program)


@pytest.mark.parametrize("dialect", [*OTHERWISE, "plain", "masked", "ids", "refresh-ends-older"])
def test_in_every_dialect_it_proves_what_can_be_proven_with_its_own_tokens(
    program: Program, dialect: str
) -> None:
    here = live(program, dialect)
    found, value, done = here.found()
    verdicts = tuple(found[call] for call in CALLS)
    assert verdicts == OTHERWISE.get(dialect, GOOD)
    assert done.code == (0 if verdicts == GOOD else 1)
    server, harmful = program.server, dialect.startswith("revoke-ends")
    assert set(server.revoke_requests) <= here.made  # never another token
    assert not here.made & here.living - {here.stored()}  # none is left behind
    assert value["live"]["left"] == []
    if dialect != "refresh-ends-older" and not harmful:
        assert here.living == here.before
    assert not [one for one in here.values | here.made if one in done.out + done.err]
    assert here.stored() in here.living


@pytest.mark.parametrize("dialect", ["plain", "revoke-ends-another"])
def test_a_proven_call_needs_no_trial_and_one_that_differs_begins_with_one(
    program: Program, dialect: str
) -> None:
    here = live(program, "plain")
    begun = "no revoke was verified on this server yet"
    if dialect.startswith("revoke-"):
        assert begun in program("revoke", *program.ids()[:2], "--yes").err
    program.server.dialect = DIALECTS[dialect]
    here.found()
    program.server.dialect = DIALECTS["plain"]
    said = program("revoke", *program.ids()[:2], "--yes").err
    assert (begun in said) is dialect.startswith("revoke-")


def test_the_report_has_names_and_types_and_no_value(program: Program) -> None:
    here = live(program, replace(DIALECTS["extra"], pages=DIALECTS["laravel"].pages))
    done = here("--yes")
    for line in (
        "confirmed   revoke_token (inferred) POST /api/v2/auth/revoke_token",
        "List at: data.data; entries in all readings: object",
        "Pages: current_page, last_page",
        "Our tokens found in: token",
        "  created_at (created): string (date and time); in all",
        "  is_current (current): boolean; in all",
        "  location.zone[]: string; in all",
        "  device_secret: string; in all",
        "  [hidden]: string; in all",  # a name with an escape sequence
    ):
        assert line in done.out
    assert "not-to-be-shown" not in done.out
    assert "Yogyakarta" not in done.out


@pytest.mark.parametrize(("name", "shown"), [("jwt", "jwt"), ("john@corp.example", "[hidden]")])
def test_a_token_under_an_unknown_name_is_found_there(
    program: Program, name: str, shown: str
) -> None:
    here = live(program, Dialect(fields=Fields(token=name, id="id")))
    found, value, _ = here.found()
    assert found["active_token_list"] == "differs"
    assert f"Our new token is in a field not read as one: {shown}." in json.dumps(value)
    assert "john" not in json.dumps(value)


RENAMED = ("[api.revoke_token]", 'field = "authentication_token"')
MOVED = (
    *("[api.revoke_token]", 'path = "/api/v1/auth/revoke_token"'),
    *("[api.active_token_list]", 'path = "/api/v1/auth/active_token_list"'),
)


@pytest.mark.parametrize(("dialect", "lines"), [("revoke-renamed", RENAMED), ("moved", MOVED)])
def test_a_renamed_field_or_another_path_is_found_and_its_config_lines_work(
    program: Program, dialect: str, lines: tuple[str, ...]
) -> None:
    here = live(program, dialect)
    _, value, done = here.found()
    assert (done.code, value["config"]) == (1, [*lines])
    program.configure("\n".join(lines))
    found, _, _ = here.found()
    assert tuple(found[call] for call in CALLS) == GOOD


def test_where_several_likely_paths_exist_each_call_has_one_in_the_config_lines(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = live(program, "moved")

    async def there(*_: object) -> Presence:
        return Presence.THERE

    monkeypatch.setattr(PathProbe, "presence", there)
    _, value, _ = here.found()
    text = "\n".join(map(str, value["config"]))  # type: ignore[call-overload]
    assert tomllib.loads(text)["api"].keys() == {  # a table twice is an error
        "active_token_list", "revoke_token", "revoke_all_token"
    }  # fmt: skip


def test_where_no_likely_path_exists_it_says_that_they_were_tried(program: Program) -> None:
    here = live(program, "not-found")
    _, value, _ = here.found()
    assert value["config"] == []
    assert "Likely other paths were tried: none exists." in str(value["live"])


def test_an_id_is_never_sent(program: Program) -> None:
    here = live(program, "ids-revocable")
    here.found()
    program.configure('[api.revoke_token]\nfield = "token_id"')
    program.server.revoke_requests.clear()
    found, _, done = here.found()
    assert (found["revoke_token"], done.code) == ("can't tell", 3)
    assert program.server.revoke_requests == []


HTML = Fault(200, b"<html>Welcome back, john</html>", content_type="text/html")
LEAKY = Fault(
    400,
    b'{"errors": "Token QEXaB3dE5gH7jK9mN1pQ3sTuV of john.doe@corp.example from 10.2.3.4 is '
    b'unknown \\u001b[31m"}',
)


@pytest.mark.parametrize(
    ("call", "faults", "verdict", "code"),
    [
        (Call.LIST, [Fault(500)] * 99, "can't tell", 3),
        (Call.LIST, [Fault(403)] * 99, "can't tell", 3),
        (Call.LIST, [Fault(302, headers={"Location": "https://evil.example"})] * 99, "differs", 1),
        (Call.LIST, [HTML] * 99, "differs", 1),
        (Call.REFRESH, [Fault(500)], "can't tell", 3),
        (Call.REFRESH, [Fault(404)], "differs", 1),
        (Call.REFRESH, [Fault(200, b'{"data": {}}')], "differs", 1),
        (Call.REVOKE, [Fault(503)] * 5, "can't tell", 3),
        (Call.REVOKE, [Fault(503, after=True)], "confirmed", 0),
        (Call.REVOKE, [Fault(404, after=True)], "differs", 1),
        (Call.REVOKE, [Fault(405)], "differs", 1),
        (Call.REVOKE, [HTML], "differs", 1),
        (Call.REVOKE, [LEAKY] * 4, "differs", 1),
        (Call.REVOKE, [Fault(200, b"[]")], "differs", 1),
        (Call.PROFILE, [Fault(500)] * 99, "can't tell", 3),
        (Call.LOGOUT, [Fault(404)], "differs", 1),
    ],
)
def test_every_odd_answer_is_told_with_its_status_and_leaves_nothing_behind(
    program: Program, call: Call, faults: list[Fault], verdict: str, code: int
) -> None:
    here = live(program)
    program.server.fail_next(call, *faults)
    found, value, done = here.found()
    names = {Call.LIST: "active_token_list", Call.PROFILE: "profile", Call.LOGOUT: "logout"}
    assert found[names.get(call, f"{call}_token")] == verdict
    assert done.code == code
    assert here.living == here.before
    answers = next(
        one["answers"]
        for one in value["live"]["calls"]
        if one["call"] == names.get(call, f"{call}_token")
    )
    if faults[0].status != 302:  # not read
        assert faults[0].status in {one["status"] for one in answers}
    text = done.out + done.err
    assert not any(secret in text for secret in ("QEXaB3", "john", "10.2.3.4", "\x1b", "\\u001b"))


def test_it_is_refused_before_anything_is_sent(program: Program) -> None:
    here = live(program)
    calls = program.server.calls.total()
    app = program.server.credentials.app_code
    program.configure(f'[account."admin@demo.example@{app}"]\nreadonly = true')
    done = here("--yes")
    assert (done.code, done.out, here.made) == (2, "", set())
    program.configure("")
    done = here()
    assert (done.code, done.out, "--live asks first" in done.err) == (2, "", True)
    assert program.server.calls.total() == calls
    assert program("logout").code == 0
    assert program.login_with_key().code == 0
    done = here("--yes")
    assert (done.code, done.out, "REST secret key" in done.err) == (4, "", True)


def test_it_asks_first(program: Program) -> None:
    here = live(program)
    for answer in ("n\n", "\n"):
        assert here(terminal=True, stdin=answer).code == 2
        assert here.made == set()
    assert here(terminal=True, stdin="y\n").code == 0
    assert here.made


def test_the_demo_can_be_proven_too(program: Program) -> None:
    done = program("--demo", "doctor", "--live", "--yes", "--json")
    assert done.code == 0
    verdicts = {one["verdict"] for one in done.json()["live"]["calls"]}
    assert verdicts == {"confirmed", "not tried"}
