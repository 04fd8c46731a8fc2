"""Verbs that make no sense while the environment gives the credentials."""

from qiscus_tui.errors import UsageError
from qiscus_tui.service.choice import (
    APP_ID_VARIABLE,
    LONG_LIVED_VARIABLE,
    SECRET_KEY_VARIABLE,
    environment_credentials,
)
from qiscus_tui.service.workspace import Workspace


def must_not_come_from_environment(workspace: Workspace, why: str) -> None:
    """Raises UsageError, with why, where the environment holds credentials; ConfigError."""
    if environment_credentials(workspace.environ) is not None:
        raise UsageError(
            f"The credentials come from the environment: {why}",
            f"Unset {LONG_LIVED_VARIABLE}, {APP_ID_VARIABLE} and {SECRET_KEY_VARIABLE} first.",
        )
