"""What the program is in the middle of, as far as it decides what the user can do."""

from msgspec import Struct


class Context(Struct, frozen=True):
    """What decides whether an action can be taken now."""

    rows: int = 0
    """Sessions shown."""
    listed: int = 0
    """Sessions in the list."""
    marked: int = 0
    readonly: bool = False
    """The account may not change the server."""
    stale: bool = False
    """The server is away: what changes it is off."""
    ended: bool = False
    """The server takes our token no longer."""
    busy: bool = False
    """A plan runs."""
    filter_error: str = ""
    """Why the filter can't be read: what is shown is not what was asked for."""

    @property
    def may_change(self) -> bool:
        """Whether anything may be changed on the server now."""
        return not (self.readonly or self.stale or self.busy)


def always(_situation: Context) -> bool:
    """Can be taken at any time."""
    return True


def with_a_row(context: Context) -> bool:
    """Needs a session under the cursor."""
    return context.rows > 0


def with_a_choice(context: Context) -> bool:
    """Needs sessions that were shown because the whole filter asks for them."""
    return context.rows > 0 and not context.filter_error


def with_a_list(context: Context) -> bool:
    """Needs a list, shown or not."""
    return context.listed > 0
