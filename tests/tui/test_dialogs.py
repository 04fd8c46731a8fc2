"""Find, help, palette, quit and export; and when a yes counts."""

import asyncio
import json
import threading
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from textual import events
from textual.widgets import Input

from qiscus_tui.commands.command import Context, Scope
from qiscus_tui.query import Key, parse
from qiscus_tui.service.account.workspace import LocalFiles
from qiscus_tui.service.sessions.export import Export, ExportFormat, export_to, named_path
from qiscus_tui.tui.dialogs import export
from qiscus_tui.tui.dialogs.export import ExportDialog, free_name
from qiscus_tui.tui.dialogs.find import FindDialog
from qiscus_tui.tui.dialogs.help import EXAMPLES, LANGUAGE, SIGNS, HelpDialog
from qiscus_tui.tui.dialogs.question import ARM_DELAY, KEY_GAP, Guard, QuitDialog
from qiscus_tui.tui.registry import COMMANDS
from qiscus_tui.tui.revoke.dialog import RevokeDialog
from qiscus_tui.tui.widgets.fields import SecretField
from tests.clocks import ManualClock
from tests.tui.demo_app import at_sessions
from tests.tui.dialogs_on_demo import Asked, asked, stage

# Find


async def test_a_pasted_token_gives_its_session_and_nothing_comes_out_of_the_field() -> None:
    on = await stage(sessions=9)
    wanted = on.listed.sessions[4]
    async with asked(on, FindDialog(on.listed)) as here:
        await here.press(*"secret", "ctrl+shift+a", "ctrl+c", "ctrl+x")
        field = here.app.screen.query_one(SecretField)
        assert (here.app.clipboard, field.value) == ("", "secret")
        field.value = ""
        await here.paste(f"\n  {wanted.token}\r\nsomething else")
        assert str(wanted.token) not in here.text()
        await here.press("enter")
        assert here.answers == [wanted.id]
        assert field.value == ""


@pytest.mark.parametrize(
    ("typed", "state", "words"),
    [
        ("nothere", "", "no live session has this token"),
        ("a", "masked", "are listed without their full token"),
        ("a", "unreadable", "could not be read whole"),
        ("Authorization: {token}", "", "Not a token"),
        ("", "", "Paste or type a token first."),
    ],
)
async def test_what_finds_no_session_says_why(typed: str, state: str, words: str) -> None:
    on = await stage("masked" if state == "masked" else "plain", sessions=9)
    listed = replace(on.listed, unreadable=2) if state == "unreadable" else on.listed
    async with asked(on, FindDialog(listed)) as here:
        await here.paste(typed.format(token=listed.sessions[0].token))
        await here.pilot.click("#find")
        await here.pilot.pause()
        assert words in here.words()
        assert ("no live session" in here.words()) is (typed.isalpha() and bool(typed))
        field = here.app.screen.query_one(SecretField)
        assert field.value == ""
        assert not here.answers
        field.focus()
        await here.press(*"left here")
        assert words not in here.words(), "that was about another text"
        await here.press("escape")
        assert (here.answers, field.value) == ([None], "")


# Help


async def test_help_tells_every_action_and_every_sign() -> None:
    dialog = partial(HelpDialog, Scope.SESSIONS, Context())
    async with asked(await stage(), dialog(), size=(100, 260)) as here:
        words = here.words()
        for action in COMMANDS:
            assert f"{action.key_shown or ':'} {action.help}" in words
        for sign, meaning in SIGNS:
            assert f"{sign} {meaning}" in words
        for key in ("escape", "enter", "question_mark"):
            await here.press(key)
            assert here.answers.pop() is None
            await here.show(dialog())


def test_the_help_has_every_key_of_the_filter_in_a_form_that_can_be_read() -> None:
    forms = [form for form, _ in LANGUAGE if ":" in form]
    assert [form.partition(":")[0] for form in forms] == [key.value for key in Key]
    for text in (*forms, *(example for example, _ in EXAMPLES)):
        assert parse(text).text == text


async def test_help_begins_with_what_can_be_done_here_and_says_why_not() -> None:
    async with at_sessions(size=(100, 90)) as here:
        await here.press("question_mark")
        assert "Keys in the list" in here.text()
        assert (
            "Most used" in here.lines()[here.text()[: here.text().index("Keys in")].count("\n") + 3]
        )
        most_used = here.text().split("Most used")[1].split("Moving")[0]
        for key in ("g", "P", "x", "/", "enter", "space", "o", "a", "l", "s"):
            assert f"  {key} " in most_used
        assert "a         Mark every session shown" in most_used
        assert "Filter: in the list a digit runs an example" in here.text()
        await here.press(*"net", "space", *"24", "backspace")
        here.shows("Search: net 2", "ip:10.2 -client:curl")
        assert "Mark every session" not in here.text()
        await here.press(*"zz")
        assert "Nothing has these words." in here.text()
        await here.press("escape", *"prune")  # as the footer names it
        assert "Of what is shown, keep the newest" in here.words()
        await here.press("escape", "4")
        assert here.sessions.view.typed.rstrip() == EXAMPLES[3][0]
        assert 0 < len(here.ids) < 40
        assert here.focus == "table"
        await here.press("j", "enter", "question_mark")
        here.shows("Keys in the detail", "Show the session below in the list.")
        await here.press("4")
        assert "Open the help from the list to run an example." in here.toasts
        await here.press("escape", "escape")
        await here.pilot.resize_terminal(120, 40)
        await here.press("A", "question_mark")
        assert "Keys among the accounts" in here.text()


# Palette


