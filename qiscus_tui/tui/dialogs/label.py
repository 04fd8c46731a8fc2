"""Name the integration of a session: its client and network. Plans leave protected ones out."""

import asyncio
from collections.abc import Callable, Iterable
from typing import ClassVar

from msgspec.structs import replace
from textual import on
from textual.app import App
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget

from qiscus_tui.errors import QiscusTuiError, StorageError
from qiscus_tui.model.session import Session
from qiscus_tui.model.text import counted, safe
from qiscus_tui.service.account.integrations import (
    Integration,
    Integrations,
    integrations_of,
)
from qiscus_tui.tui.dialogs.dialog import Dialog, DialogButton
from qiscus_tui.tui.listed.feed import Feed
from qiscus_tui.tui.widgets.fields import Field, Tick
from qiscus_tui.tui.widgets.texts import Words

NOTHING_TO_NAME = "This session has neither a client nor a network by which to name it."


class LabelDialog(Dialog[str | None]):
    """Stores or removes a label. Dismissed with the label, empty where it was removed; None where
    nothing was changed.
    """

    AUTO_FOCUS = "#label"
    TITLE_TEXT = "Name an integration"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "save_label", show=False),
        Binding("ctrl+f", "forget_label", show=False),
    ]
    DEFAULT_CSS = """
    LabelDialog #label-line { height: 1; }
    LabelDialog #label-line Words { width: auto; margin-right: 1; }
    """

    def __init__(self, integrations: Integrations, named: Integration) -> None:
        super().__init__()
        self._integrations = integrations
        self._named = named
        words = "protect: plans leave it out (tab goes here, space changes it)"
        self._protect = Tick(words, value=named.protect, id="protect")

    def compose_questions(self) -> Iterable[Widget]:
        with Horizontal(id="label-line"):
            yield Words("Label:")
            yield Field(safe(self._named.label), id="label", placeholder="such as: billing cron")
        yield self._protect

    def compose_buttons(self) -> Iterable[Widget]:
        yield DialogButton("Cancel  esc", id="cancel")
        if self._named.label:
            yield DialogButton("Forget  ctrl+f", id="forget_label")
        yield DialogButton("Save  enter", id="save_label")

    def opened(self) -> None:
        client = "this client, whatever its version," if self._named.client else "any client"
        network = "this network" if self._named.ip else "any network"
        words = f"All sessions of {client} from {network}:"
        self.say("lead", Content.assemble(f"{words}\n", (self._named.words, "bold")))
        self.query_one(Field).cursor_position = len(self._named.label)

    @on(Field.Submitted)
    def action_save_label(self) -> None:
        """Store the label, or say why not."""
        label = self.query_one(Field).value.strip()
        named = replace(self._named, label=label, protect=self._protect.value)
        self._change(lambda: self._integrations.name(named), label)

    def action_forget_label(self) -> None:
        """Remove the label of these sessions."""
        if self._named.label:
            self._change(lambda: self._integrations.remove(self._named), "")
        else:
            self.warn("There is nothing to forget: these sessions have no label.")

    def _change(self, change: Callable[[], object], label: str) -> None:
        async def changed() -> None:
            try:
                await asyncio.to_thread(change)
            except QiscusTuiError as error:
                self.say_trouble(error)
            else:
                self.close(label)

        self.run_worker(changed, exclusive=True)


async def label_session(app: App[int], feed: Feed, session: Session) -> None:
    """Ask for the label of a session's integration, and list its sessions under it at once."""
    connection, position = feed.connection, feed.listed.positions.get(session.id)
    if connection is None or position is None:
        return
    integrations = integrations_of(feed.workspace, connection.account)
    try:
        found = integrations.of(session, feed.listed.labels[position])  # the dialog gets the keys
    except StorageError as error:
        app.notify(error.text, severity="error", markup=False)
        return
    if found is None or integrations.is_configured(found):
        reason = NOTHING_TO_NAME if found is None else integrations.in_config(found.label).text
        app.notify(reason, severity="warning", markup=False)
        return
    label = await app.push_screen_wait(LabelDialog(integrations, found))
    if label is None:
        return
    await feed.label_again()
    if not label:
        unprotected = ", and no longer protected" if found.protect else ""
        feed.say(f"{safe(found.label)} is forgotten{unprotected}")
        return
    labels = [known for known in feed.listed.labels if known is not None and known.label == label]
    protected = ", protected" if any(known.protect for known in labels) else ""
    feed.say(f"{safe(label)}: {counted(len(labels), 'session')}{protected}")
