"""The lines over the table: the words as drawn, and what gives way when they are too long."""

import pytest
from msgspec import structs
from textual.app import App, ComposeResult

from qiscus_tui.model.account import Account, Role, Storage, parse_origin
from qiscus_tui.tui.listed.header import (
    Counts,
    Freshness,
    Identity,
    Shown,
    counts_line,
    filter_line,
    identity_line,
    progress_line,
)
from qiscus_tui.tui.listed.marks import MarkCounts
from qiscus_tui.tui.widgets.one_line import OneLine, place

DAY = 86_400
ACCOUNT = Account(
    parse_origin("omnichannel.qiscus.com"),
    "abcd-gzu41e4e4dv9fu3f",
    "a@b.c",
    app_name="Tech Corp.",
    role=Role.ADMIN,
)
IDENTITY = Identity(ACCOUNT, Storage.KEYRING)
LEFT = 29 * DAY + 4 * 3600 + 11 * 60 + 9
COUNTS = Counts(1284, 37, MarkCounts(3, 1), this_session=LEFT)
SHOWN = Shown("client:curl age:>7d", 212, 1284, "newest first")


class LineApp(App[None]):
    def __init__(self, line: OneLine) -> None:
        super().__init__()
        self.line = line

    def compose(self) -> ComposeResult:
        yield self.line


async def drawn(widget: OneLine, width: int) -> str:
    app = LineApp(widget)
    async with app.run_test(size=(width, 3)) as pilot:
        await pilot.pause()
        assert widget.render_line(0).cell_length == width
        return widget.text


async def identity(value: Identity, freshness: Freshness, age: float, width: int) -> str:
    widget = OneLine()
    widget.show_line(identity_line(value, freshness, age))
    return await drawn(widget, width)


async def counts(value: Counts, width: int = 120) -> str:
    widget = OneLine()
    widget.show_line(counts_line(value))
    return await drawn(widget, width)


async def filtered(value: Shown, width: int = 120) -> str:
    widget = OneLine()
    widget.show_line(filter_line(value))
    return await drawn(widget, width)


async def test_the_identity_line_reads_as_drawn() -> None:
    text = await identity(IDENTITY, Freshness.LIVE, 7, 130)
    assert text.startswith(
        " qiscus-tui   sessions of a@b.c · Tech Corp. · abcd-gzu41e4e4dv9fu3f · admin"
        " · omnichannel.qiscus.com  "
    )
    assert text.endswith("  keyring  ● live, 5 s ago")


@pytest.mark.parametrize("width", [120, 80, 60, 40])
async def test_whose_sessions_and_how_fresh_stay_in_any_width(width: int) -> None:
    text = await identity(IDENTITY, Freshness.STALE, 125, width)
    assert "sessions of a@b.c" in text or width < 60
    assert text.endswith("○ stale, 2 min ago")
    assert len(text) <= width


async def test_at_80_columns_user_role_host_and_storage_are_named() -> None:
    text = await identity(IDENTITY, Freshness.LIVE, 3, 80)
    assert text.split("  ")[0] == " sessions of a@b.c · admin · omnichannel.qiscus.com"
    assert "keyring" in text


@pytest.mark.parametrize("width", range(60, 140))
def test_while_the_list_grows_older_nothing_else_comes_and_goes(width: int) -> None:
    texts = [identity_line(IDENTITY, Freshness.LIVE, age) for age in (0, 5, 10, 55)]
    shown = [[part.piece.texts for part in place(line, width)][:-1] for line in texts]
    assert shown == [shown[0]] * len(shown)


async def test_demo_and_read_only_are_always_said() -> None:
    account = structs.replace(ACCOUNT, readonly=True)
    text = await identity(Identity(account, Storage.THIS_RUN, demo=True), Freshness.LOADING, 0, 60)
    assert text.endswith("DEMO  read-only  ○ loading")


async def test_names_from_the_server_are_made_safe_and_no_markup() -> None:
    account = structs.replace(
        ACCOUNT, app_name="[@click=app.quit]\x1b]0;x\x07\x9b[/]", user="日本@b.c"
    )
    text = await identity(Identity(account, Storage.FILE), Freshness.LIVE, 3, 140)
    assert "[@click=app.quit]␛]0;x␇\\x9b[/]" in text
    assert text.isprintable()


async def test_the_counts_line_reads_as_drawn() -> None:
    assert await counts(COUNTS) == (
        " 1,284 active · 37 expire within 24h · 3 marked (1 hidden) · this session 29d 04:11:09"
    )
    expired = Counts(5, 0, this_session=0.0)
    assert (await counts(expired)).endswith("this session expired")
    assert (await counts(Counts(5, 0, current_unknown=True))).endswith("this session unknown")
    assert (await counts(Counts(0, 0, current_unknown=True))).endswith("this session is not listed")
    assert await counts(Counts(5, 0)) == " 5 active · 0 expire within 24h"
    assert await counts(Counts(5, 1)) == " 5 active · 1 expires within 24h"


@pytest.mark.parametrize("width", [80, 60, 40])
async def test_marks_and_hidden_marks_are_always_on_screen(width: int) -> None:
    assert "1,284 active" in await counts(COUNTS, width)
    assert "3 marked (1 hidden)" in await counts(COUNTS, width)


async def test_doubts_are_said_before_anything_else_gives_way() -> None:
    text = await counts(structs.replace(COUNTS, current_unknown=True, unreadable=2), 90)
    assert "2 unreadable" in text
    assert "this session unknown" in text


async def test_progress_stands_in_place_of_counts() -> None:
    widget = OneLine()
    widget.show_line(progress_line("Loading the sessions, 12,000 so far"))
    assert await drawn(widget, 80) == " Loading the sessions, 12,000 so far"


async def test_the_filter_line_reads_as_drawn() -> None:
    text = await filtered(SHOWN)
    assert text.startswith(" / client:curl age:>7d  ")
    assert text.endswith("  212 of 1,284, newest first")
    assert (await filtered(Shown("", 9, 9, "newest first"))).endswith("all, newest first")


async def test_beside_a_long_filter_the_count_stays_longer_than_the_sort() -> None:
    text = await filtered(structs.replace(SHOWN, filter="x" * 60), 80)
    assert text.endswith("  212 of 1,284")


async def test_of_no_list_nothing_is_called_all() -> None:
    text = await filtered(Shown("", 0, 0, "newest first"))
    assert text.endswith("  newest first")


async def test_a_filter_longer_than_the_line_is_cut() -> None:
    text = await filtered(structs.replace(SHOWN, filter="x" * 300), 80)
    assert len(text) == 80
    assert text.endswith("…")


async def test_a_line_that_did_not_change_is_not_drawn_again() -> None:
    widget = OneLine()
    app = LineApp(widget)
    async with app.run_test(size=(100, 3)) as pilot:
        widget.show_line(counts_line(COUNTS))
        await pilot.pause()
        widget.show_line(counts_line(structs.replace(COUNTS)))
        assert not widget._repaint_required
        widget.show_line(counts_line(structs.replace(COUNTS, active=7)))
        assert widget._repaint_required
