"""Find, help, palette, quit and export."""

import json
import threading
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from qiscus_tui.tui.dialogs.help_text import EXAMPLES, LANGUAGE, SIGNS
from textual import events

from qiscus_tui.query import Key, parse
from qiscus_tui.service.account.storage import AccountStorage, LocalFiles
from qiscus_tui.tui.commands import registry
from qiscus_tui.tui.commands.command import Scope
from qiscus_tui.tui.commands.context import Context
from qiscus_tui.tui.commands.registry import COMMANDS
from qiscus_tui.tui.dialogs import export
from qiscus_tui.tui.dialogs.export import ExportDialog
from qiscus_tui.tui.dialogs.find import FindDialog
from qiscus_tui.tui.dialogs.help import HelpDialog
from qiscus_tui.tui.dialogs.palette import PaletteDialog, matching
from qiscus_tui.tui.dialogs.question import QuitDialog
from qiscus_tui.tui.widgets.fields import SecretField
from tests.clocks import ManualClock
from tests.tui.demo_app import at_sessions
from tests.tui.dialogs_on_demo import DialogApp, settled, shown, stage

SIZES = [(120, 40), (80, 24), (60, 15)]
USUAL = registry.in_palette(Scope.SESSIONS, Context(rows=5, listed=9, marked=1))


# Find


async def test_a_pasted_token_gives_its_session() -> None:
    on = await stage(sessions=9)
    wanted = on.listed.sessions[4]
    async with DialogApp().run_test(size=(80, 24)) as pilot:
        app = await shown(pilot, FindDialog(on.listed, on.clock))
        app.post_message(events.Paste(f"\n  {wanted.token}\r\nsomething else"))
        await pilot.pause()
        assert str(wanted.token) not in app.text()
        await pilot.press("enter")
        await pilot.pause()
        assert app.answers == [wanted.id]


async def test_a_token_of_no_session_is_said_and_dropped() -> None:
    on = await stage(sessions=9)
    async with DialogApp().run_test(size=(80, 24)) as pilot:
        app = await shown(pilot, FindDialog(on.listed, on.clock))
        await pilot.press(*"nothere", "enter")
        await pilot.pause()
        assert "no live session has this token" in app.text()
        assert app.screen.query_one(SecretField).value == ""
        assert not app.answers
        await pilot.press("escape")
        assert app.answers == [None]


async def test_where_tokens_are_masked_it_does_not_pretend_to_know() -> None:
    on = await stage("masked", sessions=9)
    async with DialogApp().run_test(size=(80, 24)) as pilot:
        app = await shown(pilot, FindDialog(on.listed, on.clock))
        await pilot.press("a", "enter")
        await pilot.pause()
        assert "are listed without their full token" in app.flat()


async def test_where_the_list_is_not_whole_it_does_not_pretend_either() -> None:
    on = await stage(sessions=9)
    async with DialogApp().run_test(size=(80, 24)) as pilot:
        app = await shown(pilot, FindDialog(replace(on.listed, unreadable=2), on.clock))
        await pilot.press("a", "enter")
        await pilot.pause()
        assert "could not be read whole" in app.flat()


async def test_what_an_old_list_does_not_have_may_live_all_the_same() -> None:
    on = await stage(sessions=3)
    on.clock.advance(300)
    async with DialogApp().run_test(size=(80, 24)) as pilot:
        app = await shown(pilot, FindDialog(on.listed, on.clock))
        await pilot.press(*"nobody", "enter")
        await pilot.pause()
        assert "but the list was read 5 min ago" in app.flat()


async def test_what_can_be_no_token_is_said_instead_of_not_found() -> None:
    on = await stage(sessions=3)
    async with DialogApp().run_test(size=(80, 24)) as pilot:
        app = await shown(pilot, FindDialog(on.listed, on.clock))
        app.post_message(events.Paste(f"Authorization: {on.listed.sessions[0].token}"))
        await pilot.pause()
        await pilot.press("enter")
        await pilot.pause()
        assert "Not a token" in app.text()
        assert "no live session" not in app.text()


async def test_an_empty_field_finds_nothing() -> None:
    on = await stage(sessions=3)
    async with DialogApp().run_test(size=(80, 24)) as pilot:
        app = await shown(pilot, FindDialog(on.listed, on.clock))
        await pilot.click("#find")
        await pilot.pause()
        assert "Paste or type a token first." in app.text()


async def test_nothing_comes_out_of_the_field_again() -> None:
    on = await stage(sessions=3)
    async with DialogApp().run_test(size=(80, 24)) as pilot:
        app = await shown(pilot, FindDialog(on.listed, on.clock))
        await pilot.press(*"secret", "ctrl+shift+a", "ctrl+c", "ctrl+x")
        assert app.clipboard == ""
        field = app.screen.query_one(SecretField)
        assert field.value == "secret"
        await pilot.press("escape")
        await pilot.pause()
        assert field.value == ""


