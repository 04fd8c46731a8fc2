"""`revoke`: plan, confirm, apply, verify, with the exit codes that scripts go by."""

import re
from dataclasses import replace

import pytest

from qiscus_tui.cli.output.text_table import MOST_GROUPS, outcome_lines
from qiscus_tui.errors import NoAccount, QiscusTuiError, StorageError
from qiscus_tui.model.clock import DAY
from qiscus_tui.model.ids import fingerprint
from qiscus_tui.service.account.connection import Connection
from qiscus_tui.service.revocation.outcomes import Report
from tests.cli.conftest import ACCOUNT, ACCOUNT_LINE, SERVER, Program
from tests.clocks import ManualClock
from tests.program import Done
from tests.sandbox import DIALECTS, Dialect, demo_state
from tests.sandbox.calls import Call, Fault
from tests.sandbox.dialects import Fields, Revoking

NOT_LISTED = "0123456789ab"


def outcomes_of(done: Done) -> dict[str, tuple[str, str | None]]:
    outcomes = done.json()["outcomes"]
    assert all(list(one) == ["id", "outcome", "reason"] for one in outcomes)
    return {one["id"]: (one["outcome"], one["reason"]) for one in outcomes}


def test_named_sessions_are_gone_and_nothing_else_is(logged_in: Program) -> None:
    before, (first, second, third, *_) = logged_in.live(), logged_in.ids()
    either_side = ("revoke", first, "--dry-run", second, "--no-input", "--json", third)
    assert logged_in(*either_side).json()["plan"]["targets"] == [first, second, third]
    done = logged_in("revoke", first, second, "--yes", "--json")
    assert done.code == 0
    assert outcomes_of(done) == {first: ("revoked", None), second: ("revoked", None)}
    by_prefix = logged_in("revoke", third[:8].upper(), "--yes", "--json")
    assert outcomes_of(by_prefix) == {third: ("revoked", None)}
    assert logged_in.live() == before - {first, second, third}


def test_for_people_the_result_is_counted_and_the_first_use_is_a_trial(logged_in: Program) -> None:
    done = logged_in("revoke", *logged_in.ids()[:2], "--yes")
    assert done.out.splitlines() == [ACCOUNT_LINE, "2 revoked"]
    assert all(words in done.err for words in (ACCOUNT_LINE, "2 sessions to revoke", "is first"))
    assert "is first" not in logged_in("revoke", *logged_in.ids()[:2], "--yes").err


def ended_elsewhere(logged_in: Program, count: int = 1) -> list[str]:
    """Ids that were listed here once, and are not any more."""
    ids = logged_in.ids()
    tokens = {fingerprint(one.token): one.token for one in logged_in.server.sessions()}
    gone = [one for one in ids if one in tokens][-count:]
    for one in gone:
        logged_in.server.end(tokens[one])
    return gone


def test_an_id_is_already_gone_only_if_this_account_knew_it(logged_in: Program) -> None:
    (gone,) = ended_elsewhere(logged_in)
    revoked = fingerprint(logged_in.server.sessions()[0].token)
    assert logged_in("revoke", revoked, "--yes").code == 0
    calls = logged_in.server.calls[Call.REVOKE]
    for known in (gone, revoked):
        done = logged_in("revoke", known, "--json")
        assert (done.code, outcomes_of(done)) == (0, {known: ("already_gone", None)})
    done = logged_in("revoke", NOT_LISTED, "--yes", "--json")
    why = "not listed, and never seen in this account: another account may have it"
    assert (done.code, outcomes_of(done)) == (3, {NOT_LISTED: ("not_sent", why)})
    assert "another account may have it" in logged_in("revoke", NOT_LISTED, "--yes").out
    theirs = logged_in.ids()[0]
    assert logged_in.login("agent@demo.example").code == 0
    agent = ("--account", ACCOUNT.replace("admin", "agent"))
    done = logged_in(*agent, "revoke", theirs, "--yes", "--json")
    assert (done.code, outcomes_of(done)[theirs][0]) == (3, "not_sent")
    assert logged_in.server.calls[Call.REVOKE] == calls


