"""What the demo keeps: in memory, by the same classes as on disk."""

from pathlib import Path

import pytest

from qiscus_tui.model.account import Account
from qiscus_tui.store.audit import AuditLog
from qiscus_tui.store.audit_records import AuditKind
from qiscus_tui.store.paths import paths_in_memory
from qiscus_tui.store.state import LastList, Visits
from tests.clocks import ManualClock


def test_files_in_memory_are_read_as_they_were_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    paths = paths_in_memory()
    seen = LastList(3, is_whole=True, at=0.0)

    Visits(paths).remember("key", [], seen)

    assert Visits(paths).last_lists() == {"key": seen}
    assert Visits(paths_in_memory()).last_lists() == {}
    assert list(tmp_path.iterdir()) == []


def test_a_full_log_in_memory_is_rotated_too(account: Account, clock: ManualClock) -> None:
    log = AuditLog(paths_in_memory(), clock.now, {}, file_size=500)

    for number in range(30):
        log.intent(f"plan-{number}", account, AuditKind.REVOKE, ["3fa9c01b0001"])
        log.summary(f"plan-{number}", {"revoked": 1})

    plans = [one.plan_id for one in log.read().records if hasattr(one, "counts")]
    assert plans[-1] == "plan-29"
    assert 1 < len(plans) < 30
