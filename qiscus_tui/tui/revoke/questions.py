"""What can be changed of a plan before it is confirmed, and the number and reason to be typed."""

from collections.abc import Callable, Sequence

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from qiscus_tui.errors import UsageError
from qiscus_tui.model.clock import as_typed
from qiscus_tui.service.account.audit_trail import typed_reason
from qiscus_tui.service.account.connection import Connection
from qiscus_tui.service.revocation.plan import RevocationPlan
from qiscus_tui.tui.commands import registry
from qiscus_tui.tui.dialogs.question import Guard, Toggle, TypedField
from qiscus_tui.tui.listed.view import keys_words
from qiscus_tui.tui.revoke.choices import PlanChoices
from qiscus_tui.tui.revoke.plan_text import additions
from qiscus_tui.tui.terminal.app import keymap_of
from qiscus_tui.tui.widgets.fields import Field
from qiscus_tui.tui.widgets.texts import Words

COMMANDS: dict[str, Sequence[str]] = {
    "rules": ("rules",),
    "keep_more": ("keep_more", "keep_fewer"),
    "next_used_within": ("next_used_within",),
    **{f"allow_{kind}": (f"allow_{kind}",) for kind in ("current", "protected", "hidden")},
}
"""The command that each toggle runs, in the order in which they stand, and those with a key."""

_KEY_WIDTH = 3

Toggles = dict[str, tuple[str, bool]]
"""What can be changed, by its command: its words, and whether it is on."""


def toggles_of(choices: PlanChoices, plan: RevocationPlan, *, ruled: bool) -> Toggles:
    """Return what can be changed of a plan. `ruled`: rules can be applied."""
    rules, each = choices.rules, f"each {keys_words(choices.keys)}"
    newest, used = rules.keep_newest, rules.keep_used_within
    found: Toggles = {}
    if rules.given:
        time = "off" if used is None else as_typed(used)
        found["keep_more"] = f"keep the newest [{newest or 'off'}] of {each}", newest is not None
        found["next_used_within"] = f"keep what was used within [{time}]", used is not None
    elif ruled:
        found["rules"] = "keep the newest of each group, and what was used within 24h", False
    return found | {f"allow_{kind}": (words, is_in) for kind, words, is_in in additions(plan)}


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
        self._toggles = {command: Toggle(command) for command in COMMANDS}
        self._number_words = Words(id="number-words")
        self._number = TypedField(guard, characters="0123456789", id="number")
        self._number_line = Horizontal(self._number_words, self._number, id="number-line")
        self._reason = ReasonLine(connection, guard, on_reason)

    def compose(self) -> ComposeResult:
        yield from self._toggles.values()
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

    def show(self, toggles: Toggles, number: int = 0, *, asks: bool) -> None:
        """Show what can be changed. `asks`: something can be confirmed.

        `number`: what is to be typed, 0 for nothing; one that was typed stays if it is right.
        """
        shown = registry.KeyWords(keymap_of(self))
        for name, toggle in self._toggles.items():
            words, is_on = toggles.get(name, ("", False))
            keys = " ".join(shown[keyed] for keyed in COMMANDS[name])
            toggle.show_state(words, on=is_on, key=f"{keys:<{_KEY_WIDTH}}")
        if self._number.value != str(number):
            self._number.value = ""
        self._number_line.display = number > 0
        self._number_words.say(f"Type {number} and press Enter:")
        self._reason.show(asks=asks)
        self.display = any(child.display for child in self.children)

    def paste(self, text: str) -> None:
        """Take a number that was pasted, wherever the focus is."""
        if self._asks_number and text.strip().isdecimal():
            self._number.value = text.strip()
            self._number.action_end()

    @property
    def _asks_number(self) -> bool:
        return self.display and self._number_line.display

    def type_key(self, event: events.Key) -> None:
        """Type digits into the field, wherever the focus is."""
        field = self._number
        if self._asks_number and not field.has_focus and field.type_key(event):
            event.stop()


class ReasonLine(Horizontal):
    """`Reason (for the audit log):` and the field; not shown where none is required."""

    DEFAULT_CSS = """
    ReasonLine {
        height: 1;
        & #reason-words { width: auto; }
        & #reason { width: 1fr; margin-left: 1; padding: 0 1; }
    }
    """

    def __init__(
        self, connection: Connection, guard: Guard, on_change: Callable[[], None] = lambda: None
    ) -> None:
        """`on_change` is called when another reason was typed."""
        super().__init__(id="reason-line")
        self._is_required = connection.needs_reason
        self._field = ReasonField(guard)
        self._on_change = on_change
        self.show(asks=True)

    def compose(self) -> ComposeResult:
        yield Words("Reason (for the audit log):", id="reason-words")
        yield self._field

    def show(self, *, asks: bool) -> None:
        """Show it where a reason is required. `asks`: something can be confirmed."""
        self.display = asks and self._is_required

    def on_input_changed(self) -> None:
        """Report it."""
        self._on_change()

    @property
    def reason(self) -> str:
        """Return what was typed, on one line."""
        return " ".join(self._field.value.split())

    def why_not(self) -> str:
        """Return why nothing is sent with this reason, and go to the field; else nothing."""
        if self._is_required:
            try:
                typed_reason(self._field.value)
            except UsageError as error:
                self._field.focus()
                return f"{error.message}: nothing was sent. {error.hint}"
        return ""


class ReasonField(Field):
    """Its keys are text; the guard records them, so that an Enter among them confirms nothing."""

    def __init__(self, guard: Guard) -> None:
        super().__init__(id="reason", placeholder="required; such as: leaked, ticket 4711")
        self._guard = guard

    def on_key(self, event: events.Key) -> None:
        """Record a key that Input's own handler keeps."""
        if event.is_printable:
            self._guard.record_key()

    def on_paste(self, event: events.Paste) -> None:
        """Record a paste, before Field's own handler inserts it."""
        self._guard.record_key()
