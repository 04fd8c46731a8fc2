"""Timestamps of a long list, each day parsed once."""

from qiscus_tui.model.timestamps import LATEST, parse_timestamp

_SECONDS = {f"{second:02}": float(second) for second in range(60)}
_MINUTES = {f"{m // 60:02}:{m % 60:02}:": 60.0 * m for m in range(24 * 60)}
_DAY = 86_400
_MOST_DAYS = 10_000


class Moments:
    """Gives exactly what `parse_timestamp` gives; some times as fast on a long list.

    `zone_offset` is how far (seconds) the server's times without a zone run ahead of UTC.
    """

    def __init__(self, zone_offset: float) -> None:
        self._zone_offset = zone_offset
        self._midnights: dict[str, float] = {}

    def read(self, value: object) -> float | None:
        """Epoch seconds, or None where `value` is no time."""
        if isinstance(value, str) and len(value) in {19, 20}:
            seconds = _SECONDS.get(value[17:19])
            minutes = _MINUTES.get(value[11:17])
            if seconds is not None and minutes is not None:
                # `2026-10-24 09:14:00` and `2026-10-24T09:14:00Z`: neither zone has long days
                midnight = self._midnights.get(value[:11] + value[19:])
                if midnight is None:
                    midnight = self._midnight(value)
                if midnight is not None:
                    return midnight + minutes + seconds
        return parse_timestamp(value, self._zone_offset)

    def _midnight(self, value: str) -> float | None:
        midnight = parse_timestamp(f"{value[:11]}00:00:00{value[19:]}", self._zone_offset)
        if midnight is None or midnight + _DAY > LATEST:
            return None
        if len(self._midnights) < _MOST_DAYS:
            self._midnights[value[:11] + value[19:]] = midnight
        return midnight