def test_tokens_on_stdin_name_their_sessions(logged_in: Program) -> None:
    tokens = [session.token for session in logged_in.server.sessions()[:2]]
    stdin = f" {tokens[0]}\t\r\n{tokens[1]}"
    for outcome in ("revoked", "already_gone"):
        done = logged_in("revoke", "--token-stdin", "--yes", "--json", stdin=stdin)
        assert done.code == 0
        assert outcomes_of(done) == {fingerprint(token): (outcome, None) for token in tokens}
        assert not any(token in done.out + done.err for token in tokens)


def test_ids_come_from_stdin(logged_in: Program) -> None:
    first, second, third, *_ = logged_in.ids()
    done = logged_in("revoke", "-", third, "--yes", "--json", stdin=f"{first}\n\n {second[:8]}\r\n")
    assert (done.code, sorted(outcomes_of(done))) == (0, sorted([first, second, third]))
    assert logged_in("revoke", "-", "--yes").out.splitlines() == [ACCOUNT_LINE, "nothing to revoke"]
    fourth = logged_in.ids()[0]
    for words, stdin, said in (
        (["-", "--yes"], f"{fourth}\nQEX{'x' * 40}\n", "Line 2 on stdin: Not a session id"),
        (["-"], fourth, "no terminal to ask on"),
        (["-", "--no-input"], fourth, "--no-input forbids to ask"),
        (["-", "--filter=curl"], fourth, "can't be combined"),
    ):
        done = logged_in("revoke", *words, stdin=stdin)
        assert (done.code, said in done.err, "QEX" in done.err) == (2, True, False), words


def test_several_rules_narrow_together(logged_in: Program) -> None:
    for several, one in (
        (["--filter=client:guzzle", "--filter=age:>7d"], "client:guzzle age:>7d"),
        (["--filter=age:>7d", "--filter=client:guzzle"], "client:guzzle age:>7d"),
        (["--older-than=7d", "--older-than=20d", "--older-than=1h"], "age:>20d"),
        (["--older-than=7d", "--filter=guzzle"], "guzzle age:>7d"),
    ):
        planned = logged_in("revoke", *several, "--dry-run", "--json").json()["plan"]["targets"]
        same = logged_in("revoke", f"--filter={one}", "--dry-run", "--json")
        assert planned == same.json()["plan"]["targets"]
        alone = logged_in("revoke", several[0], "--dry-run", "--json").json()["plan"]["targets"]
        assert 0 < len(planned) < len(alone)


def test_a_token_that_is_not_listed_is_no_all_clear(logged_in: Program) -> None:
    listed, unlisted = logged_in.server.sessions()[0].token, "QEXof-another-account"
    done = logged_in("revoke", "--token-stdin", "--yes", "--json", stdin=f"{listed}\n{unlisted}")
    assert done.code == 3
    outcome, reason = outcomes_of(done)[fingerprint(unlisted)]
    assert (outcome, str(reason)[:10]) == ("not_sent", "not listed")
    assert outcomes_of(done)[fingerprint(listed)] == ("revoked", None)
    planned = logged_in("revoke", "--token-stdin", "--dry-run", "--json", stdin=unlisted)
    assert planned.json()["plan"]["left_out"] == [{"id": fingerprint(unlisted), "reason": reason}]
    shown = logged_in("revoke", "--token-stdin", "--yes", stdin=unlisted)
    assert (shown.code, shown.out.splitlines()[1]) == (3, "1 not sent")
    assert f"{fingerprint(unlisted)}" in shown.err


