"""Lines that break while a plan runs."""

import re
from collections.abc import Generator

import pytest

from qiscus_tui.model.clock import SystemClock
from tests.e2e.conftest import Opener, Server, wait_for_dialog
from tests.faults import behaviours as b
from tests.faults.server import FaultyServer
from tests.sandbox import DIALECTS, Call, demo_state


@pytest.fixture
def hanging() -> Generator[FaultyServer]:
    """A server that takes the first revokes, and answers no other."""
    server = FaultyServer(demo_state(SystemClock(), sessions=60, dialect=DIALECTS["rfc3339"]))
    with server.running():
        server.strikes(Call.REVOKE, b.after(4, b.says_nothing))
        yield server


@pytest.mark.parametrize("how", ["the line breaks", "q"])
def test_a_plan_that_is_cut_short_sends_nothing_more_and_is_named_at_the_next_start(
    opened: Opener, hanging: FaultyServer, how: str
) -> None:
    account = Server(hanging.state, hanging.url).account
    terminal = opened(**account)
    terminal.wait_for("60 active")
    terminal.send("/")
    terminal.send("guzzle\r")
    terminal.wait_for(" of 60")
    terminal.send("a")
    terminal.wait_for("marked")
    terminal.send("x")
    count = sum("guzzle" in (one.agent or "").lower() for one in hanging.state.sessions())
    wait_for_dialog(terminal, f"Revoke {count} sessions", f"Revoke {count}  y")
    terminal.send("y")
    terminal.wait_until(lambda: hanging.asked[Call.REVOKE] >= 8)
    if how == "q":
        # Also while it is asked whether to stop.
        terminal.send("nq")
        wait_for_dialog(terminal, "Quit while", "Quit  y")
        terminal.send("y")
    else:
        terminal.hang_up()
    assert terminal.finish() == (0 if how == "q" else 129)
    if how == "q":
        assert "sent, and 4 of them were answered" in " ".join(terminal.text.split())
    sent = hanging.asked[Call.REVOKE]
    assert sent <= 4 + 16 + 4
    after = opened("audit", columns=200, **account)
    assert after.finish() == 0, after.text
    told = re.search(r"was cut short: (\d+) were sent, and (\d+) of them were", after.text)
    assert told, after.text
    assert int(told[2]) == 4
    assert int(told[1]) <= sent
    assert hanging.asked[Call.REVOKE] == sent
