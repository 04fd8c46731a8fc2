"""The configuration of `--demo`: what the demo's admin would have in config.toml."""

import ipaddress

from qiscus_tui.model.durations import DAY
from qiscus_tui.model.known import Known
from qiscus_tui.store.config import Config, Policy, View

_NIGHTLY = Policy(name="nightly", keep_newest=1, keep_used_within=DAY, keep_created_within=3600.0)
_CRONS = View("crons", filter="client:GuzzleHttp", group_by=("network",), sort="count")
_PEOPLE = View("people", filter="ua:Mozilla", sort="last_used")

DEMO_CONFIG = Config(
    known=(
        Known("billing cron", "GuzzleHttp", ipaddress.ip_network("10.2.7.0/24"), protect=True),
        Known("month-end report", "Java", ipaddress.ip_network("10.8.0.0/24"), protect=True),
    ),
    policies={policy.name: policy for policy in (_NIGHTLY,)},
    views={view.name: view for view in (_CRONS, _PEOPLE)},
)
"""Used where `--config` names no file."""
