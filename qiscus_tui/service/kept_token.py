"""The short-lived token that is kept here, without any part of the network being loaded."""

from qiscus_tui.model.account import ShortLived
from qiscus_tui.service.choice import Choice
from qiscus_tui.service.workspace import Workspace


def kept_token(workspace: Workspace, choice: Choice, min_ttl: float) -> ShortLived | None:
    """The kept token, None where it has not so many seconds left. Raises StorageError."""
    found = workspace.keeping_of(choice).secrets.read(choice.account.key)
    short = found.short_lived if found is not None else None
    if short is None or short.left(workspace.clock.now()) <= min_ttl:
        return None
    return short
