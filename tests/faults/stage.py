"""One account on one faulty server, and the six things that are done with it."""

import enum
import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest
from msgspec import structs

from qiscus_tui import __version__
from qiscus_tui.cli import workspace
from qiscus_tui.model.account import Account, Credentials, Role, ShortLived, parse_origin
from qiscus_tui.model.clock import SystemClock
from qiscus_tui.model.ids import fingerprint
from qiscus_tui.service.account.workspace import Workspace
from qiscus_tui.store.paths import Paths, find_paths
from qiscus_tui.store.secrets import FileSecrets
from tests.e2e.processes import EMAIL, keep, keep_that_revoking_works
from tests.faults.server import FaultyServer
from tests.program import Done, run_here
from tests.sandbox import PASSWORD, USERS, Call
from tests.sandbox.state import Caller

TIMEOUT = 0.25
"""Seconds, where the server never answers; config.toml takes a second at least."""

PATIENT = 10.0
"""Seconds, where it answers: a busy machine takes its time."""


class HastyClock(SystemClock):
    """The machine's time, moved by `ahead` seconds; waiting takes no time."""

    def __init__(self) -> None:
        self.ahead = 0.0
        self.at_each_look: Callable[[HastyClock], None] = lambda _: None

    def now(self) -> float:
        self.at_each_look(self)
        return super().now() + self.ahead

    async def sleep(self, seconds: float) -> None:
        await super().sleep(0)


AGENT = f"qiscus-tui/{__version__}"
MANY = 30


class Deed(enum.Enum):
    LOGIN = ("login", Call.LOGIN)
    LIST = ("list", Call.LIST)
    REVOKE_ONE = ("revoke one", Call.REVOKE)
    REVOKE_MANY = ("revoke many", Call.REVOKE)
    REVOKE_ALL = ("revoke all", Call.REVOKE_ALL)
    REFRESH = ("refresh", Call.REFRESH)

    def __init__(self, label: str, call: Call) -> None:
        self.label = label
        self.call = call
        """The call of the API that it is about."""


def cells(rows: Sequence[Any]) -> list[object]:
    """Each row with one of the deeds, another one each time; FAULTS=all: with all of them.

    What a deed makes of a kind of fault is decided once for all, and the rows are of few kinds.
    """
    every = [*Deed]
    is_all = os.environ.get("FAULTS") == "all"
    return [
        pytest.param(row, deed, id=f"{row.name}-{deed.label}")
        for number, row in enumerate(rows)
        for deed in (every if is_all else [every[number % len(every)]])
    ]


NEVER_TWICE = (Call.LOGIN, Call.REFRESH, Call.REVOKE_ALL)


