"""The command line in this process: its real wiring, with quick time-outs and no waiting."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest
from msgspec import structs

from qiscus_tui.model.account import Credentials
from qiscus_tui.model.clock import SystemClock
from qiscus_tui.service.account.workspace import Workspace
from qiscus_tui.store.paths import Paths, find_paths
from qiscus_tui.store.secrets import FileSecrets
from tests.program import Done, run_here

TIMEOUT = 0.25
"""Seconds, where the server never answers; config.toml takes a second at least."""

PATIENT = 10.0
"""Seconds, where it answers: a busy machine takes its time."""


class HastyClock(SystemClock):
    """The machine's time, moved by `ahead` seconds; waiting takes no time and is noted."""

    def __init__(self) -> None:
        self.ahead = 0.0
        self.slept: list[float] = []
        self.at_each_look: Callable[[HastyClock], None] = lambda _: None

    def now(self) -> float:
        self.at_each_look(self)
        return super().now() + self.ahead

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await super().sleep(0)


@dataclass
class ServerClock(SystemClock):
    """The server's own time, `ahead` of the truth by so many seconds."""

    ahead: float = 0.0

    def now(self) -> float:
        return super().now() + self.ahead


@dataclass
class Program:
    """Runs commands, one after the other, in one home."""

    home: Path
    monkeypatch: pytest.MonkeyPatch
    clock: HastyClock
    timeout: float = TIMEOUT

    def install(self) -> None:
        """Put the quick time-outs and the clock where a run opens its workspace."""
        from qiscus_tui.cli import workspace as cli

        opened = cli.open_for

        def open_for(*arguments: object) -> Workspace:
            workspace = cast("Workspace", opened(*arguments))  # type: ignore[arg-type]
            server = structs.replace(workspace.config.server, timeout=self.timeout)
            config = structs.replace(workspace.config, server=server)
            return structs.replace(workspace, config=config, clock=self.clock)

        self.monkeypatch.setattr(cli, "open_for", open_for)

    def __call__(self, *arguments: str, stdin: str = "") -> Done:
        """Done one command line."""
        return run_here(*arguments, stdin=stdin)

    def files(self) -> Iterator[Path]:
        """Every file in the home."""
        return (path for path in self.home.rglob("*") if path.is_file())

    @property
    def paths(self) -> Paths:
        """Where the program keeps its files."""
        return find_paths({"HOME": str(self.home)})

    def credentials(self) -> list[Credentials]:
        """The secrets of every account, read as the program reads them."""
        file = self.paths.secrets_file
        if not file.exists():
            return []
        content = cast("dict[str, dict[str, object]]", json.loads(file.read_text()))
        found = [FileSecrets(self.paths).read(key) for key in content.get("accounts", {})]
        return [one for one in found if one is not None]
