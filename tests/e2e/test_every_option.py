"""Every verb with every option of it, before a server on a real socket.

A new option needs a run here: the last test walks the parser.
"""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from qiscus_tui.cli.parser import full_parser
from qiscus_tui.cli.verbs import VERBS
from qiscus_tui.model.ids import fingerprint
from tests.e2e.processes import EMAIL, Machine, machine
from tests.sandbox import PASSWORD

CONFIG = """
[[known]]
client = "Go-http-client"
label = "sync"
protect = true

[view.scripts]
filter = "-client:Go-http-client"
group_by = ["client"]
sort = "count"

[policy.nightly]
keep_newest = 1
"""


@dataclass(frozen=True)
class Run:
    """A command line, and what a user notices. In all texts `{name}` is of `names`."""

    words: str
    says: str = ""
    """In its results, or, after an error, on stderr."""
    code: int = 0
    stdin: str = ""
    more: str = ""
    """In what it says beside its results."""


GLOBALS = "--account {name} --server {url} --config {config} --timeout 30s --log {log} --no-input"

RUNS = {
    "login": [
        Run(
            "login --server {url} --email supervisor@demo.example --password-stdin --store file "
            "--name other",
            "Account: other, stored in: file",
            stdin=PASSWORD,
        ),
        Run(
            "login --server {url} --with-token --app-id {app} --store=file --name pasted",
            "Account: pasted",
            stdin="{long_lived}",
        ),
        Run("login --rest", "need --app-id", 2),
    ],
    "logout": [Run("logout --forget", "is logged out: "), Run("logout", "account", 4)],
    "accounts": [
        Run("accounts --json", '"account": "{name}"'),
        Run("accounts use {name}", "Commands now use the account {name}"),
        Run("accounts forget {name}", "Forgot {name}"),
    ],
    "status": [
        Run(f"--debug {GLOBALS} status --json", '"chosen_by": "--account"'),
        Run(f"status {GLOBALS} --debug --min-ttl 1d", "file"),
        Run("--all-accounts status", "== {name}"),
    ],
    "sessions": [
        Run("sessions --filter id:{first} --json", '"id": "{first}"'),
        Run("sessions --group-by client,network --sort per_day --reverse --limit 1", "CLIENT"),
        Run("sessions --view scripts --json", '"client"'),
        Run("sessions --csv --limit=2", "id,created_at,"),
        Run("sessions --all-accounts --json --limit=1", '"account": "{name}"'),
        Run("sessions --demo --limit 1", "EXPIRES"),
        Run("sessions --version", "qiscus-tui "),
        Run("sessions --timeout 0s", "--timeout", 2),
        Run("sessions --timeout soon", "not a duration", 2),
        Run("--demo sessions --limit 1", "EXPIRES"),
    ],
    "revoke": [
        Run("revoke {first} --yes --reason leaked", "1 revoked"),
        Run("revoke --token-stdin --yes --json --max 1", "revoked", stdin="{first_token}"),
        Run("revoke --older-than 1d --dry-run --out {file}", more="--plan {file}"),
        Run("revoke --plan {file} --yes --max 99 --concurrency 2", "revoked"),
        Run("revoke --filter client:Go-http-client --yes", more="protected"),
        Run("revoke --filter client:Go-http-client --include-protected --yes", "revoked"),
        Run(
            "revoke {own} --include-current --yes --allow-unreadable --allow-clock-offset "
            "--allow-empty",
            "1 revoked",
        ),
    ],
    "prune": [
        Run("prune --policy nightly --dry-run --out {file}", "kept"),
        Run("prune --filter=-client:x --group-by client --keep-newest 9 --yes --max 99"),
        Run(
            "prune --keep-used-within 1d --include-unknown --yes --max 99 --concurrency 2 --json "
            "--allow-empty --reason nightly",
            '"outcomes": ',
        ),
        Run(
            "prune --keep-created-within 1h --include-current --include-protected "
            "--allow-unreadable --allow-clock-offset --allow-empty --yes --max 99",
            "revoked",
        ),
    ],
    "revoke-all": [
        Run("revoke-all --dry-run --json", '"targets": ["'),
        Run("revoke-all --yes --reason moved", "revoked"),
    ],
    "refresh": [
        Run("refresh --if {own}", " expires "),
        Run("refresh --if 0123456789ab", " expires ", more="Not refreshed"),
    ],
    "token": [
        Run("token --min-ttl 29m --check", "{own_token}"),
        Run("token --header", "Authorization: {own_token}\nQiscus-App-Id: {app}\n"),
        Run("token --json", '"token": "{own_token}"'),
    ],
    "id": [Run("id", "{own}\n", stdin="{own_token}\n")],
    "exec": [
        Run("exec --min-ttl 1h --check -- printenv QISCUS_TOKEN", "{own_token}\n"),
        Run("login --server {url} --rest --app-id {app} --store file", stdin="{key}"),
        Run("exec --rest -- printenv QISCUS_SECRET_KEY", "{key}\n"),
    ],
    "api": [
        Run("api GET /api/v1/admin/get_profile -f limit=1", EMAIL),
        Run("login --server {url} --rest --app-id {app} --store file", stdin="{key}"),
        Run("api --rest GET /api/v1/admin/get_profile", EMAIL),
        Run("api POST /api/v1/nothing --input -", "404", 1, stdin="x"),
    ],
    "doctor": [
        Run("doctor --json", '"checks": '),
        Run("doctor --live --yes", "confirmed"),
    ],
    "known": [
        Run("known add --client curl --ip 10.2 --label cron --protect", "cron (", 0),
        Run("known --json", '"label": "cron"'),
        Run("known forget cron --yes", "Forgot cron"),
    ],
    "audit": [
        Run("revoke {first} --yes"),
        Run("audit --since 1d --limit 1 --json", '"kind": "revoke"'),
    ],
    "check": [
        Run("check --new --max-live 999 --max-per-day 999 --min-ttl 1d --metrics {file}", " live,"),
        Run("check --max-live 1 --json", '"kind": "max_live"', 1),
        Run("check --all-accounts", "== {name}"),
    ],
    "scan": [
        Run("scan {leak}", "{leak}:1: {first}  ", 1),
        Run("scan {leak} --ids", "{first}\n", 1),
        Run("scan --json --all-accounts {leak}", '"path": "', 1),
        Run("scan --json -", '"path": "-"', 1, stdin="{first_token}"),
    ],
    "completion": [
        Run("completion bash", "_qiscus_tui"),
        Run("completion --words accounts", "{name}\n"),
    ],
}
"""Runs of each verb, in their order on one machine. `sandbox` has a test of its own."""

