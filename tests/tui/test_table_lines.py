"""The lines over the list: the words as drawn, and what gives way when they are too long."""

import re
from dataclasses import replace
from typing import Any

import pytest
from msgspec import structs

from qiscus_tui.errors import LoginNeeded, OutOfReach
from qiscus_tui.model.account import Account, Storage
from qiscus_tui.service.overview import origins_of
from qiscus_tui.service.sessions.session_list import Current, SessionList
from qiscus_tui.tui.listed import texts
from qiscus_tui.tui.listed.feed import Feed
from qiscus_tui.tui.listed.view import ListView
from qiscus_tui.tui.revoke.plan_text import heading
from qiscus_tui.tui.session.context import SessionDetails
from qiscus_tui.tui.widgets.one_line import Line, OneLine, place
from tests.clocks import ManualClock
from tests.service.scripted import plan_of
from tests.tui.conftest import (
    ACCOUNT,
    DAY,
    MOMENT,
    NOW,
    WidgetApp,
    feed_on,
    listed,
    many,
    session,
    view_of,
)

LEFT = 29 * DAY + 4 * 3600 + 11 * 60 + 9


def text_of(line: Line, width: int = 120) -> str:
    """What is drawn of a line: the pieces that have room, each at its place."""
    text = ""
    for placed in place(line, width):
        words = "".join(words for words, _ in placed.piece.texts)
        text = f"{text:<{placed.start - len(placed.after)}}{placed.after}{words}"
    return text.rstrip()


def feed_of(
    sessions: SessionList | None = None,
    account: Account = ACCOUNT,
    storage: Storage = Storage.KEYRING,
    age: float = 0,
) -> Feed:
    """A feed whose list was read so many seconds ago; none: it is on its way."""
    feed = feed_on(ManualClock(NOW + age), account, storage)
    if sessions is None:
        feed.is_loading = True
    else:
        feed.take(sessions)
    return feed


MANY = listed(
    [session(0, current=True, expires_at=NOW + LEFT, created_at=NOW)]
    + [session(number, expires_at=NOW + DAY / 2) for number in range(1, 38)]
    + [session(number, expires_at=NOW + 9 * DAY) for number in range(38, 1284)]
)
ONE = listed([session(0)])


def counts(sessions: SessionList = MANY, width: int = 120) -> str:
    view = view_of(sessions)
    view.marks.set((0, 2, 3), marked=True)
    view.result = structs.replace(view.result, shown=range(2, 1284))  # one of them is hidden
    return text_of(texts.counts(feed_of(sessions), view), width)


def test_the_identity_line_reads_as_drawn() -> None:
    text = text_of(texts.identity(feed_of(ONE, age=7)), 130)
    assert text.startswith(
        " qiscus-tui   sessions of a@b.c · Tech Corp. · abcd-gzu41e4e4dv9fu3f · admin"
        " · omnichannel.qiscus.com  "
    )
    assert text.rstrip().endswith("  keyring   ● live, 5 s ago")
    text = text_of(texts.identity(feed_of(ONE, age=3)), 80)
    assert text.split("  ")[0] == " sessions of a@b.c · admin · omnichannel.qiscus.com"
    assert "keyring" in text
    feed = feed_of(ONE, age=3, storage=Storage.FILE)
    assert "  secrets file  " in text_of(texts.identity(feed), 130)


def test_where_the_user_is_unknown_the_accounts_name_says_which_one_it_is() -> None:
    account = structs.replace(ACCOUNT, user="", user_name="")
    text = text_of(texts.identity(feed_of(ONE, account)), 80)
    assert text.startswith(" sessions of here · admin · omnichannel.qiscus.com")
    plan = plan_of(ONE, 0)
    words = "Revoke 1 session of here on omnichannel.qiscus.com"
    assert heading(plan, account, "here") == words