def test_a_token_is_not_called_gone_where_the_server_masks_tokens(logged_in: Program) -> None:
    logged_in.speak(DIALECTS["masked"])
    token = logged_in.server.sessions()[0].token
    done = logged_in("revoke", "--token-stdin", "--yes", stdin=token)
    assert done.code == 3
    assert "can't tell which session" in done.err


# Nothing goes for lack of knowledge

CULL = ["revoke", "--older-than=7d", "--yes", "--max=100", "--json"]


@pytest.mark.parametrize(("dialect", "dry"), [("ids-unmarked", []), ("masked", ["--dry-run"])])
def test_where_everything_stays_for_lack_of_knowledge_that_is_3_with_the_reason(
    logged_in: Program, dialect: str, dry: list[str]
) -> None:
    logged_in.speak(DIALECTS[dialect])
    done = logged_in(*CULL, "--allow-clock-offset", *dry)
    assert done.code == 3
    assert done.json()["plan"]["targets"] == []
    assert "no token" in done.err
    assert "Nothing can be revoked: the server lists no token" in done.err
    assert 'field = "id" under [api.revoke_token]' in done.err
    assert logged_in.server.calls[Call.REVOKE] == 0


def test_a_dry_run_and_a_filter_that_matches_nothing_send_nothing(logged_in: Program) -> None:
    first = logged_in.ids()[0]
    for words, targets, ended in (
        ([first, "--dry-run"], [first], {}),
        (["--filter=nothing-is-called-so"], [], {"outcomes": [], "others_ended": 0}),
    ):
        done = logged_in("revoke", *words, "--json")
        assert done.code == 0
        assert done.json() == {
            "account": ACCOUNT,
            "server": SERVER,
            "plan": {"targets": targets, "left_out": []},
            "list": {"complete": True, "unreadable": 0},
            **ended,
        }
    assert logged_in.server.calls[Call.REVOKE] == 0


def test_a_dry_run_ends_with_what_is_known_of_the_sessions_it_names(logged_in: Program) -> None:
    (own,) = (one["id"] for one in logged_in.listed() if one["current"])
    first, (gone,) = logged_in.ids()[0], ended_elsewhere(logged_in)
    for named, code in ((first, 0), (gone, 0), (NOT_LISTED, 3), (own, 3)):
        dry, real = (logged_in("revoke", named, *how) for how in (["--dry-run"], ["--yes"]))
        assert (dry.code, real.code) == (code, code), named
    assert logged_in("revoke", "--filter=is:current", "--dry-run").code == 0


def test_a_plan_is_in_the_order_of_the_list_however_it_was_asked_for(logged_in: Program) -> None:
    ids = logged_in.ids()
    by_filter = ["--filter=-id:000000000000"]
    for asked in (by_filter, [ids[3], ids[0], ids[7]]):
        targets = logged_in("revoke", *asked, "--dry-run", "--json").json()["plan"]["targets"]
        assert targets == [one for one in ids if one in targets]
        shown = logged_in("revoke", *asked, "--dry-run").out
        assert [one for one in ids if one in shown] == sorted(
            (one for one in ids if one in shown), key=shown.index
        )


def test_a_terminal_is_asked_and_all_else_needs_a_yes(logged_in: Program) -> None:
    first, second, *_ = logged_in.ids()
    for options, stdin, terminal in (
        *(((), answer, True) for answer in ("n\n", "\n", "")),
        ((), "y\n", False),
        (("--no-input",), "y\n", True),
    ):
        done = logged_in("revoke", *options, first, stdin=stdin, terminal=terminal)
        assert done.code == 2
        assert ("--yes" in done.err) is (not terminal or bool(options))
    assert logged_in.server.calls[Call.REVOKE] == 0
    for one, answer in ((first, "y\n"), (second, "yes\n")):
        assert logged_in("revoke", one, stdin=answer, terminal=True).code == 0
    assert logged_in.server.calls[Call.REVOKE] == 2


