"""What goes wrong around the app: this machine, the clocks, and others at work on the server."""

import errno
import os
import re
from itertools import cycle

import pytest

from qiscus_tui.model.ids import fingerprint
from qiscus_tui.tui.login.screen import LoginScreen
from qiscus_tui.tui.sessions.screen import SessionsScreen
from tests.faults import behaviours as b
from tests.faults.app import app_on, do
from tests.faults.stage import EMAIL, NEVER_TWICE, Deed, Stage
from tests.sandbox import USERS, Call
from tests.sandbox.state import Caller
from tests.tui.demo_app import Running

DISKS = {
    "full": ("os.write", errno.ENOSPC),
    "full at the last": ("os.fsync", errno.ENOSPC),
    "without locks": ("fcntl.flock", errno.ENOLCK),
}
REVOKING = (Deed.REVOKE_ONE, Deed.REVOKE_MANY, Deed.REVOKE_ALL)
HOURS, MONTH, YEARS = 5 * 3600.0, 31 * 86_400.0, 3 * 365 * 86_400.0
LEAPS = (-HOURS, MONTH, HOURS, YEARS, -YEARS, MONTH)


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


def _session_of(stage: Stage, session_id: str) -> str:
    tokens = (one.token for one in stage.server.state.sessions())
    return next(token for token in tokens if fingerprint(token) == session_id)


@pytest.mark.parametrize(
    ("deed", "local_files"), zip([*REVOKING, Deed.REFRESH], cycle(DISKS), strict=False)
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


@pytest.mark.parametrize(("deed", "leap"), zip(Deed, LEAPS, strict=True))
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
        match deed:
            case Deed.LOGIN | Deed.LIST:
                assert "● live" in running.words()
                assert re.search(r"this session (30d 00:0|29d 23:5)\d", running.words())
            case Deed.REFRESH:
                assert "token refreshed" in running.words()
            case _:
                assert gone
                assert f"{len(gone):,} revoked" in running.words()
                assert (stage.own in gone) is (deed is Deed.REVOKE_ALL)


@pytest.mark.parametrize("deed", [Deed.REVOKE_MANY, Deed.REFRESH, Deed.LIST])
async def test_a_machine_that_slept_goes_on_with_the_list_as_it_is_now(
    stage: Stage, deed: Deed
) -> None:
    stage.prepare(deed)
    stage.keep_that_revoking_works()
    async with app_on(stage) as running:
        running.clock.advance(9 * 3600)
        stage.server.behaves = lambda _: b.gives_up_used_connections
        await do(running, deed)
        said = running.words() + running.toasts
        stage.nothing_was_done_twice()
        match deed:
            case Deed.LIST:
                assert "● live" in said
            case Deed.REVOKE_ONE | Deed.REVOKE_MANY:
                assert f"{len(stage.before - stage.live()):,} revoked" in said
            case _:  # sent over a connection that was dead: whether it arrived is not known
                assert "in the middle of the answer" in said


@pytest.mark.parametrize("deed", [Deed.REVOKE_ONE, Deed.REVOKE_ALL])
async def test_what_somebody_else_does_between_plan_and_sending_is_told_apart(
    stage: Stage, deed: Deed
) -> None:
    stage.prepare(deed)
    stage.keep_that_revoking_works()
    async with app_on(stage) as running:
        ours = running.ids[-1] if deed is Deed.REVOKE_ONE else running.ids[5]
        begun: list[str] = []

        def meanwhile() -> None:
            if not begun:
                stage.server.state.end(_session_of(stage, ours))
                new = stage.server.state.issue(USERS[EMAIL], Caller("curl/8.5", "10.9.9.9"))
                begun.append(fingerprint(new.token))

        stage.server.strikes(deed.call, b.preceded_by(meanwhile))
        await do(running, deed)
        words = running.words()
        assert "1 failed" not in words
        # The oldest alone, and as many as before listed: that may be a list cut to its newest.
        ends = "unknown" if deed is Deed.REVOKE_ONE else "revoked"
        assert re.search(rf"[\d,]+ {ends}", words)
        assert (begun[0] in stage.live()) is (deed is not Deed.REVOKE_ALL)


@pytest.mark.parametrize("deed", [Deed.REVOKE_MANY, Deed.REFRESH])
async def test_a_token_that_ends_while_the_screen_is_open_asks_for_a_login(
    stage: Stage, deed: Deed
) -> None:
    stage.prepare(deed)
    stage.keep_that_revoking_works()
    async with app_on(stage) as running:
        stage.server.behaves = lambda _: b.errors(401, "Unauthorized")
        await do(running, deed)
        assert "rejected the long-lived token" in running.words() + running.toasts
        assert stage.server.asked[deed.call] <= 16  # no more than were under way
        stage.server.behaves = lambda _: b.obeys
        for _ in range(2):
            if not isinstance(running.app.screen, SessionsScreen | LoginScreen):
                await running.press("escape")
        await running.press("r")
        if isinstance(running.app.screen, LoginScreen):
            await do(running, Deed.LOGIN)
        assert "● live" in running.words()


async def test_our_own_session_that_somebody_else_ended_is_forgotten(stage: Stage) -> None:
    stage.prepare(Deed.LIST)
    async with app_on(stage) as running:
        stage.server.state.end(_session_of(stage, stage.own))
        await running.press("r")
        assert "this session" not in running.words()  # the server said that its token is dead
        await do(running, Deed.REVOKE_ONE)
        assert stage.server.asked[Call.REVOKE] == 1
