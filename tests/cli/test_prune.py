"""`prune`: what is left on the server is what the rules keep."""

import re
from dataclasses import replace
from pathlib import Path
from unittest.mock import ANY

import pytest

from tests.cli.conftest import ACCOUNT_LINE, Program
from tests.cli.test_check import samples
from tests.sandbox import DIALECTS
from tests.sandbox.calls import Call, Fault

Entry = dict[str, str | None]
ALL = ["--yes", "--max", "999"]
VERSION = re.compile(r" v?\d[\d.]*(?= · |$)")


def client(entry: Entry) -> str:
    return VERSION.sub("", entry["client"] or "?")


def test_of_each_group_the_newest_is_left_and_our_own(crowded: Program) -> None:
    before, own = crowded.listed(), {e["id"] for e in crowded.listed() if e["current"]}
    done = crowded("prune", "--keep-newest", "2", *ALL, "--json")
    assert done.code == 0
    plan, told = done.json()["plan"], done.json()
    assert {kept["id"] for kept in plan["kept"]} == crowded.live() - own
    assert crowded.live() == {entry["id"] for entry in before}.difference(plan["targets"])
    assert all(kept["reason"].startswith("kept: newest 2 of ") for kept in plan["kept"])
    assert told["list"] == {"complete": True, "unreadable": 0}
    assert list(plan["groups"][0]) == ["client", "network", "count", "kept", "targets"]
    assert sum(group["count"] for group in plan["groups"]) == len(before)
    assert sum(group["targets"] for group in plan["groups"]) == len(told["outcomes"])


def test_a_dry_run_shows_a_line_for_each_group_and_sends_nothing(crowded: Program) -> None:
    before = crowded.live()
    done = crowded("prune", "--keep-newest=1", "--dry-run")
    first, *lines = done.out.splitlines()
    assert first == ACCOUNT_LINE
    assert lines[0].split() == ["CLIENT", "NETWORK", "SESSIONS", "KEPT", "TO", "REVOKE"]
    groups = crowded("prune", "--keep-newest=1", "--dry-run", "--json").json()["plan"]["groups"]
    assert lines[len(groups) + 1].startswith(f"{len(groups)} groups, ")
    assert re.fullmatch(r"\d+ sessions to revoke", lines[len(groups) + 2])
    assert crowded.live() == before
    assert crowded("prune", "--keep-newest=1", "--yes").code == 2  # more than 50
    assert crowded("prune", "--keep-newest=1").code == 2  # nobody to ask
    assert crowded.server.calls[Call.REVOKE] == 0


POLICY = """
[policy.nightly]
filter = "client:GuzzleHttp"
group_by = ["client"]
keep_newest = 2
keep_used_within = "24h"
"""


def test_a_filter_narrows_a_policy_and_rules_and_grouping_replace_its_own(crowded: Program) -> None:
    crowded.configure(POLICY)
    policy = ["prune", "--policy=nightly", "--dry-run", "--json"]
    plan = crowded(*policy).json()["plan"]
    (group,) = plan["groups"]
    assert group["client"] == "GuzzleHttp"
    assert list(group)[:2] == ["client", "count"]
    assert group["kept"] >= 2
    assert crowded(*policy, "--filter=-client:GuzzleHttp").json()["plan"]["groups"] == []
    replaced = [*policy, "--keep-newest=3", "--keep-used-within=1s"]
    replaced.append(f"--filter=-id:{plan['kept'][0]['id']}")
    groups = crowded(*replaced, "--group-by=network").json()["plan"]["groups"]
    assert all("client" not in one for one in groups)
    assert all(one["kept"] >= min(3, one["count"]) for one in groups)
    assert sum(one["count"] for one in groups) == group["count"] - 1
    crowded("prune", "--policy=nightly", "--allow-empty", *ALL)
    rule = crowded("audit", "--json").json()[0]["rule"]
    assert rule == (
        "filter client:GuzzleHttp; policy nightly, by client: keep the newest 2, used within 24h"
    )


def test_a_policy_without_a_rule_takes_one_of_the_options_and_stops_no_other_verb(
    crowded: Program,
) -> None:
    crowded.configure('[policy.crons]\nfilter = "client:GuzzleHttp"\ngroup_by = ["client"]\n')
    assert crowded("token").code == 0
    policy = ["prune", "--policy=crons", "--dry-run", "--json"]
    done = crowded(*policy)
    assert (done.code, "No rule says what to keep" in done.err) == (2, True)
    (group,) = crowded(*policy, "--keep-newest=2").json()["plan"]["groups"]
    assert (group["client"], group["kept"]) == ("GuzzleHttp", 2)


def test_where_nothing_says_what_made_a_session_that_grouping_is_refused(program: Program) -> None:
    nameless = replace(DIALECTS["plain"].fields, agent=None, ip=None, user="user_email")
    program.log_in_to(replace(DIALECTS["plain"], fields=nameless), sessions=20)
    done = program("prune", "--keep-newest=1", *ALL)
    assert (done.code, program.server.calls[Call.REVOKE]) == (2, 0)
    assert "group by user or day instead" in done.err
    assert "qiscus-tui revoke ID" in done.err
    assert program("prune", "--keep-newest=1", "--group-by=user", *ALL).code == 0
    assert len(program.live()) == 1


def test_nothing_to_prune_is_0(crowded: Program) -> None:
    assert crowded("prune", "--keep-newest=999", *ALL).code == 0
    done = crowded("prune", "--keep-newest=1", "--filter=no-such-client", *ALL, "--json")
    assert done.code == 0
    assert done.json()["plan"] == {"targets": [], "left_out": [], "kept": [], "groups": []}


