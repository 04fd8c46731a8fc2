"""What can't be meant is refused before anything is changed: exit code 2, and two lines say why."""

import shlex
from collections.abc import Iterator

from tests.cli.conftest import Program
from tests.sandbox.calls import Call

CONFIGURATION = """
[view.crons]
group_by = ["network"]
[view.soon]
sort = "expires"
[policy.nightly]
keep_newest = 2
[policy.marks]
filter = "is:marked"
keep_newest = 1
"""

MISTAKES = r"""
sesions | Did you mean: qiscus-tui sessions
qqqq | The verbs are: sessions, status, audit, revoke, prune, revoke-all
login --server http://example.com --email a@b.c --password-stdin | unencrypted
login --server https://example.com/api --email a@b.c --password-stdin | path
login --server ftp://example.com --email a@b.c --password-stdin | https
login --server https://a:b@example.com --email a@b.c --password-stdin | password
login --server '' --email a@b.c --password-stdin | server
login --store file | --email is needed
login --store file --password-stdin | --email is needed
login --store file --email a@b.c | A password is needed
login --name -x | with =: --name=-x
login --name=-x | An account can't be named '-x'
login --name=environment | An account can't be named
revoke --yes | Nothing to revoke was named
revoke --plan p.json 0123456789ab --yes | --plan can't be combined
revoke --plan p.json --filter=curl --yes | --plan can't be combined
revoke --plan p.json --older-than=7d --yes | --plan can't be combined
revoke --plan p.json --token-stdin --yes | --plan can't be combined
revoke --plan p.json --dry-run --out=other.json | --plan can't be combined
revoke --plan=- --yes | must name a file
prune --keep-newest=1 --dry-run --out=- | must name a file
revoke 0123456789ab --filter=curl --yes | can't be combined with a filter
revoke --token-stdin --filter=curl --yes | can't be combined with a filter
revoke --token-stdin --yes | There is no token on stdin
id | There is no token on stdin
revoke - - --yes | stdin can be read once
revoke - --token-stdin --yes | stdin can be read once
scan - - | stdin can be read once
--all-accounts scan - | stdin can be read once
revoke --filter= --yes | The filter is empty
revoke --filter=curl --filter= --yes | The filter is empty
sessions --filter= | The filter is empty
sessions --filter -client:curl | --filter=-client:curl or --filter not:client:curl
sessions --filter=-- | There is nothing to negate
sessions --sort=-- | invalid choice
revoke --max=-- | must be a whole number from
sessions --filter=is:marked | There are no marks
prune --policy=marks --yes | [policy.marks]: There are no marks
sessions '--filter=client:"x' | A quote is not closed
sessions --filter=colour:red | Unknown key 'colour'
revoke --older-than 1M --yes | is not a duration
revoke --filter=age:>1M --yes | is not a duration
sessions --filter=age:soon | is not a duration
audit --since 1M | is not a duration
prune --keep-created-within=1M --yes | is not a duration
prune --keep-used-within=0s --yes | '0s' keeps nothing
sessions --timeout 0s | must be from 1s to 1h
token --min-ttl=29d | must be less than 29d
status --min-ttl=29d | must be less than 29d
revoke 01234567 --yes | No session has an id that begins with 01234567
revoke 0123456 --yes | is not a session id
refresh --if= | is not a session id
revoke 0123456789abc --yes | Not a session id: it has 13 characters
refresh --if=0123456789abc | For that of a token: qiscus-tui id
revoke 0123456789ab --max 0 --yes | must be a whole number from
revoke 0123456789ab --concurrency 65 --yes | must be a whole number from
prune --keep-newest=0 --yes | must be a whole number from
sessions --limit 0 | must be a whole number from
audit --limit 0 | must be a whole number from
check --max-live -1 | must be a whole number from
accounts --config= | must name a file
accounts --log= | must name a file
check --metrics= | must name a file
revoke --filter=curl --out=plan.json --yes | --out needs --dry-run
prune --keep-newest=1 --out=plan.json --yes | --out needs --dry-run
revoke --filter=curl --reason '' --yes | --reason is empty
prune --yes | No rule says what to keep
prune --include-unknown --yes | No rule says what to keep
prune --keep-newest=1 --group-by=clint --yes | Did you mean client?
sessions --group-by clint | Did you mean client?
sessions --group-by '' | Give a comma list of client, network
sessions --group-by client --sort ip | one of count, per_day, oldest, newest, last_used, client.
sessions --sort count | one of expires, created, last_used, client, ip, user, id
sessions --group-by label | group by client or network
prune --policy=nihgtly --yes | Did you mean nightly?
sessions --view cron | Did you mean crons?
sessions --view xyz | config.toml has crons, soon
sessions --sort colour | invalid choice
api TRACE /api/v2/rooms | invalid choice
accounts rename x | invalid choice
completion csh | invalid choice
revoke 0123456789ab --dry --yes | nknown argument
prune 0123456789ab --keep-newest=1 --yes | nknown argument
sessions --rev | Unknown argument: --rev
sessions --lim 1 | Unknown argument: --lim
sessions --lim 1 --revers | 2 unknown arguments: --lim, --revers
--dem sessions | nknown argument
accounts use x y | nknown argument
api GET /api/v2/rooms more | nknown argument
api GET /api/v2/rooms --inp - | nknown argument
scan | are required
api | are required
api POST /api/v2/rooms -f | expected one argument
exec --min-ttl -- true | expected one argument
sessions --json --csv | not allowed with argument
scan --ids --json x | not allowed with argument
token --json --header | not allowed with argument
accounts use x --json | --json is for the list only
known add --client curl --label x --json | --json is for the list only
accounts use | needs the name of an account
accounts forget | needs the name of an account
accounts --server https://other.example | belongs to https://demo.invalid
--all-accounts revoke --filter=curl | is not for
--all-accounts token | is not for
--all-accounts sessions --csv | and --csv can't be combined
--all-accounts sessions --account other | and --account can't be combined
--all-accounts prune --keep-newest 1 --dry-run --out plan | and --out can't be combined
api POST /api/v2/rooms -f a=1 --input - | -f and --input can't be combined
api GET /api/v2/rooms --input - | GET has no body
api POST /api/v2/rooms --input /there/is/none | cannot be read
api POST /api/v2/rooms --input / | cannot be read
api POST /api/v2/rooms --input '' | '' cannot be read
api POST /api/v2/rooms -f a | -f needs a name and a value
api POST /api/v2/rooms -f a=1 -f a=2 | -f has the same name twice
api GET //evil.example/x | The path must
api GET https://demo.invalid/api/v2/rooms | The path must
api POST /api/v1/auth | creates, ends or lists tokens
api POST /api/v2/auth/revoke_all_token --rest | creates, ends or lists tokens
known add --label x | needs a client, a network, or both
known add --ip 10.2.x --label x | is not a network
known add --client Guzzle* --label x | not a pattern: it has *
known add --client curl/8 --label x | without its version, such as curl
known add --client curl | known add needs --label, and takes no other words
known add more --client curl --label x | known add needs --label, and takes no other words
known add --client curl --label ' ' | A label has 1 to 60 characters, all of them printable
known forget | known forget needs a label
known forget prob | Did you mean probe?
known --protect | are for known add
exec | exec -- CMD
exec -- | exec -- CMD
exec ls -l | exec -- CMD
exec --proxy --rest -- true | gives the command no secret
check --refresh | --refresh needs --min-ttl
doctor --yes | --yes goes with --live only
completion | needs the name of a shell
proxy --listen 0.0.0.0:80 | listens on 127.0.0.1 only
proxy --listen [::]:80 | listens on 127.0.0.1 only
proxy --listen 127.0.0.1 | must be 127.0.0.1:PORT; PORT must be a whole number from 0
proxy --listen 127.0.0.1:99999 | must be 127.0.0.1:PORT; PORT must be a whole number from 0
proxy --listen 127.0.0.1:80 --socket x | --listen and --socket can't be combined
proxy --socket /nowhere/p.sock | cannot be used
proxy --socket /dev/null | cannot be used
proxy --upstream http://example.org | would send secrets unencrypted
proxy --upstream '' | is not a server address
"""
"""What is typed, and what is said."""

