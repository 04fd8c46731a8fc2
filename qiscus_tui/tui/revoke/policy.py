"""By which rules everything shown is pruned: the usual ones, or a policy of config.toml."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec.structs import replace

from qiscus_tui.model.group_keys import GroupKey
from qiscus_tui.model.retention_rules import Retention
from qiscus_tui.model.text import safe
from qiscus_tui.service.revocation.plan import Allowed, Selection
from qiscus_tui.service.revocation.retention import retention_of
from qiscus_tui.tui.dialogs.choice import Choice, ChoiceDialog
from qiscus_tui.tui.revoke.choices import USUAL_RULES, PlanChoices

if TYPE_CHECKING:
    from textual.app import App

    from qiscus_tui.service.account.workspace import Workspace


async def choose_policy(
    app: App[int],
    shown: Callable[[str], Selection],
    keys: tuple[GroupKey, ...],
    workspace: Workspace,
) -> PlanChoices | None:
    """Return what was chosen, without a question where there is no policy; None to cancel.

    `shown`: selects what is shown and a filter matches; `keys`: for the usual rules. Raises
    FilterError.
    """
    policies = [*workspace.config.policies.values()]
    retentions = [Retention(keys, USUAL_RULES), *map(retention_of, policies)]
    chosen = 0
    if policies:
        names = ["the usual rules", *(safe(policy.name, 24) for policy in policies)]
        words = (replace(one, policy="").words for one in retentions)
        offered = [Choice(name, words) for name, words in zip(names, words, strict=True)]
        answer = await app.push_screen_wait(ChoiceDialog("Prune by", offered))
        if answer is None:
            return None
        chosen = answer
    retention = retentions[chosen]
    filter_text = policies[chosen - 1].filter if chosen else ""
    allowed = Allowed(protected=bool(chosen) and policies[chosen - 1].include_protected)
    selection = shown(filter_text)
    count = len(selection.positions)
    words = f"All {count:,} shown"
    if filter_text:
        words = f"{count:,} of those shown: what the policy {safe(retention.policy, 24)} filters"
    return PlanChoices(
        selection, allowed, retention.keys, retention.rules, retention.policy, chosen=words
    )
