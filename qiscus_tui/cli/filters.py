"""The `--filter` of a command."""

from qiscus_tui import query
from qiscus_tui.errors import UsageError


def parse_filter(text: str | None) -> query.Query | None:
    """The filter of an option, None where it was not given. Raises FilterError, UsageError."""
    if text is None:
        return None
    parsed = query.parse(text)
    if not parsed.words:
        raise UsageError("The filter is empty", "Give words to look for, or leave --filter out.")
    if parsed.asks_for_marks:
        raise UsageError("Nothing is marked on the command line", "Leave is:marked out.")
    return parsed
