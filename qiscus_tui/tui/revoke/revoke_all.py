"""Revoke all: says what follows, takes the typed app code, and shows the result."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable, Iterable
from typing import ClassVar

from msgspec.structs import replace
from textual import events
from textual.binding import BindingType
from textual.content import Content
from textual.css.query import NoMatches
from textual.widget import Widget

from qiscus_tui.commands.command import Context, Phase, Scope
from qiscus_tui.errors import QiscusTuiError
from qiscus_tui.model.text import counted, safe
from qiscus_tui.service.account.connection import Connection
from qiscus_tui.service.revocation.outcomes import LOOK_AGAIN_HINT
from qiscus_tui.service.revocation.revoke_all import (
    RevokeAllResult,
    Sent,
    all_sessions,
    consequences,
    send_revoke_all,
    verify,
)
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.tui import registry
from qiscus_tui.tui.dialogs.dialog import DialogButton, trouble
from qiscus_tui.tui.dialogs.question import Question, ReasonLine, TypedField
from qiscus_tui.tui.registry import KeyWords
from qiscus_tui.tui.revoke.plan_text import joined, parted
from qiscus_tui.tui.revoke.run_text import ending
from qiscus_tui.tui.widgets.texts import Words


class RevokeAllDialog(Question[RevokeAllResult]):
    """Dismissed with the result, or None where nothing was sent.

    `on_result` gets it as soon as it is known: the list behind must not lag behind it.
    """

    AUTO_FOCUS = "#code"
    TITLE_TEXT = "Revoke all sessions"
    DANGEROUS = True

    BINDINGS: ClassVar[list[BindingType]] = [*registry.bindings(Scope.REVOKE_ALL)]

    DEFAULT_CSS = """
    RevokeAllDialog {
        & #code { width: 1fr; }
        & #lines { text-wrap: wrap; }
    }
    """

    def __init__(
        self,
        connection: Connection,
        listed: SessionList,
        on_result: Callable[[RevokeAllResult], None] = lambda _: None,
    ) -> None:
        super().__init__(connection.clock)
        self._on_result = on_result
        self._connection = connection
        self._listed = listed
        self._refusal: QiscusTuiError | None = None
        self._result: RevokeAllResult | None = None
        self._reason = ReasonLine(self.guard, is_required=connection.needs_reason)
        self._sending: asyncio.Task[Sent] | None = None
        self._lost: str | None = None
        """A new long-lived token that is stored nowhere, until the user has closed the dialog."""

    @property
    def context(self) -> Context:
        return replace(
            super().context,
            refusal=self._refusal.message if self._refusal else "",
            can_cancel=self.phase is not Phase.RUNNING,
        )

    def compose_questions(self) -> Iterable[Widget]:
        yield self._reason
        yield Words(id="code-words")
        yield TypedField(self.guard, id="code")

    def compose_buttons(self) -> Iterable[Widget]:
        yield DialogButton("Cancel  esc", id="cancel")
        yield DialogButton("Revoke all", id="confirm", variant="danger")

    def opened(self) -> None:
        account = self._connection.account
        try:
            self._connection.must_be_writable()
        except QiscusTuiError as error:
            self._refusal = error
        self.say("heading", f"Revoke {all_sessions(self._listed)}")
        whose = account.user_words(self._connection.name)
        self.say("lead", f"Of {whose} on {account.origin.netloc}. This can't be undone.")
        self.say("lines", what_follows(self._listed))
        if self._refusal is None:
            self.query_one("#code-words", Words).say(
                f"Type the app code {safe(account.app_code)} and press Enter:"
            )
            return
        self.say_trouble(self._refusal)
        for name in ("#questions", "#confirm"):
            self.query_one(name).display = False
        self.query_one("#cancel").focus()

    async def confirmed(self) -> None:
        code = self._connection.account.app_code
        if self.query_one("#code", TypedField).value.strip() not in {code, safe(code)}:
            self.warn("That is not the app code: nothing was sent.")
            return
        if why_not := self._reason.why_not():
            self.warn(why_not)
            return
        self._show_sending()
        # A task of its own: leaving the screen must not lose the new token.
        before, self._connection.show_secret = self._connection.show_secret, self._show_lost
        sending = send_revoke_all(self._connection, self._listed, reason=self._reason.reason)
        self._sending = asyncio.create_task(sending)
        self._sending.add_done_callback(lambda _: setattr(self._connection, "show_secret", before))
        try:
            sent = await asyncio.shield(self._sending)
            self.say("lead", "Reading what is gone.")
            self._show_result(await verify(self._connection, self._listed, sent))
        except QiscusTuiError as error:
            self.say("heading", "None revoked")
            self.say("lead")
            self.say_trouble(error)
        self.phase = Phase.DONE
        self.offer_close()

    def _show_sending(self) -> None:
        self.phase = Phase.RUNNING
        for name in ("#questions", "#confirm", "#cancel"):
            self.query_one(name).display = False
        self.say("heading", "Revoking all sessions")
        self.say("lead", "Waiting for the new token. This can't be stopped now.")
        self.say("lines")
        self.say("note")

    def _show_lost(self, token: str) -> bool:
        """Show a new long-lived token that could not be stored, while the rest is still running."""
        self._lost, account = token, self._connection.account
        words = Content.assemble(
            ("The new long-lived token, shown only here and only now:\n", "bold $error"),
            (safe(token), "bold"),
            (
                "\nKeep it in a safe place, repair the storage, and log in with it: qiscus-tui "
                f"login --server {account.origin} --with-token --app-id {safe(account.app_code)}",
                "$text-muted",
            ),
        )
        with contextlib.suppress(NoMatches):  # the screen is gone: see on_unmount
            self.say("note", words)
        return True

    def _show_result(self, result: RevokeAllResult) -> None:
        self._result = result
        self._on_result(result)
        sent, whole = result.sent, result.still_listed == 0
        self.set_class(not whole or sent.unstored is not None, "-dangerous")
        self.say("heading", "Revoked" if whole else ending(result.counts))
        self.say(
            "lead", Content.styled(result.words, "bold $success" if whole else "bold $warning")
        )
        self.say("lines", result_words(result, self.keys))

    def on_paste(self, event: events.Paste) -> None:
        """Say that the code is not pasted. (Textual calls the base's handler too.)"""
        if self.phase is Phase.ASKING:
            self.warn("Not pasted: type it.")

    def action_cancel(self) -> None:
        """Close; once it is done, not by a key that came too early."""
        if self.phase is Phase.ASKING:
            self.close(None)
        elif self.guard.armed:
            self.say("note")
            self._lost = None  # it was read
            self.close(self._result)

    action_finish = action_cancel  # Enter, wherever the focus is

    async def on_unmount(self) -> None:
        """Store the new token first, or leave it on the terminal."""
        if self.confirming is not None:
            self.confirming.cancel()  # there is no screen left for the result
        if self._sending is not None:
            await asyncio.wait({self._sending})
            self._sending.exception()  # nor the failure, which the next start explains
        if self._lost is not None:
            self.app.parting_words.append(
                f"The new long-lived token could not be stored. It is shown only here: {self._lost}"
            )


def what_follows(listed: SessionList) -> Content:
    """Return what follows from ending everything in this list, and which integrations stop."""
    stop = Counter(
        f"{known.label}, protected" if known.protect else known.label
        for known in listed.labels
        if known is not None
    )
    title = Content.styled("Known integrations that stop:", "bold $warning")
    counts = [
        Content.assemble((f"{count:>7,}", "bold"), f"  {label}")
        for label, count in stop.most_common()
    ]
    return parted([[*map(Content, consequences(listed))], [title, *counts] if stop else []])


def result_words(result: RevokeAllResult, keys: KeyWords) -> Content:
    """Return what is known of the result, and what is not."""
    parts: list[Content] = []
    for error, words in result.troubles:
        parts += [Content.styled(words, "$warning"), trouble(error, keys)]
    if result.still_listed:
        are = "is" if result.still_listed == 1 else "are"
        still = f"{counted(result.still_listed, 'session')} from before {are} still listed."
        parts.append(Content(f"{still}\n{keys.hint(LOOK_AGAIN_HINT)}"))
    return joined(parts or [Content("A new token is stored, and is in use now.")])
