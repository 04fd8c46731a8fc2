"""The base of values that hold secrets, or text of strangers."""

from msgspec import Struct


class Unshown(Struct, frozen=True):
    """A frozen value of which a traceback or a failed test shows only the type."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"
