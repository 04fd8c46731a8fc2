"""Whatever way a list is paged, and whatever ends while it is read: no claim about a live session.

The whole client is in front of a server whose rows end and begin between any two requests, whose
revokes fail, do nothing or end other rows too, and whose ids may be the numbers of its rows.
"""

import asyncio
import json
from dataclasses import dataclass, field

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qiscus_tui.api.client import ApiClient
from qiscus_tui.api.contract import Contract, contract_with
from qiscus_tui.api.list.listing import read_listing
from qiscus_tui.service.revocation.outcomes import Outcome, Report
from qiscus_tui.service.revocation.plan import Allowed, Selection, make_plan
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.service.sessions.snapshot import Reader
from tests.api.serving import LONG_LIVED, client_of, said
from tests.clocks import ManualClock
from tests.service.scripted import DAY, START, AuditTrail, Trials, run_on

STYLES = ["whole", "cursor", "numbered", "numbered total", "laravel", "laravel total"]
IDS = ["tokens", "row numbers beside tokens", "row numbers", "stable ids"]
BEGAN = START - 10 * DAY
BY_TOKEN = contract_with({})
BY_ID = contract_with({"revoke_token": (None, "id")})


def token_of(serial: int) -> str:
    """The token of the session that began as this one."""
    return f"token-of-session-no-{serial}"


@dataclass
class Script:
    """A server, and what happens on it."""

    style: str
    ids: str
    rows: int
    page_size: int
    newest_first: bool
    own: int | None
    planned: frozenset[int]
    verified: bool
    plan_age: float
    events: list[str]
    """What happens before each request, in turn."""
    places: list[int]
    """Where in the list it happens."""
    replies: list[str]
    """What the revokes do, in turn."""


