"""`sessions --group-by` and `--view`: groups of the list, for people and for programs."""

import csv
import io

import pytest

from qiscus_tui.cli.output.text_table import cells_of
from tests.cli.conftest import Program
from tests.cli.test_json import FIELDS
from tests.sandbox import DIALECTS

FACTS = [*FIELDS["sessions --group-by"]][6:]
"""What is told of each group, after its keys."""


def grouped(program: Program, keys: str, *more: str) -> list[dict[str, object]]:
    done = program("sessions", "--json", "--group-by", keys, *more)
    assert done.code == 0, done.err
    assert done.out.isascii()
    return done.json()


def counts(groups: list[dict[str, object]]) -> list[int]:
    return [int(str(one["count"])) for one in groups]


@pytest.fixture
def many(logged_in: Program) -> Program:
    """The admin of 400 sessions."""
    logged_in.speak(DIALECTS["plain"], sessions=400)
    logged_in("sessions")  # notices that the token of before is dead
    return logged_in


def test_json_has_the_keys_asked_for_and_then_these_fields(many: Program) -> None:
    groups = grouped(many, "network,client")
    assert all(list(one) == ["network", "client", *FACTS] for one in groups)
    assert sum(counts(groups)) == len(many.listed())
    assert counts(groups) == sorted(counts(groups), reverse=True)
    assert any(one["network"] is None for one in groups)
    assert grouped(many, "network,client", "--limit", "2") == groups[:2]
    said = many("sessions", "--group-by", "network,client", "--limit", "2").err
    assert f"2 groups of {len(groups)}" in said
    assert counts(grouped(many, "client", "--sort", "count", "--reverse")) == sorted(
        counts(grouped(many, "client"))
    )
    days = [str(one["day"]) for one in grouped(many, "day", "--sort", "day")]
    assert days == sorted(days, reverse=True)
    filtered = grouped(many, "client", "--filter=client:=GuzzleHttp ip:10.2")
    assert [(one["client"], one["share"]) for one in filtered] == [("GuzzleHttp", 1.0)]
    assert grouped(many, "client", "--filter=client:=nothing") == []


def test_csv_has_the_same_columns_and_no_formulas(many: Program) -> None:
    rows = list(csv.reader(io.StringIO(many("sessions", "--csv", "--group-by", "client").out)))
    assert rows[0] == ["client", *FACTS]
    assert counts(grouped(many, "client")) == [int(row[1]) for row in rows[1:]]
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)


def test_our_own_and_protected_groups_are_marked(many: Program) -> None:
    assert many.login().code == 0
    assert [one["current"] for one in grouped(many, "client")].count(True) == 1
    assert "this session" in many("sessions", "--group-by", "client").out
    many.protect("GuzzleHttp", "cron")
    groups = grouped(many, "label")
    assert {one["label"]: one["protected"] for one in groups} == {"cron": True, None: False}
    assert "protected" in many("sessions", "--group-by", "label").out


def test_on_a_terminal_the_table_fits_the_width(program: Program) -> None:
    for width in (200, 120, 80, 40):
        program.monkeypatch.setenv("COLUMNS", str(width))
        done = program("--demo", "sessions", "--group-by", "client,network", terminal=True)
        lines = [line for line in done.out.splitlines() if "groups, " not in line]
        assert len(lines) > 20
        assert max(map(cells_of, lines)) <= width
        table = done.out[done.out.index("CLIENT") :].splitlines()
        assert ("COUNT" in table[0], "GuzzleHttp" in table[1]) == (True, True)


# Views

VIEWS = """
[view.crons]
filter = "client:GuzzleHttp"
group_by = ["network"]
sort = "oldest"
reverse = true

[view.soon]
sort = "expires"
"""


def test_a_view_filters_groups_and_sorts(many: Program) -> None:
    many.configure(VIEWS)

    def shown(*arguments: str) -> list[dict[str, object]]:
        return many.listed(*arguments)

    crons = "--filter=client:GuzzleHttp"
    assert shown("--view", "crons") == shown(
        crons, "--group-by", "network", "--sort", "oldest", "--reverse"
    )
    assert shown("--view", "soon") == shown("--sort", "expires")
    more = shown("--view", "crons", "--filter=ip:10.2.7")
    assert [one["network"] for one in more] == ["10.2.7.0/24"]
    assert shown("--view", "crons", "--sort", "count") == shown(crons, "--group-by", "network")
    assert shown("--view", "crons", "--group-by", "day") == shown(crons, "--group-by", "day")
    assert shown("--view", "soon", "--reverse") == shown("--sort", "expires", "--reverse")


def test_where_there_is_no_view_it_is_said_how_one_is_made(logged_in: Program) -> None:
    assert "[view.NAME]" in logged_in("sessions", "--view", "crons").err
