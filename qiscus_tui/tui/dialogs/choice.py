"""A choice of a few lines: by arrows and Enter, by a digit, or by a double click."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events, on
from textual.binding import Binding, BindingType
from textual.widget import Widget

from qiscus_tui.model.group_keys import USUAL_KEYS, GroupKey
from qiscus_tui.service.sessions.groups import lacking
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.tui.dialogs.dialog import Dialog, DialogButton, Words
from qiscus_tui.tui.listed.groups import keys_words
from qiscus_tui.tui.widgets.table import UNBOUND, Column, Table


@dataclass(frozen=True)
class Choice:
    """One line. Safe texts."""

    words: str
    note: str = ""
    """What it means, or why it can't be chosen."""
    is_off: bool = False
    """Whether it can't be chosen."""


def _style(row: tuple[int, Choice]) -> str:
    return "muted" if row[1].is_off else "row"


COLUMNS: tuple[Column[tuple[int, Choice]], ...] = (
    Column("", lambda row, _: f"{row[0]}", 1, 90, gap=1, style=_style),
    Column("", lambda row, _: row[1].words, 24, 80, style=_style),
    Column("", lambda row, _: row[1].note, UNBOUND, 70, least=9, style=_style),
)


class ChoiceDialog(Dialog[int | None]):
    """Dismissed with the number of what was chosen, from 0, or None."""

    AUTO_FOCUS = "#choices"
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(f"{digit}", f"pick({digit - 1})", show=False) for digit in range(1, 10)),
    ]

    DEFAULT_CSS = """
    ChoiceDialog {
        & #box { width: 104; }
        & #choices { background: $surface; scrollbar-size-vertical: 0; }
        & #in-full { height: auto; margin: 1 0 0 1; color: $text-muted; }
    }
    """

    def __init__(self, title: str, choices: Sequence[Choice], chosen: int = 0) -> None:
        """`chosen`: where the cursor begins."""
        super().__init__()
        self._title = title
        self._choices = choices
        self._chosen = chosen
        self._table = Table(COLUMNS, id="choices")

    def compose_questions(self) -> Iterable[Widget]:
        yield self._table
        yield Words(id="in-full")

    def compose_buttons(self) -> Iterable[Widget]:
        yield DialogButton("Cancel  esc", id="cancel")
        yield DialogButton("Choose  enter", id="choose")

    def opened(self) -> None:
        self.say("heading", self._title)
        self._table.styles.height = len(self._choices) + 1
        self._table.show_rows([*enumerate(self._choices, 1)], self._chosen)
        self.query_one("#in-full", Words).say("")

    def on_resize(self, event: events.Resize) -> None:
        """See which notes are cut now, once it is laid out. (Textual calls the base's too.)"""
        self.call_after_refresh(self._show_in_full)

    @on(Table.Moved)
    def _show_in_full(self) -> None:
        """Show below the lines a note that is cut in its own; keep the line for others."""
        cut = [at for at in range(len(self._choices)) if self._table.cuts(at)]
        row = self._table.cursor_row
        words = self._choices[row].note if row in cut else " " if cut else ""
        self.query_one("#in-full", Words).say(words)

    @on(Table.Opened)
    def _row_opened(self) -> None:
        self.action_choose()

    def action_choose(self) -> None:
        """Close with the one under the cursor."""
        self._choose(self._table.cursor_row)

    def action_pick(self, number: int) -> None:
        """Close with this one."""
        if number < len(self._choices):
            self._table.move_to(number)
            self._choose(number)

    def _choose(self, number: int) -> None:
        choice = self._choices[number]
        if choice.is_off:
            self.warn(choice.note)
        else:
            self.close(number)


GROUPINGS: tuple[tuple[tuple[GroupKey, ...], str], ...] = (
    (USUAL_KEYS, "a script, mostly"),
    ((GroupKey.CLIENT,), "the name without its version"),
    ((GroupKey.NETWORK,), "the /24 of the address, /48 with IPv6"),
    ((GroupKey.USER,), "whom the token was made for"),
    ((GroupKey.LABEL,), "the known integrations"),
    ((GroupKey.DAY,), "the day of the login, in local time"),
)
"""Keys, and what groups by them are."""


def group_by_dialog(listed: SessionList, keys: Sequence[GroupKey]) -> ChoiceDialog:
    """Return the dialog that chooses one of `GROUPINGS`; `keys` are those of now."""
    choices: list[Choice] = []
    for offered, meaning in GROUPINGS:
        why_not = lacking(listed, offered)
        choices.append(Choice(keys_words(offered), why_not or meaning, is_off=why_not is not None))
    now = [offered for offered, _ in GROUPINGS]
    return ChoiceDialog("Group by", choices, now.index(tuple(keys)) if tuple(keys) in now else 0)
