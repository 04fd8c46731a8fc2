"""Says, once, what an earlier run left half done."""

from qiscus_tui.cli.verb import Context
from qiscus_tui.errors import StorageError


def tell_of_crashes(context: Context) -> StorageError | None:
    """Name every plan and revoke-all that was cut short, on stderr.

    Gives why the records can't be read. That stops nothing, and is to be said when all is done:
    what needs the records will fail with the same words.
    """
    disk = context.workspace.disk
    if disk is None:
        return None
    from qiscus_tui.service.history import notices

    try:
        for notice in notices(disk):
            context.console.say(f"qiscus-tui: {notice.message}")
            context.console.say(f"  {notice.hint}")
            notice.acknowledge()
    except StorageError as error:
        return error
    return None
