"""One session drawn in a panel: its time, its fields, what it stands among.

The detail is this panel alone, the preview has it beside the list.
"""

import json
import math
import time
from collections.abc import Iterable
from functools import partial
from typing import cast

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content

from qiscus_tui.errors import QiscusTuiError
from qiscus_tui.model.clock import DAY, TOKEN_LIFETIME, ago, countdown
from qiscus_tui.model.masking import KnownSecrets, masked
from qiscus_tui.model.session import Session
from qiscus_tui.model.text import safe
from qiscus_tui.query import Moment
from qiscus_tui.service.overview import SessionContext
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.tui.listed.feed import Feed
from qiscus_tui.tui.session.context import SessionDetails, draw_context
from qiscus_tui.tui.widgets.bars import life_line
from qiscus_tui.tui.widgets.cells import UNKNOWN, created_cell_short
from qiscus_tui.tui.widgets.texts import Drawn, Fact, FactsPanel

IN_A_ROW = ("Id", "Client", "IP address", "Created", "Last used", "Expires")
"""The facts that a copied row has."""
TAIL = 4
"""Characters of a token that are shown, of those that are long enough to spare them."""
_LONG_ENOUGH = 16
_GAP = 2
"""Cells between two words under the bar of a life."""


class SessionPanel(Vertical):
    """Shows a session of a list; what takes longer comes when it is found out."""

    DEFAULT_CSS = """
    SessionPanel {
        & #countdown { margin: 0 2 1 2; }
        & #facts { height: 1fr; margin: 0 2; scrollbar-size-vertical: 1; }
        & #context { margin-top: 1; }
    }
    """

    def __init__(self, feed: Feed, details: SessionDetails, *, id: str) -> None:
        super().__init__(id=id)
        self._feed = feed
        self._details = details
        self._listed: SessionList = feed.listed
        self._session: Session | None = None
        self.unknown: list[Fact] = []
        """The fields that only the server knows the meaning of."""
        self.countdown = Drawn(id="countdown")
        self.known = FactsPanel(id="known")
        self.around = Drawn(id="context")
        self.body = VerticalScroll(id="facts")

    def compose(self) -> ComposeResult:
        yield self.countdown
        with self.body:
            yield self.known
            yield self.around

    def on_resize(self) -> None:
        """Draw in the new size, once it is laid out."""
        self.call_after_refresh(self.draw)

    # Which session.

    def show(self, listed: SessionList, session: Session) -> None:
        """Show a session of a list: its fields at once, the rest once it is found out."""
        is_other = self._session is None or session.id != self._session.id
        self._listed, self._session = listed, session
        if is_other:
            self.unknown = []
            self.body.scroll_home(animate=False)
            self.run_worker(partial(self._find_unknown, session), group="unknown", exclusive=True)
        self.draw()
        self.run_worker(partial(self._find_details, session), group="details", exclusive=True)

    async def _find_details(self, session: Session) -> None:
        moment = Moment(self._feed.server_now, self._feed.workspace.config.ui.expiring)
        await self._details.find(self._listed, self._listed.positions[session.id], moment)
        self.draw()

    async def _find_unknown(self, session: Session) -> None:
        connection = self._feed.connection
        secrets: tuple[str, ...] = ()
        if connection is not None and session.extra:
            try:
                secrets = (await connection.credentials()).secrets
            except QiscusTuiError as error:
                self.unknown = [Fact("Other fields", f"hidden: {error.message}")]
                self.draw()
                return
        self.unknown = unknown_facts(self._listed, session, secrets)
        if self.unknown:
            self.draw()

    # Drawing.

    @property
    def facts(self) -> list[Fact]:
        """Return every field that the program knows."""
        if self._session is None:
            return []
        return facts(self._listed, self._session, self._feed.server_now)

    @property
    def context(self) -> SessionContext | None:
        """Return what the session stands among; None where it was not found out yet."""
        if self._session is None:
            return None
        return self._details.of(self._listed, self._listed.positions[self._session.id])

    def draw(self) -> None:
        """Draw the session as of now."""
        is_whole = self.size.width and self.known.is_attached  # not before, nor while the app ends
        if self._session is None or not is_whole:
            return
        now = self._feed.server_now
        expiring = self._feed.workspace.config.ui.expiring
        self.countdown.show(partial(draw_countdown, self._session, now, expiring))
        if self.known.show_facts(self.facts, self.unknown):
            self.call_after_refresh(self.draw)  # they leave other room below them
        if (context := self.context) is not None:
            listed, height = self._listed, self.body.size.height - self.known.size.height - 1
            self.around.show(lambda width: draw_context(listed, context, now, width, height))


