"""The man page: whole and valid."""

import argparse
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from man_page import escaped, man_page, paragraph

from qiscus_tui.cli.parser import EXAMPLES, full_parser
from qiscus_tui.cli.verbs import VERBS, load
from qiscus_tui.exit_codes import ExitCode
from qiscus_tui.query import Key


def needs(program: str) -> str:
    """The program, or the test is skipped."""
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    return program


def formatted(page: str) -> tuple[str, str]:
    """The words that groff makes of it, and what it warns of."""
    command = [needs("groff"), "-man", "-ww", "-Tutf8", "-P-cbou"]
    done = subprocess.run(command, input=page.encode(), capture_output=True, check=True)
    return done.stdout.decode(), done.stderr.decode()


def test_it_has_every_verb_and_option_exit_code_filter_key_and_example() -> None:
    page = man_page()
    of_all, *sections = page.split("\n.SS ")
    of_verb = {section.split("\n", 1)[0]: section for section in sections}
    parser, verbs = full_parser()
    globally = {option for action in parser.actions() for option in action.option_strings}
    for name in VERBS:
        for action in verbs[name].actions():
            for option in action.option_strings:
                where = of_all if option in globally else of_verb[escaped(name)]
                tag = rf"^\\fB(.*, )?{re.escape(escaped(option))}[ ,\\]"
                is_there = re.search(tag, where, re.MULTILINE) is not None
                assert is_there == (action.help != argparse.SUPPRESS), (name, option)
    entries = [
        *EXAMPLES,
        *(one for name in VERBS for one in load(name).examples),
        *((str(code.value), code.meaning) for code in ExitCode),
    ]
    for tag, words in entries:
        assert f"\n.TP\n\\fB{escaped(tag)}\\fR\n{paragraph(words)}\n" in page
    assert all(f"\\fB{key.value}:\\fR\n" in page for key in Key)


def test_groff_takes_it() -> None:
    shown, warnings = formatted(man_page())
    assert not warnings
    assert "qiscus-tui prune --policy nightly" in shown


@pytest.mark.parametrize(
    "text", [".TH x", "'br", r"\fBx\n", '-- "a" `b` ^~ \\', "a…b · ü", "...", r"\&.", "%@#$*"]
)
def test_any_text_reads_as_it_is(text: str) -> None:
    shown, warnings = formatted(f'.TH x 1 "" ""\n.SH {escaped(text)}\n{escaped(text)}\n')
    assert not warnings
    assert shown.count(text) == 2


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """The page in a file."""
    page = tmp_path / "qiscus-tui.1"
    page.write_text(man_page(), encoding="ascii")
    return page


def test_mandoc_finds_nothing_to_improve(page: Path) -> None:
    command = [needs("mandoc"), "-T", "lint", page]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout + done.stderr == ""


def test_man_takes_it(page: Path) -> None:
    done = subprocess.run([needs("man"), "-l", page], capture_output=True, check=True)
    assert b"revoke" in done.stdout
    assert not done.stderr
