"""Secrets are planted, everything is done that the program can do, and all it left is searched.

Every verb and failure, with `--log` and `--debug`; every screen. Only the
secret stores, and the stdout of `token`, may hold what was planted. For the verbs, escapes stand in
every text of every answer, too: none comes out.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast
from urllib.parse import quote

import httpx
import pytest

from qiscus_tui.model.masking import KnownSecrets
from tests.cli.conftest import SERVER, Program
from tests.clocks import ManualClock
from tests.planted import foreign, planting
from tests.program import Done
from tests.sandbox import DIALECTS, PASSWORD, Call
from tests.sandbox.app import demo_app
from tests.sandbox.calls import Fault
from tests.sandbox.state import SECRET_KEY, Caller, DemoState
from tests.sandbox.users import ADMIN
from tests.tui.demo_app import Machine, Running
from tests.written_files import not_as_written

WRONG_PASSWORD = "Wr0ng-pass-w0rd-PLANTED"
STORES = {"secrets.json", "short.json"}


@dataclass
class Planted:
    """What must not be found, and where it was looked for."""

    states: list[DemoState] = field(default_factory=list[DemoState])
    seen: set[str] = field(default_factory=lambda: {PASSWORD, SECRET_KEY, WRONG_PASSWORD})

    def note(self) -> None:
        """Tokens come and go: keep every one that ever lived."""
        for state in self.states:
            self.seen.update(session.token for session in state.sessions())
            self.seen.add(state.long_lived_token() or PASSWORD)

    def in_text(self, text: str) -> set[str]:
        """Which of them stand in this, or eight characters in a row of one.

        The demo's password is looked for as a whole: our own words have pieces of it.
        """
        self.note()
        inside = {secret for secret in self.seen if secret in text}
        solid = "".join(filter(str.isprintable, text)).replace(" ", "")  # lines break secrets up
        if KnownSecrets(self.seen - {PASSWORD}).occur_in(solid):
            inside |= {one for one in self.seen - {PASSWORD} if KnownSecrets([one]).occur_in(solid)}
        return inside

    def in_files(self, *folders: Path) -> dict[str, set[str]]:
        """The files that hold any, without the secret stores."""
        files = [file for folder in folders for file in folder.rglob("*") if file.is_file()]
        assert files
        found = {
            str(file): self.in_text(file.read_bytes().decode("utf-8", "replace"))
            for file in files
            if file.name not in STORES
        }
        return {name: secrets for name, secrets in found.items() if secrets}


# Verbs


@pytest.fixture
def program(tmp_path: Path, clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> Program:
    """The program with a log, before a server that plants escapes in all that it says."""
    from tests.cli import conftest

    make = cast("Callable[..., Program]", vars(conftest.program)["__wrapped__"])
    made = make(tmp_path, clock, monkeypatch)

    def transport() -> httpx.AsyncBaseTransport:
        return httpx.ASGITransport(planting(demo_app(made.server)))  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(made, "transport", transport)
    (tmp_path / "logs").mkdir(mode=0o700)
    monkeypatch.setenv("QISCUS_TUI_LOG", str(tmp_path / "logs" / "log.txt"))
    return made


def echoing(state: DemoState, call: Call, status: int, *sent: str) -> Fault:
    """An answer that repeats in its error what the call was sent."""
    long_lived = state.credentials.long_lived_token
    own = state.sessions()[-1].token if state.sessions() else ""
    secrets = {
        Call.LOGIN: (PASSWORD,),
        Call.LOGOUT: (own,),
        Call.PROFILE: (own,),
        Call.REVOKE: (long_lived, *sent),
    }.get(call, (long_lived,))
    forms = [form for secret in secrets for form in (secret[:20], secret[-12:], "\n".join(secret))]
    words = " ".join((*secrets, *forms, json.dumps(secrets), quote(secrets[0], safe="")))
    body = {"errors": {"message": f"no: {words}"}, "detail": words}
    return Fault(status, json.dumps(body).encode())


def commands(program: Program) -> Iterator[Done]:
    """Every verb, as it goes when all is well."""
    server = program.server
    yield program("--version")
    yield program("sessions")
    yield program.login("admin@demo.example", "--debug")
    yield program.login()
    yield program("sessions", terminal=True)
    for form in ((), ("--json",), ("--csv",), ("--filter=client:curl", "--sort", "client")):
        yield program("sessions", *form)
    for rule in ("is:revocable", "\x1b]0;owned\x07"):
        yield program("revoke", "--filter", rule, "--include-current", "--dry-run", terminal=True)
    one, two, three = program.ids()[:3]
    yield program("revoke", one, "--dry-run")
    yield program("revoke", one, "--yes", "--json")
    token = server.sessions()[0].token
    yield program("revoke", "--token-stdin", "--yes", stdin=f"{token}\n")
    yield program("revoke", token, "--yes")
    yield program("revoke", "--filter", f"id:{two}", "--yes")
    live = server.sessions()[1].token
    own = program("token").out.strip()
    for number, secret in enumerate((live, own, server.credentials.long_lived_token)):
        plan = str(program.data.parent / f"plan-{number}.json")
        rules = ("--keep-newest=1", f"--filter=-{secret} -label:{secret}")
        yield program("prune", *rules, "--dry-run", "--out", plan, "--json")
        yield program("prune", *rules, "--yes", "--max=99", "--json")
        yield program("revoke", "--plan", plan, "--yes", "--max=99")
    for line in (
        *(
            f"sessions --filter {token}",
            "refresh",
            f"refresh --if {three}",
            f"refresh --if {token}",
        ),
        *(f"token --min-ttl {token}", "status", "status --json", "accounts", "accounts --json"),
        *("audit", "audit --json", "doctor", "doctor --json", "completion bash"),
        *("doctor --live --yes", "doctor --live --yes --json", "exec --rest -- true"),
        f"api POST //{token} -f token={token}",
    ):
        yield program(*line.split())
    for line in ("api GET /api/v1/admin/get_profile", f"api GET /{token} -f token={token}"):
        yield program(*line.split(), terminal=True)
    yield program("revoke-all", "--dry-run")
    yield program("revoke-all", "--yes", "--json")
    yield program("logout")
    keep = ("login", "--server", SERVER, "--store", "file", "--app-id", server.credentials.app_code)
    long_lived = f"{server.long_lived_token()}\n"
    yield program(*keep, "--with-token", stdin=long_lived)
    yield program("accounts", "forget", server.credentials.app_code)
    yield program(*keep, "--rest", stdin=f"{SECRET_KEY}\n")
    yield program("sessions")
    yield program("status")
    yield program("nonsense", token)


def failures(program: Program) -> Iterator[Done]:
    """Every verb before a server that says no, and tells secrets."""
    yield program(
        *("login", "--server", SERVER, "--email", "admin@demo.example", "--password-stdin"),
        *("--store", "file"),
        stdin=f"{WRONG_PASSWORD}\n",
    )
    for status in (400, 500):
        program.server.fail_next(Call.LOGIN, echoing(program.server, Call.LOGIN, status))
        yield program.login()
    assert program.login().code == 0
    verbs: dict[Call, tuple[str, ...]] = {
        Call.LIST: ("sessions", "--debug"),
        Call.REVOKE: ("revoke", "--token-stdin", "--yes", "--json", "--debug"),
        Call.REFRESH: ("refresh", "--debug"),
        Call.REVOKE_ALL: ("revoke-all", "--yes", "--debug"),
        Call.PROFILE: ("status",),
        Call.LOGOUT: ("logout", "--debug"),
    }
    for call, words in verbs.items():
        token = program.server.sessions()[0].token
        for status in (400, 401, 503):
            program.server.fail_next(call, *[echoing(program.server, call, status, token)] * 5)
            yield program(*words, stdin=f"{token}\n")
            program.server.faults[call].clear()
            program.login()
        program.server.fail_next(call, *[echoing(program.server, call, 400, token)] * 20)
        yield program("doctor", "--live", "--yes")
        program.server.faults[call].clear()
        program.login()
    yield program("audit", "--json")


@pytest.mark.parametrize("runs", [commands, failures])
def test_no_verb_tells_a_secret_or_lets_an_escape_through(
    program: Program, tmp_path: Path, runs: Callable[[Program], Iterator[Done]]
) -> None:
    if runs is commands:
        program.speak(DIALECTS["new-long-lived"])
    planted, named = Planted([program.server]), False
    for number, done in enumerate(runs(program)):
        assert not planted.in_text(done.text), (number, done)
        assert foreign(f"{done.text}\x1b".encode()) == [], (number, done)
        named |= "]52;c;" in done.out  # the user's address, in its safe form
    assert named
    assert planted.in_files(tmp_path) == {}
    assert not_as_written(program.data) == []
    assert (tmp_path / "logs" / "log.txt").exists()


# Screens


WALKS: dict[str, tuple[str, ...]] = {
    "a revoke and its record": ("j", "x", "+", "y", "enter", "L", "enter", "escape", "escape"),
    "accounts": ("A", "a", "escape", "escape", "+", "R", "A", "l", "+", "y"),
}
"""Keys after which something is written; `+` lets a dialog's dead time pass."""


