"""The base of values that hold secrets, or text of strangers."""

from msgspec import Struct


class Unshown(Struct, frozen=True):
    """A frozen value of which a traceback, a failed test or Rich shows only the type."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"

    def __rich_repr__(self) -> list[tuple[str, object]]:
        return []