@dataclass
class MovingServer:
    """The list and the revoke call; something may happen before each request."""

    script: Script
    live: list[int] = field(default_factory=list[int])
    """Serial numbers, in the order of the list."""
    born: int = 0
    deaths_left: int = 0
    sent: list[str] = field(default_factory=list[str])
    ended_by_us: list[int] = field(default_factory=list[int])

    def __post_init__(self) -> None:
        for _ in range(self.script.rows):
            self.begin()
        # As many as a page holds: a row that is missed twice in a row takes one more.
        self.deaths_left = self.script.page_size

    def begin(self) -> None:
        self.born += 1
        self.live.insert(0 if self.script.newest_first else len(self.live), self.born)

    def end_one(self) -> None:
        if self.live and self.deaths_left:
            self.deaths_left -= 1
            place = self.script.places.pop(0) if self.script.places else 0
            del self.live[place % len(self.live)]

    def __call__(self, request: httpx.Request) -> httpx.Response:
        event = self.script.events.pop(0) if self.script.events else "nothing"
        if event in {"ends", "turns over"}:
            self.end_one()
        if event in {"begins", "turns over"}:
            self.begin()
        return self.listed(request) if request.method == "GET" else self.revoked(request)

    def entry(self, place: int, serial: int) -> dict[str, object]:
        token = token_of(serial)
        named: dict[str, dict[str, object]] = {
            "tokens": {"token": token},
            "row numbers beside tokens": {"token": token, "id": place + 1},
            "row numbers": {"id": place + 1},
            "stable ids": {"id": 1000 + serial},
        }
        return {"created_at": BEGAN + serial, "user_agent": "curl/8.5", **named[self.script.ids]}

    def listed(self, request: httpx.Request) -> httpx.Response:
        size, query = self.script.page_size, request.url.params
        rows = [self.entry(place, serial) for place, serial in enumerate(self.live)]
        total = {"total": len(rows)} if "total" in self.script.style else {}
        last = max(1, -(-len(rows) // size))
        page = int(query.get("page", 1))
        here = rows[(page - 1) * size : page * size]
        match self.script.style.split()[0]:
            case "whole":
                return said({"data": rows})
            case "cursor":
                return said(self.after(query.get("cursor_after"), rows))
            case "numbered":
                meta = {"page": page, "total_page": last, **total}
                return said({"data": here, "meta": meta})
            case _:
                held = {"current_page": page, "last_page": last, "data": here, **total}
                return said({"data": held})

    def after(self, cursor: str | None, rows: list[dict[str, object]]) -> dict[str, object]:
        rest = [
            place
            for place, serial in enumerate(self.live)
            if cursor is None or (serial < int(cursor)) is self.script.newest_first
            if str(serial) != cursor
        ]
        page = rest[: self.script.page_size]
        more = len(rest) > len(page)
        meta = {"after": str(self.live[page[-1]])} if more else {}
        return {"data": [rows[place] for place in page], "meta": meta}

    def revoked(self, request: httpx.Request) -> httpx.Response:
        (what,) = json.loads(request.content).values()
        self.sent.append(str(what))
        named = "token" if self.contract is BY_TOKEN else "id"
        rows = {str(self.entry(place, one)[named]): one for place, one in enumerate(self.live)}
        serial = rows.get(str(what))
        reply = self.script.replies.pop(0) if self.script.replies else "works"
        if reply == "stuck":
            return said({"errors": "stuck"}, 500)
        if reply == "invalid":
            return said({"errors": "invalid token"}, 422)
        if reply in {"works", "takes another", "works and fails"} and serial is not None:
            self.live.remove(serial)
            self.ended_by_us.append(serial)
            if reply == "takes another" and self.live:
                self.end_one()
        return said({"errors": "no"}, 502) if reply == "works and fails" else said({"data": {}})

    @property
    def contract(self) -> Contract:
        return BY_TOKEN if self.script.ids == "tokens" else BY_ID


@dataclass
class Api:
    """What a run needs of a connection."""

    client: ApiClient
    clock: ManualClock
    own_token: str | None

    async def read_list(self, **_: object) -> SessionList:
        listing = await read_listing(self.client, LONG_LIVED, self.own_token)
        return await Reader().snapshot(listing, read_at=self.clock.now(), offset=0.0)


@dataclass
class Played:
    """How a script ended."""

    server: MovingServer
    serials: dict[str, int]
    """What each id of the plan's list stood for."""
    report: Report


async def played(script: Script) -> Played:
    """Play the script to its end."""
    clock, server = ManualClock(), MovingServer(script)
    async with client_of(server, clock, contract=server.contract) as client:
        tokens = "tokens" in script.ids and script.own is not None
        api = Api(client, clock, token_of(script.own or 0) if tokens else None)
        listed = await api.read_list()
        serials = {one.id: int((one.created_at or 0) - BEGAN) for one in listed.sessions}
        chosen = [at for at, one in enumerate(serials.values()) if one in script.planned]
        plan = make_plan(listed, Selection(chosen), Allowed())
        clock.advance(script.plan_age)
        trail, trials = AuditTrail([]), Trials(script.verified)
        report = await run_on(api, plan, trail, trials, width=3).apply()
        return Played(server, serials, report)


EVENTS = st.sampled_from([*["nothing"] * 6, "ends", "begins", "turns over"])
REPLIES = st.sampled_from(
    [*["works"] * 6, "nothing", "stuck", "invalid", "works and fails", "takes another"]
)
scripts = st.builds(
    Script,
    style=st.sampled_from(STYLES),
    ids=st.sampled_from(IDS),
    rows=st.integers(1, 30),
    page_size=st.integers(3, 8),
    newest_first=st.booleans(),
    own=st.none() | st.integers(1, 30),
    planned=st.frozensets(st.integers(1, 30), min_size=1),
    verified=st.booleans(),
    plan_age=st.sampled_from([0.0, 60.0]),
    events=st.lists(EVENTS, max_size=60),
    places=st.lists(st.integers(0, 29), max_size=20),
    replies=st.lists(REPLIES, max_size=30),
)


@given(scripts)
@settings(max_examples=100, deadline=None)
def test_no_live_session_is_reported_gone_and_nothing_outside_the_plan_is_sent(
    script: Script,
) -> None:
    end = asyncio.run(played(script))
    gone = {Outcome.REVOKED, Outcome.ALREADY_GONE}
    claimed = {end.serials[one.id] for one in end.report.outcomes if one.outcome in gone}
    assert not claimed & {*end.server.live}
    planned = {str(target.revoke_with) for target in end.report.plan.targets}
    assert set(end.server.sent) <= planned
    if script.own is not None and "tokens" in script.ids:
        assert token_of(script.own) not in end.server.sent


@given(scripts)
@settings(max_examples=100, deadline=None)
def test_where_ids_are_row_numbers_no_wrong_row_is_revoked(script: Script) -> None:
    script.ids, script.verified, script.events = "row numbers", False, []
    end = asyncio.run(played(script))
    planned = {end.serials[target.id] for target in end.report.plan.targets}
    assert {*end.server.ended_by_us} <= planned


@pytest.mark.parametrize("style", STYLES)
def test_on_a_server_that_works_everything_of_the_plan_is_gone(style: str) -> None:
    script = Script(
        style, "tokens", 30, 4, False, 3, frozenset(range(1, 20)), False, 60.0, [], [], []
    )
    end = asyncio.run(played(script))
    assert end.report.words == "18 revoked"
