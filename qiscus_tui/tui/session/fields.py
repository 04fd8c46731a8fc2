"""The fields of one session's detail: pairs of a name and safe text."""

import json
import time
from collections.abc import Iterable
from typing import cast

from qiscus_tui.model.clock import ago
from qiscus_tui.model.masking import KnownSecrets, masked
from qiscus_tui.model.session import Session
from qiscus_tui.model.text import safe
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.tui.widgets.facts import Fact

UNKNOWN = "unknown"
IN_A_ROW = ("Id", "Client", "IP address", "Created", "Last used", "Expires")
"""The facts that a copied row has."""
TAIL = 4
"""Characters of a token that are shown, of those that are long enough to spare them."""
_LONG_ENOUGH = 16


def facts(listed: SessionList, session: Session, now: float) -> list[Fact]:
    """Return every field that the program knows. Times in the local zone, with it named."""
    position = listed.positions[session.id]
    known = listed.labels[position]
    return [
        Fact("Id", session.id),
        Fact("Client", listed.clients[position] or UNKNOWN),
        Fact("User agent", session.safe_agent or UNKNOWN),
        *([Fact("Known as", _known_words(known.label, protect=known.protect))] if known else []),
        *(
            [Fact("New", "this client and network were not seen at an earlier visit")]
            if listed.new[position]
            else []
        ),
        Fact("IP address", session.safe_ip or UNKNOWN),
        *([Fact("User", session.safe_user)] if session.safe_user else []),
        *(
            [Fact("Listed", f"in {session.rows} rows: the latest of their times count")]
            if session.rows > 1
            else []
        ),
        Fact("Created", _moment(session.created_at, now)),
        Fact("Last used", _moment(session.last_used_at, now)),
        Fact("Expires", _expiry(listed, session)),
        Fact("Token", _token_words(session)),
    ]


def row_words(listed: SessionList, session: Session, now: float) -> str:
    """Return the session as one line to be copied, separated by tabs."""
    named = {fact.name: fact.text for fact in facts(listed, session, now)}
    return "\t".join(named[name] for name in IN_A_ROW)


def unknown_facts(listed: SessionList, session: Session, secrets: Iterable[str]) -> list[Fact]:
    """Return every other field as it came; what looks like a secret is hidden."""
    known = KnownSecrets(filter(None, (*secrets, session.token, _text(session.revoke_with))))
    shown = masked(session.extra or {}, known, listed.lists_token)
    if not isinstance(shown, dict):
        return []
    named = cast("dict[str, object]", shown)
    return [Fact(safe(name, 40), _json(value)) for name, value in named.items()]


def _known_words(label: str, *, protect: bool) -> str:
    return f"{label}, protected: stays out of plans unless asked for" if protect else label


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


def _text(value: str | int | None) -> str:
    return "" if value is None else str(value)
