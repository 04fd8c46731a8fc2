"""What `doctor --live` found, fit for a ticket, and what lists and answers prove: no value of them.

Pure, but for what went wrong on this machine.
"""

import asyncio
import enum
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus

from qiscus_tui import __version__
from qiscus_tui.api.contract import SESSION_FACTS, Call
from qiscus_tui.api.observation import AnswerObserver, SeenAnswer
from qiscus_tui.errors import (
    Blocked,
    Forbidden,
    LoginNeeded,
    OutOfReach,
    QiscusTuiError,
    ServerError,
    ServerFault,
    StorageError,
)
from qiscus_tui.exit_codes import ExitCode
from qiscus_tui.model.clock import HOUR
from qiscus_tui.model.text import counted
from qiscus_tui.service.revocation.verification import Fate, Verification
from qiscus_tui.service.sessions.session_list import SessionList

ANSWER_ERRORS = (ServerError, OutOfReach, LoginNeeded)
"""What the server may say, or not say, once a check has begun."""

TOKEN_PLACE = "data.auth.token"
"""Where the contract expects a new token."""


class Verdict(enum.Enum):
    """What was found about a call."""

    CONFIRMED = "confirmed"
    DIFFERS = "differs"
    CANNOT_TELL = "can't tell"
    NOT_TRIED = "not tried"


@dataclass(frozen=True)
class CallFinding:
    """A verdict with its reason."""

    verdict: Verdict
    words: str


confirmed = partial(CallFinding, Verdict.CONFIRMED)
differs = partial(CallFinding, Verdict.DIFFERS)
cannot_tell = partial(CallFinding, Verdict.CANNOT_TELL)
not_tried = partial(CallFinding, Verdict.NOT_TRIED)


@dataclass(frozen=True)
class EntryField:
    """A field of the listed entries."""

    name: str
    fact: str
    """What it is read as, such as `created`; empty if the field is unknown."""
    types: tuple[str, ...]
    """JSON types, the commonest first."""
    count: int
    """How many of the entries that were read have it."""


@dataclass
class LiveReport:
    """What is found during a check, and in the end the whole result."""

    server: str
    checked_at: float
    """Epoch seconds, this machine's clock."""
    observer: AnswerObserver = field(repr=False)
    """How the server answered. Counts are over all readings of the list."""
    findings: dict[Call, CallFinding]
    """What was found about each call of the contract, the list first."""
    config: tuple[str, ...] = ()
    """Lines for config.toml that make a call work that differs."""
    left: tuple[str, ...] = ()
    """Ids of tokens made by the check that may still be valid."""
    notes: list[str] = field(default_factory=list[str])
    trouble: list[QiscusTuiError] = field(default_factory=list[QiscusTuiError], repr=False)
    """What went wrong on this machine beside the check."""
    version: str = __version__

    async def store(self, what: Callable[[], None]) -> None:
        """Do it in a thread; a failure is reported with what was found."""
        try:
            await asyncio.to_thread(what)
        except StorageError as error:
            self.trouble.append(error)

    def answers_to(self, call: Call) -> list[tuple[SeenAnswer, int]]:
        """Return the kinds of answers to a call, with how many there were of each."""
        return [*self.observer.answers.get(call.name, Counter[SeenAnswer]()).items()]

    def fields(self, *, known: bool) -> Iterator[EntryField]:
        """Yield the fields of the entries that are read as a fact of a session, or the others."""
        found = ((_fact_of(name), name, seen) for name, seen in self.observer.fields.items())
        for fact, name, seen in sorted(found, key=lambda one: one[1]):
            if bool(fact) is known:
                types = tuple(kind for kind, _ in seen.types.most_common())
                yield EntryField(name, fact, types, seen.count)

    @property
    def lacks_list(self) -> bool:
        """Return whether the server answered 404 to the list call."""
        first = next(iter(self.findings))
        return any(seen.status == HTTPStatus.NOT_FOUND for seen, _ in self.answers_to(first))

    @property
    def exit_code(self) -> ExitCode:
        """Return DONE if every call that was tried is confirmed."""
        verdicts = {finding.verdict for finding in self.findings.values()}
        if Verdict.DIFFERS in verdicts:
            return ExitCode.FAILED
        if Verdict.CANNOT_TELL in verdicts:
            return ExitCode.INCOMPLETE
        return self.trouble[0].exit_code if self.trouble else ExitCode.DONE


def _fact_of(path: str) -> str:
    name = path.partition(".")[0].partition("[")[0]
    return next((fact for fact, names in SESSION_FACTS.items() if name in names), "")


@dataclass(frozen=True)
class TokenState:
    """What is known of a token of ours."""

    is_listed: bool
    """Whether it is listed with its full token."""
    accepted: bool | None
    """Whether the server accepts it for an ordinary call; None: it did not say."""

    @property
    def lives(self) -> bool:
        """Return whether it demonstrably does."""
        return self.is_listed or self.accepted is True


@dataclass(frozen=True)
class Ended:
    """Which sessions are no longer listed that were before."""

    others: int | None
    """How many that are not the token in question, and did not expire; None: unknown."""
    own: bool
    """Whether the token in question is, or an entry that must be its."""


