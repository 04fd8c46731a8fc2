"""Revokes through a network that fails 5% at random: `python -m tests.benchmarks.revoke_storm`.

With a number of sessions as its argument (10,000 unless told otherwise). The whole client runs
against the demo in this process; only the waits between tries pass at once.
"""

import asyncio
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass

import httpx

from qiscus_tui.model.ids import fingerprint
from qiscus_tui.model.origin import parse_origin
from qiscus_tui.service.account.login import Password, log_in
from qiscus_tui.service.account.storage import AccountStorage, LocalFiles
from qiscus_tui.service.account.workspace import DemoAccess, Workspace
from qiscus_tui.service.revocation.outcomes import Outcome, Report
from qiscus_tui.service.revocation.plan import Allowed, Selection, make_plan
from qiscus_tui.service.revocation.run import revocation_on
from qiscus_tui.store.config import Config
from qiscus_tui.store.secrets import MemorySecrets
from tests.clocks import ManualClock
from tests.sandbox import PASSWORD, demo_state
from tests.sandbox.app import demo_app
from tests.service.flaky import FlakyTransport

SHARE = 0.05


@dataclass
class Storm:
    """How it ended."""

    report: Report
    targets: frozenset[str]
    gone: frozenset[str]
    """Ids that were listed before and are not live any more."""
    requests: int
    faults: Counter[str]
    waited: float
    """Seconds of waiting between tries, which passed at once."""
    took: float
    """Seconds from the first request to the report."""

    @property
    def is_exact(self) -> bool:
        """Exactly the targets are gone, each is counted once, as revoked."""
        outcomes = self.report.outcomes
        return (
            self.gone == self.targets
            and len(outcomes) == len(self.targets)
            and frozenset(o.id for o in outcomes if o.outcome is Outcome.REVOKED) == self.targets
        )


async def storm(count: int, *, share: float = SHARE, seed: int = 1) -> Storm:
    """Revoke `count` sessions of some more through a network that fails a share of requests."""
    clock = ManualClock()
    state = demo_state(clock, sessions=count + count // 5 + 20, seed=seed)
    network = FlakyTransport(httpx.ASGITransport(demo_app(state)), 0.0, seed)
    access = DemoAccess(
        network, parse_origin("https://demo.invalid"), state.credentials.email, PASSWORD
    )
    workspace = Workspace({}, Config(), LocalFiles.in_memory(), clock, demo=access)
    login = Password(access.email, access.password)
    connection = (
        await log_in(workspace, AccountStorage(MemorySecrets(), workspace.local_files), login)
    ).connection
    listed = await connection.read_list()
    # What expires by itself within the storm would blur the picture.
    lasting = [
        position
        for position, session in enumerate(listed.sessions)
        if session.expires_at is not None and session.expires_at > clock.now() + 86_400
    ]
    chosen = sorted(random.Random(seed).sample(lasting, count))
    lasting_ids = frozenset(listed.sessions[position].id for position in lasting)
    plan = make_plan(listed, Selection(chosen, "storm"), Allowed(current=True))
    network.share = share
    began, slept = time.perf_counter(), len(clock.slept)
    run = await revocation_on(connection, plan)
    report = await run.apply()
    took = time.perf_counter() - began
    live = {fingerprint(session.token) for session in state.sessions()}
    return Storm(
        report,
        frozenset(target.session.id for target in plan.targets),
        lasting_ids - live,
        network.requests,
        network.faults,
        sum(clock.slept[slept:]),
        took,
    )


def main() -> None:
    """Print the figure."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    ended = asyncio.run(storm(count))
    print(f"{count:,} sessions, {SHARE:.0%} of all requests failing: {ended.report.words}")
    print(f"exactly the right set is gone, each counted once: {ended.is_exact}")
    print(f"{ended.requests:,} requests, {ended.faults.total():,} faults:")
    for fault, times in sorted(ended.faults.items()):
        print(f"  {times:6,}  {fault} it was carried out")
    print(f"{ended.took:.1f} s, and {ended.waited:,.0f} s of waits that passed at once")
    sys.exit(0 if ended.is_exact else 1)


if __name__ == "__main__":
    main()
