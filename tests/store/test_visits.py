import pytest

from qiscus_tui.store.paths import Paths
from qiscus_tui.store.visits import Visits

CURL, CHROME, ODD = ("curl 8.5", "203.0.113.0"), ("Chrome 126", "10.0.0.0"), ("\ud800", "")


@pytest.fixture
def visits(paths: Paths) -> Visits:
    return Visits(paths)


def test_the_first_visit_marks_nothing(visits: Visits, paths: Paths) -> None:
    assert visits.last("key").prints is None
    assert visits.new_pairs("key", [CURL]) == frozenset()
    assert not paths.state_dir.exists()


def test_a_pair_not_seen_at_the_last_visit_is_new(visits: Visits) -> None:
    visits.remember("key", [CURL])

    assert visits.new_pairs("key", [CURL, CHROME, ODD]) == {CHROME, ODD}


def test_what_is_no_longer_listed_is_forgotten(visits: Visits) -> None:
    visits.remember("key", [CURL, CHROME])
    visits.remember("key", [CHROME])

    assert visits.new_pairs("key", [CURL]) == {CURL}
    assert len(visits.last("key").prints or ()) == 1


def test_an_empty_list_was_a_visit_too(visits: Visits) -> None:
    visits.remember("key", [])

    assert visits.new_pairs("key", [CURL]) == {CURL}


def test_accounts_have_visits_of_their_own(visits: Visits) -> None:
    visits.remember("key", [CURL])
    assert visits.last("other").prints is None

    visits.forget("key")
    assert visits.last("key").prints is None


def test_only_fingerprints_are_kept_and_they_differ_between_machines(
    visits: Visits, paths: Paths
) -> None:
    visits.remember("key", [CURL])
    first = visits.last("key").prints
    assert "curl" not in paths.visits_file.read_text()
    assert "203.0.113" not in paths.visits_file.read_text()

    paths.visits_file.unlink()
    visits.remember("key", [CURL])
    assert visits.last("key").prints != first
