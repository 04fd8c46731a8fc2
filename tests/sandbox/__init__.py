"""The tests' server: the demo's API in every dialect, with faults, special users and strangers."""

from qiscus_tui.demo.seed import DemoSession
from qiscus_tui.demo.state import PASSWORD, DemoLogin, User, WallClock
from tests.sandbox.calls import Call, Fault
from tests.sandbox.dialects import DIALECTS, Dialect
from tests.sandbox.state import DemoState, demo_state
from tests.sandbox.users import USERS

__all__ = [
    "DIALECTS",
    "PASSWORD",
    "USERS",
    "Call",
    "DemoLogin",
    "DemoSession",
    "DemoState",
    "Dialect",
    "Fault",
    "User",
    "WallClock",
    "demo_state",
]
