"""Which columns fit, how wide they are, and what stands in their cells."""

from collections.abc import Callable
from typing import NamedTuple

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len

from qiscus_tui.model.text import safe
from qiscus_tui.query import SortKey
from qiscus_tui.tui.sessions.session_table import SessionRow, longest_texts, offered_columns
from qiscus_tui.tui.widgets.bars import blocks, share_blocks
from qiscus_tui.tui.widgets.cells import (
    COUNTDOWN_WIDTH,
    countdown_cell,
    created_cell,
    created_cell_short,
    fit,
    fit_middle,
    last_used_cell,
    share_text,
)
from qiscus_tui.tui.widgets.table import UNBOUND, Column, PlacedColumn, fit_columns
from tests.tui.conftest import BILLING, DAY, NOW, listed, session

LONG = {"USER": 0, "IP": 15}
SHORT = {"USER": 0, "IP": 11, "CLIENT": 25}
NAMED, UNUSED, IPV6 = {**LONG, "USER": 14}, {**LONG, "LAST USED": 0}, {**LONG, "IP": 39}
MAIN = "EXPIRES IN, ID, CLIENT, CREATED, LAST USED, IP"


class Given(NamedTuple):
    """What decides which columns there are, besides the width."""

    longest: dict[str, int] = LONG
    has_preview: bool = False
    sorted_by: SortKey | None = None


def laid_out(width: int, given: Given = Given()) -> tuple[PlacedColumn[SessionRow], ...]:  # noqa: B008
    longest, has_preview, key = given
    columns = offered_columns(longest, has_preview=has_preview, sorted_by=key)
    found = fit_columns(columns, [longest.get(one.title, UNBOUND) for one in columns], width)
    assert found[-1].start + found[-1].cells <= max(width, 41)
    return found


def titles(found: tuple[PlacedColumn[SessionRow], ...]) -> str:
    return ", ".join(one.column.title.strip() for one in found)


def widths(found: tuple[PlacedColumn[SessionRow], ...]) -> dict[str, int]:
    return {one.column.title.strip(): one.cells for one in found}


@pytest.mark.parametrize(
    ("width", "given", "shown"),
    [
        (119, Given(NAMED), f"{MAIN}, USER"),
        (79, Given(), "EXPIRES IN, ID, CLIENT, LAST USED, IP"),
        (79, Given(sorted_by=SortKey.CREATED), "EXPIRES IN, ID, CLIENT, LAST USED, IP"),
        (79, Given(NAMED, sorted_by=SortKey.USER), "EXPIRES IN, ID, CLIENT, IP, USER"),
        (79, Given(UNUSED), "EXPIRES IN, ID, CLIENT, CREATED, IP"),
        (59, Given(), "EXPIRES IN, ID, CLIENT, IP"),
        (40, Given(), "EXPIRES IN, ID, CLIENT"),
        (99, Given(SHORT), MAIN),
        (148, Given(), MAIN),
        (103, Given(SHORT, has_preview=True), MAIN),
        (103, Given(IPV6, has_preview=True), MAIN),
    ],
)
def test_columns_give_way_by_priority(width: int, given: Given, shown: str) -> None:
    assert titles(laid_out(width, given)) == shown


def test_a_column_is_no_wider_than_its_texts_and_an_address_is_whole_first() -> None:
    found = widths(laid_out(199, Given({**SHORT, "USER": 9})))
    assert (found["CLIENT"], found["IP"]) == (25, 11)
    narrow = widths(laid_out(79, Given(SHORT)))["CLIENT"], widths(laid_out(79))["CLIENT"]
    assert narrow[0] == narrow[1] + 15 - 11
    ipv6 = widths(laid_out(149, Given(IPV6)))
    assert (ipv6["IP"], ipv6["CREATED"]) == (39, 17)
    assert widths(laid_out(79, Given(UNUSED)))["CREATED"] == 17
    for longest in (SHORT, LONG, IPV6, NAMED):  # beside the preview, from 150 columns on
        assert widths(laid_out(103, Given(longest, has_preview=True)))["CLIENT"] >= 24


def test_the_texts_of_a_list_are_measured() -> None:
    sessions = [session(number, user_agent="curl", ip="192.0.2.1") for number in range(30)]
    assert longest_texts(listed(sessions)) == {
        "USER": 0, "IP": 9, "CLIENT": 25, "LAST USED": 11,
    }  # fmt: skip
    sessions[20] = session(20, user_agent="日本" * 20, ip="2001:db8::1", user="a@b.c")
    assert longest_texts(listed(sessions))["CLIENT"] == 80
    labels = [None] * 20 + [BILLING] + [None] * 9
    found = longest_texts(listed(sessions, labels=labels))
    assert (found["USER"], found["IP"]) == (5, 11)
    assert found["CLIENT"] == 25
    unused = longest_texts(listed([session(0, last_used_at=None, ip=None)]))
    assert (unused["LAST USED"], unused["IP"]) == (0, len("unknown"))


