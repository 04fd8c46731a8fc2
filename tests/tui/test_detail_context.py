"""The detail goes from session to session, and shows what each stands among."""

import re
from collections.abc import Sequence
from dataclasses import replace

import pytest

from qiscus_tui.model.clients import UNKNOWN
from qiscus_tui.tui.session.context import (
    day_names,
    draw_context,
    group_words,
    ordinal,
)
from qiscus_tui.tui.session.panel import draw_countdown, facts
from qiscus_tui.tui.session.screen import DetailScreen
from tests.service.test_session_context import context
from tests.tui.conftest import DAY, NOW, listed, session
from tests.tui.demo_app import Running, at_sessions

HOUR = 3600


def shown(here: Running) -> str:
    """The id in the title of the detail."""
    assert isinstance(here.app.screen, DetailScreen)
    return here.lines()[0].split("session ")[1][:12]


async def test_j_and_k_go_through_the_list_as_it_is_shown_and_take_the_cursor_along() -> None:
    async with at_sessions() as here:
        await here.press("s", "slash", *"-curl", "enter", "home", "j", "enter")
        ids = here.ids
        for key, at in (("j", 2), ("j", 3), ("k", 2), ("k", 1), ("k", 0), ("k", 0)):
            await here.press(key)
            assert shown(here) == ids[at]
            assert f"{at + 1} of {len(ids)}" in here.lines()[0]
        await here.press("j", "escape")
        assert here.sessions.table.cursor_id == ids[1]


@pytest.mark.parametrize("key", ["enter", "f"])
async def test_the_list_is_filtered_by_the_group_of_the_session(key: str) -> None:
    async with at_sessions(sessions=200) as here:
        await here.press("j", "j", "enter")
        at = shown(here)
        await here.press(key)
        assert here.app.screen is here.sessions
        text = here.sessions.view.typed
        assert text.startswith("client:=")
        assert " ip:" in text
        assert at in here.ids
        assert 0 < len(here.ids) < 200
        assert here.sessions.table.cursor_id == at


async def test_a_reload_keeps_the_session_and_follows_what_became_of_it() -> None:
    async with at_sessions() as here:
        await here.press("j", "j", "enter")
        at, below = shown(here), here.ids[3]
        here.clock.advance(130)
        await here.press("r")
        assert shown(here) == at
        assert "as listed now" in here.lines()[0]
        old = here.sessions.feed.listed
        left = [one for one in old.sessions if one.id != at]
        here.sessions.list.show_at_once(
            replace(
                old,
                sessions=left,
                clients=[one.safe_agent for one in left],
                labels=[None] * len(left),
                new=bytes(len(left)),
                positions={},
            )
        )
        await here.settle()
        assert shown(here) == at
        assert "no longer listed" in here.lines()[0]
        await here.press("x", "space")
        assert isinstance(here.app.screen, DetailScreen)
        assert not here.sessions.view.marks.total
        await here.press("j")
        assert shown(here) == below
        assert "no longer listed" not in here.text()


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 50), (60, 15)])
async def test_group_days_and_neighbours_are_shown_in_any_size(size: tuple[int, int]) -> None:
    async with at_sessions(sessions=300, size=size) as here:
        await here.press("j", "j", "enter")
        if size[1] < 20:
            await here.press("end")
        words = here.words()
        assert "used within 24h" in words
        assert "older " in words
        assert "▲" in words
        if size[1] > 20:
            assert "Token ends with" in words
            assert "newest of " in words
        if size[1] > 15:
            assert "LOGINS PER DAY at most" in words


@pytest.mark.parametrize(
    ("age", "expected"),
    [(HOUR, "15 Sep … ▲"), (9 * DAY, "15 Sep … ▲ … today"), (29 * DAY, "▲ … today")],
)
def test_the_name_of_a_day_gives_way_to_the_mark(age: float, expected: str) -> None:
    history = context(listed([session(1, created_at=NOW - age)]), 0).history
    days = day_names(history, NOW - age, len(history.logins), 2)
    assert " … ".join(part for part in re.split(r"\s{2,}", days.strip()) if part) == expected


