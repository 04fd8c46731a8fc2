"""The commands of the groups: the list with a row a script."""

from qiscus_tui.tui.commands.command import LIST, Command, Group, Scope
from qiscus_tui.tui.commands.context import needs_list, needs_view

_GROUPS = (Scope.GROUPS,)

GROUP_COMMANDS = (
    Command(
        name="views",
        keys=("V",),
        label="views",
        title="Views…",
        help="Choose a view of config.toml: a filter, a grouping and an order under a name.",
        group=Group.FIND,
        footer=16,
        unavailable=needs_view,
        on_app=True,
    ),
    Command(
        name="show_view",
        keys=("1", "2", "3", "4", "5", "6", "7", "8", "9"),
        shown_as="1 … 9",
        help="Show the first view of config.toml, the second, and so on.",
        group=Group.FIND,
        unavailable=needs_view,
        takes_key=True,
        on_app=True,
    ),
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
