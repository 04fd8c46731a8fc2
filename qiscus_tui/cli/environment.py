"""What differs if the credentials come from the environment."""

from collections.abc import Mapping

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
    """Raise UsageError, with the reason, if they do. Raises ConfigError."""
    if environment_credentials(workspace.environ) is not None:
        raise UsageError(
            f"The credentials come from the environment: {why}",
            f"Unset {LONG_LIVED_VARIABLE}, {APP_ID_VARIABLE} and {SECRET_KEY_VARIABLE} first.",
        )


def hint_by_storage(error: QiscusTuiError, storage: Storage, environ: Mapping[str, str]) -> None:
    """Change the hint if it suggests a login: that does not replace the variables."""
    if storage is not Storage.ENVIRONMENT:
        return
    match error:
        case TokenInvalid():
            error.hint = f"It comes from the environment: set a valid {LONG_LIVED_VARIABLE}."
        case NoLongLivedToken() if not environ.get(LONG_LIVED_VARIABLE, "").strip():
            error.hint = f"Set {LONG_LIVED_VARIABLE} too; exec and api use the key with --rest."
        case NoSecretKey():
            error.hint = f"Set {SECRET_KEY_VARIABLE} too."
        case _:
            pass