@pytest.mark.parametrize(
    ("width", "words"),
    [
        (76, "issued 12 Oct 17:46  now, 28 of 30 days left            expires 11 Nov 17:46"),
        (60, "12 Oct  now, 28 of 30 days left                       11 Nov"),
        (43, "12 Oct  now, 28 of 30 days left      11 Nov"),
    ],
)
def test_the_time_line_has_its_dates_in_any_width(width: int, words: str) -> None:
    one = session(1, created_at=NOW - 2 * DAY, expires_at=NOW + 28 * DAY)
    _, bar, below = draw_countdown(one, NOW, DAY, width).plain.splitlines()
    assert {*bar} == {*"╌●━"}
    assert below == words
    long = session(1, created_at=NOW, expires_at=NOW + 90 * DAY)
    assert "90 of 90 days left" in draw_countdown(long, NOW, DAY, width).plain


def test_an_expiry_that_is_not_computed_says_why() -> None:
    one = session(1, expires_at=None)
    for doubt, words in (("", "unknown"), ("why", "unknown: sessions without an expiry get older")):
        rows = replace(listed([one]), expiry_doubt=doubt)
        named = {fact.name: fact.text for fact in facts(rows, one, NOW)}
        assert named["Expires"].startswith(words)


async def test_nothing_is_marked_by_the_detail_while_the_filter_has_an_error() -> None:
    async with at_sessions() as here:
        await here.press("slash", *"age:x", "enter")
        await here.click_list()
        await here.press("j", "enter", "space")
        assert "the filter has an error" in here.toasts
        assert not here.sessions.view.marks.total


def words(ages: Sequence[float | None], at: int, **more: object) -> str:
    """The sentence about one of so many sessions of a cron."""
    made = [
        session(5 * number, created_at=None if age is None else NOW - age, **more)
        for number, age in enumerate(ages)
    ]
    clients = [one.safe_agent or UNKNOWN for one in made]
    sessions = replace(listed(made), clients=clients)
    found = context(sessions, at)
    draw_context(sessions, found, NOW, 40, 20)
    return group_words(found)


@pytest.mark.parametrize(
    ("ages", "at", "more", "expected"),
    [
        ((HOUR, 2 * HOUR, 4 * HOUR), 0, {"last_used_at": NOW}, "newest of 3 from GuzzleHttp · "
         "10.2.0.0/24, one every 1 h 30 min, 3 used within 24h"),
        ((HOUR, 2 * HOUR, 4 * HOUR), 1, {"last_used_at": NOW}, "2nd newest of 3 from"),
        ((HOUR, 2 * HOUR, 4 * HOUR), 2, {"last_used_at": NOW}, "oldest of 3 from"),
        ((HOUR,), 0, {"last_used_at": NOW}, "the only one from GuzzleHttp · 10.2.0.0/24, 1 used"),
        ((HOUR,), 0, {"last_used_at": None}, "10.2.0.0/24, its last use is unknown"),
        ((3 * DAY,), 0, {"last_used_at": NOW - 2 * DAY}, "10.2.0.0/24, not used within 24h"),
        ((HOUR, None), 1, {"last_used_at": NOW}, "one of 2 from"),
        ((HOUR, HOUR), 0, {"last_used_at": None}, "it is unknown when they were used"),
        ((HOUR, HOUR), 0, {"user_agent": None, "ip": None}, "whose client and network are unknown"),
    ],
)  # fmt: skip
def test_the_group_is_told_in_a_sentence(
    ages: tuple[float | None, ...], at: int, more: dict[str, object], expected: str
) -> None:
    assert expected in words(ages, at, **more)


def test_what_goes_by_dates_is_not_shown_of_sessions_without() -> None:
    for ages, at, has_days, has_neighbours in (
        ((None, None), 0, False, False),
        ((HOUR, None), 1, True, False),
        ((HOUR, None), 0, True, True),
    ):
        made = [
            session(5 * number, created_at=None if age is None else NOW - age)
            for number, age in enumerate(ages)
        ]
        sessions = replace(listed(made), clients=["cron"] * 2)
        drawn = draw_context(sessions, context(sessions, at), NOW, 60, 20).plain
        assert ("LOGINS PER DAY" in drawn) is has_days
        assert ("no newer one" in drawn) is has_neighbours
        assert "older" not in drawn  # the other one may be newer


@pytest.mark.parametrize(
    ("number", "expected"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (112, "112th"), (1021, "1,021st")],
)
def test_ordinals(number: int, expected: str) -> None:
    assert ordinal(number) == expected
