"""What is different while the environment gives the credentials."""

from qiscus_tui.errors import LoginNeeded, QiscusTuiError, UsageError
from qiscus_tui.model.account import Storage
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


def mend_hint(error: QiscusTuiError, storage: Storage) -> None:
    """Where the environment's credentials are not good enough, logging in is no way out."""
    if isinstance(error, LoginNeeded) and storage is Storage.ENVIRONMENT:
        error.hint = (
            f"The credentials come from the environment: set a valid {LONG_LIVED_VARIABLE} "
            f"and {APP_ID_VARIABLE} there."
        )
