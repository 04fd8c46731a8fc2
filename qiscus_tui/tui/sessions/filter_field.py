"""The field in which the filter is typed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from textual.binding import Binding, BindingType

from qiscus_tui.query.terms import Key
from qiscus_tui.query.writing import completion
from qiscus_tui.tui.widgets.fields import Field
from qiscus_tui.tui.widgets.one_line import Line, Tone, piece


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
        self,
        typed: Callable[[str], None],
        left: Callable[[], None],
        seen: Callable[[Key], Sequence[str]],
        is_readable: Callable[[], bool],
        *,
        id: str,
    ) -> None:
        super().__init__(id=id)
        self._is_readable = is_readable
        self._typed = typed
        self._left = left
        self._seen = seen
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
        if not self._is_readable():
            return
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
            found = completion(self.value, self.cursor_position, self._seen)
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
