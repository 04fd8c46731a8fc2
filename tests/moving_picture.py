"""Makes clean-up.gif and progress.png from the demo: `python -m tests.moving_picture` (a minute).

A cron made more than a third of 51,661 sessions. Three steps end all but what it uses, and the list
proves it. The title of the window names what is pressed next. The clock is moved by hand.
"""

import asyncio
import io
import os
import re
import time
from collections.abc import AsyncGenerator
from typing import NamedTuple

from PIL import Image

from tests.screenshots import (
    FOLDER,
    PROGRESS,
    armed,
    opened,
    picture,
    picture_now,
    rasteriser,
    some_time_later,
)
from tests.tui.demo_app import Running

SESSIONS = 51_661
SIZE = (88, 26)
WIDTH = 1_000
"""Pixels; README's column is a little narrower."""
COLOURS = 256
RATE = 270
"""Revokes a second, as a server at the usual distance answers them."""


class Frame(NamedTuple):
    """A picture as SVG, and how long it stays, in milliseconds."""

    svg: str
    stays: int


async def frames() -> AsyncGenerator[Frame]:
    """Return the story in three steps: what the cron left behind, the plan, and that it is gone."""
    async with opened(sessions=SESSIONS, size=SIZE, latency_ms=15) as running:
        await some_time_later(running)
        await running.press("g")
        yield Frame(await picture(running, "one script left most of them: x shows the plan"), 3_500)
        await running.press("x")
        await armed(running)
        found = re.search(r"([\d,]+) to revoke", running.words())
        assert found is not None, running.text()
        yield Frame(await picture(running, f"{found[1]}: type the number to confirm"), 3_600)
        for key in found[1].replace(",", ""):
            running.clock.advance(0.2)
            await running.press(key)
        yield Frame(await picture(running, "enter"), 1_400)
        running.clock.advance(0.2)
        running.app.simulate_key("enter")
        async for svg in _progress(running, int(found[1].replace(",", ""))):
            yield Frame(svg, 420)
        await running.settle()
        yield Frame(await picture(running, "gone: two readings of the list prove it"), 4_000)
        await running.press("enter")
        yield Frame(await picture(running, "and the script goes on working"), 4_000)


async def _progress(running: Running, total: int) -> AsyncGenerator[str]:
    """Return ten pictures while the plan runs, as time would pass between them."""
    before = 0
    for tenth in range(10):
        while (sent := len(running.state.revoke_requests)) < total * (tenth + 0.5) / 10:
            running.clock.advance((sent - before) / RATE)
            before = sent
            await asyncio.sleep(0.01)
        yield picture_now(running, "each answer is counted; the list decides")


def gif(shown: list[tuple[bytes, int]]) -> bytes:
    """Return the PNG as one moving GIF that goes round, in one palette."""
    images: list[Image.Image] = []
    for png, _ in shown:
        with Image.open(io.BytesIO(png)) as image:
            height = round(image.height * WIDTH / image.width)
            images.append(image.convert("RGB").resize((WIDTH, height), Image.Resampling.LANCZOS))
    both = Image.new("RGB", (WIDTH, 3 * images[0].height))
    for place, image in enumerate((images[0], images[1], images[-2])):
        both.paste(image, (0, place * image.height))
    palette = both.quantize(COLOURS)
    drawn = [one.quantize(palette=palette, dither=Image.Dither.NONE) for one in images]
    out = io.BytesIO()
    stays = [milliseconds for _, milliseconds in shown]
    drawn[0].save(out, "GIF", save_all=True, append_images=drawn[1:], duration=stays, loop=0)
    return out.getvalue()


async def _draw() -> None:
    to_png = rasteriser()
    shown = [frame async for frame in frames()]
    made = gif([(to_png(frame.svg), frame.stays) for frame in shown])
    (FOLDER / "clean-up.gif").write_bytes(made)
    progress = shown[len(shown) // 2].svg
    (FOLDER / f"{PROGRESS}.svg").write_text(progress)
    (FOLDER / f"{PROGRESS}.png").write_bytes(to_png(progress))
    print(f"screenshots/clean-up.gif: {len(made) / 1000:,.0f} kB")


if __name__ == "__main__":
    os.environ["TZ"] = "UTC"
    time.tzset()
    asyncio.run(_draw())
