"""Examples of each verb, for its help and for the man page. Needs nothing but the standard library.

A test gives each command to the parser.
"""

from collections.abc import Mapping
from typing import NamedTuple


class Example(NamedTuple):
    """A command line, and what it does."""

    command: str
    does: str


EXAMPLES: Mapping[str, tuple[Example, ...]] = {
    "": (
        Example("qiscus-tui --demo", "try the app without a server"),
        Example("qiscus-tui sessions --group-by client,network", "who made all these sessions?"),
    ),
    "login": (
        Example("qiscus-tui login", "ask for email address and password"),
        Example(
            "qiscus-tui login --with-token --app-id APP <token.txt",
            "with a long-lived token: for two-factor accounts",
        ),
    ),
    "logout": (
        Example("qiscus-tui logout --account a@b.c@app", "log out of one of several accounts"),
    ),
    "accounts": (
        Example("qiscus-tui accounts", "list them"),
        Example("qiscus-tui accounts use a@b.c@app", "what commands use from now on"),
    ),
    "status": (
        Example("qiscus-tui status --min-ttl 7d", "exit 1 if the token expires within a week"),
    ),
    "sessions": (
        Example("qiscus-tui sessions --filter='client:curl age:>7d'", "curl's, older than a week"),
        Example("qiscus-tui sessions --group-by client,network", "groups, the largest first"),
        Example("qiscus-tui sessions --sort last_used --limit 20", "the 20 that were used last"),
        Example("qiscus-tui sessions --json --filter=is:expiring", "for scripts"),
    ),
    "revoke": (
        Example("qiscus-tui revoke 3fa9c01b", "one session, by its id or the beginning of it"),
        Example(
            "qiscus-tui revoke --filter='client:=GuzzleHttp idle:>7d' --dry-run",
            "see what would be revoked",
        ),
        Example(
            "qiscus-tui revoke --older-than 14d --yes --max 500",
            "without a question; more than 500 is an error",
        ),
        Example("qiscus-tui revoke --plan plan.json", "what a plan file names"),
        Example(
            "qiscus-tui revoke --token-stdin --yes <leaked.txt", "the session of a leaked token"
        ),
    ),
    "prune": (
        Example(
            "qiscus-tui prune --keep-newest 1 --keep-used-within 24h --dry-run",
            "of each client and network keep the newest, and what was used today",
        ),
        Example(
            "qiscus-tui prune --account NAME --policy nightly --yes --max 500",
            "by a policy, from cron",
        ),
        Example(
            "qiscus-tui prune --policy nightly --dry-run --out plan.json",
            "write the plan; revoke --plan applies it",
        ),
    ),
    "revoke-all": (
        Example("qiscus-tui revoke-all --dry-run", "see what would end"),
        Example("qiscus-tui revoke-all --reason 'token leaked'", "end all, and say why"),
    ),
    "refresh": (
        Example("qiscus-tui refresh --if 3fa9c01b77e2", "unless another run did so already"),
    ),
    "token": (
        Example("qiscus-tui token --header | curl -H @- URL", "no secret in any argument"),
        Example("qiscus-tui token --check --min-ttl 6h", "one that the server accepts now"),
    ),
    "id": (
        Example("qiscus-tui id <tokens.txt", "the ids of these tokens, without asking the server"),
    ),
    "exec": (
        Example("qiscus-tui exec -- ./sync.sh", "with QISCUS_TOKEN and QISCUS_APP_ID"),
        Example("qiscus-tui exec --min-ttl 6h -- ./nightly.sh", "for a job that takes hours"),
    ),
    "api": (
        Example("qiscus-tui api GET /api/v1/admin/get_profile", "who is this?"),
        Example("qiscus-tui api POST /api/v1/… --input body.json", "a body from a file"),
    ),
    "doctor": (
        Example("qiscus-tui doctor", "what is wrong here?"),
        Example("qiscus-tui doctor --live", "on a new server: does the API work as expected?"),
        Example("qiscus-tui doctor --json", "for a ticket: it has no secrets"),
    ),
    "known": (
        Example(
            "qiscus-tui known add --client GuzzleHttp --label 'billing cron' --protect",
            "name an integration, and keep it out of plans",
        ),
        Example(
            "qiscus-tui known forget 'billing cron'", "forget the name; asks if it is protected"
        ),
    ),
    "audit": (Example("qiscus-tui audit --since 7d", "what was revoked this week"),),
    "check": (
        Example("qiscus-tui check --new --max-live 500", "exit 1 if there is anything to look at"),
        Example(
            "qiscus-tui check --all-accounts --metrics /var/lib/metrics/qiscus.prom",
            "numbers for Prometheus",
        ),
    ),
    "scan": (
        Example("qiscus-tui scan /etc /srv/app/.env", "which live tokens are there?"),
        Example("qiscus-tui scan --ids backup/ | xargs -r qiscus-tui revoke --yes", "and end them"),
    ),
    "sandbox": (
        Example("qiscus-tui sandbox --port 8080 --sessions 5000", "5,000 sessions on port 8080"),
    ),
    "completion": (
        Example("qiscus-tui completion bash >/etc/bash_completion.d/qiscus-tui", "for all users"),
        Example("qiscus-tui completion fish | source", "for this shell"),
    ),
}
"""By verb; those of the app under no name."""


def example_lines(verb: str) -> list[str]:
    """Return the examples as lines of a help text; none without examples."""
    found = EXAMPLES.get(verb, ())
    if not found:
        return []
    return [
        "examples:",
        *(line for one in found for line in (f"  {one.command}", f"      {one.does}")),
    ]
