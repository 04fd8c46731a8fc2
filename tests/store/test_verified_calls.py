import pytest

from qiscus_tui.store.paths import Paths
from qiscus_tui.store.verified_calls import MemoryVerified, VerifiedCalls, VerifiedRevokes

CALL = "/api/v2/auth/revoke_token token"


@pytest.fixture(params=["file", "memory"])
def verified(request: pytest.FixtureRequest, paths: Paths) -> VerifiedCalls:
    return VerifiedRevokes(paths) if request.param == "file" else MemoryVerified()


def test_nothing_is_verified_at_first(verified: VerifiedCalls) -> None:
    assert not verified.is_verified("https://a", "app", CALL)


def test_what_was_seen_to_work_needs_no_trial(verified: VerifiedCalls) -> None:
    verified.remember("https://a", "app", CALL)

    assert verified.is_verified("https://a", "app", CALL)
    assert not verified.is_verified("https://b", "app", CALL)
    assert not verified.is_verified("https://a", "app2", CALL)


def test_another_path_or_field_begins_a_new_trial(verified: VerifiedCalls) -> None:
    verified.remember("https://a", "app", CALL)

    assert not verified.is_verified("https://a", "app", "/other token")


def test_a_call_that_stopped_working_is_forgotten(verified: VerifiedCalls) -> None:
    verified.remember("https://a", "app", CALL)
    verified.forget("https://a", "app")
    verified.forget("https://a", "app")

    assert not verified.is_verified("https://a", "app", CALL)


def test_it_is_kept_for_the_next_program(paths: Paths) -> None:
    VerifiedRevokes(paths).remember("https://a", "app", CALL)

    assert VerifiedRevokes(paths).is_verified("https://a", "app", CALL)
