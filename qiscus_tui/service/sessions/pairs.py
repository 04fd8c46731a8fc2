"""Pairs of client and network, which tell one script from another, and their fingerprints."""

import hashlib
from collections.abc import Collection

from qiscus_tui.model.group_keys import USUAL_KEYS
from qiscus_tui.query import Moment
from qiscus_tui.service.sessions.groups import Group, grouped
from qiscus_tui.service.sessions.session_list import SessionList


def pair_groups(listed: SessionList, moment: Moment) -> tuple[tuple[str, Group], ...]:
    """Return each pair's fingerprint and sessions, the largest first, but of unknown origin."""
    groups = grouped(listed, USUAL_KEYS, moment)
    return tuple((_fingerprint(group), group) for group in groups if not group.is_unknown)


def whole_pairs(listed: SessionList, ids: Collection[str]) -> tuple[str, ...]:
    """Return the fingerprints of the pairs all of whose sessions have these ids."""
    return tuple(
        fingerprint
        for fingerprint, group in pair_groups(listed, Moment(0.0, 0.0))
        if all(listed.sessions[position].id in ids for position in group.positions)
    )


def _fingerprint(group: Group) -> str:
    text = "\0".join(value or "" for value in group.values)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
