"""The choices that a dialect is made of."""

from enum import Enum, auto


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
    BODY = auto()


class Pages(Enum):
    """How a list that is longer than a page goes on."""

    NONE = auto()
    """All at once, no `meta`."""
    AFTER = auto()
    """`meta.after`, a string; sent back as `cursor_after`."""
    CURSOR_AFTER = auto()
    """`meta.cursor_after`, a string; sent back as `cursor_after`."""
    CURSOR_AFTER_INT = auto()
    """`meta.cursor_after`, an integer; sent back as `cursor_after`."""
    NUMBERED = auto()
    """`meta.page` and `meta.total_page`; sent back as `page`."""
    LARAVEL = auto()
    """`{current_page, data, last_page}` in place of the list; sent back as `page`."""


class Entry(Enum):
    """What an entry says of its token."""

    FULL = auto()
    MASKED_STARS = auto()
    """`QEXd*******…Ab3x`."""
    MASKED_DOTS = auto()
    """`QEXd…Ab3x`."""
    ID_ONLY = auto()
    """Nothing: it has only an id."""
    BARE = auto()
    """The entry is the token itself, a string, and nothing else."""


class Errors(Enum):
    """Where an error stands in its body."""

    STRING = auto()
    """`errors`, a string."""
    OBJECT = auto()
    """`errors.message`."""
    DETAIL = auto()
    """`detail`, a string at the top."""
    NESTED = auto()
    """`error.message` and `error.detail`."""


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


class Renewal(Enum):
    """Whether revoke-all changes the long-lived token, and where it says so."""

    NO = auto()
    IN_AUTH = auto()
    """`data.auth.long_lived_token`, beside the new short-lived one."""
    IN_DATA = auto()
    """`data.long_lived_token`, as at login."""
