"""What README and REFERENCE say of the program and of the tests is so."""

import re
import tomllib
from pathlib import Path

from qiscus_tui.cli.parser import full_parser
from qiscus_tui.cli.verbs import VERBS
from qiscus_tui.commands.command import LIST, Scope
from qiscus_tui.exit_codes import ExitCode
from qiscus_tui.query.parsing import parse
from qiscus_tui.query.terms import KEYS, State
from qiscus_tui.tui import registry
from tests.pages import PROJECT, README, REFERENCE, SECURITY, cells


def test_every_test_that_keeps_a_promise_is_there() -> None:
    rows = cells(SECURITY, "| promise | kept by |")
    named = [one for row in rows for one in re.findall(r"`(tests/[\w/]+\.py)`", row[1])]
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


def test_the_readme_is_short_and_begins_with_the_reason() -> None:
    lines = README.splitlines()
    assert len(lines) <= 150
    assert "leaves a token" in lines[1]


def test_the_table_of_exit_codes_is_that_of_the_program() -> None:
    rows = cells(REFERENCE, "| exit code | means |")
    assert rows == [[str(code.value), code.meaning] for code in ExitCode]


def test_every_verb_is_in_its_table() -> None:
    rows = cells(REFERENCE, "| verb | does |")
    assert sorted(row[0] for row in rows) == sorted(f"`{name}`" for name in VERBS)


def test_the_table_of_the_filter_is_that_of_the_program() -> None:
    rows = cells(REFERENCE, "| key | example | finds |")
    assert rows[0][0] == "(a word)"
    assert re.findall(r"`(\w+)`", "".join(row[0] for row in rows)) == [*KEYS]
    for row in rows:
        examples = re.findall(r"`([^`]+)`", row[1])
        assert examples
        assert all(parse(example).words for example in examples)
    assert set(re.findall(r"`(\w+)`", rows[-1][2])) == {state.value for state in State}


def test_every_option_is_typed_by_some_test() -> None:
    parser, verbs = full_parser()
    actions = [*parser.actions(), *(one for verb in VERBS for one in verbs[verb].actions())]
    options = {name for action in actions for name in action.option_strings} - {"-h"}
    typed = "".join(path.read_text() for path in (PROJECT / "tests").rglob("test_*.py"))
    assert {one for one in options if not re.search(rf"{one}\b", typed)} == set()


def test_every_key_of_the_app_is_in_the_reference_and_the_readme_has_eight_of_them() -> None:
    everywhere = {*LIST, Scope.FILTER, Scope.DETAIL, Scope.REVOKE, Scope.QUESTION, Scope.APP}
    keys = {
        key
        for command in registry.COMMANDS
        if everywhere & {*command.scopes} and not command.takes_key
        for key in command.keys
    }
    text = REFERENCE.partition("\n### Keys\n")[2].partition("\n### Signs\n")[0]
    named = set(re.findall(r"`([^`]+)`", text))
    assert {key for key in keys if len(key) == 1} - named == set()
    assert {"space", "enter", "escape", "tab"} <= named & keys
    in_table = " ".join(row[0] for row in cells(REFERENCE, "| key | does |"))
    assert set(re.findall(r"`([^`]+)`", in_table)) - {"↑", "↓", "1", "9"} <= keys
    short = cells(README, "| key | does | key | does |")
    assert len({row[0].strip("`") for row in short} & keys) == 4
    assert len({row[2].strip("`") for row in short} & keys) == 4


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