@pytest.mark.parametrize("width", [120, 80, 60, 40])
def test_whose_sessions_and_how_fresh_stay_in_any_width(width: int) -> None:
    feed = feed_of(ONE, age=125)
    feed.trouble = OutOfReach("No answer")
    text = text_of(texts.identity(feed), width)
    assert "sessions of a@b.c" in text or width < 60
    assert text.endswith("○ stale, 2 min ago")
    assert len(text) <= width
    counted = counts(width=min(width, 80))
    assert "1,284 active" in counted
    assert "3 marked (1 hidden)" in counted


@pytest.mark.parametrize("width", range(60, 140, 7))
def test_while_the_list_grows_older_nothing_else_comes_and_goes(width: int) -> None:
    lines = [texts.identity(feed_of(ONE, age=age)) for age in (0, 5, 10, 55)]
    shown = [[part.piece.texts for part in place(line, width)][:-1] for line in lines]
    assert shown == [shown[0]] * len(shown)


def test_read_only_is_always_said_and_so_is_that_there_is_no_list_yet() -> None:
    feed = feed_of(account=structs.replace(ACCOUNT, readonly=True))
    assert text_of(texts.identity(feed), 60).endswith("read-only  keyring  ○ loading")
    assert text_of(texts.counts(feed, ListView())) == " Loading the sessions…"
    feed._progressed(16_000, 27_000_000)
    feed.workspace.clock.advance(2)  # pyright: ignore
    feed._progressed(3_140_000, 27_000_000)
    assert text_of(texts.counts(feed, ListView())) == (
        " Loading the sessions, 3.1 of 27.0 MB, 1.6 MB/s, 16 s left"
    )
    feed.is_loading, feed.trouble = False, OutOfReach("No answer")
    assert text_of(texts.identity(feed), 60).endswith("○ no list")
    assert text_of(texts.counts(feed, ListView())) == " Not loaded"


def test_names_from_the_server_are_made_safe_and_no_markup() -> None:
    hostile = "[@click=app.quit]\x1b]0;x\x07\x9b[/]"
    account = structs.replace(ACCOUNT, app_name=hostile, user="日本@b.c")
    text = text_of(texts.identity(feed_of(ONE, account)), 140)
    assert "[@click=app.quit]␛]0;x␇\\x9b[/]" in text
    assert text.isprintable()


def test_the_counts_line_reads_as_drawn() -> None:
    assert counts() == (
        " 1,284 active · 37 expire within 24h · 3 marked (1 hidden) · this session 29d 04:11:09"
    )
    expired = replace(MANY, sessions=[session(0, current=True, expires_at=NOW)], new=b"\0")
    assert text_of(texts.counts(feed_of(expired), view_of(expired))) == (
        " 0 active · 0 expire within 24h · 1 expired · this session expired"
    )
    one = listed([session(1, expires_at=NOW + 60)], new=b"\1")
    assert text_of(texts.counts(feed_of(one), view_of(one))) == (
        " 1 active · 1 expires within 24h · 1 new"
    )
    undated = listed([session(1, expires_at=None)])
    assert text_of(texts.counts(feed_of(undated), view_of(undated))) == (
        " 1 active · expiry unknown"
    )
    unknown = replace(one, current=Current.UNKNOWN)
    assert "this session unknown" in text_of(texts.counts(feed_of(unknown), view_of(unknown)))
    nothing = replace(listed([]), current=Current.UNKNOWN)
    assert "this session is not listed" in text_of(texts.counts(feed_of(nothing), ListView()))


def test_doubts_are_said_before_anything_else_gives_way() -> None:
    doubtful = replace(MANY, current=Current.UNKNOWN, unreadable=2, incomplete_because="more")
    text = counts(replace(doubtful, moved=True), 105)
    for words in ("2 unreadable", "not whole", "list moved", "this session unknown"):
        assert words in text


def test_the_filter_line_reads_as_drawn_and_the_count_stays_longer_than_the_sort() -> None:
    text = text_of(texts.filtered(feed_of(MANY), view_of(MANY, "expires:<1d")))
    assert text.startswith(" / expires:<1d  ")
    assert text.endswith("  37 of 1,284, newest first")
    assert text_of(texts.filtered(feed_of(MANY), view_of(MANY))).endswith("all, newest first")
    assert text_of(texts.filtered(feed_of(MANY), ListView())).endswith("  newest first"), (
        "nothing is all"
    )
    long = view_of(MANY, f"ua:{'x' * 60}")
    assert text_of(texts.filtered(feed_of(MANY), long), 84).endswith("  0 of 1,284")


