"""Sends a text to the terminal's clipboard, through a multiplexer too. No terminal confirms it.

tmux and GNU screen keep the sequence (OSC 52) to themselves. Inside tmux its own command passes a
text on; where that can't be called, as on the far side of SSH, tmux passes on what it is set to.
"""

import asyncio
import os

from qiscus_tui.tui.terminal.app import TerminalApp
from qiscus_tui.tui.terminal.replies import Multiplexer

SENT = "sent to the terminal"
"""Never "copied": the terminal may refuse."""

_TMUX_TIME = 2.0
"""Seconds that the `tmux` command may take."""


async def send(app: TerminalApp, text: str, what: str) -> None:
    """Send `text`, and notify where it went. `what` names it."""
    words = f"{what} {SENT}"
    if not (os.environ.get("TMUX") and await _load_buffer(text)):
        app.copy_to_clipboard(text)
        if app.multiplexer is Multiplexer.TMUX:  # of another machine, or an old one
            words = f"{words}: tmux passes it on only if set to set-clipboard on"
    app.notify(words, markup=False)


async def _load_buffer(text: str) -> bool:
    """Return whether tmux took the text, and passes it on."""
    pipe, null = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    try:
        tmux = await asyncio.create_subprocess_exec(
            "tmux", "load-buffer", "-w", "-", stdin=pipe, stdout=null, stderr=null
        )
    except OSError:
        return False
    try:
        async with asyncio.timeout(_TMUX_TIME):
            await tmux.communicate(text.encode())
    except TimeoutError:
        tmux.kill()
        await tmux.wait()
    return tmux.returncode == 0
