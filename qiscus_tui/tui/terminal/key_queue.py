"""Handles keys one by one: each has acted before the next one is delivered.

Over a slow line several keys arrive in one read. Textual delivers each to what has the focus when
it *arrives*, so that `/curl` would open the filter and then copy, unmark and reload. Here a key
waits until the one before it is done: the filter or dialog that it opened has the focus by then.

How a key's end is known: every widget on its way, from the one with the focus up to the app, has
handled what was in its queue. They are asked twice, because the key's action may have posted
messages behind the first question.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from typing import cast

from textual import events
from textual.app import App
from textual.css.query import NoMatches
from textual.dom import DOMNode
from textual.message_pump import MessagePump

ROUNDS = 2
LONGEST_WAIT = 1.0
"""Seconds after which the next key is delivered anyway: a widget may be busy for long."""

LOOKS = 20
"""How often it is looked meanwhile whether the key has acted."""

_OPENING = 0.005
"""Seconds between two looks at a screen that is not mounted yet."""


class KeyQueue:
    """The keys and pastes of an app that are not delivered yet."""

    def __init__(self, app: App[int], deliver: Callable[[events.Event], Awaitable[None]]) -> None:
        """`deliver` is what the app does with an event otherwise."""
        self._app = app
        self._deliver = deliver
        self._typed: deque[events.Key | events.Paste] = deque()
        self._delivering: asyncio.Task[None] | None = None
        self._drops: Callable[[], bool] = lambda: False

    def drop_while(self, is_unseen: Callable[[], bool]) -> None:
        """Forget what was typed before something opened by itself, and until it was seen."""
        self._typed.clear()
        self._drops = is_unseen

    def queued(self, event: events.Event) -> bool:
        """Queue a key or a paste; return False for any other event."""
        if not isinstance(event, events.Key | events.Paste) or event.is_forwarded:
            return False
        if self._drops() and not (isinstance(event, events.Key) and event.key == "ctrl+c"):
            return True
        self._typed.append(event)
        if self._delivering is None or self._delivering.done():
            self._delivering = asyncio.create_task(self._deliver_all())
        return True

    async def _deliver_all(self) -> None:
        await _in_time(self._screen_is_ready())
        while self._typed and self._app.screen_stack:  # without a screen, the app ends
            way = [*(self._app.focused or self._app.screen).ancestors_with_self]
            await self._deliver(self._typed.popleft())
            await _in_time(self._has_acted(way))

    async def _has_acted(self, way: list[DOMNode]) -> None:
        """Wait until a key has acted that was delivered to the first of these."""
        for one in way * ROUNDS:
            await _caught_up(one)
        await self._screen_is_ready()

    async def _screen_is_ready(self) -> None:
        """Wait until the screen on top can take a key."""
        while self._app.screen_stack and not self._takes_keys:  # noqa: ASYNC110 no event tells
            await asyncio.sleep(_OPENING)

    @property
    def _takes_keys(self) -> bool:
        screen = self._app.screen
        if not screen.is_mounted:
            return False
        wanted = self._app.AUTO_FOCUS if screen.AUTO_FOCUS is None else screen.AUTO_FOCUS
        if not wanted or screen.focused is not None:
            return True
        try:
            return not any(widget.focusable for widget in screen.query(wanted))
        except NoMatches:
            return True


async def _in_time(work: Coroutine[object, object, None]) -> None:
    """Wait for it, but not for longer than `LONGEST_WAIT`.

    Time in which the program stands still, as while it loads modules, counts for little.
    """
    task = asyncio.create_task(work)
    for _ in range(LOOKS):
        done, _left = await asyncio.wait({task}, timeout=LONGEST_WAIT / LOOKS)
        if done:
            task.result()
            return
    task.cancel()


async def _caught_up(one: MessagePump) -> None:
    """Wait until it has handled what is in its queue, or has ended."""
    handled = asyncio.Event()

    def end(_: object = None) -> None:
        handled.set()

    task = cast("asyncio.Task[None] | None", one._task)  # pyright: ignore[reportPrivateUsage, reportUnknownMemberType]
    if one.call_later(end):
        if task is not None:  # the app has none, and ends last
            task.add_done_callback(end)
        await handled.wait()
        if task is not None:
            task.remove_done_callback(end)
