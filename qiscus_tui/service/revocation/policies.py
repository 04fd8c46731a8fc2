"""Policies of config.toml as retention rules."""

from qiscus_tui.model.group_keys import USUAL_KEYS, GroupKey
from qiscus_tui.service.revocation.retention import Retention, Rules
from qiscus_tui.store.config import Policy


def retention_of(policy: Policy) -> Retention:
    """Return how a policy groups, and what it keeps."""
    rules = Rules(
        policy.keep_newest,
        policy.keep_used_within,
        policy.keep_created_within,
        include_unknown=policy.include_unknown,
    )
    keys = tuple(map(GroupKey, policy.group_by)) or USUAL_KEYS
    return Retention(keys, rules, policy.name)
