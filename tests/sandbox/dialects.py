"""Every way in which the real API may turn out to speak, by name.

The vendor documents neither the list of sessions nor the revoke calls, so the client understands
many shapes. A dialect picks one of each; `DIALECTS` names those worth trying.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from enum import Enum, auto

_JAKARTA = timezone(timedelta(hours=7))


class Front(Enum):
    """What answers at all."""

    API = auto()
    NOT_FOUND = auto()
    """404 to everything: another API, or a server with other paths."""
    HTML = auto()
    """200 and a web page to everything: not Qiscus at all."""


class Wrap(Enum):
    """Where the list stands in the body."""

    DATA = auto()
    DATA_KEY = auto()
    """Under `data.active_tokens`."""
    BODY = auto()


class Pages(Enum):
    """How a list that is longer than a page goes on."""

    NONE = auto()
    """All at once, no `meta`."""
    AFTER = auto()
    """`meta.after`, a string; sent back as `cursor_after`."""
    NUMBERED = auto()
    """`meta.page` and `meta.total_page`; sent back as `page`."""
    LARAVEL = auto()
    """`{current_page, data, last_page}` in place of the list; sent back as `page`."""


class Entry(Enum):
    """What an entry says of its token."""

    FULL = auto()
    MASKED = auto()
    """`QEXd*******…Ab3x`."""
    ID_ONLY = auto()
    """Nothing: it has only an id."""
    BARE = auto()
    """The entry is the token itself, a string, and nothing else."""


class Revoking(Enum):
    """What the revoke call really does."""

    WORKS = auto()
    IGNORED = auto()
    """Answers 200 and ends nothing."""
    NOT_FOUND = auto()
    """Answers 404 whatever is asked: the path is wrong."""
    ENDS_OWN = auto()
    """Ends the caller's own session whatever is asked."""
    ENDS_ANOTHER = auto()
    """Ends the named session, and the oldest of the others with it."""
    ENDS_ALL = auto()
    """Ends every session whatever is asked."""


class Stamp(Enum):
    """The form of a timestamp."""

    NAIVE = auto()
    """`2026-10-24 09:14:00`, meaning UTC."""
    NAIVE_LOCAL = auto()
    """The same without a zone, but meaning UTC+7: a server that writes its own local time."""
    RFC3339 = auto()
    """`2026-10-24T09:14:00Z`."""


def written(stamp: Stamp, at: float) -> object:
    """Write an epoch time as the JSON value of that form."""
    match stamp:
        case Stamp.NAIVE:
            return datetime.fromtimestamp(int(at), UTC).isoformat(" ")[:19]
        case Stamp.NAIVE_LOCAL:
            return datetime.fromtimestamp(int(at), _JAKARTA).isoformat(" ")[:19]
        case Stamp.RFC3339:
            return datetime.fromtimestamp(int(at), UTC).isoformat()[:19] + "Z"


@dataclass(frozen=True, slots=True)
class Fields:
    """The names of an entry's fields; None where the server gives no such field."""

    token: str = "token"
    id: str | None = None
    created: str | None = "created_at"
    expires: str | None = "expired_at"
    last_used: str | None = "last_used_at"
    agent: str | None = "user_agent"
    ip: str | None = "ip_address"
    user: str | None = None
    current: str | None = None


@dataclass(frozen=True, slots=True)
class Paths:
    """The paths that no public source gives."""

    list: str = "/api/v2/auth/active_token_list"
    revoke: str = "/api/v2/auth/revoke_token"
    revoke_all: str = "/api/v2/auth/revoke_all_token"


