"""The filter over the list: what is asked for, the field while it is typed, the rule below it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from qiscus_tui.errors import FilterError
from qiscus_tui.model.text import safe
from qiscus_tui.query.writing import completion
from qiscus_tui.service.sessions.groups import values_in
from qiscus_tui.tui.listed.view import ListView
from qiscus_tui.tui.widgets.cells import fit, width_of
from qiscus_tui.tui.widgets.fields import Field
from qiscus_tui.tui.widgets.one_line import Line, OneLine, Tone, piece

RULE = "$border-blurred"


@dataclass(frozen=True)
class Offer:
    """What tab goes through."""

    before: str = ""
    after: str = ""
    words: tuple[str, ...] = ()
    at: int = 0

    @property
    def text(self) -> str:
        """The filter with the word that is shown now."""
        return f"{self.before}{self.words[self.at]}{self.after}" if self.words else ""

    @property
    def next(self) -> Offer:
        """With the next word."""
        return replace(self, at=(self.at + 1) % len(self.words))

    @property
    def line(self) -> Line:
        """The words that tab shows next, as many as there is room for."""
        others = (*self.words[self.at + 1 :], *self.words[: self.at])
        pieces = (piece(word, Tone.MUTED, 90 - at, "  ") for at, word in enumerate(others[:20]))
        return Line((piece("tab", Tone.KEY, 100), *pieces))


class FilterField(Field):
    """Filters as it is typed, in the very key's turn.

    Enter leaves, but not where there is an error; escape clears; tab completes the word; up and
    down go through earlier filters.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,shift+tab", "leave", show=False, priority=True),
        Binding("escape", "clear", show=False, priority=True),
        Binding("tab", "complete", show=False, priority=True),
        Binding("up", "earlier", show=False, priority=True),
        Binding("down", "later", show=False, priority=True),
    ]

    DEFAULT_CSS = """
    FilterField, FilterField:focus { padding: 0; background: $background; }
    """

    def __init__(
        self, view: ListView, typed: Callable[[str], None], left: Callable[[], None]
    ) -> None:
        """`typed` is called with the text, `left` when the keys go back to the list.

        Both in the very key's turn.
        """
        super().__init__(id="filter")
        self.add_class("typing")
        self._view, self._typed, self._left = view, typed, left
        self._offer = Offer()
        self._history: list[str] = []
        self._back = 0
        """How many filters ago the shown one was; 0 for the one that is typed."""
        self._begun = ""
        """What was typed before going back."""

    @property
    def offered(self) -> Offer:
        """What tab put in last; nothing once another key changed it."""
        return self._offer if self._offer.text == self.value else Offer()

    def put(self, text: str, cursor: int | None = None) -> None:
        """Show another text, the cursor at its end or there."""
        self.value = text
        self.cursor_position = len(text) if cursor is None else cursor

    def value_changed(self, value: str) -> None:
        self._typed(value)

    def action_leave(self) -> None:
        """Return to the table; the filter is kept. One with an error is to be corrected first."""
        if self._view.filter_error is None:
            self._remember()
            self._back = 0
            self._left()

    def action_clear(self) -> None:
        """Clear the filter, and return to the table; up brings it back."""
        self._remember()
        self.value = ""
        self.action_leave()

    def _remember(self) -> None:
        text = self.value.strip()
        if text and text not in self._history[-1:]:
            self._history.append(text)

    def action_complete(self) -> None:
        """Complete the word before the cursor; again: by the next that fits."""
        offer = self.offered
        if len(offer.words) < 2:
            seen = partial(values_in, self._view.listed)
            found = completion(self.value, self.cursor_position, seen)
            before, after = self.value[: found.start], self.value[found.end :]
            offer = Offer(before, after, found.words, -1)
        if offer.words:
            self._offer = offer.next
            self.put(self._offer.text, len(self._offer.text) - len(offer.after))

    def action_earlier(self) -> None:
        """Show the filter before this one that is another."""
        back = self._back + 1
        while back < len(self._history) and self._history[-back] == self.value.strip():
            back += 1
        self._go(back)

    def action_later(self) -> None:
        """Show the filter after this one; behind the last, return to the table."""
        if self._back:
            self._go(self._back - 1)
        else:
            self.action_leave()

    def _go(self, back: int) -> None:
        if back <= len(self._history):
            self._begun = self.value if not self._back else self._begun
            self._back = back
            self.put(self._history[-back] if back else self._begun)


