"""Which theme is used: config.toml's, else the one chosen here, else one like the terminal."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from qiscus_tui.errors import ConfigError, StorageError
from qiscus_tui.model.text import safe
from qiscus_tui.tui.theme import DARK, LIGHT, theme_for

if TYPE_CHECKING:
    from textual.app import App

    from qiscus_tui.service.workspace import Workspace

AUTO = "auto"
"""Dark or light, as the terminal's background is."""

_CHOICES = {
    AUTO: "light or dark, as the terminal's background is",
    DARK: "light text on a dark background",
    LIGHT: "dark text on a light background",
}


class Appearance:
    """Uses a theme, and changes it: by the palette, or with the terminal's background."""

    def __init__(self, app: App[int], workspace: Workspace, *, few_colours: bool) -> None:
        self._app = app
        self._files = workspace.local_files
        self._few_colours = few_colours
        self._configured = workspace.config.ui.theme
        self._wanted = self._configured if self._configured != AUTO else self._chosen_last()
        self._terminal = DARK
        self._use()

    @property
    def follows_terminal(self) -> bool:
        """Whether the terminal's background decides."""
        return self._wanted == AUTO

    def terminal_is(self, *, light: bool) -> None:
        """Follow the background that the terminal reports."""
        self._terminal = LIGHT if light else DARK
        self._use()

    async def choose(self) -> None:
        """Ask for a theme, use it, and keep it for the next run."""
        from qiscus_tui.tui.dialogs.choice import Choice, ChoiceDialog

        choices = [Choice(name, note) for name, note in _CHOICES.items()]
        names = list(_CHOICES)
        now = names.index(self._wanted) if self._wanted in names else 0
        number = await self._app.push_screen_wait(ChoiceDialog("Theme", choices, now))
        if number is None:
            return
        self._wanted = names[number]
        self._use()
        if self._configured != AUTO:
            words = "Until you quit: config.toml sets the theme, under [ui]."
            self._app.notify(words, markup=False)
            return
        try:
            await asyncio.to_thread(self._files.shown_lists.remember_theme, self._wanted)
        except StorageError as error:
            self._app.notify(f"Not kept: {error.text}", severity="warning", markup=False)

    def _chosen_last(self) -> str:
        try:
            theme = self._files.shown_lists.theme()
        except StorageError:
            return AUTO
        return theme if theme in _CHOICES else AUTO

    def _use(self) -> None:
        wanted = self._terminal if self._wanted == AUTO else self._wanted
        if wanted not in self._app.available_themes:
            raise ConfigError(
                f'There is no theme "{safe(wanted, 60)}", as config.toml wants it under [ui]',
                f"Write one of: {', '.join(sorted([AUTO, *self._app.available_themes]))}.",
            )
        self._app.theme = theme_for(wanted, few_colours=self._few_colours)
