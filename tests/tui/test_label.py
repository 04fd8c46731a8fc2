"""Naming the integration under the cursor."""

from qiscus_tui.model.clients import Known
from qiscus_tui.service.account.integrations import Integration, integrations_of
from qiscus_tui.tui.dialogs.label import LabelDialog
from qiscus_tui.tui.widgets.fields import Tick
from tests.tui.demo_app import Running, at_sessions


async def at_cron(here: Running) -> None:
    await here.press("slash", *"guzzle", "enter")


def named(here: Running) -> list[Integration]:
    connection = here.sessions.feed.connection
    assert connection is not None
    return integrations_of(here.sessions.workspace, connection.account).all()


def labelled(here: Running, label: str) -> list[str]:
    """The clients of the sessions that are listed under this label."""
    listed = here.sessions.feed.listed
    return [
        session.safe_agent
        for session, known in zip(listed.sessions, listed.labels, strict=True)
        if known is not None and known.label == label
    ]


async def test_l_names_client_and_network_and_the_list_says_so_at_once() -> None:
    async with at_sessions() as here:
        await at_cron(here)
        await here.press("l", "enter")
        assert "A label has 1 to 60 characters" in here.text()
        await here.press("ctrl+f")
        assert "There is nothing to forget" in here.text()
        assert isinstance(here.app.screen, LabelDialog)
        await here.press("escape")
        assert named(here) == []

        await here.press("l")
        here.shows("GuzzleHttp · ", "[✓] protect: plans leave it out")
        await here.press(*"billing cron", "enter")
        (integration,) = named(here)
        assert (integration.label, integration.client) == ("billing cron", "GuzzleHttp")
        assert integration.ip.endswith("/24")
        assert integration.protect
        clients = labelled(here, "billing cron")
        assert clients
        assert all(one.startswith("GuzzleHttp") for one in clients)
        assert f"billing cron: {len(clients)} session" in here.text()
        await here.press("x")  # protected just now, it stays out of a plan
        here.shows("Nothing to revoke", "protected: billing cron")
        await here.press("escape")

        await here.press("l", *" two", "tab")
        assert isinstance(here.app.focused, Tick)
        await here.press("space")
        assert "[ ] protect: plans leave it out" in here.text()
        await here.press("enter")
        assert [(one.label, one.protect) for one in named(here)] == [("billing cron two", False)]

        await here.press("l", "tab", "space", "shift+tab", "enter", "l")
        assert "Forget  ctrl+f" in here.text()
        await here.press("ctrl+f")
        assert named(here) == []
        assert not labelled(here, "billing cron two")
        assert "billing cron two is forgotten, and no longer protected" in here.text()


async def test_where_no_client_is_known_it_says_that_the_label_is_for_any() -> None:
    async with at_sessions(sessions=400) as here:
        await here.press("slash", *"client:=unknown", "enter", "l")
        here.shows("All sessions of any client from this network:", "any client · ")


async def test_what_config_toml_names_is_changed_there() -> None:
    known = [Known("billing", client="GuzzleHttp", protect=True)]
    async with at_sessions(known=known) as here:
        await at_cron(here)
        await here.press("l")
        assert not isinstance(here.app.screen, LabelDialog)
        assert "config.toml names these sessions already: billing" in here.toasts


async def test_a_group_of_client_and_network_is_named_and_another_group_is_not() -> None:
    async with at_sessions() as here:
        await here.press("slash", *"guzzle ip:10.2.7", "enter", "g", "l", *"cron", "enter")
        (integration,) = named(here)
        assert (integration.client, integration.ip) == ("GuzzleHttp", "10.2.7.0/24")

        await here.press("G", "2", "l")
        assert "Only groups by client and network can be named" in here.toasts
        assert len(named(here)) == 1
