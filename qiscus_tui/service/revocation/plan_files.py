"""A plan that is written to a file, and applied later to the list as it is by then."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from qiscus_tui.errors import UsageError
from qiscus_tui.model.account import Account
from qiscus_tui.model.group_keys import GroupKey
from qiscus_tui.model.masking import KnownSecrets, masked
from qiscus_tui.model.text import safe
from qiscus_tui.query import Moment
from qiscus_tui.service.revocation.plan import (
    Allowed,
    Exclusion,
    LeftOut,
    RevocationPlan,
    Selection,
    make_plan,
)
from qiscus_tui.service.revocation.retention import PlanGroup, Retention, Rules
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.store.plan_file import (
    VERSION,
    PlanFile,
    PlanFileRule,
    PlanFileRules,
    not_a_plan,
    read_plan_file,
    write_plan_file,
)


@dataclass(frozen=True)
class StoredPlan:
    """A plan from a file, for this account."""

    file: PlanFile
    retention: Retention | None

    @property
    def ids(self) -> frozenset[str]:
        """Return what it revokes."""
        return frozenset(self.file.ids)

    @property
    def words(self) -> str:
        """Return `plan 3fa9c01b of 2026-11-25 16:02 UTC`."""
        made = self.file.time.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
        return f"plan {self.file.plan} of {made}"

    def on(self, listed: SessionList, allowed: Allowed, moment: Moment) -> RevocationPlan:
        """Return the plan on the list as it is now: what the file names and is still listed.

        The rules of the plan are applied again to all that it was chosen from, so that what they
        keep by now is left out. Calls no server.
        """
        file, at = self.file, listed.positions
        chosen = [at[one] for one in (*file.ids, *file.kept, *file.left_out) if one in at]
        gone = tuple(one for one in file.ids if one not in at)
        source = f"{self.words}; filter {file.rule.filter}" if file.rule.filter else self.words
        selection = Selection(chosen, "named by the plan", named=True, gone=gone, source=source)
        plan = make_plan(listed, selection, allowed, self.retention, moment)
        ids = self.ids
        kept = (
            LeftOut(one.session, Exclusion.KEPT, named=True, label=one.why.words)
            for one in plan.kept
            if one.session.id in ids
        )
        return replace(
            plan,
            targets=tuple(one for one in plan.targets if one.session.id in ids),
            left_out=(*(one for one in plan.left_out if one.session.id in ids), *kept),
            kept=(),
            groups=(),
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

    `secrets` are texts that must not appear, such as our own tokens.
    """
    masks = Masks(plan, secrets)
    return PlanFile(
        version=VERSION,
        plan=plan.id,
        account=account.name,
        server=str(account.origin),
        app_id=account.app_code,
        time=datetime.fromtimestamp(int(now), UTC),
        rule=PlanFileRule(
            words=masks.text(plan.rule),
            filter=masks.text(plan.filter_text),
            retention=_rules(plan.retention),
        ),
        ids=_ids(target.session.id for target in plan.targets),
        kept=_ids(kept.session.id for kept in plan.kept),
        left_out=_ids(left.session.id for left in plan.left_out),
        groups=tuple(map(masks.group, plan.groups)),
    )


def stored_plan(file: PlanFile) -> StoredPlan:
    """Return the plan of what a file holds. Raises ValueError where its rules make no sense."""
    return StoredPlan(file, _retention(file.rule.retention))


def write_plan(
    path: Path, plan: RevocationPlan, account: Account, now: float, secrets: Collection[str]
) -> None:
    """Write the plan to a new file, 0600; see `plan_file_of`. Raises StorageError."""
    write_plan_file(path, plan_file_of(plan, account, now, secrets))


def read_plan(path: Path, account: Account) -> StoredPlan:
    """Return the plan of a file. Raises UsageError, also for another account's; StorageError."""
    file = read_plan_file(path)
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
    try:
        return stored_plan(file)
    except ValueError as error:
        raise not_a_plan(path) from error


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


def _rules(retention: Retention | None) -> PlanFileRules | None:
    if retention is None:
        return None
    rules = retention.rules
    return PlanFileRules(
        tuple(key.value for key in retention.keys),
        rules.keep_newest,
        rules.keep_used_within,
        rules.keep_created_within,
        rules.include_unknown,
        retention.policy,
    )


def _retention(rules: PlanFileRules | None) -> Retention | None:
    """Raises ValueError for an unknown key, no key, or no rule."""
    if rules is None:
        return None
    read = Rules(
        rules.keep_newest,
        rules.keep_used_within,
        rules.keep_created_within,
        rules.include_unknown,
    )
    if not read.given or not rules.group_by:
        raise ValueError("no rule")
    return Retention(tuple(map(GroupKey, rules.group_by)), read, rules.policy)
