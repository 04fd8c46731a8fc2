"""What README and REFERENCE say of the program and of the tests is so."""

import re
import tomllib
from pathlib import Path

from qiscus_tui.cli.parser import full_parser
from qiscus_tui.cli.verbs import VERBS
from qiscus_tui.exit_codes import ExitCode
from qiscus_tui.tui.commands import registry
from qiscus_tui.tui.commands.command import LIST, Scope, sign_of

PROJECT = Path(__file__).parents[1]
README = (PROJECT / "README.md").read_text()
REFERENCE = (PROJECT / ".github" / "REFERENCE.md").read_text()


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
    pictures = re.findall(r"!\[.*?\]\((.+?)\)", README)
    assert pictures
    assert {f"/{Path(one).parent}" for one in pictures} <= set(included)
    assert [one for one in pictures if not (PROJECT / one).is_file()] == []


def test_its_moving_picture_loads_in_a_moment() -> None:
    assert (PROJECT / "screenshots" / "clean-up.gif").stat().st_size < 1_000_000


def cells(page: str, header: str) -> list[list[str]]:
    """Return the cells of each row of the table that begins with this header."""
    _, found, table = page.partition(f"\n{header}\n")
    assert found, header
    rows = table.partition("\n\n")[0].splitlines()[1:]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in rows]


def in_pairs(page: str, header: str) -> list[tuple[str, str]]:
    """Return the rows of a table that has two of them beside each other, the left ones first."""
    rows = cells(page, f"| {header} | {header} |")
    return [(row[0], row[1]) for row in rows] + [(row[2], row[3]) for row in rows]


def test_the_table_of_exit_codes_is_that_of_the_program() -> None:
    rows = cells(REFERENCE, "| exit code | means |")
    assert rows == [[str(code.value), code.meaning] for code in ExitCode]
    short = in_pairs(README, "code | means")
    assert [value for value, _ in short] == [str(code.value) for code in ExitCode]
    for (_, words), code in zip(short, ExitCode, strict=True):
        assert f"{code.meaning};".startswith(f"{words};"), "other words than those of --help"


def test_every_verb_is_in_the_tables() -> None:
    verbs = [name for name, _ in in_pairs(README, "verb | does")]
    assert sorted(verbs) == sorted(f"`{name}`" for name in VERBS)
    in_full = [name for name, _ in cells(REFERENCE, "| verb | does |")]
    assert sorted(in_full) == sorted(verbs)


def test_every_option_is_typed_by_some_test() -> None:
    parser, verbs = full_parser()
    actions = [*parser.actions(), *(one for verb in VERBS for one in verbs[verb].actions())]
    options = {name for action in actions for name in action.option_strings} - {"-h"}
    typed = "".join(path.read_text() for path in (PROJECT / "tests").rglob("test_*.py"))
    assert {one for one in options if not re.search(rf"{one}\b", typed)} == set()


def test_every_key_of_the_app_is_in_the_readme_and_no_other() -> None:
    everywhere = {*LIST, Scope.FILTER, Scope.DETAIL, Scope.REVOKE, Scope.QUESTION, Scope.APP}
    keys = {
        key if key == "escape" else sign_of(key)
        for command in registry.COMMANDS
        if everywhere & {*command.scopes} and not command.takes_key
        for key in command.keys
    }
    text = README.partition("\n## Keys\n")[2].partition("\n## ")[0]
    named = set(re.findall(r"`([^`]+)`", text))
    assert {key for key in keys if len(key) == 1} - named == set()
    assert {"space", "enter", "escape", "tab"} <= named & keys
    in_table = " ".join(name for name, _ in in_pairs(README, "key | does"))
    assert set(re.findall(r"`([^`]+)`", in_table)) - {"↑", "↓", "1", "9"} <= keys


def test_every_link_leads_to_a_heading() -> None:
    pages = [PROJECT / "README.md", *(PROJECT / ".github").glob("*.md")]
    for page in pages:
        text = re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
        for target in re.findall(r"\]\(([^)]+)\)", text):
            path, _, anchor = target.partition("#")
            there = (page.parent / path) if path else page
            assert "://" in target or there.is_file(), f"{page.name}: {target}"
            if anchor:
                assert anchor in anchors(there.read_text()), f"{page.name}: {target}"


def test_every_file_that_the_table_of_changes_names_is_there() -> None:
    text = (PROJECT / ".github" / "CONTRIBUTING.md").read_text()
    folders = ("qiscus_tui", "tests", ".ci", ".build", ".github")
    paths = [f"/{path}" for one in folders for path in (PROJECT / one).rglob("*.*")]
    named = re.findall(r"`([\w./]+\.(?:py|md))`", text)
    assert named
    wanted = {one for one in named if "NAME" not in one}
    assert {one for one in wanted if not any(path.endswith(f"/{one}") for path in paths)} == set()


def anchors(text: str) -> list[str]:
    """Return the anchors that GitHub gives to the headings."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return [re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in headings]
