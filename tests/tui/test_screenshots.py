"""The pictures in screenshots/ show what the program shows."""

from importlib.metadata import version

import pytest

from tests.screenshots import FOLDER, PROGRESS, pictures, textual_of, words_of


async def test_the_pictures_show_what_the_program_shows() -> None:
    made_with = textual_of((FOLDER / "sessions.svg").read_text())
    if made_with != version("textual"):
        pytest.skip(f"made with Textual {made_with}; this is {version('textual')}")
    drawn = {name: words_of(svg) async for name, svg in pictures()}
    shown = {path.stem: words_of(path.read_text()) for path in sorted(FOLDER.glob("*.svg"))}
    del shown[PROGRESS]
    assert sorted(shown) == sorted(drawn)
    old = [name for name in sorted(drawn) if shown[name] != drawn[name]]
    assert old == [], "make them again: python -m tests.screenshots"


def test_each_picture_is_there_as_png_too() -> None:
    assert {path.stem for path in FOLDER.glob("*.png")} == {
        path.stem for path in FOLDER.glob("*.svg")
    }


def test_no_picture_fetches_anything() -> None:
    for path in FOLDER.glob("*.svg"):
        text = path.read_text()
        assert "url(http" not in text, path.name
        assert "href" not in text, path.name
