"""Every verb, in the order in which help shows them."""

from qiscus_tui.cli import (
    login,
    logout,
    refresh,
    revoke,
    revoke_all,
    sandbox,
    sessions,
    token,
)

VERBS = (
    login.VERB,
    logout.VERB,
    sessions.VERB,
    revoke.VERB,
    revoke_all.VERB,
    refresh.VERB,
    token.VERB,
    sandbox.VERB,
)
