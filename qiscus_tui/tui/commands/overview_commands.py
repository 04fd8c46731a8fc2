"""The commands of the overview."""

from functools import partial

from qiscus_tui.tui.commands.command import Command, Group, Scope
from qiscus_tui.tui.commands.context import needs_any_row

_in_overview = partial(Command, scopes=(Scope.OVERVIEW,), unavailable=needs_any_row)

OVERVIEW_COMMANDS = (
    _in_overview(
        name="open_bar",
        keys=("enter",),
        label="add to the filter",
        title="Filter the list by this bar too",
        help="In the overview: add the bar under the cursor to the filter of the list.",
        group=Group.FIND,
        footer=95,
        bound=False,
    ),
    _in_overview(
        name="next_chart",
        keys=("tab", "right"),
        label="next chart",
        help="In the overview: go to the next chart (→ too).",
        group=Group.MOVE,
        footer=80,
    ),
    _in_overview(
        name="previous_chart",
        keys=("shift+tab", "left"),
        help="In the overview: go to the previous chart (← too).",
        group=Group.MOVE,
    ),
)
