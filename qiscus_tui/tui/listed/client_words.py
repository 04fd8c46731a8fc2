"""What a session is, in words: ours, a known integration, new, its client."""

from qiscus_tui.model.clients import Known
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.tui.widgets.cells import width_of


def whose_words(known: Known | None, *, current: bool, new: bool) -> list[str]:
    """Return what is said of a session before its client: ours, a known integration, new."""
    words = ["this session"] if current else []
    if known is not None:
        words.append(f"{known.label}, protected" if known.protect else known.label)
    return [*words, "new"] if new else words


def client_words(client: str, known: Known | None, *, current: bool, new: bool) -> str:
    """Return what a session is, in words: ours, a known integration, protected, new, its client.

    `client` is a safe form; the label is the admin's own configuration.
    """
    return " · ".join((*whose_words(known, current=current, new=new), client or "no client named"))


def client_text(listed: SessionList, at: int, width: int) -> str:
    """Return the words of a session, without those that can be spared where not all have room.

    `at`: its position in the list. A badge says of a known integration that it is protected.
    """
    known, new = listed.labels[at], bool(listed.new[at])
    current = listed.sessions[at].current is True
    words = client_words(listed.clients[at], known, current=current, new=new)
    if (known is None and not current) or width_of(words) <= width:
        return words
    whose = " · ".join(whose_words(known, current=current, new=new))
    return whose if known is None or width_of(whose) <= width else known.label
