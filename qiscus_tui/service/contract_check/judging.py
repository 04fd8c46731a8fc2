"""What lists and answers prove about the calls. Pure."""

from dataclasses import dataclass
from http import HTTPStatus

from qiscus_tui.errors import (
    Forbidden,
    LoginNeeded,
    OutOfReach,
    QiscusTuiError,
    ServerError,
    ServerFault,
)
from qiscus_tui.model.durations import DAY, HOUR
from qiscus_tui.model.text import counted
from qiscus_tui.service.contract_check.report import Finding, Verdict
from qiscus_tui.service.revocation.verification import Fate, Verification
from qiscus_tui.service.sessions.session_list import SessionList

ANSWER_ERRORS = (ServerError, OutOfReach, LoginNeeded)
"""What the server may say, or not say, once a check has begun."""

TOKEN_PLACE = "data.auth.token"
"""Where the contract expects a new token."""


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


def by_error(error: QiscusTuiError) -> Finding:
    """Return what an error as the answer says about its call, without the server's words."""
    if isinstance(error, OutOfReach):
        return Finding(Verdict.CANNOT_TELL, f"{error.message}.")
    status = error.status if isinstance(error, ServerError) else HTTPStatus.UNAUTHORIZED
    shown = f"The server answered {int(status)}." if status else "The answer cannot be read."
    if isinstance(error, Forbidden):
        return Finding(Verdict.CANNOT_TELL, f"{shown} This user's role may lack permission.")
    if isinstance(error, ServerFault | LoginNeeded):
        return Finding(Verdict.CANNOT_TELL, shown)
    if status == HTTPStatus.NOT_FOUND:
        shown += " If it has another path, set it in config.toml."
    if status and status < HTTPStatus.MULTIPLE_CHOICES:
        shown = f"The answer ({int(status)}) is not the expected one."
    return Finding(Verdict.DIFFERS, shown)


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
) -> Finding:
    """Return what the lists before and after two refreshes say about the list call."""
    if not after.complete:
        words = f"The list is not whole: {after.incomplete_because}."
        return Finding(Verdict.CANNOT_TELL, words)
    if after.moved:
        return Finding(Verdict.CANNOT_TELL, "The list moved while it was read.")
    if newest.is_listed:
        if after.unreadable:
            return Finding(
                Verdict.DIFFERS,
                f"It lists our new token, but {after.unreadable:,} entries cannot be read.",
            )
        return Finding(Verdict.CONFIRMED, "It lists our new token.")
    if token_fields:
        names = ", ".join(sorted(token_fields))
        return Finding(Verdict.DIFFERS, f"Our new token is in a field not read as one: {names}.")
    if any(session.token is not None for session in after.sessions):
        lives = " although the server accepts it" if newest.accepted else ""
        return Finding(Verdict.DIFFERS, f"It does not list our new token{lives}.")
    if after.unreadable:
        return Finding(Verdict.DIFFERS, f"{after.unreadable:,} entries cannot be read.")
    if after.positions.keys() <= before.positions.keys():
        return Finding(Verdict.DIFFERS, "It lists nothing new after a refresh.")
    return Finding(
        Verdict.CONFIRMED,
        "It lists something new after a refresh, but no token in full: sessions cannot be "
        "revoked from here unless the revoke call takes an id.",
    )


def judge_refresh(place: str, older: TokenState, newer: TokenState, others: int | None) -> Finding:
    """Return what two refreshes show. `others`: sessions that ended meanwhile."""
    words = [f"The new token is at {place or 'an unknown place'}."]
    if older.lives:
        words.append("The token made before it remains valid.")
    elif newer.lives:
        words.append("It ended the token made before it.")
    if others:
        words.append(f"{counted(others, 'other session')} ended meanwhile, by it or elsewhere.")
        return Finding(Verdict.CANNOT_TELL, " ".join(words))
    if not newer.lives:
        words.append("The new token is neither listed nor accepted.")
        return Finding(Verdict.CANNOT_TELL, " ".join(words))
    verdict = Verdict.CONFIRMED if place == TOKEN_PLACE else Verdict.DIFFERS
    return Finding(verdict, " ".join(words))


def judge_revoke(
    before: TokenState,
    after: TokenState,
    ended: Ended | None,
    error: QiscusTuiError | None,
    *,
    spared_ended: bool,
    was_repeated: bool,
) -> Finding:
    """Return what one revoke of our own token shows.

    `ended` is None if the list could not be read afterwards; `spared_ended`: another token of
    ours ended with it.
    """
    others = ended.others if ended is not None else None
    if spared_ended or others:
        named = "our token still lives" if after.lives else "our token is gone"
        more = f"{counted(others or 1, 'other session')} ended with it, by this call or elsewhere"
        return Finding(
            Verdict.DIFFERS,
            f"{more}; {named}. Do not revoke anything here yet; if somebody may have logged out "
            "just then, run this again.",
        )
    if after.lives:
        if error is not None:
            found = by_error(error)
            return Finding(found.verdict, f"{found.words} Our token remains valid.")
        where = "listed" if after.is_listed else "accepted"
        return Finding(Verdict.DIFFERS, f"It answered as expected, but our token is still {where}.")
    if ended is None:
        return Finding(Verdict.CANNOT_TELL, "The list could not be read afterwards.")
    is_gone = ended.own and (before.is_listed or (before.accepted and after.accepted is False))
    if not is_gone:
        return Finding(Verdict.CANNOT_TELL, "The list does not show whether our token is gone.")
    if others is None:
        return Finding(
            Verdict.CANNOT_TELL,
            "Our token is gone, but the list does not show whether anything else is.",
        )
    if error is not None and not was_repeated:
        found = by_error(error)
        return Finding(Verdict.DIFFERS, f"{found.words} Yet our token is gone, and nothing else.")
    rejected = " and no longer accepted" if after.accepted is False else ""
    return Finding(
        Verdict.CONFIRMED, f"Our token is no longer listed{rejected}; nothing else ended."
    )


def own_times(listed: SessionList, token: str, made_at: float, zone_offset: float) -> str:
    """Return how the times of our new token are listed; empty if it is not listed in full.

    `made_at` is epoch seconds on the server's clock, `zone_offset` seconds east of UTC.
    """
    own = next((session for session in listed.sessions if session.token == token), None)
    if own is None:
        return ""
    created = "without a creation"
    if own.created_at is not None:
        created = f"created {round(own.created_at - made_at):+,} s from when it was made"
    expires = "no expiry"
    if own.expires_at is not None and not own.expires_computed:
        expires = f"expires {(own.expires_at - made_at) / DAY:,.1f} days after"
    used = "no last use" if own.last_used_at is None else "a last use already"
    zone = f"; times without a zone are read as UTC{zone_offset / HOUR:+g} h" if zone_offset else ""
    return f"Our new token is listed {created}, {expires}, {used}{zone}."
