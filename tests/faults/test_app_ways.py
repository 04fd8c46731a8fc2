"""A way that leads nowhere, on the screen: at the login, and at the first list."""

import os

import pytest

from qiscus_tui.tui.login.screen import LoginScreen
from qiscus_tui.tui.sessions.screen import SessionsScreen
from tests.faults.app import app_on, do
from tests.faults.stage import Deed, Stage
from tests.faults.ways import WAYS, Way
from tests.sandbox import PASSWORD

SHOWN = (
    "refused",
    "no such host",
    "certificate expired",
    "certificate of nobody",
    "private CA by SSL_CERT_FILE",
    "proxy wants credentials",
)
"""FAULTS_IN_APP=all shows every one."""

CELLS = [
    pytest.param(way, deed, id=f"{way.name}-{deed.value}")
    for way in WAYS
    if way.name in SHOWN or os.environ.get("FAULTS_IN_APP") == "all"
    for deed in (Deed.LOGIN, Deed.LIST)
]


@pytest.mark.parametrize(("way", "deed"), CELLS)
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
