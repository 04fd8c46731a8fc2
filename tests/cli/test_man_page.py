"""The man page: whole and valid."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from msgspec import Struct

from qiscus_tui.cli.man import CONFIGURATION, JSON, escaped, man_page
from qiscus_tui.cli.parser import EXAMPLES, full_parser
from qiscus_tui.cli.verbs import VERBS, load
from qiscus_tui.exit_codes import ExitCode
from qiscus_tui.query import Key
from qiscus_tui.store.config import TABLES, AccountConfig, Config, Override, Policy, View
from tests.cli.conftest import Program
from tests.cli.test_json import FIELDS


def test_it_has_every_verb_option_exit_code_filter_key_and_example() -> None:
    page = man_page()
    of_all, *sections = page.split("\n.SS ")
    of_verb = {section.split("\n", 1)[0]: section for section in sections}
    parser, verbs = full_parser()
    globally = {option for action in parser.actions() for option in action.option_strings}
    for name in VERBS:
        for option in re.findall(r"^  (--?[\w-]+)", verbs[name].format_help(), re.MULTILINE):
            where = of_all if option in globally else of_verb[escaped(name)]
            assert f"\n  {escaped(option)}" in where, (name, option)
        assert all(escaped(one.command) in of_verb[escaped(name)] for one in load(name).examples)
    assert all(escaped(one.does) in of_all for one in EXAMPLES)
    assert all(f"\\fB{code.value}\\fR\n" in page for code in ExitCode)
    assert all(f"\\fB{key.value}:\\fR\n" in page for key in Key)


@pytest.mark.parametrize("command", [["groff", "-man", "-ww", "-Tutf8"], ["mandoc", "-Tlint"]])
def test_the_formatters_find_nothing_wrong(tmp_path: Path, command: list[str]) -> None:
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    page = tmp_path / "qiscus-tui.1"
    page.write_text(man_page(), encoding="ascii")
    done = subprocess.run([*command, page], capture_output=True, text=True, check=False)
    found = done.stderr if command[0] == "groff" else done.stdout + done.stderr
    assert found == ""
    assert command[0] == "mandoc" or "qiscus-tui prune --policy nightly" in done.stdout


def test_it_has_every_setting_and_every_field_of_json() -> None:
    told = {re.sub(r"[\[\]]|\..*", "", name): words for name, words in CONFIGURATION}
    assert {*told} == {*TABLES}
    config = Config()
    kinds: dict[str, type[Struct]] = {"policy": Policy, "view": View, "api": Override}
    kinds |= {name: type(getattr(config, name)) for name in ("server", "ui", "storage", "audit")}
    for table, kind in {**kinds, "account": AccountConfig}.items():
        for setting in {*kind.__struct_fields__} - {"name"}:
            assert re.search(rf"\b{setting}\b", told[table]), (table, setting)
    for names, words in JSON:
        fields = FIELDS["error" if names == "an error" else names.partition(",")[0]]
        top = {re.split(r"[.\[]", name)[0] for name in fields} - {"network", "day"}
        told_here = {*re.findall(r"\b[a-z_0-9]+", re.sub(r" \{.*?\}", "", words))}
        assert top - told_here <= ({"client", "ip", "user", "label"} if "group" in names else set())


def test_the_verb_prints_it_and_shows_it_by_man_on_a_terminal(program: Program) -> None:
    assert program("man").out == man_page()
    shown: list[str] = []

    def run(command: list[str], *, check: bool) -> None:
        shown.append(Path(command[1]).read_text())

    def which(name: str) -> str:
        return name

    program.monkeypatch.setattr("qiscus_tui.cli.man.shutil.which", which)
    program.monkeypatch.setattr("qiscus_tui.cli.man.subprocess.run", run)
    assert (program("man", terminal=True).out, shown) == ("", [man_page()])