@dataclass(frozen=True, slots=True)
class Dialect:
    """One way to speak; options are independent, but that a list which is the body has no pages."""

    front: Front = Front.API
    paths: Paths = Paths()
    wrap: Wrap = Wrap.DATA
    pages: Pages = Pages.NONE
    page_size: int = 100
    total: bool = False
    """Whether each numbered page says how many sessions there are in all."""
    entry: Entry = Entry.FULL
    fields: Fields = Fields()
    stamp: Stamp = Stamp.NAIVE
    id_as_text: bool = False
    """Ids are strings such as `ses-00000007`, else integers."""
    nulls: bool = True
    """What is not known is null, else its field is absent."""
    undated_every: int = 0
    """Every n-th session has no times; 0 is none."""
    extra: bool = False
    """Unknown fields, nested ones and secret-looking ones among them."""
    unreadable: bool = False
    """Entries that cannot be read stand among the sessions: `listing.UNREADABLE`."""
    revoking: Revoking = Revoking.WORKS
    revoke_field: str = "token"
    """The field of the revoke call's body; any other body is 422. Takes a token, or an id where
    entries have ids."""
    refresh_ends_older: bool = False
    """A refresh ends the token handed out before it to the same client."""
    new_long_lived: bool = False
    """Revoke-all changes the long-lived token: `data.auth.long_lived_token` has the new one."""


PLAIN = Dialect()
"""The most probable one: a list of full tokens under `data`, all at once, times in UTC."""

_ALL_FIELDS = Fields(id="id", user="user_email", current="is_current")

DIALECTS: dict[str, Dialect] = {
    "plain": PLAIN,
    # where the list stands
    "data-key": Dialect(wrap=Wrap.DATA_KEY),
    "body": Dialect(wrap=Wrap.BODY),
    # pages
    "after": Dialect(pages=Pages.AFTER),
    "numbered": Dialect(pages=Pages.NUMBERED),
    "numbered-total": Dialect(pages=Pages.NUMBERED, total=True),
    "laravel": Dialect(pages=Pages.LARAVEL),
    # fields
    "current-mark": Dialect(fields=_ALL_FIELDS),
    "extra": Dialect(fields=_ALL_FIELDS, extra=True),
    # what the server says of the token
    "masked": Dialect(fields=_ALL_FIELDS, entry=Entry.MASKED),
    "ids": Dialect(fields=replace(_ALL_FIELDS, id="session_id"), entry=Entry.ID_ONLY),
    "ids-unmarked": Dialect(fields=Fields(id="id"), entry=Entry.ID_ONLY, id_as_text=True),
    "ids-revocable": Dialect(
        fields=replace(_ALL_FIELDS, id="token_id"), entry=Entry.ID_ONLY, revoke_field="token_id"
    ),
    "bare": Dialect(entry=Entry.BARE),
    # times
    "undated": Dialect(fields=Fields(created=None, expires=None, last_used=None)),
    "patchy": Dialect(undated_every=7, nulls=False),
    "rfc3339": Dialect(stamp=Stamp.RFC3339),
    "local-time": Dialect(stamp=Stamp.NAIVE_LOCAL),
    # what can't be read
    "unreadable": Dialect(unreadable=True),
    "unreadable-pages": Dialect(unreadable=True, pages=Pages.AFTER),
    # what the calls do
    "refresh-ends-older": Dialect(refresh_ends_older=True),
    "new-long-lived": Dialect(new_long_lived=True),
    "revoke-ignored": Dialect(revoking=Revoking.IGNORED),
    "revoke-not-found": Dialect(revoking=Revoking.NOT_FOUND),
    "revoke-ends-own": Dialect(revoking=Revoking.ENDS_OWN),
    "revoke-ends-another": Dialect(revoking=Revoking.ENDS_ANOTHER),
    "revoke-ends-all": Dialect(revoking=Revoking.ENDS_ALL),
    "revoke-renamed": Dialect(revoke_field="authentication_token"),
    "moved": Dialect(
        paths=Paths(
            list="/api/v1/auth/active_token_list",
            revoke="/api/v1/auth/revoke_token",
            revoke_all="/api/v1/auth/revoke_all_tokens",
        )
    ),
    # not the API
    "not-found": Dialect(front=Front.NOT_FOUND),
    "html": Dialect(front=Front.HTML),
}
"""Every named dialect."""
