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
    """What the preview says, in one line."""
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


@pytest.mark.parametrize(("width", "is_there"), [(149, False), (150, True)])
async def test_it_needs_150_columns(width: int, *, is_there: bool) -> None:
    async with at_sessions(size=(width, 40)) as here:
        await here.press("j")
        assert ("Token" in here.text()) is is_there


async def test_a_list_that_shrinks_to_nothing_has_nothing_beside_it() -> None:
    async with at_sessions(size=WIDE) as here:
        await here.press("j", "slash", *"nosuchclient", "enter")
        assert "Token" not in here.text()
        await here.press("escape")
        assert "Token" in here.text()


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


async def test_the_list_can_be_drawn_while_the_app_ends() -> None:
    """Widgets go from the inside out: a list that was just read finds no preview."""
    async with at_sessions() as here:
        await here.sessions.preview.remove()
        here.sessions.draw()


@pytest.mark.parametrize("size", [(120, 40), WIDE])
async def test_a_list_that_was_read_again_is_freed_at_once(size: tuple[int, int]) -> None:
    async with at_sessions(sessions=300, size=size) as here:
        listed = weakref.ref(here.sessions.feed.listed)
        await here.press("r")
        assert listed() is None, "it waits for the garbage collector"


async def test_a_list_whose_sort_was_called_off_is_freed_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
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