# What is in doubt, and why no row is shown.


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"unreadable": 3}, "3 sessions could not be read. r reads again."),
        ({"incomplete_because": "30 of 81 listed"}, "The list is not whole: 30 of 81 listed."),
        ({"moved": True}, "The list moved while it was read: a live session may be missing."),
        ({"current": Current.UNKNOWN}, "any of these may be it, so revoking asks."),
        ({"time_doubt": "zone unknown"}, "zone unknown: times may be hours off."),
        ({"offset": 2.0 * DAY}, "2.0 days ahead of this machine's: ages can't be trusted."),
        ({"sessions": (structs.replace(session(0), revoke_with=None),)}, 'set field = "id" under'),
    ],
)
def test_what_is_in_doubt_is_said(changes: dict[str, Any], words: str) -> None:
    said = texts.doubts(feed_of(replace(ONE, **changes)))
    assert words in said.text
    assert said.is_warning


def test_why_the_list_is_no_longer_the_servers_is_said() -> None:
    assert texts.doubts(feed_of(ONE)).text == ""
    feed = feed_of(ONE)
    feed.trouble = OutOfReach("No answer")
    assert texts.doubts(feed).text == "No answer. Nothing can be changed; r tries again."
    feed.trouble = LoginNeeded("The token was rejected")
    assert "Session ended: The token was rejected. r logs in again" in texts.doubts(feed).text
    feed = feed_of(ONE, storage=Storage.ENVIRONMENT)
    feed.trouble = LoginNeeded("The token was rejected")
    assert "The token comes from the environment" in texts.doubts(feed).text
    feed = feed_of(ONE)
    feed.is_loading = True
    feed.workspace.clock.advance(3600)  # pyright: ignore
    assert "The server does not answer" in texts.doubts(feed).text
    assert texts.context(feed, view_of(ONE)).stale
    said = texts.doubts(feed_of(ONE, structs.replace(ACCOUNT, readonly=True)))
    assert said.text == "Read-only by config.toml: nothing can be changed from here."
    assert not said.is_warning


def test_why_no_row_is_shown_is_said() -> None:
    feed, nothing = feed_of(), ListView()
    assert "Loading" in texts.no_rows(feed, nothing)[0]
    feed.workspace.clock.advance(3600)  # pyright: ignore
    assert "does not answer yet" in texts.no_rows(feed, nothing)[0]
    feed.is_loading, feed.trouble = False, OutOfReach("No answer", "Is it up?")
    assert texts.no_rows(feed, nothing) == ("No answer", "Is it up?", "r tries again.")
    feed = feed_of(listed([]))
    assert texts.no_rows(feed, nothing)[0] == "The server lists no live session."
    for fields, words in (
        ({"current": Current.UNKNOWN}, "no live session, not even the one of this program."),
        ({"unreadable": 3}, "3 sessions could not be read"),
        ({"incomplete_because": "100 of 250"}, "The list is not whole: 100 of 250."),
    ):
        feed = feed_of(replace(listed([]), **fields))
        assert words in texts.no_rows(feed, nothing)[0]
    assert texts.doubts(feed_of(replace(listed([]), current=Current.UNKNOWN))).text == ""
    feed = feed_of(ONE)
    assert texts.no_rows(feed, view_of(ONE, "ua:zzz"))[0] == "No session matches the filter."
    assert "ua:zzz" in texts.no_rows(feed, view_of(ONE, "ua:zzz age:x"))[0]