SANDBOX = "--port 0 --sessions 3 --latency 1 --seed 2"


def names(on: Machine, tmp_path: Path) -> dict[str, str]:
    """What the texts of a run can name; of the moment."""
    credentials = on.state.credentials
    known = {
        "url": on.url,
        "app": credentials.app_code,
        "long_lived": credentials.long_lived_token,
        "key": credentials.secret_key,
        "file": str(tmp_path / "file"),
        "leak": str(tmp_path / "leak"),
        "config": str(on.home / "config" / "config.toml"),
        "log": str(tmp_path / "log"),
    }
    with_account = on.local_files().book.all()
    if len(with_account) != 1:
        return known
    account, kept = on.kept()
    assert kept.short_lived is not None
    own = kept.short_lived.token
    lasting = (s for s in on.state.sessions() if s.agent and "Go-http" not in s.agent)
    others = [s for s in lasting if s.token != own]
    first = max(others, key=lambda s: s.expires).token if others else ""
    (tmp_path / "leak").write_text(first)
    return {
        **known,
        "name": account.name,
        "own": fingerprint(own),
        "own_token": own,
        "first": fingerprint(first),
        "first_token": first,
    }


@pytest.mark.parametrize("verb", RUNS)
def test_each_run_does_what_it_says(tmp_path: Path, verb: str) -> None:
    with machine(tmp_path / "home", sessions=30) as on:
        if verb != "login":
            on.log_in_at_once()
        (on.home / "config").mkdir(exist_ok=True)
        (on.home / "config" / "config.toml").write_text(CONFIG)
        for run in RUNS[verb]:
            texts = names(on, tmp_path)
            words = shlex.split(run.words.format_map(texts))
            # A command that begins takes the place of the process; `scan -` asks for a real stdin.
            do = on.run if verb in {"exec", "scan"} else on.run_here
            done = do(*words, stdin=run.stdin.format_map(texts))
            shown = f"{run.words}: {done.returncode}\n{done.stdout}\n{done.stderr}"
            assert done.returncode == run.code, shown
            assert "Traceback" not in done.stderr
            assert run.says.format_map(texts) in (done.stdout or done.stderr), shown
            assert run.more.format_map(texts) in done.stderr, shown


# Nothing is left out


def options_of_verbs() -> Iterator[tuple[str, str]]:
    """Each verb with each of its own options; "" with the global ones."""
    parser, verbs = full_parser()
    everywhere = {name for action in parser.actions() for name in action.option_strings}
    yield from (("", name) for name in everywhere)
    for verb in VERBS:
        for action in verbs[verb].actions():
            yield from ((verb, name) for name in action.option_strings if name not in everywhere)


def test_every_option_has_a_run() -> None:
    lines = [run.words for runs in RUNS.values() for run in runs]
    lines += [f"sandbox {SANDBOX}", "id --help"]
    ran: set[tuple[str, str]] = set()
    for line in lines:
        verb = next(word for word in line.split() if word in VERBS)
        for word in line.partition(" -- ")[0].split():
            ran |= {(verb, word.partition("=")[0]), ("", word.partition("=")[0])}
    assert not {*options_of_verbs()} - ran - {("", "-h")}
