"""Warnings before a verb runs."""

from qiscus_tui.cli.verbs import Context
from qiscus_tui.errors import QiscusTuiError, StorageError


def warn_of_unmatched_accounts(context: Context) -> None:
    """Warn of configured accounts that do not exist here: their `readonly` has no effect."""
    from qiscus_tui.service.account_selection import unmatched_words

    try:
        unmatched = context.workspace.unmatched_accounts()
    except QiscusTuiError:
        return  # the verb needs the same files, and reports the error
    for name in unmatched:
        words, hint = unmatched_words(name)
        context.console.say(f"qiscus-tui: warning: {words}")
        context.console.say(f"  {hint}")


def report_crashes(context: Context) -> StorageError | None:
    """Report every plan and revoke-all that was interrupted.

    Return the error if the records can't be read, to be shown at the end: it does not stop the
    verb, which fails with the same error if it needs them.
    """
    local_files = context.workspace.local_files
    try:
        if not local_files.may_hold_interrupted():
            return None
        from qiscus_tui.service.interrupted import notices

        for notice in notices(local_files):
            context.console.say(f"qiscus-tui: {notice.message}")
            context.console.say(f"  {notice.hint}")
            notice.acknowledge()
    except StorageError as error:
        return error
    return None
