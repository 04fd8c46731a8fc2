"""The sandbox: the vendor's authentication API, served from memory with seeded data.

It writes every path, header and field name out itself and imports nothing of the client, so that
tests hold the two against each other. `app` (Starlette) and `server` (uvicorn) are imported by
whoever needs them: this package alone costs next to nothing.
"""

from qiscus_tui.demo.state import DemoState

__all__ = ["DemoState"]
