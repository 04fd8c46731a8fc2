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
_SHOWN_FOR = 30
"""Seconds that a text to select by hand is shown."""
_ONE_LINE = 60


async def send(app: TerminalApp, text: str, what: str) -> None:
    """Send `text`, and notify where it went; where it may not arrive, show it. `what` names it."""
    trouble = ""
    if os.environ.get("TERM") == "linux" and app.multiplexer is None:
        trouble = "This terminal has no clipboard."
    elif app.multiplexer is Multiplexer.TMUX:
        trouble = await _through_tmux(app, text, what)
    else:
        app.copy_to_clipboard(text)
    if not trouble:
        app.notify(f"{what} {SENT}", markup=False, timeout=3)
        return
    is_short = len(text) <= _ONE_LINE and "\n" not in text
    shown = f"Or select it, with shift held: {text}" if is_short else "Or select it by hand."
    app.notify(f"{trouble}\n{shown}", severity="warning", markup=False, timeout=_SHOWN_FOR)


async def _through_tmux(app: TerminalApp, text: str, what: str) -> str:
    """Return why it may not arrive; empty where it will."""
    answer = await _load_buffer(text) if os.environ.get("TMUX") else None
    if answer is None:  # another machine's tmux, or an old one
        app.copy_to_clipboard(text)
        return f"{what} sent to tmux, which passes it on only if set to: set-clipboard on."
    features, _, passthrough = answer.partition("|")
    if "clipboard" in features.split(","):
        return ""
    if passthrough.strip() in {"on", "all"}:
        app.copy_to_clipboard(text)
        return ""
    return f"{what} went to tmux only (prefix ] pastes it): its terminal has no clipboard."


async def _load_buffer(text: str) -> str | None:
    """Return tmux's terminal features and what it passes on; None where tmux failed."""
    wanted = "#{client_termfeatures}|#{allow-passthrough}"
    arguments = ("load-buffer", "-w", "-", ";", "display-message", "-p", wanted)
    pipe, null = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    try:
        tmux = await asyncio.create_subprocess_exec(
            "tmux", *arguments, stdin=pipe, stdout=pipe, stderr=null
        )
    except OSError:
        return None
    try:
        async with asyncio.timeout(_TMUX_TIME):
            answer, _ = await tmux.communicate(text.encode())
    except TimeoutError:
        tmux.kill()
        await tmux.wait()
        return None
    return answer.decode("utf-8", "replace") if tmux.returncode == 0 else None
