"""Integrations that are named from here, while plans are made and run."""

import ipaddress
from pathlib import Path

import pytest

from qiscus_tui.errors import UsageError
from qiscus_tui.model.clients import Known
from qiscus_tui.model.session import Session
from qiscus_tui.service.account.integrations import Integration, Integrations, integrations_of
from qiscus_tui.service.account.workspace import LocalFiles
from qiscus_tui.service.revocation.plan import Allowed, Selection, make_plan
from qiscus_tui.service.revocation.run import STALE_AFTER, revocation_on
from qiscus_tui.store.known import KnownFile
from tests.service.conftest import SandboxMaker
from tests.service.scripted import new_session

IN_CONFIG = Known("probe", "curl", ipaddress.ip_network("10.9.0.0/16"))


def named(label: str, client: str, ip: str = "", *, protect: bool = True) -> Integration:
    return Integration(client, ip, label, protect)


@pytest.fixture
def integrations() -> Integrations:
    files = LocalFiles.in_memory()
    return Integrations(
        (IN_CONFIG,), Path("/etc/config.toml"), KnownFile(files.paths, "https://a.b", "app")
    )


async def test_what_is_protected_while_the_plan_is_asked_for_is_not_sent(sandbox: SandboxMaker):
    here = sandbox("plain", 60)
    connection = await here.connected()
    listed = await connection.read_list()
    crons = [i for i, one in enumerate(listed.sessions) if one.safe_agent.startswith("Guzzle")]
    plan = make_plan(listed, Selection(crons), Allowed())
    assert len(plan.targets) == len(crons) > 1

    by_another_program = integrations_of(here.workspace, connection.account)
    by_another_program.name(named("billing", "GuzzleHttp"))
    here.clock.advance(STALE_AFTER + 1)
    report = await (await revocation_on(connection, plan)).apply()

    assert report.words == f"{len(crons)} not sent"
    assert {one.reason for one in report.outcomes} == {"protected: billing"}


@pytest.mark.parametrize(
    ("agent", "ip", "client", "network"),
    [
        ("GuzzleHttp/7", "10.2.3.4", "GuzzleHttp", "10.2.3.0/24"),
        ("curl/8.5", None, "curl", ""),
        (None, "2001:db8::1", "", "2001:db8::/48"),
        ("Mozilla/5.0 (X11; Linux x86_64) Firefox/131.0", "x", "Firefox · Linux", ""),
    ],
)
def test_a_session_is_named_by_client_without_version_and_by_network(
    integrations: Integrations, agent: str | None, ip: str | None, client: str, network: str
):
    session = new_session(1, user_agent=agent, ip=ip)
    assert integrations.of(new_session(1, user_agent=None, ip=None), None) is None
    found = integrations.of(session, None)
    assert found == named("", client, network)
    integrations.name(named("x", client, network))
    assert integrations.known()[1].judge(client, agent, ip)


def test_a_session_that_has_a_name_is_found_under_it(integrations: Integrations):
    integrations.name(named("cron", "Guzzle"))
    session: Session = new_session(1, user_agent="GuzzleHttp/7", ip="10.2.3.4")
    assert integrations.of(session, integrations.known()[1]) == named("cron", "Guzzle")
    configured = integrations.of(session, IN_CONFIG)
    assert configured is not None
    assert integrations.is_configured(configured)
    assert not integrations.is_configured(named("cron", "Guzzle"))


def test_protection_and_the_narrower_network_come_first(integrations: Integrations):
    for one in (
        named("wide", "curl", "10.1", protect=False),
        named("narrow", "curl", "10.1.2", protect=False),
        named("protected", "curl"),
    ):
        integrations.name(one)
    assert [one.label for one in integrations.known()] == ["probe", "protected", "narrow", "wide"]


@pytest.mark.parametrize(
    ("client", "ip", "is_free"),
    [
        ("curl", "10.9.1.0/24", False),
        ("curl", "10.9", False),
        ("curl", "10.0.0.0/8", True),
        ("curl", "", True),
        ("", "10.9", True),
        ("wget", "10.9", True),
        ("curl", "2001:db8::", True),
    ],
)
def test_what_config_toml_names_is_not_named_again(
    integrations: Integrations, client: str, ip: str, is_free: bool
):
    if is_free:
        integrations.name(named("x", client, ip))
        assert len(integrations.all()) == 2
    else:
        with pytest.raises(UsageError, match="names these sessions already: probe"):
            integrations.name(named("x", client, ip))


def test_each_app_has_its_own_and_config_toml_holds_for_all():
    files = LocalFiles.in_memory()
    one, other = (
        Integrations((IN_CONFIG,), Path("c"), KnownFile(files.paths, "https://a.b", app))
        for app in "ab"
    )
    one.name(named("cron", "Guzzle"))
    assert [known.label for known in one.known()] == ["probe", "cron"]
    assert [known.label for known in other.known()] == ["probe"]
