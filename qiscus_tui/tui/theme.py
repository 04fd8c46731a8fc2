"""Our themes: quiet, few accents, and exact in a 256-colour terminal.

Every colour is in the xterm palette of 256, so that surfaces which differ here differ there too;
most terminals over SSH have no more. Accents have one meaning everywhere: green is our own
session, amber is soon, red is what cannot be undone, violet is marked.

Where a terminal has 16 colours or is to show none, the same theme is made of the terminal's own
colours: the accents still differ there, and all other text has the default colour.
"""

import asyncio
from collections.abc import Mapping
from typing import Literal, cast

from rich.console import Console
from textual import constants
from textual.app import App
from textual.theme import BUILTIN_THEMES, Theme

from qiscus_tui.errors import StorageError
from qiscus_tui.service.account.workspace import Workspace

DARK = "qiscus-dark"
LIGHT = "qiscus-light"
ANSI_DARK = "qiscus-ansi-dark"
ANSI_LIGHT = "qiscus-ansi-light"

_ColourSystem = Literal["auto", "standard", "256", "truecolor", "windows"]
"""The values of TEXTUAL_COLOR_SYSTEM."""


def _variables(
    *,
    text: str,
    muted: str,
    faint: str,
    line: str,
    back: str,
    primary: str,
    on_primary: str,
    selection: str,
    on_selection: str,
) -> dict[str, str]:
    """Return the names of Textual's and ours that a theme does not make of its main colours."""
    return {
        "text": text,
        "text-muted": muted,
        "text-disabled": faint,
        "foreground-muted": muted,
        "foreground-disabled": faint,
        "border": primary,
        "border-blurred": line,
        "block-cursor-background": primary,
        "block-cursor-foreground": on_primary,
        "block-cursor-text-style": "none",
        "block-cursor-blurred-background": line,
        "block-cursor-blurred-foreground": text,
        "block-cursor-blurred-text-style": "none",
        "block-hover-background": line,
        "input-cursor-background": text,
        "input-cursor-foreground": back,
        "input-selection-background": selection,
        "input-selection-foreground": on_selection,
        "scrollbar": line,
        "scrollbar-hover": primary,
        "scrollbar-active": primary,
        "scrollbar-background": back,
        "scrollbar-background-hover": back,
        "scrollbar-background-active": back,
    }


QISCUS_DARK = Theme(
    name=DARK,
    dark=True,
    background="#121212",  # 233
    surface="#1c1c1c",  # 234
    panel="#303030",  # 236
    foreground="#d7d7d7",  # 188
    primary="#5fafd7",  # 74
    secondary="#87afd7",  # 110
    success="#87af5f",  # 107
    warning="#d7af5f",  # 179
    error="#ff5f5f",  # 203
    accent="#d787ff",  # 177
    variables=_variables(
        text="#d7d7d7",
        muted="#8a8a8a",  # 245
        faint="#6c6c6c",  # 242
        line="#444444",  # 238
        back="#121212",
        primary="#5fafd7",
        on_primary="#121212",
        selection="#005f87",  # 24
        on_selection="#d7d7d7",
    ),
)

QISCUS_LIGHT = Theme(
    name=LIGHT,
    dark=False,
    background="#ffffff",  # 231
    surface="#eeeeee",  # 255
    panel="#dadada",  # 253
    foreground="#262626",  # 235
    primary="#005f87",  # 24
    secondary="#005faf",  # 25
    success="#005f00",  # 22
    warning="#875f00",  # 94
    error="#af0000",  # 124
    accent="#8700af",  # 91
    variables=_variables(
        text="#262626",
        muted="#626262",  # 241
        faint="#767676",  # 243
        line="#bcbcbc",  # 250
        back="#ffffff",
        primary="#005f87",
        on_primary="#ffffff",
        selection="#afd7ff",  # 153
        on_selection="#262626",
    ),
)


def _ansi(name: str, primary: str, *, dark: bool) -> Theme:
    own = "ansi_default"
    on_primary = "ansi_black" if dark else "ansi_bright_white"
    return Theme(
        name=name,
        ansi=True,
        dark=dark,
        background=own,
        surface=own,
        panel=own,
        foreground=own,
        primary=primary,
        secondary=primary,
        # Green and yellow can't be read on white, still less in bold.
        success="ansi_green" if dark else primary,
        warning="ansi_yellow" if dark else "ansi_red",
        error="ansi_bright_red" if dark else "ansi_red",
        accent="ansi_bright_magenta" if dark else "ansi_magenta",
        variables={"ansi-background": own, "ansi-foreground": own}  # Textual's rules name them
        | _variables(
            text=own,
            muted=own,  # a grey would be the background's in some palettes
            faint=own,
            line="ansi_bright_black",
            back=own,
            primary=primary,
            on_primary=on_primary,
            selection=primary,
            on_selection=on_primary,
        ),
    )


QISCUS_ANSI_DARK = _ansi(ANSI_DARK, "ansi_cyan", dark=True)
QISCUS_ANSI_LIGHT = _ansi(ANSI_LIGHT, "ansi_blue", dark=False)

THEMES = (QISCUS_DARK, QISCUS_LIGHT, QISCUS_ANSI_DARK, QISCUS_ANSI_LIGHT)
ALL_THEMES = {**BUILTIN_THEMES, **{theme.name: theme for theme in THEMES}}
"""Textual's and ours, by name."""


def has_few_colours(environ: Mapping[str, str]) -> bool:
    """Return whether the terminal has 16 colours or fewer, or is to show none (`NO_COLOR`)."""
    if "NO_COLOR" in environ:
        return True
    system = cast("_ColourSystem", constants.COLOR_SYSTEM)
    console = Console(color_system=system, force_terminal=True, _environ=environ)
    return console.color_system in {None, "standard"}


def theme_for(wanted: str, *, few_colours: bool) -> str:
    """Return the theme to use for the one configured: with few colours, the terminal's own."""
    return {DARK: ANSI_DARK, LIGHT: ANSI_LIGHT}.get(wanted, wanted) if few_colours else wanted


AUTO = "auto"
"""Dark or light, as the terminal's background is."""

CHOICES = {
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
        self.chosen = self._configured if self._configured != AUTO else self._chosen_last()
        self._terminal = DARK
        self._use()

    def terminal_is(self, *, light: bool) -> None:
        """Follow the background that the terminal reports."""
        self._terminal = LIGHT if light else DARK
        self._use()

    async def choose(self, theme: str) -> None:
        """Use this theme, one of `CHOICES`, and keep it for the next run."""
        self.chosen = theme
        self._use()
        if self._configured != AUTO:
            words = "Until you quit: config.toml sets the theme, under [ui]."
            self._app.notify(words, markup=False)
            return
        try:
            await asyncio.to_thread(self._files.shown_lists.remember_theme, theme)
        except StorageError as error:
            self._app.notify(f"Not kept: {error.text}", severity="warning", markup=False)

    def _chosen_last(self) -> str:
        try:
            theme = self._files.shown_lists.theme()
        except StorageError:
            return AUTO
        return theme if theme in CHOICES else AUTO

    def _use(self) -> None:
        wanted = self._terminal if self.chosen == AUTO else self.chosen
        self._app.theme = theme_for(wanted, few_colours=self._few_colours)
