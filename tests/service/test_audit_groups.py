"""The audit log says where the sessions of a plan came from, and names no secret."""

from dataclasses import replace

from qiscus_tui.model.masking import MASK, KnownSecrets
from qiscus_tui.service.revocation.plan_groups import MOST_RECORDED, audit_groups
from qiscus_tui.store.audit_records import AuditGroup
from tests.service.scripted import listed, new_session

NOTHING = KnownSecrets(())


def test_sessions_are_counted_by_client_and_network() -> None:
    ips = ["10.2.0.1", "10.2.0.9", "10.2.7.1", None]
    made = [new_session(at, user_agent="curl/8", ip=ip) for at, ip in enumerate(ips)]
    sessions = replace(listed(made), clients=["curl 8"] * 4)
    assert audit_groups(sessions, NOTHING) == (
        AuditGroup("curl", "10.2.0.0/24", 2),
        AuditGroup("curl", "10.2.7.0/24", 1),
        AuditGroup("curl", None, 1),
    )
    assert audit_groups(sessions, NOTHING, [0, 2]) == (
        AuditGroup("curl", "10.2.0.0/24", 1),
        AuditGroup("curl", "10.2.7.0/24", 1),
    )


def test_a_client_that_calls_itself_by_a_secret_is_masked() -> None:
    secret = "our-own-long-lived-token-0123456789"
    made = [new_session(at, user_agent="x", ip=f"10.{at}.0.1") for at in range(2)]
    sessions = listed(made)
    token = made[1].token
    assert token is not None
    sessions = replace(sessions, clients=[f"bot {secret}", token])
    found = audit_groups(sessions, KnownSecrets([secret]))
    assert [group.client for group in found] == [MASK, MASK]


def test_of_very_many_groups_the_largest_are_recorded() -> None:
    made = [new_session(at, ip=f"10.{at // 250}.{at % 250}.1") for at in range(MOST_RECORDED + 50)]
    assert len(audit_groups(listed(made), NOTHING)) == MOST_RECORDED
