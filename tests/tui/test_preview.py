"""The session under the cursor, beside the list of a wide terminal."""

import asyncio
import weakref

import pytest

from qiscus_tui.model.session import Session
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.tui.listed import work
from qiscus_tui.tui.session.panel import SessionPanel
from tests.tui.demo_app import Running, at_sessions

WIDE = (200, 50)


def previewed(here: Running) -> str:
    x = here.sessions.preview.region.x
    return " ".join(" ".join(line[x + 1 :] for line in here.lines()).split())


async def test_the_session_under_the_cursor_stands_beside_the_list() -> None:
    async with at_sessions(sessions=300, size=WIDE) as here:
        for keys in ("j",), ("end",), ("slash", *"curl", "enter"), ("s",):
            await here.press(*keys)
            session = here.session
            words = previewed(here)
            assert f"Id {session.id}" in words
            assert "used within 24h" in words
            assert str(session.token) not in here.text()
            assert not any("USER AGENT" in line for line in here.lines())
        await here.press("slash", "ctrl+u", *"nosuchclient", "enter")
        assert "Token" not in here.text()
        await here.press("escape")
        for width, is_there in ((150, True), (149, False)):
            await here.resize(width, 40)
            assert ("Token" in here.text()) is is_there


@pytest.mark.parametrize("keys", ["j" * 10, "jk"])
async def test_only_the_session_on_which_the_cursor_rests_is_drawn(
    monkeypatch: pytest.MonkeyPatch, keys: str
) -> None:
    async with at_sessions(sessions=300, size=WIDE) as here:
        await here.press("j")
        shown: list[str] = []
        resting = asyncio.Event()

        def show(_panel: SessionPanel, _listed: SessionList, session: Session) -> None:
            shown.append(session.id)

        async def rest(_seconds: float) -> None:
            await resting.wait()

        monkeypatch.setattr(SessionPanel, "show", show)
        monkeypatch.setattr(here.clock, "sleep", rest)
        for key in keys:
            await here.pilot.press(key)
            await here.pilot.pause()
        assert shown == []
        resting.set()
        await here.settle()
        assert shown == [here.sessions.table.cursor_id]


@pytest.mark.parametrize("size", [(120, 40), WIDE])
async def test_a_list_that_was_read_again_is_freed_at_once(size: tuple[int, int]) -> None:
    async with at_sessions(sessions=300, size=size) as here:
        await here.press("a", "u", "g", "g")
        listed = weakref.ref(here.sessions.feed.listed)
        await here.press("r")
        assert listed() is None, "it waits for the garbage collector"


async def test_a_sort_that_was_called_off_keeps_no_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "AT_ONCE", 0)  # a long list: sorted in a thread
    async with at_sessions(sessions=300) as here:
        listed = weakref.ref(here.sessions.feed.listed)
        here.sessions.list.reverse_sort()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        here.sessions.list.reverse_sort()
        await here.settle()
        await here.press("r")
        assert listed() is None, "it waits for the garbage collector"
