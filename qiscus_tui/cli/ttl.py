"""`--min-ttl`: how long a token must still live."""

from qiscus_tui.errors import UsageError
from qiscus_tui.model.durations import DAY, parse_duration

LONGEST_TTL = 29 * DAY


def min_ttl(text: str) -> int:
    """Seconds of the option. Raises UsageError for 29 days and more."""
    seconds = parse_duration(text)
    if seconds >= LONGEST_TTL:
        raise UsageError(
            "--min-ttl must be less than 29d", "A new token lives 30 days; ask for less."
        )
    return seconds
