"""Reads the timestamps of a long list, parsing each day once."""

from qiscus_tui.model.timestamps import LATEST, parse_timestamp

_SECONDS = {f"{second:02}{zone}": float(second) for second in range(60) for zone in ("", "Z")}
_MINUTES = {f"{m // 60:02}:{m % 60:02}:": 60.0 * m for m in range(24 * 60)}
_DAY = 86_400
_MOST_DAYS = 10_000


class TimestampReader:
    """Reads the same as `parse_timestamp`, several times as fast on a long list.

    `zone_offset`: seconds that the server's times without a zone are ahead of UTC.
    """

    def __init__(self, zone_offset: float) -> None:
        self._zone_offset = zone_offset
        # `2026-10-24 09:14:00` and `2026-10-24T09:14:00Z`: neither zone has long days, and the
        # length tells which it is.
        self._midnights: dict[int, dict[str, float]] = {19: {}, 20: {}}

    def read(self, value: object) -> float | None:
        """Return epoch seconds, None if `value` is not a time."""
        if isinstance(value, str):
            midnights = self._midnights.get(len(value))
            if midnights is not None:
                try:
                    return midnights[value[:11]] + _MINUTES[value[11:17]] + _SECONDS[value[17:]]
                except KeyError:
                    self._learn_day(value, midnights)
        return parse_timestamp(value, self._zone_offset)

    def _learn_day(self, value: str, midnights: dict[str, float]) -> None:
        if len(midnights) < _MOST_DAYS:
            midnight = parse_timestamp(f"{value[:11]}00:00:00{value[19:]}", self._zone_offset)
            if midnight is not None and midnight + _DAY <= LATEST:
                midnights[value[:11]] = midnight
