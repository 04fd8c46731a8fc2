"""When a bulk stops by itself."""

from collections.abc import Callable

from qiscus_tui.errors import (
    Forbidden,
    LoginNeeded,
    NamedTokenInvalid,
    OutOfReach,
    QiscusTuiError,
    ServerError,
    ServerFault,
)

IN_A_ROW = 10
"""Answers of 400, 405 or 422 in a row after which the call counts as not understood; also
sessions in a row whose tries ran out after which the server counts as unavailable."""

_NOT_UNDERSTOOD = frozenset({400, 405, 422})


class Breaker:
    """Records every answer of a bulk in order of arrival, and decides when it must stop."""

    def __init__(self, trip: Callable[[QiscusTuiError], None]) -> None:
        self._trip = trip
        self._not_understood = 0
        self._given_up = 0

    def record(self, error: QiscusTuiError | None) -> None:
        """Record an answer (None: success), or that there was none."""
        match error:
            case LoginNeeded() | Forbidden():  # 401 and 403, about our own credential
                self._trip(error)
            case NamedTokenInvalid():  # ten in a row may be about our own credential after all
                self._counts_as_not_understood(error)
            case ServerError(status=status) if status in _NOT_UNDERSTOOD:
                self._counts_as_not_understood(error)
            case OutOfReach():
                pass  # no answer: it neither continues the row nor ends it
            case _:
                self._not_understood = 0

    def _counts_as_not_understood(self, error: QiscusTuiError) -> None:
        self._not_understood += 1
        if self._not_understood >= IN_A_ROW:
            self._trip(error)

    def ends_with(self, error: QiscusTuiError | None) -> None:
        """Record the result of a session after all its tries."""
        if not isinstance(error, ServerFault | OutOfReach):
            self._given_up = 0
            return
        self._given_up += 1
        if self._given_up >= IN_A_ROW:
            self._trip(error)
