"""The workspace of the demo: the same API in this process, and an admin's config.toml."""

import ipaddress
from pathlib import Path

from qiscus_tui.api.wire import in_process
from qiscus_tui.demo import DemoState
from qiscus_tui.demo.app import demo_app
from qiscus_tui.model.account import parse_origin
from qiscus_tui.model.clients import Known
from qiscus_tui.model.clock import DAY, HOUR, Clock
from qiscus_tui.service.account.workspace import DemoAccess, LocalFiles, Workspace, named_config
from qiscus_tui.store.config import Config, Policy, View

_NIGHTLY = Policy(name="nightly", keep_newest=1, keep_used_within=DAY, keep_created_within=HOUR)
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


DEMO_SERVER = "https://demo.invalid"
"""A host name that exists nowhere: the demo answers in this process."""


def demo_workspace(clock: Clock, sessions: int = 400, config_file: Path | None = None) -> Workspace:
    """The demo in this process: no socket, no file but a configuration that was named, and
    nothing of the user's environment. Raises ConfigError, StorageError.
    """
    state = DemoState(clock, sessions=sessions)
    access = DemoAccess(
        in_process(demo_app(state)),
        parse_origin(DEMO_SERVER),
        state.credentials.email,
        state.credentials.password,
    )
    config = named_config(config_file) or DEMO_CONFIG
    return Workspace(
        {}, config, LocalFiles.in_memory(), clock, config_file=config_file, demo=access
    )
