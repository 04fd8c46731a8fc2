"""Proves the contract with tokens made for it: list, refresh twice, list, revoke one, list.

The token that is revoked was never stored: a stored one may have been given to a script. It is
the older of two, as some servers end the newest token whatever they are asked; where a refresh
ends the older one, the newer. No other token is ever sent to revoke or logout.
"""

from collections.abc import Callable
from http import HTTPStatus

from qiscus_tui.api.contract import SESSION_ID, SESSION_TOKEN, Call
from qiscus_tui.api.observation import AnswerObserver
from qiscus_tui.errors import ServerError, StorageError
from qiscus_tui.model.account import Account, ShortLived
from qiscus_tui.model.ids import fingerprint
from qiscus_tui.model.known import Known
from qiscus_tui.model.text import counted, safe
from qiscus_tui.service.account.connection import Connection
from qiscus_tui.service.doctor.live_report import (
    ANSWER_ERRORS,
    LiveReport,
    by_error,
    cannot_tell,
    differs,
    ended_of,
    judge_list,
    judge_refresh,
    not_tried,
    own_times,
)
from qiscus_tui.service.doctor.own_tokens import OwnTokens
from qiscus_tui.service.doctor.revoke_proof import Pair, RevokeProof
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.service.token.refresh import refreshed_if_rejected

_NOT_REACHED = cannot_tell("Not tried: a step before it did not succeed.")
_NOT_NEW = differs("It gave a token that existed already, which was neither revoked nor ended.")
_UNPROVEN = cannot_tell("Not tried: the lists do not prove that the token of a refresh is new.")
_NOT_NEEDED = not_tried("No token of ours was known to be left.")
_ENDS_ALL = not_tried("It would end every session.")
_NEEDS_PASSWORD = not_tried("It needs the password.")


class LiveCheck:
    """One check of one account's server."""

    def __init__(self, connection: Connection, progress: Callable[[str], None]) -> None:
        self._connection = connection
        self._client = connection.client
        self._progress = progress
        contract = self._client.contract
        self._profile_call = self._client.profile_call(connection.account.role)
        self._observer = AnswerObserver(_values_of(connection.account), self._client.own_secrets)
        self._report = LiveReport(
            str(self._client.origin),
            connection.clock.now(),
            self._observer,
            {
                contract.list: _NOT_REACHED,
                contract.refresh: _NOT_REACHED,
                contract.revoke: _NOT_REACHED,
                self._profile_call: _NOT_REACHED,
                contract.logout: _NOT_NEEDED,
                contract.revoke_all: _ENDS_ALL,
                contract.login: _NEEDS_PASSWORD,
            },
        )
        self._findings = self._report.findings

    async def run(self) -> LiveReport:
        """Return what was found. Every token made here is ended again.

        Raises ReadOnly, StorageError; LoginNeeded and OutOfReach if no token was made yet.
        """
        self._connection.must_be_writable()
        await self._connection.long_lived()
        self._client.observer = self._observer
        self._progress("Reading the list")
        try:
            before = await self._connection.read_list()
        except ServerError as error:
            self._findings[self._client.contract.list] = by_error(error)
        else:
            self._report.notes += [_known_words(one, before.count_of(one)) for one in before.known]
            await self._with_own_tokens(before)
        self._client.observer = None
        self._report.checked_at = self._connection.clock.now()
        return self._report

    async def _with_own_tokens(self, before: SessionList) -> None:
        stored = (await self._connection.credentials()).short_lived
        tokens = OwnTokens(self._connection, before, stored.token if stored is not None else None)
        try:
            await self._prove(tokens, before, stored)
            if (finding := await tokens.log_out()) is not None:
                self._findings[self._client.contract.logout] = finding
            await tokens.end_all()
        except BaseException:
            await tokens.end_all_in_time()
            raise
        if tokens.profile is not None:
            self._findings[self._profile_call] = tokens.profile
        self._report.left = await tokens.left()
        if stored is not None:
            await self._replace_if_ended(stored)

    async def _prove(
        self, tokens: OwnTokens, before: SessionList, stored: ShortLived | None
    ) -> None:
        """Prove list and refresh, and the revoke with one of two tokens."""
        contract, findings = self._client.contract, self._findings
        self._progress("Making two tokens")
        try:
            older, newer = await tokens.make(), await tokens.make()
        except ANSWER_ERRORS as error:
            findings[contract.refresh] = by_error(error)
            return
        made_at, place = self._connection.server_now(), self._observer.place_of(newer)
        if tokens.existed:
            findings[contract.refresh] = _NOT_NEW
            return
        own_id = fingerprint(stored.token) if stored is not None else ""
        revoke = RevokeProof(self._connection, tokens, self._report, self._progress)
        found = await revoke.read_after(before, frozenset([own_id]))
        if found is None or found.last is None:
            return
        listed = found.last
        tokens.compare(listed)
        times = own_times(listed, newer, made_at, self._connection.zone.offset)
        self._report.notes += [times] if times else []
        old, new = await tokens.state(older, listed), await tokens.state(newer, listed)
        findings[contract.list] = judge_list(before, listed, new, self._observer.token_fields)
        was_listed = stored is None or before.lists_token(stored.token)
        ended = ended_of(found, own_id, was_listed=was_listed)
        findings[contract.refresh] = judge_refresh(place, old, new, ended.others)
        pair = Pair(older, old, newer) if old.lives else Pair(newer, new, None)
        if not tokens.is_proven(pair.target):
            findings[contract.revoke] = _UNPROVEN
        elif pair.state.lives:
            await revoke.prove(pair, listed)
            self._note_wanted_field(contract.revoke)

    def _note_wanted_field(self, call: Call) -> None:
        """Note a field that the server names where it refused ours."""
        messages = [
            answer.message
            for answer in self._observer.answers.get(call.name, ())
            if answer.status >= HTTPStatus.BAD_REQUEST
        ]
        words = set(" ".join(messages).split())
        for name in (*SESSION_TOKEN, *SESSION_ID):
            if name in words and name != call.field and "_" in name and not self._report.config:
                self._report.notes.append(
                    f"The revoke call seems to want the field {name}; if it does, set it under "
                    f"[api.{call.name}] in config.toml. The first revoke is then a trial."
                )

    async def _replace_if_ended(self, stored: ShortLived) -> None:
        """Replace the account's own stored token if a refresh ended it."""
        try:
            now = await refreshed_if_rejected(self._connection, stored)
        except (*ANSWER_ERRORS, StorageError) as error:
            self._report.trouble.append(error)
            return
        if now.token != stored.token:
            self._report.notes.append("The stored short-lived token had ended, and was replaced.")


def _values_of(account: Account) -> frozenset[str]:
    """Return texts that a server may use as a name, and that belong in no ticket."""
    local_part = account.user.partition("@")[0]
    texts = (account.user, local_part, account.user_name, account.app_name, account.app_code)
    return frozenset(text.casefold() for text in texts if text)


def _known_words(known: Known, count: int) -> str:
    protected = ", protected" if known.protect else ""
    return f"{safe(known.label)}{protected}: {counted(count, 'session')} now."