class FilterBar(Widget):
    """The line of the filter, or its field while that is open."""

    DEFAULT_CSS = """
    FilterBar {
        height: 1;
        layout: horizontal;
        & #filter-sign { width: 3; padding: 0 0 0 1; color: $primary; text-style: bold; }
        & #filter { width: 2fr; }
        & #filter-found { width: 3fr; }
        & .typing { display: none; }
        &.-typing .typing { display: block; }
        &.-typing #filter-line { display: none; }
    }
    """

    def __init__(self, field: FilterField) -> None:
        super().__init__(id="filter-bar")
        self._line = OneLine(id="filter-line")
        self._found = OneLine(id="filter-found", classes="typing")
        self.field = field

    def compose(self) -> ComposeResult:
        yield self._line
        yield Static("/ ", id="filter-sign", classes="typing", markup=False)
        yield self.field
        yield self._found

    @property
    def is_typing(self) -> bool:
        """Whether the field is open."""
        return self.has_class("-typing")

    @property
    def value(self) -> str:
        """What was typed."""
        return self.field.value

    def show(self, text: str) -> None:
        """Filter by `text` as if it had been typed."""
        if text != self.value:
            self.field.put(text)

    def show_line(self, line: Line) -> None:
        """Say what is filtered, and beside the field what that leaves."""
        self._line.show_line(line)
        offered = self.field.offered
        self._found.show_line(offered.line if len(offered.words) > 1 else Line((), line.right))

    def cell_of(self, position: int) -> int:
        """Return the cell of the screen in which a character of the filter is, or would be."""
        before = width_of(self.value[:position])
        return self.field.content_region.x - round(self.field.scroll_x) + before

    def open(self) -> None:
        """Open the field; the next keys go into it."""
        self.add_class("-typing")
        self.field.focus(scroll_visible=False)

    def close(self) -> None:
        """Show the line in place of the field; the keys go elsewhere already."""
        self.remove_class("-typing")


class FilterRule(OneLine):
    """A rule. It takes no room from the table, so that nothing moves while a filter is typed."""

    _shown: tuple[FilterError | None, int] = (None, 0)

    def show_error(self, error: FilterError | None, cell: int = 0) -> None:
        """Show what is wrong with the word that begins in this cell; None: the rule alone."""
        if (error, cell) != self._shown:
            self._shown = (error, cell)
            self.refresh()

    def render(self) -> Content:
        width, (error, cell) = self.size.width, self._shown
        if error is None:
            return Content.styled("─" * width, RULE)
        cell = max(1, min(cell, width - 2))
        what, hint = safe(error.what), safe(error.hint)
        room = width - cell - 3
        if width_of(what) <= room or cell < width // 2:
            what = f"↑ {fit(what, min(room, width_of(what)))}"
            hint = fit(hint, max(0, min(width_of(hint), room - width_of(what) - 1)))
        else:
            what, hint = f"{fit(what, min(cell - 2, width_of(what)))} ↑", ""
            cell -= width_of(what) - 1
        middle = Content.assemble(
            (what, Tone.BAD.value), (f"  {hint}" if hint else "", Tone.MUTED.value)
        )
        before = Content.styled("─" * (cell - 1) + " ", RULE)
        left = width - cell - middle.cell_length
        return before + middle + Content.styled((" " + "─" * (left - 1)) if left > 0 else "", RULE)