async def test_the_palette_runs_what_is_available_by_its_title() -> None:
    async with at_sessions() as here:
        await here.press("colon")
        assert "Mark session" in here.text()
        assert "Unmark all" not in here.text()  # nothing is marked
        await here.press(*"revers")
        (line,) = [line for line in here.lines() if "Reverse the sort" in line]
        assert line.rstrip().endswith("S")
        assert "Mark session" not in here.text()
        await here.press("escape", "colon", *"invert", "enter")
        assert f"{len(here.ids)} marked" in here.text()
        await here.press("colon", "down", "down", "up", "enter")
        assert isinstance(here.app.screen, RevokeDialog)  # the second command: prune
        await here.press("escape")
        assert here.app.screen is here.sessions
        await here.press("colon", *"[/]zz", "enter")
        assert here.app.screen is not here.sessions
        await here.press("escape")
        assert here.app.screen is here.sessions


# Quit, and the guard of every question


async def test_quitting_is_asked_with_the_same_dead_time_and_staying_is_the_focus() -> None:
    on = await stage()
    async with asked(on, QuitDialog(on.clock)) as here:
        assert "Nothing more is sent" in here.text()
        await here.burst("y")
        assert not here.answers
        await here.press("y")
        assert here.answers == [True]
        await here.show(QuitDialog(on.clock))
        await here.burst("enter")
        assert here.answers == [True, None]


class Meddled(ManualClock):
    """A clock that does something while a key waits for what may follow it."""

    async def sleep(self, seconds: float) -> None:
        self.meddle()
        await super().sleep(seconds)

    def meddle(self) -> None:
        """Nothing, unless it is replaced."""


@pytest.mark.parametrize(
    ("steps", "meant"),
    [
        (["advance 60", "key"], False),  # it was never drawn
        (["arm", f"advance {ARM_DELAY - 0.01}", "key"], False),
        (["arm", f"advance {ARM_DELAY}", "key"], True),
        (["arm", "advance 1", "key", f"advance {KEY_GAP / 2}", "key"], False),
        (["arm", "advance 1", "followed", "key"], False),
        (["arm", "advance 1", "changed", "key"], False),
        (["arm", "advance 5", "disarm", "key"], False),
        (["arm", "advance 5", "disarm", "arm", "key"], False),
        (["arm", "advance 5", "disarm", "arm", f"advance {ARM_DELAY}", "key"], True),
    ],
)
async def test_a_yes_counts_alone_and_once_it_was_drawn(steps: list[str], meant: bool) -> None:
    clock = Meddled()
    guard = Guard(clock)
    for step in steps:
        match step.split():
            case ["advance", seconds]:
                clock.advance(float(seconds))
            case ["followed"]:
                clock.meddle = guard.record_key
            case ["changed"]:
                clock.meddle = guard.disarm
            case ["arm"]:
                guard.arm()
            case ["disarm"]:
                guard.disarm()
            case _:
                guard.record_key()
    assert await guard.is_meant() is meant


# Export


@asynccontextmanager
async def exporting() -> AsyncGenerator[Asked]:
    """The dialog over two sessions, on a machine that keeps files."""
    on = await stage(sessions=9)
    on.connection.local_files = cast("LocalFiles", SimpleNamespace(persistent=True))
    dialog = ExportDialog(on.listed, [3, 1], on.connection)
    async with asked(on, dialog, size=(120, 24)) as here:
        assert "Export 2 sessions" in here.text()
        yield here


async def test_the_sessions_shown_are_written_to_a_new_file_alone(home: Path) -> None:
    (home / "out.csv").write_text("mine")
    async with exporting() as here:
        for name, words in (
            ("out.csv", "exists already"),
            ("out.xls", "must end in .csv or .json"),
            ("out.json", ""),
        ):
            here.app.screen.query_one("#path", Input).value = f"~/{name}"
            await here.burst("enter")
            assert words in here.words()  # a long home folder wraps
        day = free_name(0.0)
        named_path(day).touch()
        assert free_name(0.0) == day.replace(".csv", "-2.csv")
    assert here.answers == [str(home / "out.json")]
    assert len(json.loads((home / "out.json").read_text())) == 2
    assert (home / "out.csv").read_text() == "mine"


async def test_a_file_that_is_being_written_is_written_once_and_can_be_cancelled(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, may_go_on = list[Path](), threading.Event()

    def write(path: Path, kind: ExportFormat, what: Export) -> None:
        begun.append(path)
        may_go_on.wait()
        export_to(path, kind, what)

    monkeypatch.setattr(export, "export_to", write)
    async with exporting() as here:
        for keys, words in ((("enter", "escape"), "Cancelled: no file"), (("enter",), "")):
            may_go_on.clear()
            for key in ("enter", *keys):  # not by the pilot, which waits for the thread
                here.app.post_message(events.Key(key, None))
                await asyncio.sleep(0.1)
            async with asyncio.timeout(10):
                while "0 of 2 written. esc cancels." not in here.text():  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
            may_go_on.set()
            await here.settle()
            assert words in here.words()
            assert bool(here.answers) is not bool(words)
        assert len(begun) == 2
        assert here.answers == [str(begun[1])]
        assert str(begun[1]).startswith(f"{home}/sessions-20")
        assert begun[0] == begun[1]  # nothing was left of the first


async def test_the_demo_writes_no_files() -> None:
    on = await stage(sessions=3)
    async with asked(on, ExportDialog(on.listed, [0], on.connection)) as here:
        await here.pilot.click("#write")
        await here.pilot.pause()
        assert "The demo writes no files." in here.text()
