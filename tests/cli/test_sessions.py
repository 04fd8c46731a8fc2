"""`sessions`: the list, for people and for programs."""

import csv
import io
import re
from collections.abc import Set
from dataclasses import replace

import pytest

from qiscus_tui.cli.output.tables import remarks
from qiscus_tui.cli.output.text_table import cells_of
from qiscus_tui.service.account.connection import Connection, Progress
from qiscus_tui.service.sessions.session_list import NO_SESSIONS, SessionList
from tests.cli.conftest import Program
from tests.cli.test_json import FIELDS
from tests.sandbox import DIALECTS, Dialect
from tests.sandbox.calls import Call, Fault
from tests.sandbox.dialects import Pages


def test_why_no_expiry_is_computed_is_among_the_remarks() -> None:
    assert [*remarks(replace(NO_SESSIONS, expiry_doubt="none is computed"))] == ["none is computed"]


def test_it_is_sorted_by_the_key_and_the_other_way_round(logged_in: Program) -> None:
    created = [str(one["created_at"]) for one in logged_in.listed()]
    assert created == sorted(created, reverse=True)
    ids = [str(one["id"]) for one in logged_in.listed("--sort", "id", "--reverse")]
    assert ids == sorted(ids, reverse=True)
    for key in ("expires", "created", "last_used", "client", "ip", "user", "id"):
        assert logged_in("sessions", "--sort", key).code == 0


def test_columns_are_aligned_by_the_cells_that_text_takes(program: Program) -> None:
    program.log_in_to(DIALECTS["plain"], 400)
    heading, row = program("sessions", "--filter=漢字").out.splitlines()
    created = re.search(r"\d{4}-\d\d-\d\d", row)
    assert created is not None
    assert created.start() == heading.index("CREATED") - len("漢字カタカナ")


@pytest.mark.parametrize("width", [200, 80, 40, 12])
def test_on_a_terminal_the_table_fits_the_width(program: Program, width: int) -> None:
    program.monkeypatch.setenv("COLUMNS", str(width))
    for arguments in (["sessions"], ["revoke", "--older-than", "7d", "--dry-run"]):
        out = program("--demo", *arguments, terminal=True).out.partition("Left out")[0]
        table = [one for one in out.splitlines() if re.search(r"\b[0-9a-f]{12}\b|EXPIRES IN", one)]
        assert len(table) >= 20
        assert max(map(cells_of, table)) <= max(width, 14)
        assert ("IP" in out) is (width >= 60)


def test_elsewhere_nothing_is_left_out_or_cut(program: Program) -> None:
    program.monkeypatch.setenv("COLUMNS", "40")
    lines = program("--demo", "sessions").out.splitlines()
    assert lines[0].split()[-1] == "IP"
    assert not any("…" in one for one in lines)


def test_csv_has_the_same_columns_but_extra(logged_in: Program) -> None:
    rows = list(csv.reader(io.StringIO(logged_in("sessions", "--csv").out)))
    assert rows[0] == [*FIELDS["sessions"]][:-1]
    assert len(rows) == len(logged_in.listed()) + 1


def test_a_list_with_unreadable_entries_is_3_and_says_so(logged_in: Program) -> None:
    logged_in.log_in_to(DIALECTS["unreadable"])
    (logged_in.folder / "clean").touch()
    newest = logged_in.ids()[0]
    for line in (
        *("sessions", "sessions --json", "sessions --csv"),
        *("check", f"scan {logged_in.folder / 'clean'}", "revoke-all --dry-run"),
        *("prune --keep-newest 1 --dry-run", "revoke --filter=client:guzzle --dry-run"),
    ):
        done = logged_in(*line.split())
        assert (done.code, "could not be read" in done.err) == (3, True), line
        assert newest in done.out or not line.startswith("sessions"), line


def test_a_list_that_was_cut_off_is_3_and_says_so(logged_in: Program) -> None:
    reading = Connection.read_list

    async def in_part(
        self: Connection, progress: Progress | None = None, *, settle: Set[str] | None = None
    ) -> SessionList:
        return replace(await reading(self, progress), incomplete_because="4 of 9 listed")

    logged_in.monkeypatch.setattr(Connection, "read_list", in_part)
    done = logged_in("sessions", "--json", "--filter=nothing-is-called-so")
    assert (done.code, done.json()) == (3, [])
    assert "not whole: 4 of 9 listed" in done.err
    revoked = logged_in("revoke", "--filter=curl", "--yes")
    assert (revoked.code, revoked.out) == (3, "")
    assert "not whole: 4 of 9 listed" in revoked.err
    planned = logged_in("revoke-all", "--dry-run")
    assert planned.code == 3
    assert re.search(r"\nTo revoke: all sessions, \d+ of them listed\n", planned.out)


def test_the_exit_code_says_what_the_server_said(logged_in: Program) -> None:
    for faults, code in (
        ([Fault(403)], 1),
        ([Fault(401)], 4),
        ([Fault(400, b'{"errors": "invalid token"}')], 4),
        ([Fault(200, b"<html>", content_type="text/html")], 1),
        ([Fault(503)] * 5, 1),
        ([Fault(503)] * 4, 0),
    ):
        logged_in.server.fail_next(Call.LIST, *faults)
        done = logged_in("sessions", "--json")
        assert (done.code, "Traceback" in done.err) == (code, False)


def test_a_list_that_moves_while_it_is_read_is_said_and_takes_no_filter(logged_in: Program) -> None:
    logged_in.speak(Dialect(pages=Pages.NUMBERED, page_size=10), sessions=400)
    state = logged_in.server
    assert logged_in.login().code == 0
    state.before_page = lambda: state.end(state.sessions()[0].token)
    assert "The list moved while it was read" in logged_in("sessions").err
    done = logged_in("revoke", "--filter=curl", "--yes")
    assert done.code == 3
    assert "The list moved while it was read" in done.err
    assert state.revoke_requests == []
