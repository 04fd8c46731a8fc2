"""Which account a plan is for: it is in all that is said of the plan, and never guessed."""

import shlex

from qiscus_tui.cli.verbs import Context
from qiscus_tui.errors import UsageError
from qiscus_tui.model.text import safe
from qiscus_tui.service.account_selection import LAST_USED
from qiscus_tui.service.connection import Connection


def account_line(connection: Connection) -> str:
    """Return `Account a@b.c@abcd-1 on https://omnichannel.qiscus.com`."""
    return f"Account {safe(connection.name, 200)} on {connection.account.origin}"


def account_fields(connection: Connection) -> dict[str, object]:
    """Return what each JSON object begins with."""
    return {"account": connection.name, "server": str(connection.account.origin)}


def must_name_account(context: Context, connection: Connection) -> None:
    """Raise UsageError for `--yes` where several accounts are kept, and none was named."""
    options = context.options
    if options.yes and not options.dry_run and connection.chosen_by == LAST_USED:
        name = shlex.quote(safe(connection.name, 200))
        raise UsageError(
            "--yes needs --account where more than one account is logged in",
            f"Nothing was sent. The account that was used last: --account {name}",
        )
