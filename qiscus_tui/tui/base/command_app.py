"""The base of the app as a place of commands: the registry decides which of them run now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual.actions import ActionParseResult
from textual.binding import Binding, BindingType
from textual.dom import DOMNode

from qiscus_tui.tui.base.screen import BaseScreen
from qiscus_tui.tui.commands import registry
from qiscus_tui.tui.commands.command import HasContext, Scope
from qiscus_tui.tui.terminal.app import TerminalApp


class CommandApp(TerminalApp, inherit_bindings=False):
    """Runs a command where the screen or dialog in front offers it, else says why not."""

    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        *registry.bindings(Scope.APP),
        Binding("ctrl+c", "interrupt", show=False, priority=True),
        Binding("ctrl+z", "suspend_process", show=False),
    ]

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Run the action, or say why the screen or dialog in front does not offer it now."""
        if isinstance(self.screen, BaseScreen):
            self.screen.action_begins()
        if await super().run_action(action, default_namespace, namespaces):
            return True
        reason = self._why_unavailable(action)
        if reason is not None:
            self.notify(reason, severity="warning", markup=False)
        return reason is not None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool:
        """Return whether a command is available, as the registry decides it."""
        return self._why_unavailable(action) is None

    def _why_unavailable(self, action: str | ActionParseResult) -> str | None:
        front = self.screen
        return (
            registry.why_unavailable(action, front.context)
            if isinstance(front, HasContext)
            else None
        )

    def action_screenshot(self, filename: str | None = None, path: str | None = None) -> None:
        """Textual's own would write what the screen shows into a file: not here."""
