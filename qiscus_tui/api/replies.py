"""What the API's answers say: their named fields, typed, and nothing else of them.

Texts for people (names, addresses) are made safe here, so that no place that shows one has to
think of it. Tokens and app codes stay exact: they are sent back, and plain ASCII is all they are.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import cast

from qiscus_tui.api import contract as api
from qiscus_tui.api.wire import fits_a_header
from qiscus_tui.errors import NotQiscus, Unreadable
from qiscus_tui.model.account import Role, ShortLived
from qiscus_tui.model.durations import TOKEN_LIFETIME
from qiscus_tui.model.text import safe

Fields = dict[str, object]


@dataclass(frozen=True)
class AnswerTime:
    """When an answer was given. Epoch seconds."""

    server: float
    """By the server's clock."""
    here: float
    """By this machine's."""
    ahead: float
    """Seconds that the server's clock then ran ahead."""

    def short_lived(self, token: str) -> ShortLived:
        """A token made by this answer."""
        return ShortLived(token, self.server + TOKEN_LIFETIME, self.here, self.ahead)


@dataclass(frozen=True)
class LoginAnswer:
    """Who logged in, and the tokens for it. Its texts may be shown as they are."""

    app_code: str
    email: str
    user_name: str
    app_name: str
    role: Role
    short_lived: ShortLived | None = field(repr=False)
    """None with two-factor login."""
    long_lived: str | None = field(repr=False)
    """None where the app has none, or the same as the short-lived one."""
    made_at: float
    """When the token was made: epoch seconds, server's clock."""


@dataclass(frozen=True)
class NewTokens:
    """What refresh and revoke-all answer: at least one token."""

    short_lived: ShortLived | None = field(repr=False)
    """None where the answer holds none that can be used."""
    long_lived: str | None = field(repr=False)
    """A new long-lived token, where the server gave one."""


@dataclass(frozen=True)
class Profile:
    """Who a short-lived token or a secret key belongs to. Its texts may be shown as they are."""

    name: str
    email: str


def read_login(value: Fields, answered: AnswerTime, *, email: str, host: str) -> LoginAnswer:
    """Who logged in. `email` is the address that did. Raises NotQiscus, Unreadable."""
    data = _object(value.get(api.DATA))
    user = _object(data.get(api.USER))
    if not user:
        raise NotQiscus(f"{host} did not answer the login as Qiscus does")
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


def read_new_tokens(
    value: Fields, answered: AnswerTime, *, long_lived: str, status: int
) -> NewTokens:
    """Return the tokens that were handed out to whoever holds `long_lived`.

    What can't be used of one token takes the other away no more than a missing one would.
    Raises Unreadable where there is none.
    """
    data = _object(value.get(api.DATA))
    auth = _object(data.get(api.AUTH))
    token = _usable(api.SESSION_TOKEN, auth, data)
    renewed = _usable(api.LONG_LIVED_TOKEN, auth, data)
    if renewed == long_lived:
        renewed = None
    if token is None and renewed is None:
        raise no_new_token(status)
    return NewTokens(answered.short_lived(token) if token else None, renewed)


def no_new_token(status: int = 0) -> Unreadable:
    """Return the error for an answer that says yes and holds no short-lived token."""
    return Unreadable(
        "The server accepted the call, but its answer holds no new token",
        "The old token may have ended. Get a new one: qiscus-tui refresh. Else log in again.",
        status=status,
    )


def read_profile(value: Fields) -> Profile:
    """Who this is."""
    data = _object(value.get(api.DATA))
    emails = (_shown(data.get(name)) for name in api.PROFILE_EMAIL)
    return Profile(_shown(data.get(api.NAME)), next(filter(None, emails), ""))


def _object(value: object) -> Fields:
    return cast("Fields", value) if isinstance(value, dict) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _shown(value: object) -> str:
    """A text for people, in its safe form; empty where there is none."""
    return safe(value) if isinstance(value, str) else ""


def _secret(names: tuple[str, ...], *objects: Fields) -> str | None:
    """The first text under one of the names, to be sent back in a header.

    Raises Unreadable where no header can carry it.
    """
    text = next(_texts(names, *objects), None)
    if text is not None and not fits_a_header(text):
        raise Unreadable("The answer holds a token or app id that no header can carry")
    return text


def _usable(names: tuple[str, ...], *objects: Fields) -> str | None:
    """Return the first text under one of the names that a header can carry."""
    return next(filter(fits_a_header, _texts(names, *objects)), None)


def _texts(names: tuple[str, ...], *objects: Fields) -> Iterator[str]:
    values = (_text(fields.get(name)) for fields in objects for name in names)
    return (text for text in values if text is not None)