ODD = {
    "The verbs are": ["\x1b]0;x\x07"],
    "An account can't be named": ["login", "--name=\x1b]0;\x07\u202e"],
    "The path must": ["api", "GET", "/api/v2/rooms\r\nX: y"],
    "it is no name of a file": ["api", "POST", "/api/v2/rooms", "--input", "a\0b"],
    "is not valid text": ["api", "POST", "/api/v2/rooms", "-f", "a=\udcff"],
    "all of them printable": ["known", "add", "--client", "curl", "--label", "a\x1b[31m"],
    "--reason": ["revoke", "--filter=curl", "--reason", "x" * 201],
    "path too long": ["proxy", "--socket", "/nowhere/" + "x" * 120],
}
"""What no shell's line shows."""

CHANGES = (Call.LOGIN, Call.LOGOUT, Call.REFRESH, Call.REVOKE, Call.REVOKE_ALL)


def mistakes() -> Iterator[tuple[str, list[str]]]:
    """Yield what is said, and what is typed."""
    for line in MISTAKES.strip().splitlines():
        typed, said = line.split(" | ")
        yield said, shlex.split(typed)
    yield from ODD.items()


def test_what_cannot_be_meant_is_refused(logged_in: Program) -> None:
    logged_in.configure(CONFIGURATION)
    logged_in("known", "add", "--client", "wget", "--label", "probe")
    calls = logged_in.server.calls.copy()
    for said, words in mistakes():
        done = logged_in(*words, stdin="\n")
        # Where JSON was asked for, the error is the result.
        assert (done.code, bool(done.out), said in done.err) == (2, "--json" in words, True), words
        assert (len(done.err.splitlines()), done.err.replace("\n", "").isprintable()) == (2, True)
    assert not any(logged_in.server.calls[call] - calls[call] for call in CHANGES)
    assert len(logged_in("known", "--json").json()) == 1