@dataclass
class Stage:
    """The server, the program in one home, and what was true before the deed."""

    server: FaultyServer
    home: Path
    monkeypatch: pytest.MonkeyPatch
    clock: HastyClock = field(default_factory=HastyClock)
    timeout: float = TIMEOUT
    url: str = ""
    secrets: set[str] = field(default_factory=set[str])
    """Everything that must never be seen."""
    before: set[str] = field(default_factory=set[str])
    """Ids of the sessions that lived before."""
    own: str = ""
    """Id of the program's own session."""
    targets: list[str] = field(default_factory=list[str])
    """Ids that are to be revoked."""

    def __post_init__(self) -> None:
        """Put the quick time-outs and the clock where a run opens its workspace."""
        opened = workspace.open_for

        def open_for(*arguments: object) -> Workspace:
            made = cast("Workspace", opened(*arguments))  # type: ignore[arg-type]
            server = structs.replace(made.config.server, timeout=self.timeout)
            config = structs.replace(made.config, server=server)
            return structs.replace(made, config=config, clock=self.clock)

        self.monkeypatch.setattr(workspace, "open_for", open_for)

    def files(self) -> Iterator[Path]:
        return (path for path in self.home.rglob("*") if path.is_file())

    @property
    def paths(self) -> Paths:
        return find_paths({"HOME": str(self.home)})

    def credentials(self) -> list[Credentials]:
        """The secrets of every account, read as the program reads them."""
        file = self.paths.secrets_file
        if not file.exists():
            return []
        content = cast("dict[str, dict[str, object]]", json.loads(file.read_text()))
        found = [FileSecrets(self.paths).read(key) for key in content.get("accounts", {})]
        return [one for one in found if one is not None]

    def keep_account(self) -> None:
        """What a login leaves behind, without the way there."""
        state = self.server.state
        session = state.issue(USERS[EMAIL], Caller(AGENT, "127.0.0.1"))
        origin = parse_origin(self.url or self.server.url)
        account = Account(origin, state.credentials.app_code, EMAIL, role=Role.ADMIN)
        token = ShortLived(session.token, session.expires, self.clock.now())
        keep(self.paths, account, Credentials(state.long_lived_token(), token))

    def prepare(self, deed: Deed) -> None:
        """Everything up to the deed, on a server that is well."""
        if deed is not Deed.LOGIN:
            self.keep_account()
            self.own = self.own_id()
        if deed is Deed.REVOKE_MANY:
            app_code = self.server.state.credentials.app_code
            keep_that_revoking_works(self.paths, self.url or self.server.url, app_code)
        self.look()
        self.before = self.live()
        self.targets = self.spare({Deed.REVOKE_ONE: 1, Deed.REVOKE_MANY: MANY}.get(deed, 0))
        self.server.forget_counts()

    def look(self) -> None:
        """Note every secret that there is now."""
        known = self.server.state.credentials
        self.secrets |= {PASSWORD, known.secret_key, known.long_lived_token}
        self.secrets |= {one.token for one in self.server.state.sessions()}

    def spare(self, count: int) -> list[str]:
        """Ids of sessions that are not the program's own, the longest-lived ones."""
        own = {c.short_lived.token for c in self.credentials() if c.short_lived}
        live = [one for one in self.server.state.sessions() if one.token not in own]
        return [fingerprint(one.token) for one in live[-count:]] if count else []

    def do(self, deed: Deed, run: Callable[..., Done] | None = None) -> Done:
        """The deed itself, in this process unless it is `run` otherwise."""
        return (run or run_here)(*self.words(deed), stdin=f"{PASSWORD}\n")

    def words(self, deed: Deed) -> tuple[str, ...]:
        url = self.url or self.server.url
        login = ("login", "--email", EMAIL, "--password-stdin", "--store", "file", "--server", url)
        return {
            Deed.LOGIN: login,
            Deed.LIST: ("sessions", "--json"),
            Deed.REVOKE_ALL: ("revoke-all", "--yes", "--json"),
            # A plain `refresh` goes by the age of its process, which is pytest's here.
            Deed.REFRESH: ("refresh", "--if", self.own),
        }.get(deed, ("revoke", *self.targets, "--yes", "--max", "1000", "--json"))

    def own_id(self) -> str:
        (own,) = [one.short_lived for one in self.credentials() if one.short_lived]
        return fingerprint(own.token)

    # What must hold, whatever happened.

    def live(self) -> set[str]:
        return {fingerprint(one.token) for one in self.server.state.sessions()}

    def nothing_is_told(self, run: Done) -> None:
        """No traceback, and no secret, neither on the screen nor in any file but the one."""
        self.look()
        assert "Traceback" not in run.text
        assert "unexpected" not in run.err, run.err
        for secret in self.secrets:
            assert secret not in run.text
        paths = self.paths
        for file in self.files():
            if file not in {paths.secrets_file, paths.config_file}:
                kept = file.read_bytes()
                assert not any(secret.encode() in kept for secret in self.secrets), file

    def says_what_and_what_to_do(self, run: Done) -> None:
        """A command that failed says so in one line, and in another what to do."""
        if run.code == 0:
            return
        assert run.err.strip(), "it failed without a word"
        assert run.advice, f"it does not say what to do:\n{run.text}"

    def nothing_was_done_twice(self) -> None:
        """As the server counts."""
        for call in NEVER_TWICE:
            assert self.server.asked[call] <= 1, f"{call} was sent {self.server.asked[call]} times"

    def nothing_is_lost(self, deed: Deed) -> None:
        """The store can be read, and holds the old secrets or the new ones."""
        held = self.credentials()
        assert len(held) == 1 or (deed is Deed.LOGIN and not held)
        token = self.server.state.long_lived_token()
        for one in held:
            assert one.long_lived == token
        locks = [f for f in self.files() if f.name.endswith(".new")]
        assert not locks, "a half-written file is left"

    def all_is_well(self, run: Done, deed: Deed) -> None:
        self.nothing_is_told(run)
        self.says_what_and_what_to_do(run)
        self.nothing_was_done_twice()
        self.nothing_is_lost(deed)
        self.the_outcomes_are_true(run, deed)

    def the_outcomes_are_true(self, run: Done, deed: Deed) -> None:
        live, gone = self.live(), self.before - self.live()
        match deed:
            case Deed.REVOKE_ONE | Deed.REVOKE_MANY if run.has_outcomes:
                claimed = run.outcomes()
                assert set(claimed) == set(self.targets)
                for one, outcome in claimed.items():
                    if outcome in {"revoked", "already_gone"}:
                        assert one not in live, f"{one} was called {outcome}, and lives"
                    elif outcome in {"failed", "not_sent"}:
                        assert one in live, f"{one} was called {outcome}, and is gone"
                assert (run.code == 0) is (set(claimed.values()) == {"revoked"})
                assert gone <= set(self.targets)
            case Deed.REVOKE_ONE | Deed.REVOKE_MANY:
                assert run.code != 0
                assert gone <= set(self.targets)
            case Deed.REVOKE_ALL if run.has_outcomes:
                claimed = run.outcomes()
                assert set(claimed) == self.before
                for one, outcome in claimed.items():
                    if outcome == "revoked":
                        assert one in gone
                    elif outcome == "failed":
                        assert one in live
            case Deed.REVOKE_ALL:
                assert run.code != 0
                assert not gone, "it says that nothing was done"
            case _:
                assert not gone or deed is Deed.LOGIN