@pytest.fixture
def sprawling(logged_in: Program) -> Program:
    """70 sessions, of which the last is made to learn the zone of the server's times."""
    logged_in.speak(DIALECTS["plain"], sessions=69)
    return logged_in


def everything(program: Program, *more: str, **how: object) -> Done:
    return program("revoke", "--filter=-id:000000000000", *more, **how)  # type: ignore[arg-type]


def test_more_than_fifty_need_a_yes_and_their_number(sprawling: Program) -> None:
    for options in (("--yes",), ("--yes", "--max", "69"), ("--max", "70")):
        done = everything(sprawling, *options, "--include-current")
        assert (done.code, "--max 70" in done.err) == (2, True)
    refused = everything(sprawling, "--include-current", stdin="y\n", terminal=True)
    assert refused.code == 2
    assert sprawling.server.calls[Call.REVOKE] == 0
    typed = everything(sprawling, "--include-current", "--filter=-id:1", stdin="n\n", terminal=True)
    assert typed.code == 2
    done = everything(sprawling, "--yes", "--max", "70", "--include-current", "--json")
    assert (done.code, len(outcomes_of(done))) == (0, 70)
    assert sprawling.server.sessions() == []


def test_our_own_session_goes_only_where_it_was_included(logged_in: Program) -> None:
    own = logged_in.listed("--filter=is:current")[0]["id"]
    done = logged_in("revoke", own, "--yes", "--json")
    outcome, reason = outcomes_of(done)[own]
    assert (done.code, outcome, "own session" in str(reason)) == (3, "not_sent", True)
    assert done.json()["plan"]["left_out"] == [{"id": own, "reason": reason}]
    assert "--include-current" in done.err
    by_filter = logged_in("revoke", "--filter=is:current", "--yes", "--json")
    assert (by_filter.code, outcomes_of(by_filter)) == (0, {})  # what a filter leaves out is told
    assert len(by_filter.json()["plan"]["left_out"]) == 1
    done = logged_in("revoke", own, "--include-current", "--yes", "--json")
    assert (done.code, outcomes_of(done)[own]) == (0, ("revoked", None))
    assert logged_in("sessions").code == 0


@pytest.mark.parametrize(
    ("trouble", "code"), [(StorageError("The disk is full"), 6), (NoAccount("Logged out"), 0)]
)
def test_what_can_no_longer_be_forgotten_hides_no_outcome(
    logged_in: Program, monkeypatch: pytest.MonkeyPatch, trouble: QiscusTuiError, code: int
) -> None:
    async def cannot(self: Connection, report: Report) -> None:
        raise trouble

    monkeypatch.setattr("qiscus_tui.cli.plan_flow.forget_own_if_ended", cannot)
    own = logged_in.listed("--filter=is:current")[0]["id"]
    done = logged_in("revoke", own, "--include-current", "--yes", "--json")
    assert done.code == code
    assert outcomes_of(done)[own] == ("revoked", None)
    assert (trouble.message in done.err) is (code == 6)


def test_protected_integrations_stay_unless_included(logged_in: Program) -> None:
    logged_in.protect("GuzzleHttp", "billing cron")
    guzzle = logged_in.listed("--filter=client:guzzle")[0]["id"]
    done = logged_in("revoke", guzzle, "--yes", "--json")
    assert done.code == 3
    assert outcomes_of(done) == {guzzle: ("not_sent", "protected: billing cron")}
    assert logged_in("revoke", guzzle, "--include-protected", "--yes").code == 0


