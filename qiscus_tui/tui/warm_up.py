"""Imports what the first frame did without, while the user reads it."""

import importlib

LATER = (
    "qiscus_tui.service.account.login",
    "qiscus_tui.service.connection",
    "qiscus_tui.tui.screens.sessions",
    "qiscus_tui.tui.screens.detail",
    "qiscus_tui.service.overview.session_context",
    "qiscus_tui.tui.screens.accounts",
    "qiscus_tui.tui.screens.audit",
    "qiscus_tui.tui.screens.overview",
    "qiscus_tui.tui.dialogs.account_questions",
    "qiscus_tui.tui.dialogs.revoke",
    "qiscus_tui.tui.dialogs.revoke_all",
    "qiscus_tui.tui.dialogs.find",
    "qiscus_tui.tui.dialogs.help",
    "qiscus_tui.tui.dialogs.palette",
    "qiscus_tui.tui.dialogs.export",
    "qiscus_tui.tui.dialogs.label",
    "qiscus_tui.tui.dialogs.quit",
    "qiscus_tui.service.token.refresh",
    "qiscus_tui.service.account.logout",
    "qiscus_tui.service.sessions.user_agents",
    "qiscus_tui.service.history",
    "qiscus_tui.service.visits",
)


def import_the_rest() -> None:
    """Import the modules in `LATER`. To be called in a thread."""
    for name in LATER:
        importlib.import_module(name)
