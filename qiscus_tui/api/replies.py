"""Reads the known fields of answers into typed values.

Texts to be shown (names, addresses) are made safe here, once. Tokens and app codes stay exact:
they are sent back, and are plain ASCII.
"""

from collections.abc import Iterator
from typing import cast

from msgspec import Struct

from qiscus_tui.api import contract as api
from qiscus_tui.api.wire import fits_a_header
from qiscus_tui.errors import NotQiscus, Unreadable
from qiscus_tui.model.account import Role, ShortLived
from qiscus_tui.model.durations import TOKEN_LIFETIME
from qiscus_tui.model.text import safe
from qiscus_tui.model.unshown import Unshown

Fields = dict[str, object]


class AnswerTime(Struct, frozen=True):
    """When an answer was given. Epoch seconds."""

    server: float
    """By the server's clock."""
    here: float
    """By this machine's."""
    ahead: float
    """Seconds that the server's clock was ahead."""

    def short_lived(self, token: str) -> ShortLived:
        """Return a token created with this answer."""
        return ShortLived(token, self.server + TOKEN_LIFETIME, self.here, self.ahead)


class LoginAnswer(Unshown, frozen=True):
    """Who logged in, with which tokens. Its texts are safe to show."""

    app_code: str
    email: str
    user_name: str
    app_name: str
    role: Role
    short_lived: ShortLived | None
    """None with two-factor login."""
    long_lived: str | None
    """None if the app has none, or has one token for both."""
    made_at: float
    """When the token was created: epoch seconds, server's clock."""


class Profile(Struct, frozen=True):
    """The owner of a short-lived token or secret key. Its texts are safe to show."""

    name: str
    email: str


def read_login(value: Fields, answered: AnswerTime, *, email: str, host: str) -> LoginAnswer:
    """Return who logged in, with `email`. Raises NotQiscus, Unreadable."""
    data = _object(value.get(api.DATA))
    user = _object(data.get(api.USER))
    if not user:
        raise NotQiscus(f"{host} did not answer the login like Qiscus")
    apps = (_object(user.get(api.APP)), _object(_object(data.get(api.DETAILS)).get(api.APP)))
    token = _secret(api.LOGIN_TOKEN, user)
    long_lived = _secret(api.LONG_LIVED_TOKEN, data)
    role = user.get(api.ROLE)
    return LoginAnswer(
        app_code=_secret(api.APP_CODE, *apps) or "",
        email=_shown(user.get(api.LOGIN_EMAIL)) or safe(email),
        user_name=_shown(user.get(api.NAME)),
        app_name=next(filter(None, (_shown(app.get(api.NAME)) for app in apps)), ""),
        role=Role(api.ROLES.get(role, "unknown")) if isinstance(role, int) else Role.UNKNOWN,
        short_lived=answered.short_lived(token) if token else None,
        long_lived=long_lived if long_lived != token else None,
        made_at=answered.server,
    )


def read_profile(value: Fields) -> Profile:
    """Return the profile."""
    data = _object(value.get(api.DATA))
    emails = (_shown(data.get(name)) for name in api.PROFILE_EMAIL)
    return Profile(_shown(data.get(api.NAME)), next(filter(None, emails), ""))


def _object(value: object) -> Fields:
    return cast("Fields", value) if isinstance(value, dict) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _shown(value: object) -> str:
    """Return the safe form of a text; empty if there is none."""
    return safe(value) if isinstance(value, str) else ""


def _secret(names: tuple[str, ...], *objects: Fields) -> str | None:
    """Return the first text under one of the names, to be sent back in a header.

    Raises Unreadable if no header can carry it.
    """
    text = next(_texts(names, *objects), None)
    if text is not None and not fits_a_header(text):
        raise Unreadable("The answer has a token or app code that no header can carry")
    return text


def _texts(names: tuple[str, ...], *objects: Fields) -> Iterator[str]:
    values = (_text(fields.get(name)) for fields in objects for name in names)
    return (text for text in values if text is not None)
