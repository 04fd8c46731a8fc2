import pytest

from qiscus_tui.store.paths import Paths, paths_in_memory
from qiscus_tui.store.verified_calls import VerifiedCalls

CALL = "/api/v2/auth/revoke_token token"


@pytest.fixture(params=["file", "memory"])
def kept_in(request: pytest.FixtureRequest, paths: Paths) -> Paths:
    return paths if request.param == "file" else paths_in_memory()


def test_nothing_is_verified_at_first(kept_in: Paths) -> None:
    assert not VerifiedCalls(kept_in, "https://a", "app", CALL).is_verified()


def test_what_was_seen_to_work_needs_no_trial(kept_in: Paths) -> None:
    VerifiedCalls(kept_in, "https://a", "app", CALL).remember()

    assert VerifiedCalls(kept_in, "https://a", "app", CALL).is_verified()
    assert not VerifiedCalls(kept_in, "https://b", "app", CALL).is_verified()
    assert not VerifiedCalls(kept_in, "https://a", "app2", CALL).is_verified()


def test_another_path_or_field_begins_a_new_trial(kept_in: Paths) -> None:
    VerifiedCalls(kept_in, "https://a", "app", CALL).remember()

    assert not VerifiedCalls(kept_in, "https://a", "app", "/other token").is_verified()


def test_a_call_that_stopped_working_is_forgotten(kept_in: Paths) -> None:
    verified = VerifiedCalls(kept_in, "https://a", "app", CALL)
    verified.remember()
    verified.forget()
    verified.forget()

    assert not verified.is_verified()
