"""The list of sessions as one immutable snapshot, in columns.

Everything that the table, the filter and the plans need of 100,000 sessions is in parallel
sequences: position `i` in each is the same session.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import NamedTuple

from qiscus_tui.api.list.rows import Listing
from qiscus_tui.errors import UsageError
from qiscus_tui.model.clients import Known
from qiscus_tui.model.ids import (
    ID_LENGTH,
    PREFIX_LENGTH,
    begins_an_id,
    fingerprint,
    is_full_id,
)
from qiscus_tui.model.session import Current, Session
from qiscus_tui.model.text import counted, safe

BY_ID = 'If the server revokes by id, set field = "id" under [api.revoke_token] in config.toml.'
"""What to do where the list has no token in full."""

ROUND_LENGTH = 50
"""A list that is cut to its newest sessions has a multiple of this many."""


class Facts(NamedTuple):
    """What groups are counted by, of each session of a list. Times are as in `Session`."""

    created_at: Sequence[float | None]
    last_used_at: Sequence[float | None]
    expires_at: Sequence[float | None]
    current: Sequence[bool | None]


@dataclass(frozen=True, eq=False, kw_only=True)
class SessionList(Listing):
    """What the server listed at one time, with the names and labels of this machine."""

    clients: Sequence[str]
    """Safe short name of each session's client, such as `Chrome 126 · Windows`."""
    labels: Sequence[Known | None]
    """The known integration that each session belongs to."""
    new: bytes
    """1 where the (client, network) pair was not seen at an earlier visit."""
    read_at: float
    """When it was read: epoch seconds, this machine's clock."""
    offset: float
    """Seconds that the server's clock is ahead of this machine's."""
    known: Sequence[Known] = ()
    """The known integrations that the labels are from."""

    def __len__(self) -> int:
        return len(self.sessions)

    def __repr__(self) -> str:
        return f"SessionList({len(self):,} sessions)"

    @property
    def is_whole(self) -> bool:
        """Return whether every live session is listed: what is missing is gone."""
        return self.complete and not self.moved and not self.unreadable

    @property
    def gaps(self) -> list[str]:
        """Return why it may lack live sessions, a sentence for each reason."""
        reasons = {
            f"{counted(self.unreadable, 'session')} could not be read": self.unreadable,
            f"The list is not whole: {self.incomplete_because}": not self.complete,
            "The list moved while it was read: a live session may be missing": self.moved,
        }
        return [reason for reason, holds in reasons.items() if holds]

    def get(self, session_id: str) -> Session | None:
        """Return the session with this full id; None where it is not listed."""
        position = self.positions.get(session_id)
        return None if position is None else self.sessions[position]

    def compares_with(self, earlier: "SessionList") -> bool:
        """Return whether a live session of the earlier list has the same id in this one.

        It has another where its token was listed in full then and is not now, or the reverse; and
        none where its entry can't be read now.
        """
        if earlier.sessions and not self._in_full <= earlier._in_full:
            return False
        known = self.unreadable_entries
        return known.total() == self.unreadable and known <= earlier.unreadable_entries

    @property
    def absence_doubt(self) -> str | None:
        """Return why a session that it lacks may be live all the same; None if nothing says so."""
        doubt = self.doubt_but_for_length
        if doubt is None and self.sessions and len(self.sessions) % ROUND_LENGTH == 0:
            return f"exactly {len(self.sessions):,} sessions are listed: they may be the newest"
        return doubt

    @property
    def doubt_but_for_length(self) -> str | None:
        """Return the same, for where an earlier list tells whether this one is cut."""
        if not self.complete:
            return f"the list is not whole: {self.incomplete_because}"
        if self.unreadable:
            entries = "1 entry" if self.unreadable == 1 else f"{self.unreadable:,} entries"
            return f"{entries} of the list could not be read, and it may be among them"
        if self._lists_no_token:
            return "the server lists sessions without their tokens, and it may be among them"
        if self.current is Current.UNKNOWN and (any(self._in_full) or not self.sessions):
            return "this program's own token is not listed either"
        return None

    @property
    def search(self) -> Sequence[str]:
        """Return the texts in which a bare word of a filter is searched, besides the id.

        Casefolded client, user agent, user, label and IP; equal sessions share one text.
        """
        return self._search

    @cached_property
    def _search(self) -> Sequence[str]:
        search_text = cache(_search_text)
        return [
            search_text(client, one.safe_agent, one.safe_user, label and label.label, one.safe_ip)
            for one, client, label in zip(self.sessions, self.clients, self.labels, strict=True)
        ]

    @cached_property
    def facts(self) -> Facts:
        """Return these columns: in another order than the list's they are much faster to read."""
        return Facts(
            [one.created_at for one in self.sessions],
            [one.last_used_at for one in self.sessions],
            [one.expires_at for one in self.sessions],
            [one.current for one in self.sessions],
        )

    @cached_property
    def _lists_no_token(self) -> bool:
        """Whether any session is listed by neither a full token nor an id that revokes it."""
        return any(session.token is None and not session.revocable for session in self.sessions)

    @cached_property
    def none_revocable(self) -> bool:
        """Return whether there are sessions, and none of them can be revoked."""
        return bool(self.sessions) and not any(one.revocable for one in self.sessions)

    @property
    def lists_every_token(self) -> bool:
        """Return whether each session is listed with its full token, the same in every list."""
        return self._in_full <= {True}

    @cached_property
    def _in_full(self) -> frozenset[bool]:
        """Whether tokens are listed in full; both where it differs."""
        return frozenset(session.token is not None for session in self.sessions)

    def lists_token(self, text: str) -> bool:
        """Return whether this text is the token of a listed session."""
        session = self.get(fingerprint(text))
        return session is not None and session.token == text

    @property
    def protected_by_label(self) -> Counter[str]:
        """Return how many sessions of each protected integration are listed, by label."""
        return Counter(one.label for one in self.labels if one is not None and one.protect)

    def count_of(self, known: Known) -> int:
        """Return how many sessions belong to an integration, whatever their label."""
        judge = cache(known.judge)
        return sum(
            judge(client, session.user_agent, session.ip) is True
            for client, session in zip(self.clients, self.sessions, strict=True)
        )

    @cached_property
    def unmatched_protection(self) -> tuple[str, ...]:
        """A warning for each protected integration to which no listed session belongs."""
        protected = [one for one in self.known if one.protect]
        labels = {id(label): label for label in self.labels}.values() if protected else ()
        unseen = [one for one in protected if one not in labels]
        return tuple(
            f"No listed session belongs to {safe(one.label)}, which is protected"
            f" ({safe(one.client) or 'any client'} · {one.network or 'any network'})."
            for one in unseen
            if not self.count_of(one)
        )

    @property
    def current_session(self) -> Session | None:
        """Return our own session; None where it is not listed."""
        if self.current is not Current.LISTED:
            return None
        return next((session for session in self.sessions if session.current), None)

    def find(self, prefix: str) -> Session | None:
        """Return the one session whose id begins with `prefix`.

        None for a full id that is not listed (it is gone). Raises UsageError for text that is not
        an id, and for an unknown or ambiguous prefix.
        """
        wanted = prefix.strip().lower()
        if is_full_id(wanted):
            return self.get(wanted)
        shown = safe(prefix, 60)
        hint = f"An id is {ID_LENGTH} hex digits; {PREFIX_LENGTH} or more are enough."
        if len(wanted) < PREFIX_LENGTH or not begins_an_id(wanted):
            raise UsageError(f"'{shown}' is not a session id", hint)
        found = [session for session in self.sessions if session.id.startswith(wanted)]
        if not found:
            raise UsageError(f"No session has an id that begins with {shown}", hint)
        if len(found) > 1:
            raise UsageError(
                f"{len(found)} sessions have an id that begins with {shown}",
                f"Give more digits: {', '.join(session.id for session in found[:4])}",
            )
        return found[0]


def _search_text(*parts: str | None) -> str:
    return "\n".join([part or "" for part in parts]).casefold()


NO_SESSIONS = SessionList(
    sessions=(), current=Current.NONE, clients=(), labels=(), new=b"", read_at=0.0, offset=0.0
)
