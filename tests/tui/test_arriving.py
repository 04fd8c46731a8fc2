"""From the start to the list on screen: what comes first, and what waits for it."""

import inspect
from collections.abc import Callable
from typing import Any

import pytest

from qiscus_tui.tui.feed import Feed
from qiscus_tui.tui.widgets.session_table import SessionTable
from tests.clocks import ManualClock
from tests.tui.demo_app import at_sessions


async def test_the_frame_comes_before_the_reading_and_the_rows_before_all_that_can_wait(
    clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def noted(owner: type, name: str, what: str) -> None:
        method: Callable[..., Any] = getattr(owner, name)

        def noting(*given: Any) -> Any:
            seen.append(what)
            return method(*given)

        async def async_noting(*given: Any) -> Any:
            return await noting(*given)

        is_async = inspect.iscoroutinefunction(method)
        monkeypatch.setattr(owner, name, async_noting if is_async else noting)

    noted(SessionTable, "draw_header_line", "frame")
    noted(SessionTable, "draw_row_line", "row")
    noted(Feed, "reload", "reading")
    noted(Feed, "_note_visit", "visit")
    noted(Feed, "find_names", "names")
    async with at_sessions(clock):
        assert list(dict.fromkeys(seen)) == ["frame", "reading", "row", "visit", "names"]