async def walk(here: Running, keys: tuple[str, ...], planted: Planted) -> None:
    """Press the keys, looking at the screen after each."""
    for key in keys:
        if key == "+":
            here.clock.advance(1)
        else:
            await here.press(key)
        assert not planted.in_text(here.text() + here.toasts), key


@pytest.mark.parametrize("keys", WALKS.values(), ids=WALKS)
async def test_no_screen_shows_a_secret(
    keys: tuple[str, ...], clock: ManualClock, home: Path
) -> None:
    machine = Machine(clock, home, sessions=12)
    await machine.log_in()
    token = machine.state.sessions()[0].token
    machine.state.issue(ADMIN, Caller(f"bot/1 {token} {PASSWORD[::-1]}", "198.18.0.1"))
    planted = Planted([machine.state])
    planted.note()
    planted.seen.discard(token)  # an agent may hold anything: this one is the stranger's own
    async with machine.app() as here:
        await walk(here, keys, replace(planted, states=[]))
    planted.seen.discard(token)
    assert replace(planted, states=[]).in_files(home) == {}
    assert not_as_written(home / "data") == []


async def test_no_failure_shows_a_secret(clock: ManualClock, home: Path) -> None:
    machine = Machine(clock, home, sessions=12)
    await machine.log_in()
    planted = Planted([machine.state])
    keys = {
        Call.REFRESH: ("+", "R"),
        Call.REVOKE: ("j", "x", "+", "y", "enter"),
        Call.LIST: ("r",),
        Call.LOGOUT: ("r", "A", "l", "+", "y"),
    }
    async with machine.app() as here:
        under_cursor = machine.state.sessions()[-2].token  # below our own, which is the newest
        for call, pressed in keys.items():
            machine.state.fail_next(call, *[echoing(machine.state, call, 403, under_cursor)] * 9)
            await walk(here, pressed, planted)
            assert len(machine.state.faults[call]) < 9, (call, here.text(), here.toasts)
            machine.state.faults[call].clear()
    assert planted.in_files(home) == {}
