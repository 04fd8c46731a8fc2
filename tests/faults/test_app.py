"""The faults on the screen: what is known, what is not, and what to do."""

import re
from itertools import cycle

import pytest

from qiscus_tui.tui.login.screen import LoginScreen
from qiscus_tui.tui.sessions.screen import SessionsScreen
from tests.faults.app import app_on, do
from tests.faults.server import obeys
from tests.faults.stage import Deed, Stage, cells
from tests.faults.table import BOUND, FAULTS, FINE, NOT_ALL, Fault
from tests.faults.ways import WAYS, Way
from tests.sandbox import PASSWORD, Call
from tests.tui.demo_app import Running

SHOWN = (
    "never answers",
    "reset after",
    "401",
    "403",
    "429 absurd",
    "503",
    "JSON that breaks off",
    "to another host",
)
"""One of each kind: starting the app takes its time."""


@pytest.fixture(autouse=True)
def _small_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qiscus_tui.api.list.listing.LIST_BODY", BOUND)
    monkeypatch.setattr("qiscus_tui.api.answers.SMALL_BODY", BOUND)


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


WAYS_SHOWN = (
    "refused",
    "no such host",
    "certificate expired",
    "certificate of nobody",
    "private CA by SSL_CERT_FILE",
    "proxy wants credentials",
)
LOOKS = (Deed.LOGIN, Deed.LIST)


@pytest.mark.parametrize(
    ("way", "deed"),
    zip([one for one in WAYS if one.name in WAYS_SHOWN], cycle(LOOKS), strict=False),
)
async def test_a_way_that_leads_nowhere_is_shown_as_it_is(
    stage: Stage, way: Way, deed: Deed, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.program.timeout = way.timeout
    with way.set(stage, monkeypatch):
        stage.prepare(deed)
        async with app_on(stage) as running:
            if deed is Deed.LOGIN:
                await do(running, deed)
            words = running.words()
            if way.code == 0:
                assert isinstance(running.app.screen, SessionsScreen)
                assert "● live" in words
            elif deed is Deed.LOGIN:
                assert isinstance(running.app.screen, LoginScreen)
                assert way.says in words
                assert running.value("#password") == PASSWORD  # the server is at fault
            else:
                assert "Not loaded" in words
                assert way.says in words
                assert "r tries again." in words
            stage.nothing_was_done_twice()
            stage.look()
            assert not any(secret in running.text() + running.toasts for secret in stage.secrets)
