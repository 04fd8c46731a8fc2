"""Sends a text to the terminal's clipboard. Whether it arrives, nobody tells us."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.app import App

SENT = "sent to the terminal"
"""Never "copied": the terminal may refuse."""


async def send(app: App[int], text: str, what: str) -> None:
    """Send `text`, through tmux where it runs, else by OSC 52. `what` is for the toast."""
    if not (os.environ.get("TMUX") and await _through_tmux(text)):
        app.copy_to_clipboard(text)
    app.notify(f"{what} {SENT}", markup=False, timeout=3)


async def _through_tmux(text: str) -> bool:
    try:
        tmux = await asyncio.create_subprocess_exec(
            "tmux",
            "load-buffer",
            "-w",
            "-",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except OSError:
        return False
    await tmux.communicate(text.encode())
    return tmux.returncode == 0