def by_error(error: QiscusTuiError) -> CallFinding:
    """Return what an error as the answer says about its call, without the server's words."""
    if isinstance(error, OutOfReach):
        return cannot_tell(f"{error.message}.")
    status = error.status if isinstance(error, ServerError) else HTTPStatus.UNAUTHORIZED
    shown = f"The server answered {int(status)}." if status else "The answer cannot be read."
    if isinstance(error, Forbidden):
        return cannot_tell(f"{shown} This user's role may lack permission.")
    if isinstance(error, ServerFault | LoginNeeded | Blocked):
        return cannot_tell(shown)
    if status == HTTPStatus.NOT_FOUND:
        shown += " If it has another path, set it in config.toml."
    if status and status < HTTPStatus.MULTIPLE_CHOICES:
        shown = f"The answer ({int(status)}) is not the expected one."
    return differs(shown)


def ended_of(found: Verification, own_id: str, *, was_listed: bool) -> Ended:
    """Return what ended. `was_listed`: the token in question was, with its full text.

    A token that is not listed in full can't be found: one entry may be its own.
    """
    ended = {one for one in found.missing if _is_gone(found, one)}
    own = own_id in ended if was_listed else len(ended) == 1
    if found.last is None or (found.missing and (found.doubt is not None or found.agreeing < 2)):
        return Ended(None, own)
    return Ended(len(ended) - own, own)


def _is_gone(found: Verification, session_id: str) -> bool:
    session = found.before.get(session_id)
    return session is not None and found.fate(session)[0] is Fate.GONE


def judge_list(
    before: SessionList, after: SessionList, newest: TokenState, token_fields: set[str]
) -> CallFinding:
    """Return what the lists before and after two refreshes say about the list call."""
    if not after.complete:
        words = f"The list is not whole: {after.incomplete_because}."
        return cannot_tell(words)
    if after.moved:
        return cannot_tell("The list moved while it was read.")
    if newest.is_listed:
        if after.unreadable:
            return differs(
                f"It lists our new token, but {after.unreadable:,} entries cannot be read."
            )
        return confirmed("It lists our new token.")
    if token_fields:
        names = ", ".join(sorted(token_fields))
        return differs(f"Our new token is in a field not read as one: {names}.")
    if any(session.token is not None for session in after.sessions):
        lives = " although the server accepts it" if newest.accepted else ""
        return differs(f"It does not list our new token{lives}.")
    if after.unreadable:
        return differs(f"{after.unreadable:,} entries cannot be read.")
    if after.positions.keys() <= before.positions.keys():
        return differs("It lists nothing new after a refresh.")
    return confirmed(
        "It lists something new after a refresh, but no token in full: sessions cannot be "
        "revoked from here unless the revoke call takes an id."
    )


def judge_refresh(
    place: str, older: TokenState, newer: TokenState, others: int | None
) -> CallFinding:
    """Return what two refreshes show. `others`: sessions that ended meanwhile."""
    words = [f"The new token is at {place or 'an unknown place'}."]
    if older.lives:
        words.append("The token made before it remains valid.")
    elif newer.lives:
        words.append("It ended the token made before it.")
    if others:
        words.append(f"{counted(others, 'other session')} ended meanwhile, by it or elsewhere.")
        return cannot_tell(" ".join(words))
    if not newer.lives:
        words.append("The new token is neither listed nor accepted.")
        return cannot_tell(" ".join(words))
    verdict = Verdict.CONFIRMED if place == TOKEN_PLACE else Verdict.DIFFERS
    return CallFinding(verdict, " ".join(words))


def judge_revoke(
    before: TokenState,
    after: TokenState,
    ended: Ended | None,
    error: QiscusTuiError | None,
    *,
    spared_ended: bool,
    was_repeated: bool,
) -> CallFinding:
    """Return what one revoke of our own token shows.

    `ended` is None if the list could not be read afterwards; `spared_ended`: another token of
    ours ended with it.
    """
    others = ended.others if ended is not None else None
    if spared_ended or others:
        named = "our token remains valid" if after.lives else "our token is gone"
        more = f"{counted(others or 1, 'other session')} ended with it, by this call or elsewhere"
        return differs(
            f"{more}; {named}. Do not revoke anything here yet; if somebody may have logged out "
            "just then, run this again."
        )
    if after.lives:
        if error is not None:
            found = by_error(error)
            return CallFinding(found.verdict, f"{found.words} Our token remains valid.")
        where = "listed" if after.is_listed else "accepted"
        return differs(f"It answered as expected, but our token is still {where}.")
    if ended is None:
        return cannot_tell("The list could not be read afterwards.")
    is_gone = ended.own and (before.is_listed or (before.accepted and after.accepted is False))
    if not is_gone:
        return cannot_tell("The list does not show whether our token is gone.")
    if others is None:
        return cannot_tell(
            "Our token is gone, but the list does not show whether anything else is."
        )
    if error is not None and not was_repeated:
        found = by_error(error)
        return differs(f"{found.words} Yet our token is gone, and nothing else.")
    rejected = " and no longer accepted" if after.accepted is False else ""
    return confirmed(f"Our token is no longer listed{rejected}; nothing else ended.")


def time_notes(listed: SessionList, zone_offset: float) -> list[str]:
    """Return what is to be known of the list's times. `zone_offset`: seconds east of UTC."""
    zone = f"Times without a zone are read as UTC{zone_offset / HOUR:+g} h" if zone_offset else ""
    return [f"{one}." for one in (zone, listed.time_doubt, listed.expiry_doubt) if one]
