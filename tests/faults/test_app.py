"""The faults on the screen, and those of this machine and its clocks: what is known, what to do."""

import errno
import os
import re
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest
from msgspec import structs
from textual.widgets import Input

from qiscus_tui.errors import NoAccount
from qiscus_tui.service.account.selection import AccountOptions
from qiscus_tui.service.account.workspace import Workspace, open_workspace
from qiscus_tui.tui.app import QiscusTui
from qiscus_tui.tui.login.screen import LoginScreen
from qiscus_tui.tui.sessions.screen import SessionsScreen
from tests.clocks import ManualClock
from tests.faults import behaviours as b
from tests.faults.server import obeys
from tests.faults.stage import EMAIL, NEVER_TWICE, Deed, Stage, cells
from tests.faults.table import FAULTS, FINE, NOT_ALL, Fault
from tests.sandbox import PASSWORD, Call
from tests.tui.demo_app import Running


class HandClock(ManualClock):
    """The true time, moved on by hand; waiting takes no time."""

    def __init__(self) -> None:
        super().__init__()
        self.moved = 0.0

    def now(self) -> float:
        return time.time() + self.moved

    def monotonic(self) -> float:
        return time.monotonic() + self.moved

    def advance(self, seconds: float) -> None:
        self.moved += seconds

    async def sleep(self, seconds: float) -> None:
        moved = self.moved
        await super().sleep(seconds)
        self.moved = moved


def workspace_of(stage: Stage, clock: ManualClock) -> Workspace:
    """The user's own workspace, with quick time-outs."""
    environ = {"HOME": str(stage.program.home), "QISCUS_TUI_SERVER": stage.url or stage.server.url}
    workspace = open_workspace(environ, AccountOptions())
    server = structs.replace(workspace.config.server, timeout=stage.program.timeout)
    return structs.replace(
        workspace, config=structs.replace(workspace.config, server=server), clock=clock
    )


@asynccontextmanager
async def app_on(stage: Stage) -> AsyncGenerator[Running]:
    """The app, at its login or with the sessions on the screen."""
    clock = HandClock()
    workspace = workspace_of(stage, clock)
    try:
        choice = workspace.choose()
    except NoAccount:
        choice = None
    app = QiscusTui(workspace, choice)
    async with app.run_test(size=(120, 40)) as pilot:
        running = Running(app, pilot, stage.server.state, clock)
        await running.settle()
        yield running
        await _close(running)


async def _close(running: Running) -> None:
    """Close what `q` would have closed; a process that ends without it needs no closing."""
    for screen in running.app.screen_stack:
        if isinstance(screen, SessionsScreen) and screen.feed.connection is not None:
            await screen.feed.connection.close()


async def do(running: Running, deed: Deed) -> None:
    """What the user presses for a deed, up to its end."""
    match deed:
        case Deed.LOGIN:
            running.clock.advance(1)  # keys in flight reach no login that opens by itself
            for field, text in (("#email", EMAIL), ("#password", PASSWORD)):
                running.app.screen.query_one(field, Input).value = text
            await running.press("enter")
        case Deed.LIST:
            await running.press("r")
        case Deed.REVOKE_ONE:
            await running.press("end", "x")
            await _slowly(running, "y")
        case Deed.REVOKE_MANY:
            await running.press("a", "x")
            await _slowly(running, "y")
        case Deed.REVOKE_ALL:
            await running.press("X")
            code = running.sessions.feed.account.app_code
            await _slowly(running, *code, "enter")
        case Deed.REFRESH:
            await running.press("R")


async def _slowly(running: Running, *keys: str) -> None:
    running.clock.advance(0.6)
    for key in keys:
        running.clock.advance(0.2)
        await running.pilot.press("minus" if key == "-" else key)
    await running.settle()
    running.clock.advance(1)


SHOWN = ("never answers", "401", "403", "500", "JSON that breaks off")
"""One of each kind: the others are told by the same words."""


@pytest.mark.parametrize(("fault", "deed"), cells([one for one in FAULTS if one.name in SHOWN]))
async def test_a_fault_is_shown_as_it_is(stage: Stage, fault: Fault, deed: Deed) -> None:
    stage.program.timeout = fault.timeout
    stage.prepare(deed)
    stage.keep_that_revoking_works()
    async with app_on(stage) as running:
        stage.server.forget_counts()
        stage.server.strikes(deed.call, fault.behaviour)
        await do(running, deed)
        _is_honest(stage, running, fault, deed)
        stage.nothing_was_done_twice()
        stage.look()
        shown = running.text() + running.toasts
        assert not any(secret in shown for secret in stage.secrets)
        stage.server.behaves = lambda _: obeys
        await _goes_on(running, deed)


