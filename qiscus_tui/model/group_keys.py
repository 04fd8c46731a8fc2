"""What sessions can be grouped by."""

import enum

from qiscus_tui.errors import UsageError
from qiscus_tui.model.text import did_you_mean, safe


class GroupKey(enum.Enum):
    """What the sessions of a group have in common. The value is the word typed."""

    CLIENT = "client"
    """The client's name without its version."""
    NETWORK = "network"
    """The /24 (IPv6: /48) of the address."""
    IP = "ip"
    USER = "user"
    LABEL = "label"
    """The known integration."""
    DAY = "day"
    """The local day of creation."""


GROUP_KEYS = tuple(key.value for key in GroupKey)

USUAL_KEYS = (GroupKey.CLIENT, GroupKey.NETWORK)
"""What tells one script from another."""


def parse_group_keys(text: str) -> tuple[GroupKey, ...]:
    """Return the keys of a comma list such as `client,network`. Raises UsageError."""
    names = [name.strip() for name in text.split(",")]
    for name in names:
        if name not in GROUP_KEYS:
            raise UsageError(
                f"Can't group by '{safe(name, 40)}'",
                did_you_mean(name, GROUP_KEYS, f"Give a comma list of {', '.join(GROUP_KEYS)}."),
            )
    return tuple(dict.fromkeys(map(GroupKey, names)))
