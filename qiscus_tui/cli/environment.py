"""What is different while the environment gives the credentials."""

from qiscus_tui.errors import (
    NoLongLivedToken,
    NoSecretKey,
    QiscusTuiError,
    TokenInvalid,
    UsageError,
)
from qiscus_tui.model.account import Storage
from qiscus_tui.service.account_selection import (
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


def hint_by_storage(error: QiscusTuiError, storage: Storage) -> None:
    """Change what the error says to do where that is refused: no login replaces the variables."""
    if storage is not Storage.ENVIRONMENT:
        return
    match error:
        case TokenInvalid():
            error.hint = f"It comes from the environment: set a valid {LONG_LIVED_VARIABLE} there."
        case NoLongLivedToken():
            error.hint = f"Set {LONG_LIVED_VARIABLE} too; exec and api take the key by --rest."
        case NoSecretKey():
            error.hint = f"Set {SECRET_KEY_VARIABLE} too."
        case _:
            pass