# What was not asked for


def test_where_all_stay_because_something_is_unknown_it_says_how_to_judge_them(
    logged_in: Program,
) -> None:
    logged_in("known", "add", "--client=Go-http-client", "--label=mine")
    rule = "prune --group-by=label --keep-newest=1 --dry-run --filter=client:GuzzleHttp"
    by_label = rule.split()
    done = logged_in(*by_label)
    assert (done.code, "Nothing can be revoked: label unknown\n" in done.err) == (3, True)
    assert "--include-unknown" in done.err
    assert logged_in(*by_label, "--include-unknown").code == 0


def test_a_rule_that_the_server_lists_nothing_for_stops_the_command(program: Program) -> None:
    unused = replace(DIALECTS["plain"].fields, last_used=None)
    program.log_in_to(replace(DIALECTS["plain"], fields=unused), sessions=40)
    done = program("prune", "--keep-newest=1", "--keep-used-within=24h", *ALL)
    assert (done.code, done.out) == (3, "")
    assert "The server lists no last use (last_used_at)" in done.err
    assert program.server.calls[Call.REVOKE] == 0
    assert program("prune", "--keep-newest=1", *ALL).code == 0


def test_no_group_loses_its_last_session_unless_that_is_allowed(crowded: Program) -> None:
    rule = ["prune", "--keep-used-within=1s"]
    before = crowded.live()
    for words in ([*rule, *ALL], [*rule, *ALL, "--dry-run"]):
        done = crowded(*words)
        assert done.code == 3
        assert "groups would be left with no session: GuzzleHttp · 10.2.0.0/24, " in done.err
        assert "--allow-empty" in done.err
    shown = crowded(*rule, "--dry-run", f"--out={crowded.folder / 'plan.json'}")
    assert shown.code == 0
    assert "groups would be left with no session: " in shown.err
    plan = ["revoke", f"--plan={crowded.folder / 'plan.json'}", *ALL]
    assert crowded(*plan).code == 3
    assert crowded.live() == before
    assert crowded("prune", "--keep-newest=1", *ALL, "--dry-run").code == 0
    assert crowded(*plan, "--allow-empty").code == 0
    assert len(crowded.live()) < len(before)


def test_what_a_filter_leaves_out_keeps_its_group(crowded: Program) -> None:
    group = ["prune", "--keep-used-within=1s", "--filter=client:GuzzleHttp ip:10.2.0"]
    assert crowded(*group, *ALL, "--dry-run").code == 3
    kept = next(e for e in crowded.listed() if "Guzzle" in e["client"])["id"]
    assert crowded(*group, f"--filter=-id:{kept}", *ALL, "--dry-run").code == 0


# For Prometheus


def numbers(file: Path) -> dict[str, str]:
    """Value by metric."""
    return {name.removeprefix("qiscus_prune_"): value for name, value in samples(file).items()}


def test_what_became_of_a_prune_is_written_as_metrics(crowded: Program, tmp_path: Path) -> None:
    file = tmp_path / "prune.prom"
    before = crowded.live()
    line = ("prune", "--keep-newest", "2", *ALL, "--metrics", str(file))
    assert crowded(*line).code == 0
    left = crowded.live()
    found = numbers(file)
    assert list(found) == ["revoked", "kept", "failed", "success", "timestamp_seconds"]
    assert (found["success"], found["failed"]) == ("1", "0")
    assert (int(found["revoked"]), int(found["kept"])) == (len(before - left), len(left))
    assert all('{account="' in line for line in file.read_text().splitlines() if line[0] != "#")
    assert crowded(*line).code == 0  # nothing is left to be revoked
    assert numbers(file) == {**found, "revoked": "0", "timestamp_seconds": ANY}


@pytest.mark.parametrize(
    ("line", "code"),
    [("--keep-newest 1", 1), ("", 2), ("--keep-newest 1 --dry-run", 2)],
)
def test_after_a_prune_that_failed_its_numbers_say_so(
    crowded: Program, tmp_path: Path, line: str, code: int
) -> None:
    file = tmp_path / "prune.prom"
    crowded.server.fail_next(Call.LIST, *[Fault(503)] * 5)
    assert crowded("prune", *line.split(), *ALL, "--metrics", str(file)).code == code
    assert numbers(file) == {"success": "0", "timestamp_seconds": ANY}


@pytest.mark.parametrize("config", ["", "unknown = 1"])
def test_a_failure_names_the_account_that_the_environment_chose(
    crowded: Program, tmp_path: Path, config: str
) -> None:
    file = tmp_path / "prune.prom"
    crowded.configure(config)
    crowded.monkeypatch.setenv("QISCUS_TUI_ACCOUNT", " nobody ")
    assert crowded("prune", "--keep-newest", "1", *ALL, "--metrics", str(file)).code in {2, 4}
    assert 'qiscus_prune_success{account="nobody"} 0' in file.read_text()


def test_a_prune_that_ended_only_a_part_is_no_success(crowded: Program, tmp_path: Path) -> None:
    file = tmp_path / "prune.prom"
    crowded.log_in_to(DIALECTS["revoke-ignored"])
    assert crowded("prune", "--keep-newest", "1", *ALL, "--metrics", str(file)).code == 3
    found = numbers(file)
    assert (found["success"], found["revoked"]) == ("0", "0")
    assert int(found["failed"]) > 1
