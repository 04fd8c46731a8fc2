"""The rule below the filter, on which an error stands under its word while it is typed."""

from typing import ClassVar

from rich.segment import Segment
from textual.strip import Strip

from qiscus_tui.errors import FilterError
from qiscus_tui.model.text import safe
from qiscus_tui.tui.widgets.cells import fit, width_of
from qiscus_tui.tui.widgets.one_line import OneLine, Tone


class FilterRule(OneLine):
    """A rule. It takes no room from the table, so that nothing moves while a filter is typed."""

    DEFAULT_CSS = "FilterRule > .filter-rule--rule { color: $border-blurred; }"
    COMPONENT_CLASSES: ClassVar[set[str]] = {"filter-rule--rule"}

    _shown: tuple[FilterError | None, int] = (None, 0)

    def show_error(self, error: FilterError | None, cell: int = 0) -> None:
        """Show what is wrong with the word that begins in this cell; None: the rule alone."""
        if (error, cell) != self._shown:
            self._shown = (error, cell)
            self.refresh()

    def render_line(self, y: int) -> Strip:
        width, (error, cell) = self.size.width, self._shown
        rule = self.get_component_rich_style("filter-rule--rule")
        if error is None:
            return Strip([Segment("─" * width, rule)], width)
        cell = max(1, min(cell, width - 2))
        what, hint = safe(error.what), safe(error.hint)
        room = width - cell - 3
        if width_of(what) <= room or cell < width // 2:
            what = fit(what, min(room, width_of(what)))
            hint = fit(hint, max(0, min(width_of(hint), room - width_of(what) - 3)))
            middle = [
                Segment("↑ ", self.tone_style(Tone.BAD)),
                Segment(what, self.tone_style(Tone.BAD)),
            ]
            if hint:
                middle.append(Segment(f"  {hint}", self.tone_style(Tone.MUTED)))
        else:
            what = fit(what, min(cell - 2, width_of(what)))
            cell -= width_of(what) + 1
            middle = [Segment(f"{what} ↑", self.tone_style(Tone.BAD))]
        before = Segment("─" * (cell - 1) + " ", rule)
        left = width - cell - sum(width_of(one.text) for one in middle)
        after = Segment((" " + "─" * (left - 1)) if left > 0 else "", rule)
        return Strip([one for one in (before, *middle, after) if one.text], width)
