"""Makes the pictures in screenshots/ from the demo: `python -m tests.screenshots`.

SVG, and PNG drawn from it (with a monospaced font). The clock stands still and the data are seeded,
so that the same program makes the same pictures. With `--svg` the PNG stay as they are.
"""

import asyncio
import io
import os
import re
import sys
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager
from importlib.metadata import version
from pathlib import Path
from xml.etree import ElementTree as ET

import httpx

from qiscus_tui.api.contract import DEFAULT
from qiscus_tui.api.wire import WireSettings
from qiscus_tui.cli.workspace import DEMO_CONFIG
from qiscus_tui.model.account import parse_origin
from qiscus_tui.model.clock import DAY, HOUR
from qiscus_tui.service.proxy.app import Proxy
from qiscus_tui.service.proxy.upstream import Upstream
from qiscus_tui.store.config import Config, UiConfig
from qiscus_tui.tui.sessions.screen import SessionsScreen
from qiscus_tui.tui.theme import DARK, LIGHT
from tests.clocks import ManualClock
from tests.sandbox import DemoState, demo_state
from tests.sandbox.app import demo_app
from tests.tui.demo_app import Running, at_login, at_sessions

FOLDER = Path(__file__).parents[1] / "screenshots"
NOW = 1_793_000_000.0
"""Mon 26 Oct 2026 07:33:20 UTC."""
SESSIONS = 1_283
PROGRESS = "progress"
"""The picture that `tests.moving_picture` makes: no two runs are the same."""
WIDE, NARROW = (120, 40), (80, 24)
SCRIPT = "billing-export/1.4 (php-curl)"
"""A script that logs in each hour: directly at first, and then behind the proxy."""
DIRECTLY, BEHIND = 16 * DAY, 8 * DAY
FONTS = "'DejaVu Sans Mono', Menlo, Consolas, 'Liberation Mono', monospace"

_FONT_FACE = re.compile(r"@font-face\s*\{[^}]*\}\s*")
_FONT_FAMILY = re.compile(r"font-family:\s*(?:Fira Code|arial)[^;}]*")
_COMMENT = re.compile(r"<!--.*?-->\s*", re.DOTALL)
_UNIQUE = re.compile(r"terminal-\d+")


class StillClock(ManualClock):
    """Does not move while something rests, as a preview does: no two runs rest equally often."""

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)


def opened(
    *,
    size: tuple[int, int] = WIDE,
    config: Config = DEMO_CONFIG,
    few_colours: bool = False,
    sessions: int = SESSIONS,
    latency_ms: float = 0,
) -> AbstractAsyncContextManager[Running]:
    """The demo's sessions on the screen."""
    return at_sessions(
        StillClock(NOW),
        sessions=sessions,
        size=size,
        config=config,
        known=DEMO_CONFIG.known,
        few_colours=few_colours,
        latency_ms=latency_ms,
        hostile=False,
    )


async def pictures() -> AsyncGenerator[tuple[str, str]]:
    """Every picture by name, as SVG, in the order of the work."""
    async for named in _of_the_work():
        yield named
    for name, opening in (
        ("sessions-16-colours", opened(few_colours=True)),
        ("sessions-light", opened(config=Config(ui=UiConfig(theme=LIGHT)))),
        ("sessions-80x24", opened(config=Config(ui=UiConfig(theme=DARK)), size=NARROW)),
    ):
        async with opening as running:
            await some_time_later(running)
            await _mark_three(running)
            yield name, await picture(running)
    clock = ManualClock(NOW - DIRECTLY - BEHIND)
    state = demo_state(clock, sessions=SESSIONS, hostile=False)
    await _script(state, clock)
    async with at_login(clock, state=state, size=(100, 30)) as running:
        await running.press("enter", "slash", *"billing-export", "enter", "o")
        yield "proxy", await picture(running)


