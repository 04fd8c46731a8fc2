"""What can be changed of a plan before it is confirmed, and the number and reason to be typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from qiscus_tui.model.durations import as_typed
from qiscus_tui.service.revocation.plan import RevocationPlan
from qiscus_tui.tui.dialogs.dialog import Words
from qiscus_tui.tui.dialogs.question import Guard, Toggle, TypedField
from qiscus_tui.tui.listed.group_sorting import keys_words
from qiscus_tui.tui.revoke.choices import PlanChoices
from qiscus_tui.tui.revoke.question_text import toggles
from qiscus_tui.tui.revoke.reason import ReasonLine

if TYPE_CHECKING:
    from qiscus_tui.service.account.connection import Connection

COMMANDS = {
    "current": "allow_current",
    "protected": "allow_protected",
    "hidden": "allow_hidden",
    "rules": "rules",
    "newest": "keep_more",
    "used": "next_used_within",
    "created": "keep_created",
}
"""What each of the toggles runs."""

_KEYS = {"newest": "+ -", "used": "t", "created": ""}
_KEY_WIDTH = 3


class PlanQuestions(Vertical):
    """The toggles of the rules and of what is left out, and the fields for number and reason."""

    DEFAULT_CSS = """
    PlanQuestions {
        height: auto;
        & #number-line { height: 1; layout: horizontal; }
        & #number-words { width: auto; }
        & #number { width: 14; margin-left: 1; }
    }
    """

    def __init__(self, connection: Connection, guard: Guard, on_reason: Callable[[], None]) -> None:
        """`on_reason` is called when another reason was typed."""
        super().__init__(id="plan-questions")
        self._toggles = {
            what: Toggle(what, key=f"{_KEYS.get(what, what[0]):<{_KEY_WIDTH}}") for what in COMMANDS
        }
        self._number_words = Words(id="number-words")
        self._number = TypedField(guard, characters="0123456789", id="number")
        self._number_line = Horizontal(self._number_words, self._number, id="number-line")
        self._reason = ReasonLine(connection, guard, on_reason)

    def compose(self) -> ComposeResult:
        for what in ("rules", "newest", "used", "created", "current", "protected", "hidden"):
            yield self._toggles[what]
        yield self._number_line
        yield self._reason

    @property
    def reason(self) -> str:
        """Return the reason that was typed; empty where none is required."""
        return self._reason.reason

    def why_not(self, plan: RevocationPlan) -> str:
        """Return why what was typed does not confirm the plan; empty where it does."""
        count = len(plan.targets)
        if plan.is_large and self._number.value != str(count):
            return f"That is not the number: type {count} to revoke them."
        return self._reason.why_not()

    def show(self, choices: PlanChoices, plan: RevocationPlan, *, asks: bool, ruled: bool) -> None:
        """Show what can be changed. `asks`: something can be confirmed; `ruled`: rules can apply.

        A number that was typed before stays where it is still right.
        """
        self._show_rules(choices, ruled=ruled)
        for kind, words, on in toggles(plan):
            self._toggles[kind].show_state(words, on=on)
        count = len(plan.targets)
        if self._number.value != str(count):
            self._number.value = ""
        self._number_line.display = asks and plan.is_large
        self._number_words.say(f"Type {count} and press Enter:")
        self._reason.show(asks=asks)
        self._show_any()

    def _show_rules(self, choices: PlanChoices, *, ruled: bool) -> None:
        rules, each = choices.rules, f"each {keys_words(choices.keys)}"
        words = dict.fromkeys(("rules", "newest", "used", "created"), "")
        if rules.given:
            newest, used = rules.keep_newest, rules.keep_used_within
            words["newest"] = f"keep the newest [{newest or 'off'}] of {each}"
            time = "off" if used is None else as_typed(used)
            words["used"] = f"keep what was used within [{time}]"
        elif ruled:
            words["rules"] = f"keep the newest of {each}, and what was used within 24h"
        created = rules.keep_created_within
        within = choices.created_within if created is None else created
        if within is not None:
            words["created"] = f"keep what was created within [{as_typed(within)}]"
        on = {
            "rules": False,
            "newest": rules.keep_newest is not None,
            "used": rules.keep_used_within is not None,
            "created": created is not None,
        }
        for what, text in words.items():
            self._toggles[what].show_state(text, on=on[what])

    def hide(self) -> None:
        """Ask nothing more."""
        for toggle in self._toggles.values():
            toggle.show_state("", on=False)
        self._number_line.display = False
        self._reason.show(asks=False)
        self._show_any()

    def _show_any(self) -> None:
        self.display = any(child.display for child in self.children)

    def type_key(self, event: events.Key) -> None:
        """Type digits into the field, wherever the focus is."""
        asked, field = self._number_line.display, self._number
        if asked and not field.has_focus and field.type_key(event):
            event.stop()