def test_without_a_filter_it_is_said_what_made_much_of_the_list() -> None:
    fields = {"ip": "10.2.0.7", "user_agent": "cron/1", "last_used_at": NOW - 2 * DAY}
    sprawling = listed([session(number, **fields) for number in range(60)])
    sprawl = origins_of(sprawling, MOMENT).sprawl
    assert sprawl is not None
    view = view_of(sprawling, "")
    words = text_of(texts.filtered(feed_of(sprawling), view, sprawl))
    assert words.startswith(" cron from 10.2.0.0/24 made 100 %")
    assert re.search(r"\d+ not used for 24 h · P prunes  ", words)
    readonly = feed_of(sprawling, structs.replace(ACCOUNT, readonly=True))
    assert " prunes" not in text_of(texts.filtered(readonly, view, sprawl))
    masked = listed([structs.replace(one, revoke_with=None) for one in sprawling.sessions])
    assert " prunes" not in text_of(texts.filtered(feed_of(masked), view_of(masked), sprawl))
    assert "made" not in text_of(
        texts.filtered(feed_of(sprawling), view_of(sprawling, "ua:cron"), sprawl)
    )
    for is_grouped in (False, True):  # an order that was chosen may be in no title
        view.request = structs.replace(view.request, is_grouped=is_grouped)
        usual = text_of(texts.filtered(feed_of(sprawling), view, sprawl), 76)
        assert "not used for 24 h · P prunes" in usual
        assert view.request.sorting_shown.words not in usual
        turned = view.request.sorting_shown.turned()
        changed = {"group_sorting" if is_grouped else "sorting": turned}
        view.request = structs.replace(view.request, **changed)
        chosen = text_of(texts.filtered(feed_of(sprawling), view, sprawl), 76)
        assert chosen.startswith(" cron from 10.2.0.0/24 made 100 % · P prunes  ")
        assert chosen.endswith(turned.words)
    few, mixed = listed(sprawling.sessions[:50]), listed([session(n) for n in range(60)])
    assert origins_of(few, MOMENT).sprawl is None
    assert origins_of(mixed, MOMENT).sprawl is None


def type_filter(view: ListView, text: str) -> None:
    """Type a filter, key by key, in place of the one that is there."""
    for end in range(len(text) + 1):
        view.type_filter(text[:end], MOMENT)
        view.finish()


def test_with_an_error_the_list_stays_as_it_was_before_the_word_was_begun() -> None:
    sessions = many(300)
    feed, view = feed_of(sessions), view_of(sessions, "client:curl")
    before = view.shown
    assert 0 < len(before) < 300
    for wrong in ("is:expi", "age>7d", "or", "age:x -curl", "age:x clint:x", "age:x is:current"):
        type_filter(view, f"client:curl {wrong}")  # what is behind an error counts later
        assert view.shown == before
        assert "still shows: client:curl" in texts.notice(feed, view, is_typing=False).text
        assert "curl" not in texts.notice(feed, view, is_typing=True).text
    type_filter(view, "client:curl -curl")
    assert view.shown == []
    type_filter(view, "client:nobody age:>")
    assert texts.no_rows(feed, view)[0] == "No session matches client:nobody"
    assert "age:> needs a duration" in texts.notice(feed, view, is_typing=False).text
    type_filter(view, "-")
    assert "The list shows all" in texts.notice(feed, view, is_typing=False).text


async def test_what_made_much_of_a_list_is_not_said_once_sessions_are_gone() -> None:
    sprawling = listed([session(number, user_agent="cron", ip="10.2.0.1") for number in range(60)])
    fewer, details = listed(sprawling.sessions[:20]), SessionDetails()
    await details.find(sprawling, 0, MOMENT)
    assert details.sprawl(sprawling) is not None
    assert details.sprawl(fewer) is None


async def test_a_line_is_cut_to_its_width_and_is_not_drawn_again_where_it_did_not_change() -> None:
    widget = OneLine()
    async with WidgetApp(widget).run_test(size=(80, 3)) as pilot:
        widget.show_line(texts.filtered(feed_of(ONE), view_of(ONE, f"ua:{'x' * 300}")))
        await pilot.pause()
        assert len(widget.text) == 80
        assert widget.text.endswith("…")
        widget.show_line(texts.filtered(feed_of(ONE), view_of(ONE, f"ua:{'x' * 300}")))
        assert not widget._repaint_required
        widget.show_line(texts.filtered(feed_of(ONE), view_of(ONE, "ua:y")))
        assert widget._repaint_required