async def _script(state: DemoState, clock: ManualClock) -> None:
    """Log in each hour until NOW."""
    server = httpx.ASGITransport(demo_app(state), client=("10.2.4.7", 1))
    origin = parse_origin("https://demo.invalid")
    proxy = Proxy(Upstream(origin, WireSettings(transport=server)), DEFAULT, clock, HOUR)
    login = {"email": state.credentials.email, "password": state.credentials.password}
    for way, seconds in (
        (server, DIRECTLY),
        (httpx.ASGITransport(proxy, client=("127.0.0.1", 1)), BEHIND),
    ):
        async with httpx.AsyncClient(
            transport=way, base_url="https://localhost", headers={"User-Agent": SCRIPT}
        ) as client:
            for _ in range(int(seconds // HOUR)):
                answer = await client.post(DEFAULT.login.path, json=login)
                answer.raise_for_status()
                clock.advance(HOUR)


async def _of_the_work() -> AsyncGenerator[tuple[str, str]]:
    async with opened() as running:
        await some_time_later(running)
        await running.press("g")
        yield "groups", await picture(running)
        await running.press("x")
        await armed(running)
        yield "retention", await picture(running)
        await running.press("escape", "g", "home")
        await _mark_three(running)
        yield "sessions", await picture(running)
        await running.press("enter")
        yield "detail", await picture(running)
        await running.press("escape", "o")
        yield "overview", await picture(running)
        await running.press("escape", "question_mark")
        yield "help", await picture(running)
        await running.press("escape", "u", "g", "x")
        found = re.search(r"([\d,]+) to revoke", running.words())
        assert found is not None, running.text()
        for key in (*found[1].replace(",", ""), "enter"):
            running.clock.advance(1)
            await running.press(key)
        await running.settle()
        yield "result", await picture(running)


async def some_time_later(running: Running) -> None:
    """The session of this program is not the newest thing in the world any more."""
    running.clock.advance(47 * 60 + 12)
    await running.press("r")


async def armed(running: Running) -> None:
    """A dialog can be confirmed: its button wakes by a real timer."""
    running.clock.advance(1)
    await running.pilot.pause(0.7)
    await _tick(running)


async def _tick(running: Running) -> None:
    """Behind a dialog the list ticks by a real timer too: it may have come, or not yet."""
    for screen in running.app.screen_stack:
        if isinstance(screen, SessionsScreen):
            screen.second()
    await running.pilot.pause()


async def _mark_three(running: Running) -> None:
    """Mark what curl left behind, and go on to the next row."""
    await running.press("slash", *"curl", "enter", "space", "space", "space", "escape", "home")
    await running.press(*["down"] * 6)


async def picture(running: Running, title: str = "qiscus-tui") -> str:
    """The screen as SVG, once it stands still: a screen is laid out in more than one turn."""
    before, shown = "", picture_now(running, title)
    while shown != before:
        await running.pilot.pause()
        before, shown = shown, picture_now(running, title)
    return shown


def picture_now(running: Running, title: str) -> str:
    """The screen as SVG, without anything that has to be fetched."""
    svg = running.app.export_screenshot(title=title)
    svg = _COMMENT.sub("", _FONT_FACE.sub("", svg))
    svg = _FONT_FAMILY.sub(f"font-family: {FONTS}", svg)
    svg = _UNIQUE.sub("t", svg)
    made_with = f"<!-- Textual {version('textual')} -->"
    svg = "\n".join(line.strip() for line in svg.splitlines() if line.strip())
    return svg.replace(">", f">\n{made_with}", 1) + "\n"


def textual_of(svg: str) -> str:
    found = re.search(r"<!-- Textual (\S+) -->", svg)
    return found[1] if found else "unknown"


def words_of(svg: str) -> list[str]:
    """What can be read in a picture, line by line."""
    lines: dict[float, list[tuple[float, str]]] = {}
    picture = ET.fromstring(svg)  # noqa: S314 a file of our own
    for element in picture.iter("{http://www.w3.org/2000/svg}text"):
        place = (float(element.get("y", "0")), float(element.get("x", "0")))
        lines.setdefault(place[0], []).append((place[1], element.text or ""))
    return ["".join(text for _, text in sorted(line)).strip() for _, line in sorted(lines.items())]


async def _draw(to_png: Callable[[str], bytes] | None) -> None:
    FOLDER.mkdir(exist_ok=True)
    async for name, svg in pictures():
        (FOLDER / f"{name}.svg").write_text(svg)
        if to_png is not None:
            (FOLDER / f"{name}.png").write_bytes(to_png(svg))
        print(f"screenshots/{name}")


def rasteriser() -> Callable[[str], bytes]:
    """Return what makes a PNG of an SVG, of half its bytes, as 256 colours are all that it has."""
    import resvg_py
    from PIL import Image

    def to_png(svg: str) -> bytes:
        drawn = resvg_py.svg_to_bytes(svg_string=svg, monospace_family="DejaVu Sans Mono")
        small = io.BytesIO()
        with Image.open(io.BytesIO(bytes(drawn))) as image:
            image.convert("RGB").quantize(256, Image.Quantize.MAXCOVERAGE).save(
                small, "PNG", optimize=True
            )
        return small.getvalue()

    return to_png


def main() -> None:
    os.environ["TZ"] = "UTC"
    time.tzset()
    asyncio.run(_draw(None if "--svg" in sys.argv[1:] else rasteriser()))


if __name__ == "__main__":
    main()
