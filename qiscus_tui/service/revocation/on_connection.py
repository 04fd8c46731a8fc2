"""Runs a plan on a connection: its server, its audit trail, its record of verified calls."""

from dataclasses import dataclass, field

from qiscus_tui.api.client import ApiClient
from qiscus_tui.model.masking import KnownSecrets, masked
from qiscus_tui.model.session import Session
from qiscus_tui.service.account.audit_trail import AuditTrail
from qiscus_tui.service.account.connection import Connection
from qiscus_tui.service.revocation.audit_groups import audit_groups
from qiscus_tui.service.revocation.outcomes import Report
from qiscus_tui.service.revocation.plan import RevocationPlan
from qiscus_tui.service.revocation.run import Revocation
from qiscus_tui.service.revocation.width import WIDTH
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.store.audit_records import AuditKind
from qiscus_tui.store.state import VerifiedCalls


async def revocation_on(
    connection: Connection, plan: RevocationPlan, width: int | None = None, reason: str = ""
) -> Revocation:
    """Return a run of the plan, not yet begun, with at most `width` requests at once.

    `reason` is for the audit log. Raises ReadOnly, NoLongLivedToken, StorageError.
    """
    connection.must_be_writable()
    long_lived = await connection.long_lived()
    known = KnownSecrets(connection.client.own_secrets)
    rule = str(masked(plan.rule, known))
    positions = [plan.listed.positions[target.session.id] for target in plan.targets]
    groups = await audit_groups(plan.listed, known, positions)
    return Revocation(
        plan,
        _Server(connection, long_lived),
        AuditTrail(connection, AuditKind.REVOKE, plan.id, rule, reason, groups, plan.listed),
        verified_calls_of(connection),
        connection.clock,
        width=width or WIDTH,
        retry_policy=connection.client.retry_policy,
    )


def verified_calls_of(connection: Connection) -> VerifiedCalls:
    """Return the record of whether revoking was verified on this server and app."""
    account, call = connection.account, connection.client.contract.revoke
    return connection.account_storage.local_files.verified_calls(
        str(account.origin), account.app_code, f"{call.path} {call.field}"
    )


async def forget_own_if_ended(connection: Connection, report: Report) -> None:
    """Forget our own short-lived token if the run ended it. Raises StorageError."""
    if not report.own_is_gone:
        return
    async with connection.locked():
        credentials = await connection.credentials()
        short = credentials.short_lived
        # A newer token, which another program got meanwhile, is not the one that was listed.
        if short is not None and short.obtained_at <= report.plan.listed.read_at:
            await connection.keep(credentials.with_short_lived(None))


@dataclass(frozen=True)
class _Sender:
    client: ApiClient
    long_lived: str = field(repr=False)

    async def send(self, session: Session) -> None:
        if session.revoke_with is None:
            raise AssertionError(f"{session.id} cannot be revoked")
        await self.client.revoke(self.long_lived, session.revoke_with)

    async def close(self) -> None:
        await self.client.close()


@dataclass(frozen=True)
class _Server:
    connection: Connection
    long_lived: str = field(repr=False)

    async def read_list(self) -> SessionList:
        return await self.connection.read_list(fresh=True)

    async def sender(self) -> _Sender:
        return _Sender(await self.connection.client.another(), self.long_lived)
