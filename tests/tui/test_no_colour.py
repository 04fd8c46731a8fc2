"""Without colours: nothing is dim, the cursor or the focus is reversed, and warnings are bold."""

from collections.abc import Iterator

import pytest
from rich.segment import Segment

from tests.tui.demo_app import Running, at_login, at_sessions

DIALOGS = ("X", "F", "e", "l", "P", "colon", "question_mark")
SCREENS = ("enter", "o", "A", "L", "g")


@pytest.fixture(autouse=True)
def no_color(monkeypatch: pytest.MonkeyPatch) -> None:
    """Textual takes the variable out of the environment as the app starts."""
    monkeypatch.setenv("NO_COLOR", "1")


def drawn(here: Running) -> Iterator[Segment]:
    """Everything on the screen, but what stands in an empty field in place of a text."""
    for strip in here.app.screen._compositor.render_strips():
        for part in strip:
            if not (part.style and part.style.dim and part.style.underline):
                yield part


def bold(here: Running) -> str:
    parts = (part.text for part in drawn(here) if part.style and part.style.bold)
    return " ".join(" ".join(parts).split())


def is_readable(here: Running) -> bool:
    """Whether nothing is dim, or has a colour."""
    return all(
        part.style is None
        or (not part.style.dim and (part.style.color is None or part.style.color.is_default))
        for part in drawn(here)
    )


async def test_nothing_is_dim_and_what_has_the_focus_is_reversed() -> None:
    async with at_sessions(few_colours=True) as here:
        for key in (*SCREENS, *DIALOGS, "x"):
            await here.press("home", "down", "down", key)
            assert here.app.screen is not here.sessions or key == "g", key
            assert is_readable(here), key
            if key not in {"enter", "L"}:  # the detail has no cursor, and there is no plan yet
                strips = here.app.screen._compositor.render_strips()
                assert any(p.style and p.style.reverse for strip in strips for p in strip), key
            await here.press("g" if key == "g" else "escape")


async def test_the_login_shows_its_fields_and_its_error() -> None:
    async with at_login(few_colours=True) as here:
        assert is_readable(here)
        await here.press("tab", "end", "backspace", "enter")
        assert is_readable(here)
        assert "The server refused the login" in bold(here)
        email = [part for part in drawn(here) if "@demo.example" in part.text]
        assert all(part.style and part.style.underline for part in email)


async def test_what_warns_is_bold() -> None:
    async with at_sessions(sessions=400, few_colours=True) as here:
        await here.press("o")
        assert "not used for 24 h." in bold(here)
        await here.press("escape", "a", "x")
        assert "in use" in bold(here)
        assert "To revoke" in bold(here)
        await here.press("escape", "u", "home", "x")
        await here.press_slowly("c")
        assert "This program's own session ends" in bold(here)


async def test_what_would_be_chosen_is_reversed() -> None:
    async with at_sessions(few_colours=True) as here:
        for key, chosen in (("G", "2  client"), ("colon", "Prune what is shown")):
            await here.press(key, "down")
            parts = [part for part in drawn(here) if part.style and part.style.reverse]
            assert chosen in "".join(part.text for part in parts), key
            await here.press("escape")
