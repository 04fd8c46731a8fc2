"""Fields that config.toml writes as text although they are of another type."""

from collections.abc import Callable

from msgspec import Meta

READER = "reader"


def setting(reader: Callable[[str], object]) -> Meta:
    """Mark a field whose text `reader` turns into its value: `Annotated[float, setting(…)]`.

    A reader raises ValueError with what the text must be.
    """
    return Meta(extra={READER: reader})
