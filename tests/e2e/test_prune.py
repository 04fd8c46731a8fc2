"""`prune` and plan files as whole processes: what is left on the server is what the rules keep."""

import json
import time
from pathlib import Path

import pytest

from qiscus_tui.model.durations import DAY, HOUR
from qiscus_tui.model.ids import fingerprint
from tests.cli.test_prune import Entry, client, network, newest, since
from tests.e2e.processes import Machine, machine
from tests.sandbox import DIALECTS

CONFIG = """
[[known]]
client = "python-requests"
label = "reports"
protect = true

[policy.nightly]
filter = "-client:okhttp"
group_by = ["client", "network"]
keep_newest = 3
keep_used_within = "48h"
include_protected = true
"""


def run(on: Machine, *arguments: str, code: int = 0) -> str:
    done = on.run(*arguments)
    assert "Traceback" not in done.stderr
    assert done.returncode == code, done.stderr
    return done.stdout


def run_said(on: Machine, *arguments: str) -> str:
    return on.run(*arguments).stderr


def live(on: Machine) -> set[str]:
    """What is left, as the server itself has it."""
    return {fingerprint(token) for token in on.tokens()}


def ids(entries: list[Entry]) -> set[str]:
    return {str(entry["id"]) for entry in entries}


def test_what_is_left_is_exactly_what_the_rules_keep(tmp_path: Path) -> None:
    with machine(tmp_path / "home", sessions=400) as on:
        on.log_in_at_once()
        (on.home / "config").mkdir(exist_ok=True)
        (on.home / "config" / "config.toml").write_text(CONFIG)
        run(on, "revoke", "--filter=expires:<1h", "--yes", "--max=999", "--include-protected")
        entries: list[Entry] = json.loads(run(on, "sessions", "--json"))
        assert ids(entries) == live(on)
        own = {str(entry["id"]) for entry in entries if entry["current"]}
        protected = [entry for entry in entries if client(entry) == "python-requests"]
        okhttp = [entry for entry in entries if client(entry) == "okhttp"]
        allowed = ("--allow-unreadable", "--allow-clock-offset", "--allow-empty")
        yes = ("--yes", "--max", "999", "--reason=nightly", *allowed)
        assert len(protected) > 10
        assert len(okhttp) > 1

        # The policy of a nightly cron, first as a plan in a file.
        now = time.time()
        most = [entry for entry in entries if entry not in okhttp]
        kept = newest(most, 3, client, network) | since("last_used_at", 48 * HOUR, most, now)
        kept |= {str(entry["id"]) for entry in most if not entry["last_used_at"]}
        file = tmp_path / "plan.json"
        run(on, "prune", "--policy", "nightly", "--dry-run", "--out", str(file))
        assert live(on) == ids(entries)
        planned = set(json.loads(file.read_text())["ids"])
        assert planned == ids(most) - kept - own
        run(on, "prune", "--policy", "nightly", "--yes", code=2)
        run(on, "prune", "--policy", "nightly", *yes)
        assert live(on) == kept | own | ids(okhttp)
        left = [entry for entry in entries if entry["id"] in live(on)]
        gone = json.loads(run(on, "revoke", "--plan", str(file), "--json"))["outcomes"]
        assert {(one["id"], one["outcome"]) for one in gone} == {
            (one, "already_gone") for one in planned
        }

        # A filter says what is judged at all; what no rule can judge stays.
        run(on, "prune", "--filter=client:=axios", "--keep-used-within=1h", *yes)
        judged = [e for e in left if client(e) == "axios" and e["last_used_at"]]
        idle = ids(judged) - since("last_used_at", HOUR, judged, now)
        assert idle
        left = [entry for entry in left if entry["id"] not in idle]
        assert live(on) == ids(left)

        # Options replace what the policy says; what is protected stays.
        rules = ("--group-by", "network", "--keep-newest", "2", "--keep-created-within", "2d")
        run(on, "prune", *rules, *yes, "--concurrency", "3")
        young = since("created_at", 2 * DAY, left, now)
        kept = newest(left, 2, network) | young | own
        still = {str(e["id"]) for e in left if client(e) == "python-requests"}
        assert live(on) == kept | still

        # A plan file is applied, but for what changed.
        left = [entry for entry in left if entry["id"] in live(on)]
        run(on, "prune", "--group-by=client", "--keep-newest=1", "--dry-run", f"--out={file}.2")
        planned = json.loads(Path(f"{file}.2").read_text())["ids"]
        assert set(planned) == ids(left) - newest(left, 1, client) - own - still
        run(on, "revoke", planned[0], "--yes")
        done = json.loads(run(on, "revoke", f"--plan={file}.2", *yes, "--json"))["outcomes"]
        assert sum(one["outcome"] == "already_gone" for one in done) == 1
        assert live(on) == ids(left) - set(planned)

        # Our own session and protected ones go by their own options alone.
        included = ("--include-current", "--include-protected", "--include-unknown")
        run(on, "prune", "--keep-newest=1", "--group-by=client", *included, *yes)
        left = [entry for entry in left if entry["id"] not in planned]
        assert live(on) == newest(left, 1, client, include_unknown=True)


@pytest.mark.parametrize("stops", ["--allow-unreadable", "--allow-clock-offset"])
def test_what_cannot_be_judged_stops_it_unless_allowed(tmp_path: Path, stops: str) -> None:
    dialect = DIALECTS["unreadable" if stops == "--allow-unreadable" else "plain"]
    with machine(tmp_path / "home", sessions=60, dialect=dialect) as on:
        on.log_in_at_once()
        if stops == "--allow-clock-offset":
            on.set_clock(-3 * DAY)
        before = live(on)
        command = ("prune", "--keep-used-within=1d", "--yes", "--max=99", "--allow-empty")
        run(on, *command, code=3 if stops == "--allow-unreadable" else 2)
        assert stops in run_said(on, *command)
        assert live(on) == before
        done = json.loads(run(on, *command, stops, "--json"))
        assert live(on) == before - {one["id"] for one in done["outcomes"]} < before
