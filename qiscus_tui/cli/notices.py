"""Says, once, what an earlier run left half done."""

from qiscus_tui.cli.verb import Context
from qiscus_tui.errors import StorageError


def tell_of_crashes(context: Context) -> None:
    """Name every plan and revoke-all that was cut short, on stderr.

    That the records can't be read is said too, and stops nothing here: what needs them will
    stop by itself.
    """
    disk = context.workspace.disk
    if disk is None:
        return
    from qiscus_tui.service.history import notices

    try:
        for notice in notices(disk):
            context.console.say(f"qiscus-tui: {notice.message}")
            context.console.say(f"  {notice.hint}")
            notice.acknowledge()
    except StorageError as error:
        context.console.tell(error)
