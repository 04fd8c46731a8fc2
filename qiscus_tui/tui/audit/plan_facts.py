"""The facts of one plan of the audit log: pairs of a name and safe text."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from qiscus_tui.model.text import safe
from qiscus_tui.tui.widgets.facts import Fact

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qiscus_tui.service.history import PastPlan

MOST_IDS = 3
"""Ids that are named of the sessions with the same outcome."""


def who(plan: PastPlan) -> str:
    intent = plan.intent
    who = safe(intent.os_user)
    if intent.sudo_user:
        who += f" (sudo by {safe(intent.sudo_user)})"
    return f"{who} from {safe(intent.ssh_client)}" if intent.ssh_client else who


def named_ids(ids: Sequence[str]) -> str:
    """Return the first ids, and how many there are more."""
    more = f" and {len(ids) - MOST_IDS:,} more" if len(ids) > MOST_IDS else ""
    return "  ".join(map(safe, ids[:MOST_IDS])) + more


def plan_facts(plan: PastPlan) -> list[Fact]:
    """Return who, where and when, how the sessions were chosen, and why."""
    intent = plan.intent
    when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(intent.time))
    facts = (
        ("when", when),
        ("sessions", f"{len(intent.ids):,}"),
        *((("rule", safe(intent.rule)),) if intent.rule else ()),
        *((("reason", safe(intent.reason)),) if intent.reason else ()),
        ("by", f"{who(plan)} on {safe(intent.process.host)}"),
        ("account", safe(plan.account)),
        ("server", safe(intent.server)),
    )
    return [Fact(name, value) for name, value in facts]
