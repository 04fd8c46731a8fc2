"""How a run of a plan reaches one connection's server, audit log and verified calls."""

from collections.abc import Set
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qiscus_tui.api.client import ApiClient
from qiscus_tui.model.session import Session
from qiscus_tui.service.revocation.outcomes import Report
from qiscus_tui.service.revocation.plan import RevocationPlan
from qiscus_tui.service.revocation.run import WIDTH, Revocation
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.store.audit_records import AuditKind

if TYPE_CHECKING:
    from qiscus_tui.service.connection import Connection


def revocation_on(
    connection: "Connection", long_lived: str, plan: RevocationPlan, width: int | None
) -> Revocation:
    """A run of the plan on this connection, not begun."""
    return Revocation(
        plan,
        _Server(connection, long_lived),
        _AuditTrail(connection),
        _Trials(connection),
        connection.clock,
        width=width or WIDTH,
        retry_policy=connection.client.retry_policy,
    )


class _Sender:
    def __init__(self, client: ApiClient, long_lived: str) -> None:
        self._client = client
        self._long_lived = long_lived

    async def send(self, session: Session) -> None:
        if session.revoke_with is None:
            raise AssertionError(f"{session.id} cannot be revoked")
        await self._client.revoke(self._long_lived, session.revoke_with)

    async def close(self) -> None:
        await self._client.close()


@dataclass
class _Server:
    connection: "Connection"
    long_lived: str

    async def read_list(self, settle: Set[str]) -> SessionList:
        return await self.connection.read_list(settle=settle)

    async def sender(self) -> _Sender:
        return _Sender(await self.connection.client.another(), self.long_lived)


@dataclass
class _AuditTrail:
    connection: "Connection"

    def intent(self, plan: RevocationPlan) -> None:
        local_files = self.connection.account_storage.local_files
        if local_files is not None:
            ids = [target.session.id for target in plan.targets]
            account = self.connection.account
            local_files.audit.intent(
                plan.id, account, AuditKind.REVOKE, ids, self.connection.clock.now()
            )

    def outcomes(self, report: Report) -> None:
        local_files = self.connection.account_storage.local_files
        if local_files is not None:
            told = [(o.id, o.outcome.value, o.reason or "") for o in report.outcomes]
            local_files.audit.outcomes(report.plan.id, told)
            counts = {kind.value: count for kind, count in report.counts.items()}
            local_files.audit.summary(report.plan.id, counts)

    def cut_short(self, plan: RevocationPlan, sent: int, answered: int) -> None:
        local_files = self.connection.account_storage.local_files
        if local_files is not None:
            local_files.audit.cut_short(plan.id, sent, answered)


@dataclass
class _Trials:
    connection: "Connection"

    def is_verified(self) -> bool:
        return self.connection.account_storage.verified.is_verified(*self._server, self._call)

    def remember(self) -> None:
        self.connection.account_storage.verified.remember(*self._server, self._call)

    def forget(self) -> None:
        self.connection.account_storage.verified.forget(*self._server)

    @property
    def _server(self) -> tuple[str, str]:
        account = self.connection.account
        return str(account.origin), account.app_code

    @property
    def _call(self) -> str:
        call = self.connection.client.contract.revoke
        return f"{call.path} {call.field}"
