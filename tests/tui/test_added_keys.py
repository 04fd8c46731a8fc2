"""Keys that config.toml adds to commands."""

import pytest
from qiscus_tui.tui.commands.added_keys import can_have_more, keymap

from qiscus_tui.errors import ConfigError
from qiscus_tui.store.config import Config
from qiscus_tui.store.config_checks import COMMANDS
from tests.clocks import ManualClock
from tests.tui.demo_app import at_sessions


async def test_an_added_key_works_beside_the_own_one_and_is_shown_everywhere() -> None:
    config = Config(keys={"toggle_mark": "m", "overview": "f6", "palette": "ctrl+p"})
    async with at_sessions(ManualClock(), size=(160, 40), config=config) as running:
        await running.press("m", "space")
        assert "2 marked" in running.text()
        assert "m space mark" in running.text()
        await running.press("ctrl+p", *"overview")
        assert "f6 o" in running.text()
        await running.press("escape", "f6")
        assert "ISSUED PER DAY" in running.text()
        await running.press("escape", "question_mark")
        assert "m space   Mark the session" in running.text()


async def test_a_key_more_for_the_groups_leaves_them_too() -> None:
    config = Config(keys={"groups": "f5"})
    async with at_sessions(ManualClock(), size=(160, 40), config=config) as running:
        await running.press("f5")
        assert "by client and network" in running.text()
        assert "f5 g list" in running.text()
        await running.press("f5")
        assert "by client and network" not in running.text()
        assert "f5 g groups" in running.text()


@pytest.mark.parametrize(
    ("added", "words"),
    [
        ({"reload_list": "d"}, "names no command `reload_list`"),
        ({"revoke": "r"}, "gives `r` to revoke, but it is the key of reload"),
        ({"revoke": "/"}, "it is the key of filter"),
        ({"prune": "d", "revoke": "d"}, "is the key of revoke"),
        ({"quit": "a"}, "it is the key of"),
        ({"open_detail": "d"}, "names no command"),  # enter is enter everywhere
    ],
)
def test_no_key_is_taken_from_another_command(added: dict[str, str], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        keymap(added)


def test_the_commands_of_the_list_can_have_more() -> None:
    names = {one.name for one in can_have_more()}
    assert sorted(names) == sorted(COMMANDS)  # what the configuration knows without the app
    assert {"toggle_mark", "revoke", "reload", "prune", "overview", "palette", "help"} <= names
