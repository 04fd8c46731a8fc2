"""Answers to logins and token calls as typed values; new tokens, wherever they are in one.

Texts to be shown (names, addresses) are made safe here, once. Tokens and app codes stay exact:
they are sent back, and are plain ASCII. An answer to refresh and revoke-all may have the only copy
of new tokens: they are taken from wherever they are, as soon as their bytes are here, and judged
afterwards.
"""

import re
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator
from typing import cast

from msgspec import Struct
from msgspec.structs import replace

from qiscus_tui.api import contract as api
from qiscus_tui.api.answers import LIST_BODY, AnswerStream
from qiscus_tui.api.decode import Fields, as_object, lenient
from qiscus_tui.api.error_answers import is_refusal
from qiscus_tui.api.token_masks import is_masked
from qiscus_tui.api.wire import fits_a_header
from qiscus_tui.errors import NotQiscus, QiscusTuiError, Unreadable
from qiscus_tui.model.account import Role, ShortLived
from qiscus_tui.model.clock import TOKEN_LIFETIME
from qiscus_tui.model.masking import Unshown
from qiscus_tui.model.text import safe


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
    data = as_object(value.get(api.DATA))
    user = as_object(data.get(api.USER))
    if not user:
        raise NotQiscus(f"{host} did not answer the login like Qiscus")
    apps = (as_object(user.get(api.APP)), as_object(as_object(data.get(api.DETAILS)).get(api.APP)))
    token = _secret(api.LOGIN_TOKEN, user)
    long_lived = _secret(api.LONG_LIVED_TOKEN, data)
    role = user.get(api.ROLE)
    return LoginAnswer(
        app_code=_secret(api.APP_CODE, *apps) or "",
        email=_shown(user.get(api.LOGIN_EMAIL)) or safe(email),
        user_name=_shown(user.get(api.NAME)),
        app_name=next(filter(None, (_shown(app.get(api.NAME)) for app in apps)), ""),
        role=Role(api.ROLES.get(role, "unknown")) if type(role) is int else Role.UNKNOWN,
        short_lived=answered.short_lived(token) if token else None,
        long_lived=long_lived if long_lived != token else None,
        made_at=answered.server,
    )


def finished_login(body: bytes, answered: AnswerTime, host: str) -> LoginAnswer | None:
    """Return the login of an answer of 200; None where it gave no token that a logout may end."""
    value = as_object(lenient(body))
    data = as_object(value.get(api.DATA))
    if is_refusal(value) or any(data.get(name) for name in api.SECOND_FACTOR):
        return None
    try:
        login = read_login(value, answered, email="", host=host)
    except QiscusTuiError:
        return None
    token = login.short_lived.token if login.short_lived is not None else None
    is_for_both = token == data.get(api.LONG_LIVED_TOKEN[0])  # in very old apps
    return None if token is None or is_for_both else login


def read_profile(value: Fields, host: str) -> Profile:
    """Return the profile. Raises NotQiscus where the answer names nobody."""
    data = as_object(value.get(api.DATA))
    emails = (_shown(data.get(name)) for name in api.PROFILE_EMAIL)
    found = Profile(_shown(data.get(api.NAME)), next(filter(None, emails), ""))
    if not (found.name or found.email):
        raise NotQiscus(f"{host} did not answer the profile like Qiscus", status=200)
    return found


def _shown(value: object) -> str:
    """Return the safe form of a text; empty if there is none."""
    return safe(value) if isinstance(value, str) else ""


def _secret(names: tuple[str, ...], *objects: Fields) -> str | None:
    """Return the first text under one of the names, to be sent back in a header.

    Raises Unreadable if no header can carry it.
    """
    values = (fields.get(name) for fields in objects for name in names)
    text = next((one for one in values if isinstance(one, str) and one), None)
    if text is not None and not fits_a_header(text):
        raise Unreadable("The answer has a token or app code that no header can carry")
    return text


_LOOK_SIZE = 65_536
"""Bytes of an answer up to which each piece is searched when it arrives."""


