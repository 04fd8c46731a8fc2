"""What the list can be grouped by, as a choice."""

from collections.abc import Sequence

from qiscus_tui.model.group_keys import USUAL_KEYS, GroupKey
from qiscus_tui.service.sessions.groups import lacking
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.tui.dialogs.choice import Choice, ChoiceDialog
from qiscus_tui.tui.listed.group_sorting import keys_words

GROUPINGS: tuple[tuple[tuple[GroupKey, ...], str], ...] = (
    (USUAL_KEYS, "a script, mostly"),
    ((GroupKey.CLIENT,), "the name without its version"),
    ((GroupKey.NETWORK,), "the /24 of the address, /48 with IPv6"),
    ((GroupKey.USER,), "whom the token was made for"),
    ((GroupKey.LABEL,), "the known integrations"),
    ((GroupKey.DAY,), "the day of the login, in local time"),
)
"""Keys, and what groups by them are."""


def group_by_dialog(listed: SessionList, keys: Sequence[GroupKey]) -> ChoiceDialog:
    """Return the dialog that chooses one of `GROUPINGS`; `keys` are those of now."""
    choices: list[Choice] = []
    for offered, meaning in GROUPINGS:
        why_not = lacking(listed, offered)
        choices.append(Choice(keys_words(offered), why_not or meaning, is_off=why_not is not None))
    now = [offered for offered, _ in GROUPINGS]
    return ChoiceDialog("Group by", choices, now.index(tuple(keys)) if tuple(keys) in now else 0)
