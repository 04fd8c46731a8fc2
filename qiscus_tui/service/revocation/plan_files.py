"""A plan that is written to a file, and applied later to the list as it is by then."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from qiscus_tui.errors import UsageError
from qiscus_tui.model.account import Account
from qiscus_tui.model.ids import fingerprint
from qiscus_tui.model.masking import KnownSecrets, masked
from qiscus_tui.model.retention_rules import Retention
from qiscus_tui.model.session import Session
from qiscus_tui.model.text import safe
from qiscus_tui.query import Moment, Query, parse
from qiscus_tui.service.revocation.plan import (
    Allowed,
    ChosenBy,
    Exclusion,
    LeftOut,
    RevocationPlan,
    Selection,
    make_plan,
)
from qiscus_tui.service.revocation.recheck import not_chosen
from qiscus_tui.service.revocation.retention import PlanGroup
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.store.plan_file import (
    VERSION,
    PlanFile,
    PlanFileRule,
    read_plan_file,
    write_plan_file,
)

ANOTHER = "its id stands for another session now"


@dataclass(frozen=True)
class StoredPlan:
    """A plan from a file, for this account."""

    file: PlanFile
    query: Query | None
    """The filter that chose its sessions, where one did."""

    @property
    def ids(self) -> frozenset[str]:
        """Return what it revokes."""
        return frozenset(self.file.ids)

    @property
    def filters(self) -> tuple[ChosenBy, ...]:
        """Return what chose its sessions."""
        return () if self.query is None else (ChosenBy(self.query),)

    @property
    def retention(self) -> Retention | None:
        """Return by what rules the rest of them is kept."""
        return self.file.rule.retention

    @property
    def words(self) -> str:
        """Return `plan 3fa9c01b of 2026-11-25 16:02 UTC`."""
        made = self.file.time.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
        return f"plan {self.file.plan} of {made}"

    def on(self, listed: SessionList, allowed: Allowed, moment: Moment) -> RevocationPlan:
        """Return the plan on the list as it is now: what the file names and is still listed.

        Its filter and rules choose again among all that it was chosen from: what they do not
        choose now is left out. Calls no server.
        """
        file, at, ids = self.file, listed.positions, self.ids
        members = [at[one] for one in (*file.ids, *file.kept, *file.left_out) if one in at]
        since = file.time.timestamp() + listed.offset
        reasons = not_chosen(self, listed, members, moment, since)
        selection = Selection(
            members,
            "named by the plan",
            named=True,
            gone=tuple(one for one in file.ids if one not in at),
            rule=self.query,
            source=self.words,
        )
        plan = make_plan(listed, selection, allowed, None, moment)
        left_out = {one.session.id: one for one in plan.left_out if one.session.id in ids}
        for session_id, stood_for in file.stands_for.items():
            session = listed.get(session_id)
            if session is not None and _stands_for(session) != stood_for:
                out = LeftOut(session, Exclusion.NOT_CHOSEN, named=True, label=ANOTHER)
                left_out[session_id] = out
        for position, why in reasons.items():
            session = listed.sessions[position]
            if session.id in ids:
                out = LeftOut(session, Exclusion.NOT_CHOSEN, named=True, label=why)
                left_out.setdefault(session.id, out)
        return replace(
            plan,
            retention=self.retention,
            targets=tuple(
                one
                for one in plan.targets
                if one.session.id in ids and one.session.id not in left_out
            ),
            left_out=tuple(left_out.values()),
        )

    def changes(self, plan: RevocationPlan) -> str:
        """Return what changed since the file was written; `plan` is what is left of it."""
        parts = [
            f"{count:,} {words}"
            for count, words in (
                (len(plan.gone), "no longer listed"),
                (len(plan.left_out), "left out"),
            )
            if count
        ]
        changed = f"{', '.join(parts)} of {len(self.file.ids):,}" if parts else "nothing changed"
        return f"{self.words[0].upper()}{self.words[1:]}; since then: {changed}"


def plan_file_of(
    plan: RevocationPlan, account: Account, now: float, secrets: Collection[str] = ()
) -> PlanFile:
    """Return what a file holds of the plan. `now` is epoch seconds.

    `secrets` are texts that must not appear, such as our own tokens. Raises UsageError for a
    filter that has one of them.
    """
    masks = Masks(plan, secrets)
    query = plan.selection.rule
    filter_text = "" if query is None else query.text
    if masks.text(plan.filter_text) != filter_text:
        raise UsageError(
            "The filter has a token in it, and a plan file may hold none",
            "Select the session by its id instead.",
        )
    return PlanFile(
        version=VERSION,
        plan=plan.id,
        account=account.name,
        server=str(account.origin),
        app_id=account.app_code,
        time=datetime.fromtimestamp(int(now), UTC),
        rule=PlanFileRule(
            words=masks.text(plan.rule), filter=filter_text, retention=plan.retention
        ),
        ids=_ids(target.session.id for target in plan.targets),
        kept=_ids(kept.session.id for kept in plan.kept),
        left_out=_ids(left.session.id for left in plan.left_out),
        groups=tuple(map(masks.group, plan.groups)),
        stands_for={
            target.session.id: _stands_for(target.session)
            for target in plan.targets
            if target.session.token is None
        },
        token_id=account.token_id,
    )


def _stands_for(session: Session) -> str:
    """Return a fingerprint by which a session without a token is known again, besides its id."""
    known = session.user_agent if session.created_at is None else session.created_at
    return fingerprint(repr(known))


def stored_plan(file: PlanFile) -> StoredPlan:
    """Return the plan of what a file holds. Raises FilterError."""
    return StoredPlan(file, parse(file.rule.filter) if file.rule.filter else None)


def write_plan(
    path: Path,
    plan: RevocationPlan,
    account: Account,
    now: float,
    secrets: Collection[str],
    key: bytes,
) -> None:
    """Write the plan to a new file, 0600; see `plan_file_of`. Raises StorageError, UsageError."""
    write_plan_file(path, plan_file_of(plan, account, now, secrets), key)


def read_plan(path: Path, account: Account, key: bytes) -> StoredPlan:
    """Return the plan of a file. Raises UsageError, also for another account's; StorageError."""
    file = read_plan_file(path, key)
    if (file.account, file.server, file.app_id) != (
        account.name,
        str(account.origin),
        account.app_code,
    ):
        raise UsageError(
            f"The plan is for {safe(file.account, 100)} on {safe(file.server, 100)}, and this is "
            f"{safe(account.name, 100)} on {account.origin}",
            "Choose the account with --account, or make a plan for this one.",
        )
    if file.token_id != account.token_id:
        raise UsageError(
            f"The plan was made with another long-lived token of {safe(account.name, 100)}, "
            "which may be another user's",
            "Make a plan with this one.",
        )
    return stored_plan(file)


class Masks:
    """Texts of a plan for JSON: one that holds a secret is masked."""

    def __init__(self, plan: RevocationPlan, secrets: Collection[str]) -> None:
        self._known = KnownSecrets(secrets)
        self._is_secret = plan.listed.lists_token
        self._seen: dict[str, str] = {}

    def text(self, text: str) -> str:
        """Return the text, or a mask."""
        found = self._seen.get(text)
        if found is None:
            found = self._seen[text] = str(masked(text, self._known, self._is_secret))
        return found

    def group(self, group: PlanGroup) -> dict[str, str | int | None]:
        """Return its keys, then how many sessions it has, keeps and loses."""
        pairs = zip(group.group.keys, group.group.values, strict=True)
        values: Mapping[str, str | None] = {
            key.value: None if value is None else self.text(value) for key, value in pairs
        }
        return {
            **values,
            "count": group.group.count,
            "kept": group.kept,
            "targets": group.targets,
        }


def _ids(ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(ids))
