"""What a session says of itself, as filters compare it and groups are made of it.

None is unknown: the server listed nothing, or only spaces.
"""

from qiscus_tui.model.addresses import packed
from qiscus_tui.model.known import Known
from qiscus_tui.model.text import safe


def text_of(shown: str) -> str | None:
    """Return a safe text."""
    return shown if shown.strip() else None


def address_of(ip: str | None) -> int | str | None:
    """Return the packed address, or the safe text of what is not an address."""
    address = packed(ip)
    return text_of(safe(ip or "")) if address is None else address


def label_of(known: Known | None) -> str | None:
    """Return the label of a known integration."""
    return None if known is None else text_of(safe(known.label))
