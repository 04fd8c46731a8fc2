"""One session as one entry of the list, in the words of a dialect."""

import json
from typing import Final

from qiscus_tui.demo.dialects import Dialect
from qiscus_tui.demo.sessions import DemoSession
from qiscus_tui.demo.shapes import Entry
from qiscus_tui.demo.stamps import Stamp, written
from qiscus_tui.demo.users import USERS

UNREADABLE: Final[tuple[object, ...]] = (
    None,
    42,
    True,
    [],
    {},
    {"token": None},
    {"created_at": "2026-10-24 09:14:00", "user_agent": "no token, no id"},
)
"""What stands among the sessions in an `unreadable` dialect: neither token nor id in any."""


# One encoder for all: json.dumps would make a new one for each of 100,000 entries.
_ENCODER: Final = json.JSONEncoder(separators=(",", ":"))


def encoded(value: object) -> bytes:
    """Encode as ASCII JSON: lone surrogates and C1 bytes go out as escapes."""
    return _ENCODER.encode(value).encode("ascii")


def entry(dialect: Dialect, session: DemoSession, *, current: bool) -> object:
    """Give the entry of a session, ready for JSON."""
    if dialect.entry is Entry.BARE:
        return session.token
    fields = dialect.fields
    dated = not (dialect.undated_every and session.id % dialect.undated_every == 0)
    named: list[tuple[str | None, object]] = [
        (fields.id, public_id(dialect, session)),
        (None if dialect.entry is Entry.ID_ONLY else fields.token, _token(dialect.entry, session)),
        (fields.created, _time(dialect.stamp, session.created if dated else None)),
        (fields.expires, _time(dialect.stamp, session.expires if dated else None)),
        (fields.last_used, _time(dialect.stamp, session.last_used if dated else None)),
        (fields.agent, _agent(session.agent) if dialect.agent_as_object else session.agent),
        (fields.ip, session.ip),
        (fields.user, _user(session.email) if dialect.user_as_object else session.email),
        (fields.current, current),
    ]
    known = {
        name: value
        for name, value in named
        if name is not None and (dialect.nulls or value is not None)
    }
    return known | _extra(session) if dialect.extra else known


def public_id(dialect: Dialect, session: DemoSession) -> int | str:
    """Give the id under which this dialect lists the session."""
    return f"ses-{session.id:08d}" if dialect.id_as_text else session.id


def _token(shape: Entry, session: DemoSession) -> str:
    token = session.token
    match shape:
        case Entry.MASKED_STARS:
            return token[:4] + "*" * (len(token) - 8) + token[-4:]
        case Entry.MASKED_DOTS:
            return f"{token[:4]}…{token[-4:]}"
        case _:
            return token


def _time(stamp: Stamp, at: float | None) -> object:
    return None if at is None else written(stamp, at)


def _agent(agent: str | None) -> object:
    if agent is None:
        return None
    return {"name": agent.partition("/")[0][:40], "user_agent": agent}


def _user(email: str) -> object:
    user = USERS[email]
    return {"id": user.id, "name": user.name, "email": user.email}


def _extra(session: DemoSession) -> dict[str, object]:
    return {
        "location": {"city": "Yogyakarta", "country": "ID", "zone": ["Asia", "Jakarta"]},
        "login_method": "password",
        "device_secret": f"not-to-be-shown-{session.id}",
        "otp_seed": "not-to-be-shown-either",
        "label\x1b[31m": "a field name with an escape sequence",
        "seen": session.id % 5,
        "trusted": None,
    }
