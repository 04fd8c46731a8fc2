"""The configuration of `--demo`: what the demo's admin would have in config.toml."""

import ipaddress

from qiscus_tui.model.known import Known
from qiscus_tui.store.config import Config

DEMO_CONFIG = Config(
    known=(
        Known("billing cron", "GuzzleHttp", ipaddress.ip_network("10.2.7.0/24"), protect=True),
        Known("month-end report", "Java", ipaddress.ip_network("10.8.0.0/24"), protect=True),
    )
)
"""Used where `--config` names no file."""
