"""What the session table tells its screen."""

from textual.message import Message

from qiscus_tui.query.sorting import SortKey
from qiscus_tui.tui.widgets.marks import MarkCounts


class CursorMoved(Message, namespace="session_table"):
    """The cursor is on another session, None where no row is shown."""

    def __init__(self, session_id: str | None) -> None:
        super().__init__()
        self.session_id = session_id


class MarksChanged(Message, namespace="session_table"):
    """Other sessions are marked, or others of them are hidden."""

    def __init__(self, counts: MarkCounts) -> None:
        super().__init__()
        self.counts = counts


class SortRequested(Message, namespace="session_table"):
    """The title of a column was clicked."""

    def __init__(self, key: SortKey) -> None:
        super().__init__()
        self.key = key


class Opened(Message, namespace="session_table"):
    """Enter, or a double click, on a session."""

    def __init__(self, session_id: str) -> None:
        super().__init__()
        self.session_id = session_id