def test_on_a_list_known_in_part_a_filter_needs_a_switch_and_a_missing_id_is_unknown(
    logged_in: Program,
) -> None:
    logged_in.log_in_to(DIALECTS["unreadable"])
    arguments = ["revoke", "--filter=client:guzzle", "--include-current", "--yes", "--json"]
    done = logged_in(*arguments)
    assert (done.code, "plan" in done.out) == (3, False)
    assert "--allow-unreadable" in done.err
    allowed = logged_in(*arguments, "--allow-unreadable")
    assert allowed.code == 0
    on_list = allowed.json()["list"]
    assert (on_list["complete"], on_list["unreadable"] > 0) == (True, True)
    named = logged_in("revoke", NOT_LISTED, "--json")
    assert named.code == 3
    outcome, reason = outcomes_of(named)[NOT_LISTED]
    assert (outcome, "could not be read" in str(reason)) == ("unknown", True)
    assert named.json()["plan"]["left_out"] == [{"id": NOT_LISTED, "reason": reason}]
    assert "not listed, but" in named.err.lower()


def test_a_readonly_account_changes_nothing(logged_in: Program) -> None:
    name = logged_in("accounts", "--json").json()[0]["account"]
    logged_in.configure(f'[account."{name}"]\nreadonly = true\n')
    first = logged_in.ids()[0]
    assert logged_in("revoke", first, "--yes").code == 2
    assert logged_in("revoke-all", "--yes").code == 2
    assert logged_in("refresh").code == 2
    assert logged_in("token").code == 0
    logged_in.clock.advance(2 * 86_400)
    done = logged_in("token", "--min-ttl", "28d12h")
    assert (done.code, done.out) == (2, "")
    assert "readonly" in done.err
    assert logged_in("revoke", first, "--dry-run").code == 0
    calls = logged_in.server.calls
    assert calls[Call.REVOKE] == calls[Call.REVOKE_ALL] == calls[Call.REFRESH] == 0
    assert all("read-only" in logged_in(verb).out for verb in ("accounts", "status"))
    assert logged_in("logout").code == 2


def test_what_is_the_same_for_many_is_said_once(sprawling: Program) -> None:
    sprawling.speak(DIALECTS["revoke-ignored"], sessions=69)
    done = everything(sprawling, "--include-current", "--yes", "--max", "70")
    assert done.code == 3
    _, first, *groups = done.out.splitlines()
    assert first == "1 failed · 69 not sent"
    assert [one[2] for one in groups if one[:2] == "  " and one[2] != " "] == ["1", "6"]
    assert sum("the first revoke did not end its session" in one for one in groups) == 1
    assert len(re.findall(r"\b[0-9a-f]{12}\b", done.out)) == 1 + 10
    assert "    … and 59 more" in groups
    assert max(map(len, groups)) < 100

    told = sprawling("audit", "--limit", "1").out.splitlines()
    assert told[1] == "    filter -id:000000000000"
    assert re.fullmatch(r"    from \S.* \(\d+\), \S.* \(\d+\), \S.* \(\d+\) and \d+ more", told[2])
    assert len(told) == 3 + len(groups)
    assert any(line.strip() == "… and 59 more" for line in told)


def test_an_answer_that_comes_again_and_again_is_said_once(logged_in: Program) -> None:
    logged_in("revoke", logged_in.ids()[0], "--yes")
    logged_in.server.fail_next(Call.REVOKE, *[Fault(422)] * 4)
    done = logged_in("revoke", *logged_in.ids()[:4], "--yes")
    assert done.out.splitlines()[1] == "4 failed"
    assert done.err.count("422") == 1
    assert done.out.count("422") == 1


def test_reasons_of_their_own_do_not_make_a_line_a_session() -> None:
    lines = list(outcome_lines([("failed", f"answer {n}", [f"{n:012}"]) for n in range(500)]))
    assert len(lines) == 2 * MOST_GROUPS + 1
    assert lines[:2] == ["1 failed: answer 0", "  000000000000"]
    assert lines[-1] == "… and 490 sessions with other reasons: see --json"


