"""`known`: integrations that are named from here, or in config.toml."""

import pytest

from tests.cli.conftest import Program
from tests.sandbox.calls import Call, Fault


def listed(program: Program, label: str) -> set[str]:
    """The ids of the sessions with this label."""
    sessions = program.listed()
    return {one["id"] for one in sessions if one["label"] == label}


def of_client(program: Program, client: str) -> set[str]:
    sessions = program.listed()
    return {one["id"] for one in sessions if (one["user_agent"] or "").startswith(client)}


@pytest.fixture
def many(logged_in: Program) -> Program:
    """Enough sessions for several clients."""
    logged_in.log_in_to(logged_in.dialect, sessions=60)
    return logged_in


def test_a_named_integration_is_labelled_and_its_sessions_stay_out_of_plans(many: Program) -> None:
    crons = of_client(many, "GuzzleHttp")
    assert crons

    done = many("known", "add", "--client", "guzzlehttp", "--label", "billing", "--protect")

    assert (done.code, done.out) == (0, "billing (guzzlehttp · any network) is protected\n")
    assert many("known", "--json").json() == [
        {
            "label": "billing",
            "client": "guzzlehttp",
            "ip": None,
            "protect": True,
            "source": "state",
        }
    ]
    assert listed(many, "billing") == crons
    plan = many("revoke", "--filter=client:Guzzle", "--dry-run", "--json").json()["plan"]
    assert plan["targets"] == []
    assert {one["reason"] for one in plan["left_out"]} == {"protected: billing"}


@pytest.mark.parametrize(
    "again",
    [
        ("--client", "curl", "--ip", "203.0", "--label", "other"),
        ("--client", "curl", "--label", "probe"),
        ("--client", "wget", "--ip", "10.9", "--label", "probe"),
    ],
)
def test_no_other_name_ends_a_protection_unasked(many: Program, again: tuple[str, ...]) -> None:
    many("known", "add", "--client", "curl", "--ip", "203.0", "--label", "probe", "--protect")
    before = many("known", "--json").out

    refused = many("known", "add", *again)

    assert refused.code == 2
    assert "would end a protection: probe (curl · 203.0), protected" in refused.err
    assert "first: qiscus-tui known forget probe" in refused.err
    assert many("known", "--json").out == before
    assert many("known", "add", *again, "--protect").code == 0


def test_a_protected_one_is_forgotten_only_when_that_is_said_and_the_audit_log_says_so(
    many: Program,
) -> None:
    add = ("known", "add", "--client", "curl", "--label")
    many(*add, "probe", "--protect")
    many(*add, "check", "--protect")

    refused = many("known", "forget", "check")
    assert refused.code == 2
    assert "no longer be protected, and there is no terminal" in refused.err
    assert many("known", "forget", "check", stdin="n\n", terminal=True).code == 2
    assert len(many("known", "--json").json()) == 1

    done = many("known", "forget", "check", "--yes")
    assert done.out == "Forgot check: its sessions are no longer protected by it\n"
    records = many("audit", "--json").json()
    assert [one["rule"] for one in records if one["kind"] == "known"] == [
        "forgot check (curl · any network), protected",
        "named check (curl · any network), protected; was probe (curl · any network), protected",
        "named probe (curl · any network), protected",
    ]
    assert "forgot check (curl" in many("audit").out


def test_naming_says_how_many_sessions_it_is_about(many: Program) -> None:
    crons = len(of_client(many, "GuzzleHttp"))
    add = ("known", "add", "--label", "x", "--client")
    assert f"{crons} of 61 sessions belong to it now" in many(*add, "GuzzleHttp").err

    nothing = many(*add, "GuzleHttp")
    assert "0 of 61 sessions belong to it now" in nothing.err
    assert "sessions --group-by client" in nothing.err

    many.server.fail_next(Call.LIST, Fault(403))
    assert "Not compared with the sessions" in many(*add, "curl").err


def test_a_protection_that_matches_nothing_is_a_warning_of_every_plan(many: Program) -> None:
    many.configure(
        '[[known]]\nclient = "Guzle"\nlabel = "cron"\nprotect = true\n'
        '[[known]]\nclient = "GuzzleHttp"\nlabel = "good"\nprotect = true\n'
        '[[known]]\nclient = "Guzz"\nip = "10"\nlabel = "behind another"\nprotect = true'
    )
    warning = "No listed session belongs to cron, which is protected (Guzle · any network)."
    for plan in (("revoke", "--filter=age:>1d"), ("prune", "--keep-newest", "1")):
        said = many(*plan, "--dry-run").err
        assert warning in said
        assert said.count("which is protected") == 1


def test_doctor_live_says_how_many_sessions_each_has(many: Program) -> None:
    many("known", "add", "--client", "GuzzleHttp", "--label", "cron", "--protect")
    many("known", "add", "--client", "nobody", "--label", "old")
    crons = len(of_client(many, "GuzzleHttp"))

    done = many("doctor", "--live", "--yes")

    assert f"cron, protected: {crons} sessions now." in done.out
    assert "old: 0 sessions now." in done.out


def test_what_config_toml_names_comes_first_and_is_changed_there(many: Program) -> None:
    assert "No integration has a name" in many("known").err
    many.configure('[[known]]\nclient = "GuzzleHttp"\nip = "10"\nlabel = "cron"\nprotect = true')
    many("known", "add", "--ip", "10.9", "--label", "probe")
    assert [line.split() for line in many("known").out.splitlines()] == [
        ["LABEL", "CLIENT", "NETWORK", "PROTECTED", "NAMED", "IN"],
        ["cron", "GuzzleHttp", "10.0.0.0/8", "yes", "config.toml"],
        ["probe", "10.9", "here"],
    ]
    named = many("known", "--json").json()
    assert [(one["ip"], one["source"]) for one in named] == [
        ("10.0.0.0/8", "config"),
        ("10.9", "state"),
    ]
    for verb in (
        ("add", "--client", "GuzzleHttp", "--ip", "10.2", "--label", "mine"),
        ("forget", "cron"),
    ):
        done = many("known", *verb)
        assert done.code == 2
        assert "config.toml names these sessions already: cron" in done.err
        assert str(many.folder / "config" / "config.toml") in done.err


DAMAGED = (
    "{",
    '{"version": 1, "knwon": {}}',
    '{"version": 1, "known": {"https://demo.invalid abcd": [{"label": "x"}]}}',
    '{"version": 1, "known": {"x": [{"ip": "10.x", "label": "x"}]}}',
    '{"version": 1, "known": {"x": [{"client": "x", "protect": 1}]}}',
)


def test_where_the_file_is_damaged_nothing_is_revoked_until_it_is_moved_away(many: Program) -> None:
    ids = many.ids()
    file = many.data / "state" / "known.json"
    for damaged in DAMAGED:
        file.write_text(damaged)
        file.chmod(0o600)
        add = ("known", "add", "--client", "curl", "--label", "x")
        for verb in (("revoke", ids[0], "--yes"), add, ("known",)):
            done = many(*verb)
            assert (done.code, "known.json is damaged" in done.err) == (6, True)
            assert f"mv {file} {file}.old" in done.err
        assert file.read_text() == damaged
    file.unlink()
    assert many.ids() == ids
    assert many("revoke", ids[0], "--yes").code == 0


def test_what_is_named_in_the_demo_ends_with_it(program: Program) -> None:
    assert program("--demo", "known", "add", "--client", "x", "--label", "mine").code == 0
    assert "mine" not in program("--demo", "known", "--json").out
    assert not program.data.exists()
