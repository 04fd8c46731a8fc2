"""Clients: what their short names have in common, and the integrations that the admin named."""

import ipaddress
import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from qiscus_tui.model.addresses import addresses_in, bounds, is_placeholder

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


def shown(value: str | None) -> str:
    """Return a value of a group for people; a client that calls itself unknown is in quotes."""
    if value is None:
        return UNKNOWN
    return f'"{value}"' if value == UNKNOWN else value


def client_family(name: str) -> str:
    """Return a client's name without its versions, so that an update makes no new client of it.

    The family of a family is itself.
    """
    if name.startswith(OWN_PRODUCT):  # its label may end in a number
        return name
    while (shorter := re.sub(_VERSION, "", name)) not in {name, ""}:
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


class Known(Struct, frozen=True):
    """A working integration, identified by client and network; either may be left out."""

    label: str
    client: str = ""
    """The beginning of its user agent or client name, or the name without version; in any case."""
    network: ipaddress.IPv4Network | ipaddress.IPv6Network | None = None
    protect: bool = False
    """Keep its sessions out of plans."""
    is_certain: bool = True
    """False for the label of a session that may be of a protected integration, or not."""

    def judge(self, client: str, user_agent: str | None, ip: str | None) -> bool | None:
        """Return whether a session with these belongs to this integration; None: can't tell.

        `client` is the name of its client. Where the list names its client but no address that can
        be read, or the reverse, what is missing decides.
        """
        has_client = self._has_client(client, user_agent)
        if self.network is None or has_client is False:
            return bool(self.client) and has_client is True
        in_network = _is_in(self.network, ip)
        if has_client is None:
            return None if in_network else False
        return in_network

    def _has_client(self, client: str, user_agent: str | None) -> bool | None:
        wanted, names = folded(self.client).strip(), (folded(client), folded(user_agent or ""))
        if not wanted:
            return True
        if not names[1].strip():
            return True if names[0].startswith(wanted) else None
        return any(one.startswith(wanted) or client_family(one) == wanted for one in names)

    def covers(self, other: "Known") -> bool:
        """Return whether every session of the other one belongs to this one too."""
        if not folded(other.client).startswith(folded(self.client)):
            return False
        if self.network is None or other.network is None:
            return self.network is None
        (first, last), (others_first, others_last) = bounds(self.network), bounds(other.network)
        return first <= others_first and others_last <= last


def integration_of(
    known: Sequence[Known], client: str, user_agent: str | None, ip: str | None
) -> Known | None:
    """Return the integration that a session belongs to: a protected one before others.

    One that may be of a protected integration stays out of plans too, with a label that says so.
    """
    unprotected: Known | None = None
    in_doubt: Known | None = None
    for one in known:
        belongs = one.judge(client, user_agent, ip)
        if belongs and one.protect:
            return one
        if belongs:
            unprotected = unprotected or one
        elif belongs is None and one.protect and in_doubt is None:
            missing = "client" if one.network is not None and _is_in(one.network, ip) else "address"
            in_doubt = _in_doubt(one, missing)
    return in_doubt or unprotected


@lru_cache(256)
def _in_doubt(known: Known, missing: str) -> Known:
    label = f"may be {known.label} ({missing} unknown)"
    return replace(known, label=label, is_certain=False)


def _is_in(network: ipaddress.IPv4Network | ipaddress.IPv6Network, ip: str | None) -> bool | None:
    """Return whether an address is in the network; None where it is missing or can't be read."""
    first, last = bounds(network)
    found = addresses_in(ip)
    if any(one is not None and first <= one <= last for one in found):
        return True
    is_given = found and all(one is not None and not is_placeholder(one) for one in found)
    return False if is_given else None
