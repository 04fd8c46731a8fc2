from pathlib import Path

import pytest

from qiscus_tui.errors import ConfigError
from qiscus_tui.store.paths import find_paths


def test_the_usual_places_are_under_the_home(home: Path) -> None:
    paths = find_paths({"HOME": str(home)})

    folders = (paths.config_dir, paths.data_dir, paths.state_dir, paths.cache_dir)
    assert all(folder.is_relative_to(home) for folder in folders)
    assert not any(home.iterdir())


def test_both_variables_override_the_usual_places(tmp_path: Path) -> None:
    config, data = tmp_path / "c", tmp_path / "d"
    environ = {"QISCUS_TUI_CONFIG_DIR": str(config), "QISCUS_TUI_DATA_DIR": str(data)}

    paths = find_paths(environ)

    assert paths.config_file == config / "config.toml"
    assert paths.secrets_file == data / "secrets.json"
    assert paths.audit_file == data / "state" / "audit.jsonl"
    assert paths.ids_file == data / "cache" / "ids.json"


def test_the_data_folder_alone_leaves_the_configuration_where_it_is(
    home: Path, tmp_path: Path
) -> None:
    paths = find_paths({"HOME": str(home), "QISCUS_TUI_DATA_DIR": str(tmp_path)})

    assert paths.config_dir.is_relative_to(home)
    assert paths.state_dir == tmp_path / "state"


def test_the_config_folder_alone_leaves_the_data_where_they_are(home: Path, tmp_path: Path) -> None:
    paths = find_paths({"HOME": str(home), "QISCUS_TUI_CONFIG_DIR": str(tmp_path)})

    assert paths.config_dir == tmp_path
    assert paths.data_dir.is_relative_to(home)


@pytest.mark.parametrize("given", ["relative/folder", "~/qiscus"])
@pytest.mark.parametrize("name", ["QISCUS_TUI_CONFIG_DIR", "QISCUS_TUI_DATA_DIR"])
def test_a_relative_folder_is_refused(name: str, given: str) -> None:
    with pytest.raises(ConfigError, match=f"{name} is '{given}'"):
        find_paths({name: given})


def test_a_user_unknown_to_the_system_learns_what_to_set(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def unknown(_uid: int) -> None:
        raise KeyError

    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.setattr("pwd.getpwuid", unknown)
    with pytest.raises(ConfigError, match="no home folder") as caught:
        find_paths({})
    assert "QISCUS_TUI_DATA_DIR" in caught.value.hint


@pytest.mark.parametrize("home", ["", "somewhere"])
def test_without_a_home_it_says_which_variables_help(home: str) -> None:
    with pytest.raises(ConfigError, match="no home folder") as caught:
        find_paths({"HOME": home})

    assert "QISCUS_TUI_DATA_DIR" in caught.value.hint