def _is_honest(stage: Stage, running: Running, fault: Fault, deed: Deed) -> None:
    screen, words = running.app.screen, running.words()
    code = fault.codes.get(deed, fault.code)
    match deed:
        case Deed.LOGIN if code:
            assert isinstance(screen, LoginScreen)
            assert running.value("#password") == ("" if code == 4 else PASSWORD)
            assert stage.server.asked[Call.LOGIN] == 1
        case Deed.LOGIN:
            assert isinstance(screen, SessionsScreen)
        case Deed.LIST if code in {FINE, NOT_ALL}:
            assert "● live" in words
        case Deed.LIST if code == 4:
            assert isinstance(screen, LoginScreen)
            assert len(running.sessions.feed.listed) == len(stage.live())
        case Deed.LIST:
            assert "○ stale" in words
            assert "r tries again" in words
            assert "x revoke" not in running.lines()[-1]
        case Deed.REVOKE_ONE | Deed.REVOKE_MANY | Deed.REVOKE_ALL:
            gone = stage.before - stage.live()
            if gone:
                assert f"{len(gone):,} revoked" in words or "unknown" in words
            else:
                assert not re.search(r"[1-9][\d,]* revoked", words)
        case Deed.REFRESH:
            said = words + running.toasts
            assert ("token refreshed" in said) is (code == 0)


async def _goes_on(running: Running, deed: Deed) -> None:
    """When the server is well again, so is the screen."""
    for _ in range(3):
        if not isinstance(running.app.screen, LoginScreen | SessionsScreen):
            await running.press("escape")
            running.clock.advance(1)
    if isinstance(running.app.screen, LoginScreen):
        await do(running, Deed.LOGIN)
    await running.press("r")
    assert isinstance(running.app.screen, SessionsScreen)
    assert "● live" in running.words()


# This machine, and others at work

DISKS = {
    "full": ("os.write", errno.ENOSPC),
    "full at the last": ("os.fsync", errno.ENOSPC),
    "without locks": ("fcntl.flock", errno.ENOLCK),
}
HOURS, YEARS = 5 * 3600.0, 3 * 365 * 86_400.0
LEAPS = ((Deed.LOGIN, -HOURS), (Deed.REVOKE_MANY, YEARS))


def _breaks(local_files: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Have this machine's disk fail; gives the words for it."""
    what, number = DISKS[local_files]

    def fails(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(what, fails)
    return os.strerror(number)


def _said(running: Running) -> str:
    """All that is said, without its line breaks: a path is broken anywhere."""
    return "".join((running.text() + running.toasts).replace("│", "").split())


@pytest.mark.parametrize(
    ("deed", "local_files"),
    zip([Deed.REVOKE_ONE, Deed.REVOKE_ALL, Deed.REFRESH], DISKS, strict=True),
)
async def test_on_a_disk_that_fails_nothing_is_sent(
    stage: Stage, deed: Deed, local_files: str
) -> None:
    stage.prepare(deed)
    stage.keep_that_revoking_works()
    async with app_on(stage) as running:
        with pytest.MonkeyPatch.context() as patched:
            words = _breaks(local_files, patched)
            await do(running, deed)
        assert not any(stage.server.asked[call] for call in (*NEVER_TWICE, Call.REVOKE))
        assert stage.live() == stage.before
        assert "".join(words.split()) in _said(running)
        assert not re.search(r"\d revoked", running.words())


async def test_a_login_for_this_run_only_needs_no_disk(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.prepare(Deed.LOGIN)
    _breaks("full", monkeypatch)
    async with app_on(stage) as running:
        await do(running, Deed.LOGIN)
        assert isinstance(running.app.screen, SessionsScreen)
        assert "● live" in running.words()
        assert stage.server.asked[Call.LOGOUT] == 0


@pytest.mark.parametrize(("deed", "leap"), LEAPS)
async def test_a_clock_that_leaps_while_the_screen_is_open_changes_nothing(
    stage: Stage, deed: Deed, leap: float
) -> None:
    stage.prepare(deed)
    stage.keep_that_revoking_works()
    async with app_on(stage) as running:
        running.clock.advance(leap)
        if deed is not Deed.LOGIN:
            running.sessions.second()
            await running.settle()
        await do(running, deed)
        gone = stage.before - stage.live()
        stage.nothing_was_done_twice()
        if deed is Deed.LOGIN:
            assert "● live" in running.words()
            assert re.search(r"this session (30d 00:0|29d 23:5)\d", running.words())
        else:
            assert gone
            assert f"{len(gone):,} revoked" in running.words()
            assert stage.own not in gone


async def test_a_machine_that_slept_goes_on_with_the_list_as_it_is_now(stage: Stage) -> None:
    deed = Deed.REVOKE_MANY
    stage.prepare(deed)
    stage.keep_that_revoking_works()
    async with app_on(stage) as running:
        running.clock.advance(9 * 3600)
        stage.server.behaves = lambda _: b.gives_up_used_connections
        await do(running, deed)
        stage.nothing_was_done_twice()
        assert f"{len(stage.before - stage.live()):,} revoked" in running.words()
