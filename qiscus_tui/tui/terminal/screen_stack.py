"""Replaces the screen on top, also where that is the app's first one."""

from typing import Any

from textual.app import App
from textual.screen import Screen


async def replace_top(app: App[int], screen: Screen[None]) -> None:
    """Show a screen in place of the top one."""
    top: Screen[Any] = app.screen
    if not top._result_callbacks:  # pyright: ignore[reportPrivateUsage]
        # Textual takes off the callback of a pushed screen, and the first was not pushed.
        top._push_result_callback(top, None)  # pyright: ignore[reportPrivateUsage]
    await app.switch_screen(screen)  # pyright: ignore[reportUnknownMemberType]
