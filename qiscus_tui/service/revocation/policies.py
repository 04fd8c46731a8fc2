"""Policies of config.toml as retention rules."""

from qiscus_tui.model.group_keys import USUAL_KEYS, GroupKey
from qiscus_tui.model.retention_rules import Retention
from qiscus_tui.store.config import Policy


def retention_of(policy: Policy) -> Retention:
    """Return how a policy groups, and what it keeps."""
    keys = tuple(map(GroupKey, policy.group_by)) or USUAL_KEYS
    return Retention(keys, policy.rules, policy.name)
