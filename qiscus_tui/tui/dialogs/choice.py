"""A choice of a few lines: by arrows and Enter, by a digit, or by a click."""

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events, on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from qiscus_tui.model.group_keys import USUAL_KEYS, GroupKey
from qiscus_tui.service.sessions.groups import lacking
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.tui.dialogs.dialog import Dialog, DialogButton
from qiscus_tui.tui.listed.view import keys_words
from qiscus_tui.tui.widgets.cells import fit, width_of

WIDTH = 104
AROUND = 10
"""Cells of the borders, the padding and two scrollbars."""


@dataclass(frozen=True)
class Choice:
    """One line. Safe texts."""

    words: str
    note: str = ""
    """What it means, or why it can't be chosen."""
    is_off: bool = False
    """Whether it can't be chosen."""


class ChoiceDialog(Dialog[int | None]):
    """Dismissed with the number of what was chosen, from 0, or None."""

    AUTO_FOCUS = "#choices"
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(f"{digit}", f"pick({digit - 1})", show=False) for digit in range(1, 10)),
    ]

    DEFAULT_CSS = f"""
    ChoiceDialog {{
        & #box {{ width: {WIDTH}; }}
        & #choices {{ max-height: 60vh; }}
        & #choices > .option-list--option-disabled {{ color: $text-muted; }}
        & #choices > .option-list--option-highlighted {{
            color: $block-cursor-background; background: $block-cursor-foreground;
            text-style: reverse;
        }}
    }}
    """

    def __init__(self, title: str, choices: Sequence[Choice], chosen: int = 0) -> None:
        """`chosen`: where the cursor begins."""
        super().__init__()
        self._title = title
        self._choices = choices
        options = [Option("", disabled=choice.is_off) for choice in choices]
        self._list = OptionList(*options, id="choices", compact=True, markup=False)
        self._chosen = chosen

    def compose_questions(self) -> Iterable[Widget]:
        yield self._list

    def compose_buttons(self) -> Iterable[Widget]:
        yield DialogButton("Cancel  esc", id="cancel")
        yield DialogButton("Choose  enter", id="choose")

    def opened(self) -> None:
        self.say("heading", self._title)
        self._list.highlighted = self._chosen

    def on_resize(self, event: events.Resize) -> None:
        """Write the lines for this width. (Textual calls the base's handler too.)"""
        longest = max(width_of(choice.words) for choice in self._choices)
        room = min(WIDTH, event.size.width) - AROUND - longest - 5
        for at, choice in enumerate(self._choices):
            begin = f"{at + 1}  {fit(choice.words, longest)}  "
            note = textwrap.wrap(choice.note, max(20, room)) or [""]
            lines = f"\n{' ' * (longest + 5)}".join(note)
            self._list.replace_option_prompt_at_index(at, Content(begin + lines))
        self._list.refresh(layout=True)

    def action_scroll_up(self) -> None:
        """Go to the line above."""
        self._list.action_cursor_up()

    def action_scroll_down(self) -> None:
        """Go to the line below."""
        self._list.action_cursor_down()

    @on(OptionList.OptionSelected)
    def _option_selected(self, event: OptionList.OptionSelected) -> None:
        self.close(event.option_index)

    def action_choose(self) -> None:
        """Close with the one under the cursor."""
        self._list.action_select()

    def action_pick(self, number: int) -> None:
        """Close with this one, or say why it can't be chosen."""
        for choice in self._choices[number : number + 1]:
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
        is_off = lacking(listed, offered) is not None
        note = "the server lists none" if is_off else meaning
        choices.append(Choice(keys_words(offered), note, is_off=is_off))
    now = [offered for offered, _ in GROUPINGS]
    return ChoiceDialog("Group by", choices, now.index(tuple(keys)) if tuple(keys) in now else 0)