def draw_countdown(session: Session, now: float, expiring: float, width: int) -> Content:
    """Return the time left, and the bar in `width` cells; up to `expiring` seconds are soon.

    Below the bar stand issued, now and expiry; of these the dates alone where the rest does not
    fit.
    """
    created_at, expires_at = session.created_at, session.expires_at
    if expires_at is None:
        return Content.styled("expiry unknown", "bold")
    left = expires_at - now
    if left <= 0:
        return Content.styled("expired", "bold $text-disabled")
    whole = TOKEN_LIFETIME if created_at is None else expires_at - created_at
    if whole <= 0:
        whole = TOKEN_LIFETIME
    at = round((1 - min(1.0, left / whole)) * (max(2, width) - 1))
    middle = f"now, {math.ceil(left / DAY * 10) / 10:g} of {round(whole / DAY, 1):g} days left"
    issued = created_cell_short(created_at, now).strip()
    expires = created_cell_short(expires_at, now).strip()
    first, last = f"issued {issued}", f"expires {expires}"
    if len(first) + len(middle) + len(last) + 2 * _GAP > width:
        first, last = issued.rsplit(" ", 1)[0], expires.rsplit(" ", 1)[0]
    latest = width - len(last) - _GAP - len(middle)
    start = max(len(first) + _GAP, min(at - len(middle) // 2, latest))
    dates = f"{first:<{start}}{middle}".ljust(width - len(last)) + last
    computed = ", computed" if session.expires_computed else ""
    words = f"{countdown(left, to_the_second=True)} left{computed}"
    is_soon = left < expiring
    return Content("\n").join(
        [
            Content.styled(words, "bold $warning" if is_soon else "bold"),
            life_line(at, width, "$warning" if is_soon else "$primary"),
            Content.styled(dates, "$text-muted"),
        ]
    )


def facts(listed: SessionList, session: Session, now: float) -> list[Fact]:
    """Return every field that the program knows. Times in the local zone, with it named."""
    position = listed.positions[session.id]
    known, is_new = listed.labels[position], listed.new[position]
    label = known.label if known else ""
    if known and known.protect:
        label += ", protected: stays out of plans unless asked for"
    found = {
        "Id": session.id,
        "Client": listed.clients[position] or UNKNOWN,
        "User agent": session.safe_agent or UNKNOWN,
        "Known as": label,
        "New": "this client and network were not seen at an earlier visit" if is_new else "",
        "IP address": session.safe_ip or UNKNOWN,
        "User": session.safe_user,
        "Created": _moment(session.created_at, now),
        "Last used": _moment(session.last_used_at, now),
        "Expires": _expiry(listed, session),
        "Token": _token_words(session),
    }
    return [Fact(name, text) for name, text in found.items() if text]


def row_words(listed: SessionList, session: Session, now: float) -> str:
    """Return the session as one line to be copied, separated by tabs."""
    named = {fact.name: fact.text for fact in facts(listed, session, now)}
    return "\t".join(named[name] for name in IN_A_ROW)


def unknown_facts(listed: SessionList, session: Session, secrets: Iterable[str]) -> list[Fact]:
    """Return every other field as it came; what looks like a secret is hidden."""
    revoked_by = None if session.revoke_with is None else f"{session.revoke_with}"
    known = KnownSecrets(filter(None, (*secrets, session.token, revoked_by)))
    shown = masked(session.extra or {}, known, listed.lists_token)
    if not isinstance(shown, dict):
        return []
    named = cast("dict[str, object]", shown)
    return [Fact(safe(name, 40), _json(value)) for name, value in named.items()]


def _token_words(session: Session) -> str:
    if session.token is None:
        return "not listed in full" if session.revocable else "not listed: it can't be revoked"
    if len(session.token) < _LONG_ENOUGH:
        return "hidden"
    return f"ends with {safe(session.token[-TAIL:])}"


def _expiry(listed: SessionList, session: Session) -> str:
    if session.expires_at is None:
        why = "sessions without an expiry get older than 30 days here"
        return f"{UNKNOWN}: {why}" if listed.expiry_doubt else UNKNOWN
    words = _stamp(session.expires_at)
    if session.expires_computed:
        return f"{words} (computed: creation and 30 days; the server names none)"
    return words


def _moment(at: float | None, now: float) -> str:
    if at is None:
        return UNKNOWN
    return f"{_stamp(at)} ({ago(now - at)})" if at <= now else _stamp(at)


def _stamp(at: float) -> str:
    return time.strftime("%a %d %b %Y %H:%M:%S %Z", time.localtime(at))


def _json(value: object) -> str:
    if isinstance(value, str):
        return safe(value)
    return safe(json.dumps(value, ensure_ascii=False, default=str))
