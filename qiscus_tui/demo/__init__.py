"""The sandbox: the vendor's authentication API, served from memory with seeded data.

It writes every path, header and field name out itself and imports nothing of the client, so that
tests hold the two against each other. `app` (Starlette) and `server` (uvicorn) are imported by
whoever needs them: this package alone costs next to nothing.
"""

from qiscus_tui.demo.calls import Call, Fault
from qiscus_tui.demo.dialects import DIALECTS, Dialect
from qiscus_tui.demo.sessions import DemoSession
from qiscus_tui.demo.state import Clock, Credentials, DemoState, demo_state
from qiscus_tui.demo.users import PASSWORD, USERS, User

__all__ = [
    "DIALECTS",
    "PASSWORD",
    "USERS",
    "Call",
    "Clock",
    "Credentials",
    "DemoSession",
    "DemoState",
    "Dialect",
    "Fault",
    "User",
    "demo_state",
]
