"""The house's colours: quiet, few accents, and exact in a 256-colour terminal.

Every colour stands in the xterm palette of 256, so that surfaces which differ here differ there
too; most terminals over SSH have no more. Accents mean something, everywhere the same:
green is our own session, amber is soon, red is what cannot be undone, violet is marked.
"""

from textual.theme import Theme

DARK = "qiscus-dark"
LIGHT = "qiscus-light"


def _variables(
    *,
    muted: str,
    faint: str,
    line: str,
    cursor: str,
    on_cursor: str,
    cursor_blurred: str,
    text: str,
    selection: str,
    primary: str,
    back: str,
) -> dict[str, str]:
    return {
        "text": text,
        "text-muted": muted,
        "text-disabled": faint,
        "foreground-muted": muted,
        "foreground-disabled": faint,
        "border": primary,
        "border-blurred": line,
        "block-cursor-background": cursor,
        "block-cursor-foreground": on_cursor,
        "block-cursor-text-style": "none",
        "block-cursor-blurred-background": cursor_blurred,
        "block-cursor-blurred-foreground": text,
        "block-cursor-blurred-text-style": "none",
        "block-hover-background": line,
        "input-cursor-background": text,
        "input-cursor-foreground": back,
        "input-selection-background": selection,
        "input-selection-foreground": text,
        "scrollbar": line,
        "scrollbar-hover": faint,
        "scrollbar-active": primary,
        "scrollbar-background": back,
        "scrollbar-background-hover": back,
        "scrollbar-background-active": back,
        "scrollbar-corner-color": back,
        "footer-background": back,
        "footer-key-foreground": primary,
        "footer-description-foreground": muted,
        "link-color": primary,
        "screen-selection-background": selection,
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
        cursor="#5fafd7",
        on_cursor="#121212",
        cursor_blurred="#444444",
        selection="#005f87",  # 24
        primary="#5fafd7",
        back="#121212",
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
        cursor="#005f87",
        on_cursor="#ffffff",
        cursor_blurred="#bcbcbc",
        selection="#afd7ff",  # 153
        primary="#005f87",
        back="#ffffff",
    ),
)

THEMES = (QISCUS_DARK, QISCUS_LIGHT)
"""Register these, and choose one, in `App.__init__`: later parses all CSS once more."""
