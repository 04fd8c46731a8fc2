"""What the short names of clients have in common: `curl 8.5` and `curl 9` are one family."""

import re
import unicodedata
from functools import lru_cache

UNKNOWN = "unknown"
"""The name where there is no user agent."""

OWN_PRODUCT = "qiscus-tui"

# As texts: `re` compiles each when it is needed first. No short command needs one.
_VERSION = r"[\s/_-]+v?[0-9]+(?:\.[0-9]+)*(?= · |$)"
_NO_NAME = r"[*?|\"'`\u00ab\u00bb\u2018-\u201f]"
_INVISIBLE = frozenset("\u034f\u115f\u1160\ufe0e\ufe0f")
"""Characters without width, beside those of the category Cf."""
_PRODUCT_VERSION = r"/v?[0-9]"


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
    while (shorter := re.sub(_VERSION, "", name, count=1)) not in {name, ""}:
        name = shorter
    return name


@lru_cache(4096)
def folded(text: str) -> str:
    """Return a name as names are compared: any case or width, without invisible characters."""
    plain = unicodedata.normalize("NFKC", text)
    if not plain.isascii():
        plain = "".join(
            one for one in plain if unicodedata.category(one) != "Cf" and one not in _INVISIBLE
        )
    return plain.casefold()


def client_name_error(text: str) -> str:
    """Return why a text can't name an integration's client; empty where it can.

    A family name is what all versions of a client share. It is not a pattern.
    """
    if sign := re.search(_NO_NAME, text):
        return f"must be a client's name, not a pattern: it has {sign[0]}"
    name = folded(text)
    if text and not name.strip():
        return "must have a visible character"
    family = client_family(text)
    if family != text or re.search(_PRODUCT_VERSION, name):
        return f"must be a client's name without its version, such as {family.partition('/')[0]}"
    return ""