def test_what_stays_and_what_is_gone_is_said_once_too(logged_in: Program) -> None:
    logged_in.protect("GuzzleHttp", "billing cron")
    logged_in.speak(DIALECTS["plain"], sessions=70)
    gone = ended_elsewhere(logged_in, 12)
    kept = everything(logged_in, "--include-current", "--dry-run").out
    assert kept.count("Left out, protected: billing cron (") == kept.count("  … and ") - 1 == 1
    told = logged_in("revoke", *gone, "--dry-run").out.splitlines()
    words = ["Nothing to revoke", "Already gone (12 sessions)", *told[3:5], "  … and 2 more"]
    assert told == [ACCOUNT_LINE, *words]


UNDATED, NAMELESS = DIALECTS["undated"], Dialect(fields=Fields(agent=None))


@pytest.mark.parametrize(
    ("dialect", "words", "lacks"),
    [
        (UNDATED, ["revoke", "--older-than=7d"], "creation date, which 'age:'"),
        (UNDATED, ["revoke", "--filter=client:curl age:>7d"], "creation date, which 'age:'"),
        (NAMELESS, ["revoke", "--filter=client:curl"], "client, which 'client:'"),
        (
            NAMELESS,
            ["prune", "--filter=client:curl", "--keep-newest=1", "--group-by=ip"],
            "client, which 'client:'",
        ),
    ],
)
def test_a_filter_that_asks_for_what_no_session_has_is_no_clean_end(
    program: Program, dialect: Dialect, words: list[str], lacks: str
) -> None:
    program.log_in_to(dialect)
    for more in (["--yes"], ["--yes", "--json"], ["--dry-run"]):
        done = program(*words, *more)
        assert (done.code, f"the server lists no {lacks} asks for" in done.err) == (3, True)


def test_what_one_revoke_took_along_is_in_every_output_and_its_exit_code_is_3(
    logged_in: Program,
) -> None:
    plain, (first, _, third, *_) = logged_in.server.dialect, logged_in.ids()
    logged_in.server.dialect = replace(plain, revoking=Revoking.ENDS_ANOTHER)
    shown = logged_in("revoke", first, "--yes")
    assert shown.code == 3
    assert shown.out.splitlines()[-1].startswith("1 session outside the plan is gone as well: ")
    assert "  1 revoked · 1 other ended  " in logged_in("audit").out
    others = len(logged_in.server.sessions()) - 1
    logged_in.server.dialect = replace(plain, revoking=Revoking.ENDS_ALL)
    done = logged_in("revoke", third, "--yes", "--json")
    assert done.code == 3
    assert outcomes_of(done) == {third: ("revoked", None)}
    assert done.json()["others_ended"] == others
    (plan,) = (one for one in logged_in("audit", "--json").json() if one["ids"] == [third])
    assert plan["others_ended"] == others
    assert f"1 revoked · {others} others ended" in logged_in("audit").out


# Where the server's clock is not ours

BY_TIME = [
    ["--older-than", "7d"],
    ["--filter=age:>7d"],
    ["--filter=curl", "--filter=-idle:<7d"],
    ["--filter=created:>2020-10-01"],
    ["--filter=expires:>1h"],
    ["--filter=-is:expired"],
]


@pytest.mark.parametrize(("days", "said"), [(-400, "400.0 days behind"), (-0.9, "")])
def test_a_rule_about_time_is_refused_where_the_clocks_differ_by_days(
    program: Program, days: float, said: str
) -> None:
    program.server = demo_state(ManualClock(program.clock.now() + days * DAY), sessions=40)
    assert program.login().code == 0
    for rule in BY_TIME:
        done = program("revoke", *rule, "--dry-run")
        assert done.code == (2 if said else 0)
        if said:
            assert f"The server's clock is {said} this machine's" in done.err
            assert "--allow-clock-offset" in done.err
    assert program("revoke", program.ids()[0], "--dry-run").code == 0
    assert program("revoke", "--filter=curl", "--dry-run").code == 0
    allowed = program("revoke", "--older-than=7d", "--allow-clock-offset", "--yes", "--max=99")
    assert (allowed.code, said in allowed.err) == (0, True)
    assert program.server.calls[Call.REVOKE]
