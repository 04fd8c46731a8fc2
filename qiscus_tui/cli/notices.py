"""Says what the user must know before a verb does its work."""

from qiscus_tui.cli.verbs import Context
from qiscus_tui.errors import QiscusTuiError, StorageError


def warn_of_unmatched_accounts(context: Context) -> None:
    """Warn of each configured account that is not kept here: what it forbids is not forbidden."""
    from qiscus_tui.service.account_selection import unmatched_words

    try:
        unmatched = context.workspace.unmatched_accounts()
    except QiscusTuiError:
        return  # the verb needs the same files, and says what is wrong with them
    for name in unmatched:
        words, hint = unmatched_words(name)
        context.console.say(f"qiscus-tui: warning: {words}")
        context.console.say(f"  {hint}")


def report_crashes(context: Context) -> StorageError | None:
    """Name every plan and revoke-all that was cut short, on stderr.

    Gives why the records can't be read. That stops nothing, and is to be said when all is done:
    what needs the records will fail with the same words.
    """
    from qiscus_tui.service.history import notices

    try:
        for notice in notices(context.workspace.local_files):
            context.console.say(f"qiscus-tui: {notice.message}")
            context.console.say(f"  {notice.hint}")
            notice.acknowledge()
    except StorageError as error:
        return error
    return None