# Help


async def test_help_tells_every_action_and_every_sign() -> None:
    async with DialogApp().run_test(size=(100, 260)) as pilot:
        app = await shown(pilot, HelpDialog())
        flat = app.flat()
        for action in COMMANDS:
            assert action.help in flat
            assert f"{action.key_shown or ':'} {action.help}" in flat
        for sign, words in SIGNS:
            assert sign in flat
            assert words in flat


@pytest.mark.parametrize("key", ["escape", "enter", "q", "question_mark", "n"])
async def test_help_is_closed_by_key(key: str) -> None:
    async with DialogApp().run_test(size=(80, 24)) as pilot:
        app = await shown(pilot, HelpDialog())
        await pilot.press(key)
        assert app.answers == [None]


@pytest.mark.parametrize("size", SIZES)
async def test_help_is_read_to_its_end_at_every_size(size: tuple[int, int]) -> None:
    async with DialogApp().run_test(size=size) as pilot:
        app = await shown(pilot, HelpDialog())
        assert "Close  esc" in app.text()
        await pilot.press("end")
        await pilot.pause()
        assert "server names no expiry" in app.flat()


def test_the_help_has_every_key_of_the_filter_in_a_form_that_can_be_read() -> None:
    forms = [form for form, _ in LANGUAGE if ":" in form]
    assert [form.partition(":")[0] for form in forms] == [key.value for key in Key]
    for text in (*forms, *(example for example, _ in EXAMPLES)):
        assert parse(text).text == text


async def test_help_begins_with_what_can_be_done_here_and_says_why_not(clock: ManualClock) -> None:
    async with at_sessions(clock, size=(100, 90)) as here:
        await here.press("question_mark")
        assert "Help: in the list" in here.text()
        assert "a         Mark every session shown" in here.text()
        assert "Not now: " in here.text()
        assert "client:Guzzle idle:>7d" in here.text()
        await here.press("escape", "j", "enter", "question_mark")
        assert "Help: in the detail" in here.text()
        assert "Show the session below in the list." in here.text()
        assert "a digit runs" not in here.text()
        await here.press("4")
        assert "Examples run from the help of the list" in here.toasts


async def test_where_no_filter_matters_the_help_of_filters_is_among_the_rest(
    clock: ManualClock,
) -> None:
    async with at_sessions(clock) as here:
        await here.press("question_mark")
        assert "Filter: a digit runs an example" in here.lines()[4]
        await here.press("escape", "A", "question_mark")
        lines = here.lines()
        elsewhere = next(at for at, line in enumerate(lines) if "Elsewhere" in line)
        assert "Filter: examples" in lines[elsewhere + 2]


async def test_the_palette_says_what_a_command_does_where_there_is_room(
    clock: ManualClock,
) -> None:
    async with at_sessions(clock, size=(80, 24)) as here:
        await here.press("colon")
        assert "Reverse the sort" in here.text()
        assert "Reverse the order." not in here.text()
        await here.pilot.resize_terminal(120, 24)
        await here.settle()
        (line,) = [line for line in here.lines() if "Reverse the sort" in line]
        assert "S" in line
        assert "Reverse the order." in line


async def test_an_example_of_the_help_filters_the_list(clock: ManualClock) -> None:
    async with at_sessions(clock) as here:
        await here.press("question_mark", "4")
        assert here.sessions.view.typed.rstrip() == EXAMPLES[3][0]
        assert 0 < len(here.ids) < 40
        assert here.focus == "table"


# Palette


async def test_at_60_columns_each_command_takes_one_line() -> None:
    async with DialogApp().run_test(size=(60, 24)) as pilot:
        app = await shown(pilot, PaletteDialog(USUAL))
        lines = app.text().splitlines()
        (at,) = (i for i, line in enumerate(lines) if "Mark session" in line)
        assert "space" in lines[at]
        assert "Mark a range" in lines[at + 1]


async def test_words_narrow_the_palette_and_enter_takes_the_first() -> None:
    async with DialogApp().run_test(size=(80, 24)) as pilot:
        app = await shown(pilot, PaletteDialog(USUAL))
        assert "Mark session" in app.text()
        await pilot.press(*"revoke all")
        await pilot.pause()
        assert "Mark session" not in app.text()
        await pilot.press("enter")
        await pilot.pause()
        assert app.answers == ["revoke_all"]