_DEEPEST = 8
"""Levels of an answer that are searched for a new token."""

_MOST_OBJECTS = 10_000
"""Objects of an answer that are searched: it may list every session that ended."""

_NOT_TOKENS = frozenset({api.ERRORS, api.ERROR, api.DETAIL, api.MESSAGE})
"""Names of texts about the call: `{"errors": {"token": "required"}}`."""

_TYPE = ("type", "kind", "token_type")
"""Names of texts that say which of the two a token is."""

_LONG_LIVED = re.compile(rb'long[_ -]?lived\w*"\s*(?:[,}]|:\s*[\[{])', re.IGNORECASE)
"""A long-lived token that is an object or list, or a type: the next token in a cut body is one."""

_FIELD = re.compile(rb'"(\w+)"\s*:\s*("(?:[^"\\]|\\.)*")')


class NewTokens(Unshown, frozen=True):
    """The answer to refresh and revoke-all: at least one token."""

    short_lived: ShortLived | None
    """None if the answer has no usable one."""
    long_lived: str | None
    """A new long-lived token, if the server returned one."""
    doubt: QiscusTuiError | None = None
    """Why the short-lived token may not be one: to be raised where the server rejects it."""

    @property
    def secrets(self) -> tuple[str | None, str | None]:
        """The two tokens."""
        return self.short_lived.token if self.short_lived else None, self.long_lived


class TokenWatch(Struct, frozen=True):
    """Who is told of a call that makes tokens."""

    on_send: Callable[[], object] = lambda: None
    """Called just before the request is sent: from then on a token may exist."""
    on_tokens: Callable[[NewTokens], Awaitable[None]] | None = None
    """Stores the new tokens; called again where more of them arrive."""


UNWATCHED = TokenWatch()


class ArrivingTokens:
    """The body of an answer while it arrives, and the new tokens that were found in it so far."""

    def __init__(
        self, answer: AnswerStream, at: AnswerTime, own: Collection[str], watch: TokenWatch
    ) -> None:
        """`own` are the secrets that we have already."""
        self._answer = answer
        self._at = at
        self._own = own
        self._watch = watch
        self._new: NewTokens | None = None
        self._body = bytearray()

    @property
    def body(self) -> bytes:
        """What has been read."""
        return bytes(self._body)

    async def read(self) -> None:
        """Read the body up to its end. Raises OutOfReach, Unreadable."""
        async for piece in self._answer.pieces(LIST_BODY, 2 * self._answer.timeout):
            self._body += piece
            if len(self._body) <= _LOOK_SIZE and b'"' in piece:
                await self._look(None)
                if self._new is not None and lenient(self.body) is not None:
                    return  # it is whole, even if the connection ends in a wrong way

    async def found(self, trouble: QiscusTuiError | None) -> NewTokens:
        """Return the new tokens in what was read.

        `trouble` is why the answer is not a plain success; raised where there are none.
        """
        await self._look(trouble)
        if self._new is None:
            raise trouble or no_new_token(self._answer.status)
        return self._new

    async def _look(self, trouble: QiscusTuiError | None) -> None:
        before, status = self._new, self._answer.status
        new = read_new_tokens(self.body, self._at, self._own, trouble, status)
        if new is None:
            if before is not None:  # it was stored, so whoever stored it has to judge it
                self._new = replace(before, doubt=trouble or no_new_token(status))
            return
        self._new = new
        is_more = before is None or before.secrets != new.secrets
        if is_more and self._watch.on_tokens is not None:
            await self._watch.on_tokens(new)


