"""The commands of the groups: the list with a row a script."""

from qiscus_tui.tui.commands.command import LIST, Command, Group, Scope
from qiscus_tui.tui.commands.context import needs_list

_GROUPS = (Scope.GROUPS,)

GROUP_COMMANDS = (
    Command(
        name="groups",
        keys=("g",),
        label="groups",
        title="Groups",
        help="Show the list as groups, a row a script: by client and network at first.",
        group=Group.FIND,
        scopes=(Scope.SESSIONS,),
        footer=19,
        unavailable=needs_list,
    ),
    Command(
        name="group_by",
        keys=("G",),
        label="group by",
        title="Group by…",
        help="Group by client and network, client, network, user, label or day.",
        group=Group.FIND,
        scopes=LIST,
        footer=62,
        footer_scopes=_GROUPS,
        unavailable=needs_list,
    ),
    Command(
        name="leave_groups",
        keys=("g",),
        label="list",
        title="The plain list",
        help="In the groups: show the list of sessions again.",
        group=Group.FIND,
        scopes=_GROUPS,
        footer=61,
        bound=False,
    ),
)
