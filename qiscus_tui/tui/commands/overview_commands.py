"""The commands of the overview."""

from qiscus_tui.tui.commands.command import Command, Group, Scope
from qiscus_tui.tui.commands.context import needs_list

_OVERVIEW = (Scope.OVERVIEW,)

OVERVIEW_COMMANDS = (
    Command(
        name="open_bar",
        keys=("enter",),
        label="add to the filter",
        title="Filter the list by this bar too",
        help="In the overview: add the bar under the cursor to the filter of the list.",
        group=Group.FIND,
        scopes=_OVERVIEW,
        footer=95,
        unavailable=needs_list,
        bound=False,
    ),
    Command(
        name="next_chart",
        keys=("tab", "right"),
        label="next chart",
        help="In the overview: go to the next chart (→ too).",
        group=Group.MOVE,
        scopes=_OVERVIEW,
        footer=80,
        unavailable=needs_list,
    ),
    Command(
        name="previous_chart",
        keys=("shift+tab", "left"),
        help="In the overview: go to the previous chart (← too).",
        group=Group.MOVE,
        scopes=_OVERVIEW,
        unavailable=needs_list,
    ),
)
