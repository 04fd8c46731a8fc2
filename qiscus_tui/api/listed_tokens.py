"""Hides live tokens that the server lists as a user agent, an address or a user."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec.structs import replace

from qiscus_tui.model.masking import MASK, SHORTEST_TOKEN, possible_tokens
from qiscus_tui.model.session import Session, origin_of
from qiscus_tui.model.text import safe


def masked_texts(
    texts: Iterable[str | None], is_token: Callable[[str], bool]
) -> Mapping[str | None, str]:
    """Return each of the texts that has a token in it, with the text without."""
    found: dict[str | None, str] = {}
    for text in texts:
        if text is None or len(text) < SHORTEST_TOKEN:
            continue
        tokens = sorted(filter(is_token, possible_tokens(text)), key=len, reverse=True)
        hidden = text
        for token in tokens:
            hidden = hidden.replace(token, MASK)
        if tokens:
            found[text] = hidden
    return found


def with_texts(
    sessions: Sequence[Session], instead: Mapping[str | None, str]
) -> tuple[Session, ...]:
    """Return the sessions with other texts in place of these."""
    if not instead:
        return tuple(sessions)
    return tuple(
        session if instead.keys().isdisjoint(origin_of(session)) else _with_texts(session, instead)
        for session in sessions
    )


def _with_texts(session: Session, instead: Mapping[str | None, str]) -> Session:
    agent, ip, user = (instead.get(text, text) for text in origin_of(session))
    return replace(
        session,
        user_agent=agent,
        ip=ip,
        user=user,
        safe_agent=safe(agent or ""),
        safe_ip=safe(ip or ""),
        safe_user=safe(user or ""),
    )
