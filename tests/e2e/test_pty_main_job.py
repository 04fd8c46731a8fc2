"""The job that the program is for, typed from login to the verified end."""

import time
from pathlib import Path

from qiscus_tui.model.clock import SystemClock
from qiscus_tui.tui.dialogs.question import KEY_GAP
from tests.e2e.conftest import Opener, Server, wait_for_dialog
from tests.e2e.terminal import ENTER, Terminal
from tests.sandbox import DIALECTS, DemoSession, demo_state
from tests.sandbox.server import running

DAY = 86_400
PROTECTED = """
[[known]]
client = "GuzzleHttp"
ip = "10.2.7.0/24"
label = "billing cron"
protect = true
"""


def test_five_keys_end_what_a_cron_left_behind_and_nothing_that_is_used(
    opened: Opener, tmp_path: Path
) -> None:
    config = tmp_path / "config" / "config.toml"
    config.parent.mkdir()
    config.write_text(PROTECTED)
    state = demo_state(SystemClock(), sessions=400, dialect=DIALECTS["rfc3339"])
    with running(state) as url:
        before = state.sessions()
        going = left_behind([one for one in before if is_of_the_cron(one)])
        count = f"{len(going):,}"
        terminal = opened(**Server(state, url).account)
        terminal.wait_for("400 active")

        terminal.send("g")
        terminal.wait_for("400 active in")
        terminal.send("x")
        wait_for_dialog(terminal, f"{count} to revoke", "Revoke  enter")
        assert "the newest of 1 group" in terminal.text
        type_and_enter(terminal, count)
        terminal.wait_for(f"{count} revoked, confirmed gone")

        assert state.sessions() == [one for one in before if one.token not in going]
        assert sorted(state.revoke_requests) == sorted(going)
        terminal.send(ENTER)
        terminal.wait_for(f"{400 - len(going)} active in")
        terminal.send("q")
        assert terminal.finish() == 0


def is_of_the_cron(session: DemoSession) -> bool:
    """Whether it belongs to the largest group."""
    return session.agent == "GuzzleHttp/7" and (session.ip or "").startswith("10.2.0.")


def left_behind(sessions: list[DemoSession]) -> set[str]:
    """Tokens of a group but those that are the newest or were used within a day."""
    now = time.time()
    unused = [one for one in sessions if one.last_used is None or now - one.last_used > DAY]
    newest = max(sessions, key=lambda one: one.created)
    return {one.token for one in unused} - {newest.token}


def type_and_enter(terminal: Terminal, number: str) -> None:
    """Type the number, and Enter as slowly as a hand."""
    shown = terminal.text.count(number)
    terminal.send(number)
    drawn_at = terminal.wait_for(lambda text: text.count(number) == shown + 1)
    terminal.wait_until(lambda: time.monotonic() - drawn_at > 2 * KEY_GAP)
    terminal.send(ENTER)
