"""`--all-accounts`: each account in turn, and the worst exit code."""

import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from qiscus_tui.service.scan import Event, LiveTokens, scan
from tests.cli.conftest import ACCOUNT, EMAIL, SERVER, Program
from tests.sandbox.calls import Call, Fault

OTHER = "supervisor@demo.example"


@pytest.fixture
def both(logged_in: Program) -> Program:
    """Two users are logged in here; the second is the one that was used last."""
    done = logged_in.login(OTHER, "--name", "other")
    assert done.code == 0, done.err
    return logged_in


def names(program: Program) -> list[str]:
    return sorted(one["account"] for one in program("accounts", "--json").json())


def test_each_account_has_its_result_and_json_names_it(both: Program) -> None:
    prune = "prune --keep-newest 1 --dry-run"
    for line in ("sessions", "sessions --group-by client", "status", "check", prune):
        done = both("--all-accounts", *line.split(), "--json")
        assert done.code == 0, done.err
        found = done.json()
        assert [list(one)[:2] for one in found] == [["account", "server"]] * len(found)
        assert sorted({one["account"] for one in found}) == names(both)
        assert {one["server"] for one in found} == {SERVER}
        assert (len(found) == 2) == (not line.startswith("sessions"))
    for form in ((), ("--group-by", "client")):
        assert '"account"' not in both("--account", "other", "sessions", *form, "--json").out


def test_for_people_each_has_a_heading_and_every_message_names_its_account(both: Program) -> None:
    first, second = names(both)
    done = both("sessions", "--all-accounts")
    heads = [line for line in done.out.splitlines() if line.startswith("== ")]
    assert (done.code, heads) == (0, [f"== {first}", f"== {second}"])
    for words in (("sessions",), ("check", "--json"), ("scan", "--ids", "none")):
        both.server.fail_next(Call.LIST, *[Fault(401)] * 2)
        said = both("--all-accounts", *words).err.splitlines()
        assert [line.partition(": ")[0] for line in said] == [first, first, second, second]
    words = ("--all-accounts", "prune", "--keep-newest", "1")
    asked = both(*words, stdin="n\n", terminal=True).err
    assert re.search(rf"\n{re.escape(first)}: Revoke \d+ sessions\? ", asked)


def test_one_that_fails_stops_no_other_and_gives_the_exit_code(both: Program) -> None:
    both.server.fail_next(Call.LIST, Fault(401))
    done = both("sessions", "--all-accounts", "--json")
    assert done.code == 4
    first, second = names(both)
    failed, *listed = done.json()
    assert list(failed) == ["account", "server", "error", "hint", "exit"]
    assert (failed["account"], failed["exit"], failed["error"] in done.err) == (first, 4, True)
    assert {one["account"] for one in listed} == {second}
    both.server.fail_next(Call.PROFILE, Fault(404))
    done = both("--all-accounts", "status", "--json")
    failed, well = done.json()
    assert [one["chosen_by"] for one in (failed, well)] == ["--all-accounts", "--all-accounts"]
    assert [*failed] == [*well, "error", "hint", "exit"]
    assert (failed["exit"], failed["error"] in done.err) == (done.code, True)


def test_without_an_account_the_document_is_the_error(program: Program) -> None:
    assert program("--all-accounts", "check", "--json").json()["exit"] == 4


def test_the_metrics_of_all_are_in_one_file(both: Program, tmp_path: Path) -> None:
    file = tmp_path / "q.prom"
    both.server.fail_next(Call.LIST, *[Fault(503)] * 5)
    done = both("check", "--all-accounts", "--metrics", str(file), "--max-live", "0")
    assert done.code == 5
    first, second = names(both)
    text = file.read_text()
    assert f'qiscus_check_success{{account="{first}"}} 0' in text
    assert f'qiscus_check_success{{account="{second}"}} 1' in text


def test_files_are_scanned_for_the_tokens_of_each(both: Program, leaked: Path) -> None:
    done = both("scan", "--all-accounts", "--json", str(leaked))
    results = done.json()
    assert done.code == 1
    assert [one["account"] for one in results] == names(both)
    assert [[row["line"] for row in one["found"]] for one in results] == [[1, 2], [3]]
    leaked.write_text("nothing")
    both.server.fail_next(Call.LIST, Fault(401))
    failed, other = both("scan", "--all-accounts", "--json", str(leaked)).json()
    assert (failed["exit"], other["found"]) == (4, [])


@pytest.fixture
def leaked(both: Program, tmp_path: Path) -> Path:
    """A log with two tokens of the one account and one of the other."""
    log = tmp_path / "log"
    tokens = [one.token for one in both.server.sessions(EMAIL)[:2]]
    log.write_text("\n".join([*tokens, both.server.sessions(OTHER)[0].token]))
    return log


def test_a_list_that_fails_leaves_what_was_found_for_the_others(
    both: Program, leaked: Path
) -> None:
    both.server.fail_next(Call.LIST, Fault(401))
    done = both("scan", "--all-accounts", "--ids", str(leaked))
    assert (done.code, len(done.out.split())) == (4, 1)
    first, second = names(both)
    assert done.err.startswith(f"{first}: qiscus-tui: ")
    assert f"\n{second}: " in done.err
    both.server.fail_next(Call.LIST, Fault(401), Fault(401))
    assert both("scan", "--all-accounts", "--ids", str(leaked)).out == ""


def test_what_was_found_is_valid_json_when_a_signal_ends_it(both: Program, leaked: Path) -> None:
    def interrupted(paths: list[str], tokens: LiveTokens, stdin: int) -> Iterator[Event]:
        yield from scan(paths, tokens, stdin)
        signal.raise_signal(signal.SIGINT)
        time.sleep(0.1)  # the signal's handler has its turn

    both.monkeypatch.setattr("qiscus_tui.cli.scan.scan", interrupted)
    both.monkeypatch.setattr("qiscus_tui.cli.scan.BATCH", 0.0)
    done = both("scan", "--all-accounts", "--json", str(leaked))
    (first,) = done.json()
    assert (done.code, [row["line"] for row in first["found"]]) == (130, [1, 2])
    done = both("--account", names(both)[0], "scan", "--json", str(leaked))
    assert (done.code, len(done.json())) == (130, 2)


def test_credentials_of_the_environment_are_one_account(both: Program) -> None:
    both.monkeypatch.setenv("QISCUS_LONG_LIVED_TOKEN", "LLT")
    both.monkeypatch.setenv("QISCUS_APP_ID", "demo")
    assert both("sessions", "--all-accounts").code == 2


def test_the_demo_has_one(program: Program) -> None:
    done = program("--demo", "--all-accounts", "sessions", "--limit", "1", "--json")
    (row,) = done.json()
    assert (done.code, list(row)[:3], row["account"]) == (0, ["account", "server", "id"], ACCOUNT)