WORDS: list[Column[str]] = [
    Column("A", lambda row, _: row, 10, 9, least=4, gap=1),
    Column("B", lambda row, _: row, 10, 8),
    Column("C", lambda row, _: row, 10, 7, least=4),
    Column("", lambda row, _: row, 10, 6),
]


@pytest.mark.parametrize(
    ("width", "longest", "cells"),
    [
        (41, (10, 10, 10, 0), [10, 10, 10]),
        (36, (8, 10, 10, 0), [8, 10, 10]),
        (30, (10, 10, 10, 0), [10, 10, 5]),
        (24, (10, 10, 10, 0), [5, 10, 4]),
        (22, (10, 10, 10, 0), [9, 10]),
        (15, (10, 10, 10, 0), [8, 4]),
        (24, (10, 10, 10, 3), [5, 10, 4]),
        (2, (10, 10, 10, 0), []),
    ],
)
def test_a_column_gets_the_width_it_wants_before_a_less_important_one(
    width: int, longest: tuple[int, ...], cells: list[int]
) -> None:
    assert [one.cells for one in fit_columns(WORDS, longest, width)] == cells


@given(st.text(max_size=60), st.integers(min_value=0, max_value=40))
def test_a_cut_text_has_exactly_its_width(text: str, width: int) -> None:
    assert cell_len(fit(safe(text), width)) == width


@pytest.mark.parametrize("width", range(6, 50))
def test_names_are_cut_in_the_middle_so_that_their_ends_tell_them_apart(width: int) -> None:
    name = "admin@demo.example@demo-5t1xk9q2w7m3z8r6"
    assert fit_middle(name, width) != fit_middle(f"{name}-2", width)
    assert cell_len(fit_middle("漢字@デモ.example@アプリ", width)) == width


@given(
    st.floats(min_value=0, max_value=2.5e11) | st.floats(NOW, NOW + 1200 * DAY),
    st.booleans(),
    st.booleans(),
)
@example(at=NOW + 100 * DAY, computed=False, seconds=False)
@example(at=NOW + 999 * DAY, computed=True, seconds=True)
def test_a_countdown_has_exactly_its_width(at: float, computed: bool, seconds: bool) -> None:
    assert len(countdown_cell(at, computed, NOW, seconds=seconds)) == COUNTDOWN_WIDTH


@given(st.floats(min_value=1, max_value=253_402_300_799))
def test_times_fit_their_columns(at: float) -> None:
    assert len(created_cell(at, NOW)) <= 17
    assert len(created_cell_short(at, NOW)) <= 12
    assert len(last_used_cell(at, NOW)) <= 11


@pytest.mark.parametrize(
    ("cell", "at", "drawn"),
    [
        (created_cell, NOW - 3600, "today 16:46"),
        (created_cell, NOW - DAY, "13 Oct 2026 17:46"),
        (created_cell_short, NOW - DAY, "13 Oct 17:46"),
        (created_cell_short, NOW - 400 * DAY, " 9 Sep 2025"),
        (last_used_cell, NOW - 59, "now"),
        (last_used_cell, NOW + 5, "now"),
        (last_used_cell, NOW - 61, "1 min ago"),
        (last_used_cell, NOW - 9 * DAY, "9 d ago"),
        (last_used_cell, None, "unknown"),
    ],
)
def test_times_read_as_people_say_them(
    cell: Callable[[float | None, float], str], at: float | None, drawn: str
) -> None:
    assert cell(at, NOW) == drawn


@pytest.mark.parametrize(
    ("share", "largest", "bar", "words"),
    [
        (461 / 1284, 461 / 1284, "███████▏", " 36 %"),
        (238 / 1284, 461 / 1284, "███▋", " 19 %"),
        (1 / 1284, 461 / 1284, "▏", "  0 %"),
        (1.0, 1.0, "█████████", "100 %"),
        (0.999, 1.0, "████████▉", " 99 %"),
        (0.0, 0.0, "", "  0 %"),
    ],
)
def test_the_bar_is_the_share_of_all(share: float, largest: float, bar: str, words: str) -> None:
    assert share_blocks(share, largest, 9) == bar
    assert share_text(share) == words
    assert len(blocks(share, 9, is_low=True)) == -(-int(18 * share) // 2) or share < 1 / 18
