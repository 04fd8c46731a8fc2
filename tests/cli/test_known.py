"""`known`: integrations that are named from here, or in config.toml."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Program


def listed(program: Program, label: str) -> set[str]:
    """The ids of the sessions with this label."""
    sessions = json.loads(program("sessions", "--json").out)
    return {one["id"] for one in sessions if one["label"] == label}


def of_client(program: Program, client: str) -> set[str]:
    sessions = json.loads(program("sessions", "--json").out)
    return {one["id"] for one in sessions if (one["user_agent"] or "").startswith(client)}


@pytest.fixture
def many(logged_in: Program) -> Program:
    """Enough sessions for several clients."""
    logged_in.speak(logged_in.dialect, sessions=60)
    assert logged_in.login().code == 0
    return logged_in


def test_a_named_integration_is_labelled_and_its_sessions_stay_out_of_plans(many: Program) -> None:
    crons = of_client(many, "GuzzleHttp")
    assert crons

    done = many("known", "add", "--client", "guzzlehttp", "--label", "billing", "--protect")

    assert (done.code, done.out) == (0, "billing (guzzlehttp · any network) is protected\n")
    assert json.loads(many("known", "--json").out) == [
        {
            "label": "billing",
            "client": "guzzlehttp",
            "ip": None,
            "protect": True,
            "source": "state",
        }
    ]
    assert listed(many, "billing") == crons
    plan = json.loads(many("revoke", "--filter=client:Guzzle", "--dry-run", "--json").out)["plan"]
    assert plan["targets"] == []
    assert {one["reason"] for one in plan["left_out"]} == {"protected: billing"}


def test_a_forgotten_one_is_known_no_more(many: Program) -> None:
    many("known", "add", "--client", "curl", "--ip", "203.0", "--label", "probe")

    assert many("known", "forget", "probe").code == 0
    assert json.loads(many("known", "--json").out) == []


def test_naming_the_same_sessions_again_replaces_the_name(many: Program) -> None:
    for label in ("one", "two"):
        done = many("known", "add", "--client", "curl", "--ip", "203.0", "--label", label)
        assert done.err == ""

    assert [one["label"] for one in json.loads(many("known", "--json").out)] == ["two"]


def test_a_protection_that_ends_by_another_name_is_said(many: Program) -> None:
    add = ("known", "add", "--client", "curl", "--ip", "203.0")
    many(*add, "--label", "one", "--protect")

    assert "It replaces one, which protected these sessions" in many(*add, "--label", "two").err
    assert many("known", "forget", "two").out == "Forgot two\n"
    many(*add, "--label", "three", "--protect")
    assert "no longer protected" in many("known", "forget", "three").out


def test_a_wider_name_takes_no_protection_away(many: Program) -> None:
    crons = of_client(many, "GuzzleHttp")
    many("known", "add", "--client", "GuzzleHttp", "--label", "billing", "--protect")
    many("known", "add", "--client", "Guzzle", "--label", "any PHP")

    assert listed(many, "billing") == crons


def test_what_config_toml_names_comes_first_and_is_changed_there(
    many: Program, configured: Callable[[str], None], tmp_path: Path
) -> None:
    configured('[[known]]\nclient = "GuzzleHttp"\nip = "10"\nlabel = "cron"\nprotect = true')
    named = json.loads(many("known", "--json").out)
    assert [(one["label"], one["ip"], one["source"]) for one in named] == [
        ("cron", "10.0.0.0/8", "config")
    ]

    for verb in (
        ("add", "--client", "GuzzleHttp", "--ip", "10.2", "--label", "mine"),
        ("forget", "cron"),
    ):
        done = many("known", *verb)
        assert done.code == 2
        assert "config.toml names these sessions already: cron" in done.err
        assert str(tmp_path / "config" / "config.toml") in done.err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("add", "--label", "x"), "needs a client, a network, or both"),
        (("add", "--ip", "10.2.x", "--label", "x"), "'10.2.x' is not a network"),
        (("add", "--client", "c", "--ip", "999.2", "--label", "x"), "'999.2' is not a network"),
        (("add", "--client", "Guzzle*", "--label", "x"), "not a pattern: it has *"),
        (("add", "--client", "curl/8", "--label", "x"), "without its version, such as curl"),
        (("add", "--client", "curl"), "known add needs --label"),
        (("add", "more", "--client", "curl", "--label", "x"), "takes no other words"),
        (("add", "--client", "curl", "--label", " "), "A label has 1 to 60 characters"),
        (("add", "--client", "curl", "--label", "a\x1b[31m"), "all of them printable"),
        (("forget",), "known forget needs a label"),
        (("forget", "prob"), "Did you mean probe?"),
        (("--protect",), "are for known add"),
        (("add", "--client", "curl", "--label", "x", "--json"), "--json is for the list only"),
    ],
)
def test_a_mistake_is_said_and_nothing_is_stored(
    logged_in: Program, words: tuple[str, ...], says: str
) -> None:
    logged_in("known", "add", "--client", "wget", "--label", "probe")

    done = logged_in("known", *words)

    assert done.code == 2
    assert says in done.err
    assert len(json.loads(logged_in("known", "--json").out)) == 1


def test_the_table_says_where_each_is_named(
    logged_in: Program, configured: Callable[[str], None]
) -> None:
    assert "No integration has a name" in logged_in("known").err
    configured('[[known]]\nclient = "GuzzleHttp"\nlabel = "cron"\nprotect = true')
    logged_in("known", "add", "--ip", "10.9", "--label", "probe")

    lines = logged_in("known").out.splitlines()

    assert [line.split() for line in lines] == [
        ["LABEL", "CLIENT", "NETWORK", "PROTECTED", "NAMED", "IN"],
        ["cron", "GuzzleHttp", "yes", "config.toml"],
        ["probe", "10.9", "here"],
    ]


@pytest.mark.parametrize(
    "damaged",
    [
        "{",
        '{"version": 1, "knwon": {}}',
        '{"version": 1, "known": {"https://demo.invalid abcd": [{"label": "x"}]}}',
        '{"version": 1, "known": {"x": [{"ip": "10.x", "label": "x"}]}}',
        '{"version": 1, "known": {"x": [{"client": "x", "protect": 1}]}}',
    ],
)
def test_where_the_file_is_damaged_nothing_is_revoked_until_it_is_moved_away(
    many: Program, damaged: str
) -> None:
    ids = many.ids()
    file = many.data / "state" / "known.json"
    file.write_text(damaged)
    file.chmod(0o600)

    for verb in (
        ("revoke", ids[0], "--yes"),
        ("revoke", ids[0], "--yes"),
        ("known", "add", "--client", "curl", "--label", "x"),
        ("known",),
    ):
        done = many(*verb)
        assert done.code == 6, done
        assert "known.json is damaged" in done.err
        assert f"mv {file} {file}.old" in done.err
    assert file.read_text() == damaged
    file.unlink()
    assert many.ids() == ids
    assert many("revoke", ids[0], "--yes").code == 0


def test_what_is_named_in_the_demo_ends_with_it(program: Program) -> None:
    assert program("--demo", "known", "add", "--client", "x", "--label", "mine").code == 0
    assert "mine" not in program("--demo", "known", "--json").out
    assert not program.data.exists()
