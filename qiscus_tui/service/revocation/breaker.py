"""When a bulk stops, and how wide it may go."""

from collections.abc import Callable

from qiscus_tui.errors import Forbidden, LoginNeeded, ServerFault, ServerRefused

IN_A_ROW = 10
"""Answers of 400, 405 or 422 in a row that say the call is not understood at all."""

_NOT_UNDERSTOOD = frozenset({400, 405, 422})
_REFUSED = frozenset({401, 403})
_OVERLOADED = frozenset({429, 503})
_GROW_AFTER = 50


class Breaker:
    """Hears every answer of a bulk in order of arrival and says when it must stop."""

    def __init__(self, trip: Callable[[Exception], None]) -> None:
        self._trip = trip
        self._in_a_row = 0

    def hears(self, error: Exception | None) -> None:
        """An answer: None for a yes."""
        if isinstance(error, LoginNeeded | Forbidden) or (
            isinstance(error, ServerRefused) and error.status in _REFUSED
        ):
            self._trip(error)
        elif isinstance(error, ServerRefused) and error.status in _NOT_UNDERSTOOD:
            self._in_a_row += 1
            if self._in_a_row >= IN_A_ROW:
                self._trip(error)
        elif error is None or isinstance(error, ServerRefused | ServerFault):
            self._in_a_row = 0


class Width:
    """How many requests may be under way: halved by 429 and 503, grown again slowly."""

    def __init__(self, widest: int) -> None:
        self._widest = widest
        self._clean = 0
        self.now = widest
        self.era = 0
        """Counts the halvings. A request tells the era that it was sent in, so that the
        many answers to one overload halve the width once."""

    def hears(self, error: Exception | None, era: int) -> None:
        """An answer to a request sent in `era`."""
        if isinstance(error, ServerFault) and error.status in _OVERLOADED:
            self._clean = 0
            if era == self.era:
                self.now = max(1, self.now // 2)
                self.era += 1
        elif error is None:
            self._clean += 1
            if self._clean >= _GROW_AFTER and self.now < self._widest:
                self._clean = 0
                self.now += 1
