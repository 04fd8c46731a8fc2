"""The detail: all that is known of a session and what it stands among, and no token."""

import re
from collections.abc import Sequence
from dataclasses import replace

import msgspec
import pytest

from qiscus_tui.model.clients import UNKNOWN
from qiscus_tui.model.text import safe
from qiscus_tui.store.config import Config, UiConfig
from qiscus_tui.tui.session.context import day_names, draw_context, group_words, ordinal
from qiscus_tui.tui.session.panel import draw_countdown, facts
from qiscus_tui.tui.session.screen import DetailScreen
from tests.service.test_session_context import context
from tests.tui.conftest import DAY, NOW, listed, marked_ids, session
from tests.tui.demo_app import Running, at_sessions

HOUR = 3600


def shown(here: Running) -> str:
    """The id in the title of the detail."""
    assert isinstance(here.app.screen, DetailScreen)
    return here.lines()[0].split("session ")[1][:12]


async def test_it_shows_what_is_known_ticks_and_says_how_old_the_list_is() -> None:
    async with at_sessions(config=Config(ui=UiConfig(reload=600))) as here:
        await here.press("j", "enter")
        screen, session = here.app.screen, here.sessions.table.cursor_session
        assert isinstance(screen, DetailScreen)
        assert session is not None
        assert session.token is not None
        before = here.text()
        for expected in (session.id, session.safe_ip, "Created", "Expires", "days left"):
            assert expected in before
        assert f"ends with {session.token[-4:]}" in before
        assert session.token[-5:] not in before
        assert "as listed now" in here.lines()[0]
        here.clock.advance(1)
        screen.second()
        await here.settle()
        assert here.text() != before
        here.clock.advance(130)
        screen.second()
        await here.settle()
        assert "as listed 2 min ago" in here.lines()[0]
        await here.press("c")
        assert here.app.clipboard == session.id
        assert "Id sent to the terminal" in here.toasts
        assert "copied" not in here.toasts
        await here.press("escape")
        assert here.app.screen is here.sessions
        await here.press("home", "c")
        assert here.app.clipboard == here.ids[0]


async def test_unknown_fields_are_shown_in_the_same_columns_and_secrets_in_them_are_not() -> None:
    async with at_sessions(dialect="extra", size=(120, 60)) as here:
        await here.press("j", "enter")
        session = here.session
        assert session.extra
        text, lines = here.text(), here.lines()
        assert "Other fields, as the server sent them" in text
        assert all(safe(name) in text for name in session.extra)
        known = next(line for line in lines if line.strip().startswith("Created"))
        unknown = next(line for line in lines if line.strip().startswith("device_secret"))
        assert unknown.index("[hidden]") == known.index(known.split()[1])


async def test_the_token_of_another_session_is_hidden_wherever_it_stands() -> None:
    async with at_sessions(size=(120, 60)) as here:
        listed = here.sessions.feed.listed
        sessions = list(listed.sessions)
        other = sessions[listed.positions[here.ids[1]]].token
        assert other is not None
        position = listed.positions[here.ids[0]]
        sessions[position] = msgspec.structs.replace(sessions[position], extra={"after": other})
        here.sessions.list.show_at_once(replace(listed, sessions=sessions))
        await here.press("home", "enter")
        assert "[hidden]" in here.text()
        assert other not in here.text()


async def test_an_unknown_end_leaves_no_hole_for_a_countdown() -> None:
    async with at_sessions(dialect="bare", size=(80, 24)) as here:
        await here.press("j", "enter")
        lines = here.lines()
        (at,) = (i for i, line in enumerate(lines) if "expiry unknown" in line)
        assert lines[at].startswith("  expiry unknown")
        assert lines[at + 2].startswith("  Id ")


async def test_space_marks_the_session_shown_and_no_other() -> None:
    async with at_sessions() as here:
        await here.press("slash", *"-is:marked", "enter", "j", "j")
        table = here.sessions.table
        shown = str(table.cursor_id)
        await here.press("enter")
        for presses in range(1, 4):
            await here.press("space")
            marked = [*marked_ids(here.sessions.view)]
            assert marked == ([shown] if presses % 2 else [])
            assert shown in here.text()
            assert ("marked" in here.lines()[0]) is bool(marked)


async def test_revoking_from_there_asks_for_that_one() -> None:
    async with at_sessions() as here:
        await here.press("a", "j", "enter", "j", "x")
        here.shows("Revoke 1 session", here.ids[2][:8])
        await here.press_slowly("y")
        await here.press("enter")
        assert here.app.screen is here.sessions
        assert "1 revoked" in here.lines()[1]


async def test_our_own_session_stays_out_unless_asked_and_is_not_called_unknown_then() -> None:
    async with at_sessions() as here:
        await here.press("enter", "x")
        here.shows("Nothing to revoke", "this program's own session")
        await here.press_slowly("c")
        await here.press_slowly("y")
        await here.press("enter")
        assert "1 revoked" in here.lines()[1]
        assert "this session" not in here.text()
        assert "Can't tell" not in here.text()


async def test_a_row_and_all_fields_are_copied_by_name_and_no_secret() -> None:
    async with at_sessions(dialect="extra") as here:
        await here.press("j", "colon", *"copy the session's row", "enter")
        session = here.session
        assert here.app.clipboard.startswith(f"{session.id}\t")
        assert session.safe_ip in here.app.clipboard.split("\t")
        assert "Row sent to the terminal" in here.toasts
        row = here.app.clipboard
        await here.press("enter", "colon", *"copy the session's row", "enter")
        assert here.app.clipboard == row
        await here.press("colon", *"copy all fields", "enter")
        assert f"Id: {session.id}\n" in here.app.clipboard
        assert "device_secret: [hidden]" in here.app.clipboard
        assert str(session.token) not in here.app.clipboard


# What it stands among.


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


async def test_group_days_and_neighbours_are_shown_in_any_size() -> None:
    async with at_sessions(sessions=300) as here:
        await here.press("j", "j", "enter")
        for size in ((80, 24), (120, 40), (200, 50), (60, 15)):
            await here.resize(*size)
            wanted = ["used within 24h", "older ", "▲"]
            if size[1] < 20:
                await here.press("end")
            else:
                wanted += ["Token ends with", "newest of ", "LOGINS PER DAY at most"]
            assert [one for one in wanted if one not in here.words()] == []


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
