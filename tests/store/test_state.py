"""What is remembered in passing: verified calls, visits, ids for completion."""

import re
from pathlib import Path

import pytest

from qiscus_tui.store import state
from qiscus_tui.store.locks import store_lock
from qiscus_tui.store.paths import Paths, paths_in_memory
from qiscus_tui.store.state import (
    Checked,
    Checks,
    LastList,
    VerifiedCalls,
    Visits,
    remember_ids,
    remembered_ids,
)

CALL = "/api/v2/auth/revoke_token token"
CURL, CHROME, ODD = ("curl 8.5", "203.0.113.0"), ("Chrome 126", "10.0.0.0"), ("\ud800", "")


@pytest.mark.parametrize("in_memory", [False, True])
def test_a_call_is_verified_for_one_server_app_path_and_field_until_it_fails(
    paths: Paths, *, in_memory: bool
) -> None:
    paths = paths_in_memory() if in_memory else paths
    verified = VerifiedCalls(paths, "https://a", "app", CALL)
    assert not verified.is_verified()

    verified.remember()
    assert VerifiedCalls(paths, "https://a", "app", CALL).is_verified()
    assert not VerifiedCalls(paths, "https://b", "app", CALL).is_verified()
    assert not VerifiedCalls(paths, "https://a", "app2", CALL).is_verified()
    assert not VerifiedCalls(paths, "https://a", "app", "/other token").is_verified()

    verified.forget()
    verified.forget()
    assert not verified.is_verified()


@pytest.fixture
def visits(paths: Paths) -> Visits:
    return Visits(paths)


def test_the_first_visit_marks_nothing(visits: Visits, paths: Paths) -> None:
    assert visits.last("key").prints is None
    assert visits.new_pairs("key", [CURL]) == frozenset()
    assert not paths.state_dir.exists()


def test_a_pair_is_new_unless_the_last_visit_saw_it(visits: Visits) -> None:
    visits.remember("key", [])
    assert visits.new_pairs("key", [CURL]) == {CURL}  # an empty list was a visit too
    visits.remember("key", [CURL, CHROME])
    assert visits.new_pairs("key", [CURL, CHROME, ODD]) == {ODD}
    visits.remember("key", [CHROME])
    assert visits.new_pairs("key", [CURL]) == {CURL}
    assert len(visits.last("key").prints or ()) == 1


def test_a_visit_that_saw_a_part_forgets_nothing(visits: Visits) -> None:
    visits.remember("key", [CURL])
    part = LastList(1, is_whole=False, at=5.0)
    visits.remember("key", [CHROME], part)
    assert visits.new_pairs("key", [CURL, CHROME]) == frozenset()
    assert visits.last_lists() == {"key": part}


def test_what_another_check_saw_meanwhile_is_kept(paths: Paths) -> None:
    checks = Checks(paths)
    checks.remember("key", Checked({"one": 5.0}, {"a": 1.0}))
    checks.remember("key", Checked({"one": 3.0, "two": 9.0}, {"b": 2.0}))
    assert checks.seen("key") == Checked({"one": 5.0, "two": 9.0}, {"a": 1.0, "b": 2.0})


def test_accounts_have_visits_of_their_own(visits: Visits) -> None:
    visits.remember("key", [CURL], LastList(1, is_whole=True, at=5.0))
    assert visits.last("other").prints is None

    visits.forget("key")
    assert visits.last("key").prints is None
    assert visits.last_lists() == {}


def test_only_fingerprints_are_kept_and_they_differ_between_machines(
    visits: Visits, paths: Paths
) -> None:
    visits.remember("key", [CURL])
    first = visits.last("key").prints
    assert all(re.fullmatch("[0-9a-f]{16}", one) for one in first or ())
    assert "curl" not in paths.visits_file.read_text()
    assert "203.0.113" not in paths.visits_file.read_text()

    paths.visits_file.unlink()
    visits.remember("key", [CURL])
    assert visits.last("key").prints != first


def test_what_is_no_id_is_never_typed_into_a_shell(paths: Paths) -> None:
    remember_ids(paths, ["3fa9c01b77be", "\x1b]0;owned\x07", "$(reboot)"], "key")
    assert remembered_ids(paths) == remembered_ids(paths, "key") == ["3fa9c01b77be"]
    assert remembered_ids(paths, "other") == []


def test_a_list_is_not_held_up_by_its_completion(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state, "LOCK_TIMEOUT", 0.01)
    with store_lock(paths.state_dir):
        remember_ids(paths, ["3fa9c01b77be"])
    assert remembered_ids(paths) == []
    remember_ids(paths, ["3fa9c01b77be"])
    assert remembered_ids(paths) == ["3fa9c01b77be"]


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
