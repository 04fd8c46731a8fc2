"""What README says of the tests is so."""

import re
import tomllib
from pathlib import Path

from qiscus_tui.exit_codes import ExitCode

PROJECT = Path(__file__).parents[1]


def test_every_test_that_keeps_a_promise_is_there() -> None:
    security = (PROJECT / ".github" / "SECURITY.md").read_text()
    _, found, promises = security.partition("| promise | kept by |")
    named = re.findall(r"`(tests/[\w/]+\.py)`", promises)
    assert found
    assert named
    assert [one for one in named if not (PROJECT / one).is_file()] == []


def test_a_source_archive_has_what_it_names_and_the_readmes_pictures() -> None:
    build = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]
    included = build["targets"]["sdist"]["include"]
    assert all(one.startswith("/") for one in included), "it would be any folder of that name"
    assert [one for one in included if not (PROJECT / one[1:]).exists()] == []
    pictures = re.findall(r"!\[.*?\]\((.+?)\)", (PROJECT / "README.md").read_text())
    assert pictures
    assert {f"/{Path(one).parent}" for one in pictures} <= set(included)
    assert [one for one in pictures if not (PROJECT / one).is_file()] == []


def test_its_moving_picture_loads_in_a_moment() -> None:
    assert (PROJECT / "screenshots" / "clean-up.gif").stat().st_size < 1_000_000


def test_the_table_of_exit_codes_is_that_of_the_program() -> None:
    _, _, table = (PROJECT / "README.md").read_text().partition("| exit code | means |\n")
    rows = table.partition("\n\n")[0].splitlines()[1:]
    assert rows == [f"| {code.value} | {code.meaning} |" for code in ExitCode]
