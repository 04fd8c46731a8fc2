"""Whatever is typed, in whatever order: the app goes on, and no token of its own is left behind."""

import random
from dataclasses import replace
from pathlib import Path

import pytest

from qiscus_tui.model.account import Storage
from qiscus_tui.model.clock import DAY, HOUR
from qiscus_tui.service.account.storage import secret_store
from qiscus_tui.tui.login.screen import LoginScreen
from tests.clocks import ManualClock
from tests.tui.demo_app import ADMIN, AGENT, Machine, Running

TYPED = (
    *"jkgxXPAARRrLoFVGsSvaiuelcnnyy123",
    *("space", "enter", "enter", *["escape"] * 8, "tab", "down", "up", "ctrl+t", "q"),
    *("slash", "colon", "question_mark", "shift+down"),
    *["A a enter", "A l y", "A down enter", "A down l y", "x y", "g x y", "P y", "X escape"] * 2,
)


async def act(on: Running, rng: random.Random) -> None:
    """Press a key, mostly as a hand does; or time goes by, or a session ends elsewhere."""
    chance, sessions = rng.random(), on.state.sessions()
    if isinstance(on.app.screen, LoginScreen):
        await on.press(rng.choice(["enter", "escape", "tab", "space", "ctrl+t"]))
    elif chance < 0.06:
        on.clock.advance(rng.choice([1, HOUR, DAY, 29 * DAY]))
    elif chance < 0.1 and sessions:
        on.state.end(rng.choice(sessions).token)
    elif chance < 0.25:
        await on.pilot.press(*rng.choice(TYPED).split())  # and the next one before it is done
    else:
        await on.press_slowly(*rng.choice(TYPED).split())


@pytest.mark.parametrize("seed", [0, 2, 3, 8])
async def test_any_keys_crash_nothing_and_leave_no_token_of_our_own(
    tmp_path: Path, clock: ManualClock, seed: int
) -> None:
    rng, here = random.Random(seed), Machine(clock, tmp_path)
    here.state.dialect = replace(here.state.dialect, refresh_ends_older=True)
    for email in (ADMIN, AGENT):
        await here.log_in(email)
    async with here.app() as on:
        for _ in range(60):
            if on.app.is_running:
                await act(on, rng)
        if on.app.is_running:
            on.app.leave(0)
            await on.settle()
    store = secret_store(here.workspace, Storage.FILE)
    kept = [store.read(one.account.key) for one in here.local_files.book.all()]
    held = {one.short_lived.token for one in kept if one is not None and one.short_lived}
    live = {one.token for one in here.state._sessions.values() if one.expires > clock.now()}
    assert live.intersection(here.state._issued) <= held
