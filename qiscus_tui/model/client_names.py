"""What the short names of clients have in common: `curl 8.5` and `curl 9` are one family."""

import re

UNKNOWN = "unknown"
"""The name where there is no user agent."""

OWN_PRODUCT = "qiscus-tui"

_VERSION = re.compile(r"[\s/_-]+v?[0-9]+(?:\.[0-9]+)*(?= · |$)")


def client_of(name: str, user_agent: str | None) -> str | None:
    """Return the client's name, None if it is unknown.

    One that calls itself unknown has a name all the same.
    """
    if name == UNKNOWN and not (user_agent or "").strip():
        return None
    return name


def client_family(name: str) -> str:
    """Return a client's name without its versions, so that an update makes no new client of it.

    The family of a family is itself.
    """
    if name.startswith(OWN_PRODUCT):  # its label may end in a number
        return name
    while (shorter := _VERSION.sub("", name, count=1)) not in {name, ""}:
        name = shorter
    return name
