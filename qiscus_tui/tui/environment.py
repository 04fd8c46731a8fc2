"""The environment as Textual may see it. Clean it before Textual is imported.

`TEXTUAL_LOG` writes every key typed, passwords too, into a file; the developer's tools send the
screen to another program; `TEXTUAL_PRESS` types keys by itself.
"""

from collections.abc import MutableMapping

KEPT = frozenset({"TEXTUAL_COLOR_SYSTEM", "TEXTUAL_ANIMATIONS"})
"""What only changes the looks."""


def clean(environ: MutableMapping[str, str]) -> None:
    """Take out every variable that Textual obeys, but for those in `KEPT`."""
    for name in [name for name in environ if name.startswith("TEXTUAL") and name not in KEPT]:
        del environ[name]