def read_new_tokens(
    body: bytes,
    answered: AnswerTime,
    own: Collection[str],
    trouble: QiscusTuiError | None = None,
    status: int = 0,
) -> NewTokens | None:
    """Return the new tokens in the body of an answer to refresh or revoke-all; None without any.

    They are found wherever they are: in another place than usual, in an error, in a body that is
    cut. Outside the usual place the secrets `own`, which we have already, are not new.
    `trouble` says why the answer is not a plain success.
    """
    value = lenient(body)
    data = as_object(as_object(value).get(api.DATA))
    usual = (_by_kind("", as_object(data.get(api.AUTH))), _by_kind("", data))
    short = None if trouble is not None else _first_token(api.SESSION_TOKEN, usual)
    doubt = None if short is not None else trouble or no_new_token(status)
    anywhere = list(_objects(value)) or [_cut_fields(body)]
    renewed = _first_token(api.LONG_LIVED_TOKEN, (*usual, *anywhere), own)
    if short is None:
        short = _first_token(api.SESSION_TOKEN, anywhere, own)
    if short is None and renewed is None:
        return None
    return NewTokens(answered.short_lived(short) if short else None, renewed, doubt)


def no_new_token(status: int = 0) -> Unreadable:
    """Return the error for a positive answer without a short-lived token."""
    return Unreadable(
        "The server accepted the call, but its answer has no new token",
        "The old token may have ended. Get a new one: qiscus-tui refresh, or log in again.",
        status=status,
    )


def _objects(value: object) -> Iterator[Fields]:
    """Yield the objects of a JSON value that may have a new token, outer ones first."""
    level = [("", value)]
    left = _MOST_OBJECTS
    for _ in range(_DEEPEST):
        inner: list[tuple[str, object]] = []
        for name, one in level[:left]:
            if isinstance(one, dict):
                fields = cast("Fields", one)
                yield _by_kind(name, fields)
                inner += (part for part in fields.items() if part[0] not in _NOT_TOKENS)
            elif isinstance(one, list):
                inner += ((name, part) for part in cast("list[object]", one))
        left -= len(level)
        # What stands alone comes before what is listed: a list may have the sessions that ended.
        level = sorted(inner, key=lambda part: isinstance(part[1], list))
        if left <= 0 or not level:
            return


def _by_kind(name: str, fields: Fields) -> Fields:
    """Return the fields with a token of a known kind under its usual name.

    `name` is the object's own: `{"long_lived_token": {"token": "…"}}` has one, and so has
    `{"type": "long_lived", "token": "…"}`.
    """
    long, short = api.LONG_LIVED_TOKEN[0], api.SESSION_TOKEN[0]
    names = {"long": long, "short": short}
    known = {names.get(_kind(key), key): one for key, one in fields.items()} | fields
    types = (fields.get(key) for key in _TYPE)
    if long in known or "long" not in map(_kind, (name, *types)):
        return known
    return {long: _first_token(api.SESSION_TOKEN, [fields])}


def _kind(word: object) -> str:
    """Return `long` or `short` of a word such as `long_lived_token`, else nothing."""
    plain = re.sub(r"[\W_]", "", word.lower()) if isinstance(word, str) else ""
    found = re.fullmatch(r"(long|short)lived(\w*tokens?)?", plain)
    return found[1] if found else ""


def _cut_fields(body: bytes) -> Fields:
    """Return the named texts in a body that is not JSON, as where its end is missing."""
    fields: Fields = {}
    for name, text in _FIELD.findall(body):
        found = lenient(text)
        if isinstance(found, str) and _may_be_token(found):
            fields.setdefault(name.decode(), found)
    if _LONG_LIVED.search(body):
        fields = {name: one for name, one in fields.items() if name not in api.SESSION_TOKEN}
    return _by_kind("", fields)


def _first_token(
    names: tuple[str, ...], objects: Iterable[Fields], own: Collection[str] = ()
) -> str | None:
    """Return the first text under one of the names that may be a token, and none of our `own`."""
    values = (fields.get(name) for fields in objects for name in names)
    stripped = (value.strip() for value in values if isinstance(value, str))
    texts = (text for text in stripped if _may_be_token(text))
    return next((text for text in texts if text not in own), None)


def _may_be_token(text: str) -> bool:
    """Return whether a text may be a token: no mask, no sentence, nothing that can't be sent."""
    return not is_masked(text) and len(set(text)) > 2 and fits_a_header(text)