async def test_arrows_choose_and_a_click_takes() -> None:
    async with DialogApp().run_test(size=(80, 24)) as pilot:
        app = await shown(pilot, PaletteDialog(USUAL))
        await pilot.press("down", "down", "up", "enter")
        await pilot.pause()
        assert app.answers == [USUAL[1].name]
        await shown(pilot, PaletteDialog(USUAL))
        await pilot.click("#found", offset=(4, 2))
        await pilot.pause()
        assert app.answers[1:] == [USUAL[2].name]


async def test_words_of_no_command_are_said_and_enter_takes_nothing() -> None:
    async with DialogApp().run_test(size=(60, 15)) as pilot:
        app = await shown(pilot, PaletteDialog(USUAL))
        await pilot.press(*"[/]zz", "enter")
        await pilot.pause()
        assert "No matching command" in app.text()
        assert not app.answers
        await pilot.press("escape")
        assert app.answers == [None]


def test_titles_come_before_explanations() -> None:
    found = [action.name for action in matching(USUAL, "token")]
    assert found[:2] == ["refresh_token", "find_token"]
    assert "revoke_all" in found[2:]


# Quit


async def test_quitting_is_asked_with_the_same_dead_time() -> None:
    clock = ManualClock()
    async with DialogApp().run_test(size=(80, 24)) as pilot:
        app = await shown(pilot, QuitDialog(clock))
        assert "Nothing more is sent" in app.text()
        await pilot.press("y")
        await settled(pilot)
        assert not app.answers
        clock.advance(1)
        await pilot.press("y")
        await settled(pilot)
        assert app.answers == [True]


async def test_staying_is_the_focus() -> None:
    async with DialogApp().run_test(size=(60, 15)) as pilot:
        app = await shown(pilot, QuitDialog(ManualClock()))
        await pilot.press("enter")
        assert app.answers == [None]


# Export


async def exporting(tmp_path: Path, name: str) -> tuple[DialogApp, str]:
    on = await stage(sessions=9)
    local_files = cast("LocalFiles", SimpleNamespace(persistent=True))
    kept = on.connection.account_storage
    on.connection.account_storage = AccountStorage(kept.secrets, local_files)
    async with DialogApp().run_test(size=(120, 24)) as pilot:
        app = await shown(pilot, ExportDialog(on.listed, [3, 1], on.connection))
        assert "Export 2 sessions" in app.text()
        field = app.screen.query_one("#path")
        field.value = name  # pyright: ignore[reportAttributeAccessIssue]
        await pilot.press("enter")
        await settled(pilot)
        text = app.flat()  # a long home folder wraps
        await pilot.press("enter" if "Written" in text else "escape")
        await pilot.pause()
    return app, text


async def test_the_sessions_shown_are_written_in_their_order(home: Path) -> None:
    app, text = await exporting(home, "~/out.json")
    assert "Written: " in text
    assert app.answers == [str(home / "out.json")]
    assert len(json.loads((home / "out.json").read_text())) == 2


async def test_what_is_there_is_not_overwritten(home: Path) -> None:
    (home / "out.csv").write_text("mine")
    app, text = await exporting(home, "~/out.csv")
    assert "exists already" in text
    assert (home / "out.csv").read_text() == "mine"
    assert app.answers == [None]


async def test_the_ending_of_the_name_says_how(home: Path) -> None:
    _, text = await exporting(home, "~/out.xls")
    assert "must end in .csv or .json" in text


async def test_a_file_that_is_being_written_is_written_once(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    on = await stage(sessions=9)
    local_files = cast("LocalFiles", SimpleNamespace(persistent=True))
    kept = on.connection.account_storage
    on.connection.account_storage = AccountStorage(kept.secrets, local_files)
    written, may_end = list[Path](), threading.Event()

    def write(path: Path, *_: object) -> None:
        written.append(path)
        may_end.wait()

    monkeypatch.setattr(export, "export_to", write)
    async with DialogApp().run_test(size=(120, 24)) as pilot:
        app = await shown(pilot, ExportDialog(on.listed, [3, 1], on.connection))
        await pilot.press("enter", "enter", "escape")
        assert "The file is being written." in app.text()
        assert not app.answers
        may_end.set()
        await settled(pilot)
        await pilot.press("enter")
        assert written == [home / "sessions.csv"]
        assert app.answers == [str(home / "sessions.csv")]


async def test_the_demo_writes_no_files() -> None:
    on = await stage(sessions=3)
    async with DialogApp().run_test(size=(80, 24)) as pilot:
        app = await shown(pilot, ExportDialog(on.listed, [0], on.connection))
        await pilot.click("#write")
        await pilot.pause()
        assert "The demo writes no files." in app.text()
