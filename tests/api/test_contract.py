"""The table of calls, and what is derived from it."""

from pathlib import Path

import pytest

from qiscus_tui.api.contract import DEFAULT, OVERRIDABLE, Authentication, contract_with
from qiscus_tui.cli.verbs import VERBS
from qiscus_tui.errors import ConfigError
from qiscus_tui.service.config_language import LANGUAGE
from qiscus_tui.store.config import load_config


def written(tmp_path: Path, name: str) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(f'[api.{name}]\npath = "/other/path"')
    path.chmod(0o600)
    return path


@pytest.mark.parametrize("name", OVERRIDABLE)
def test_config_toml_overrides_the_calls_that_may_be_overridden(tmp_path: Path, name: str) -> None:
    override = load_config(written(tmp_path, name), lambda: LANGUAGE).api[name]
    changed = contract_with({name: (override.path, override.field)})
    assert [call.path for call in changed.calls if call.name == name] == ["/other/path"]


@pytest.mark.parametrize("name", ["login", "logout", "profile"])
def test_no_other_call_can_be_overridden(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError):
        load_config(written(tmp_path, name), lambda: LANGUAGE)
    assert contract_with({name: ("/other/path", None)}) == DEFAULT


def test_every_call_with_the_long_lived_token_has_a_verb_of_its_own() -> None:
    long_lived = [c for c in DEFAULT.calls if c.authentication is Authentication.LONG_LIVED]
    assert long_lived
    assert {call.verb for call in DEFAULT.calls if call.verb} <= set(VERBS)
    assert all(call.verb for call in long_lived)
