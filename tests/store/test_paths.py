from pathlib import Path

import pytest

from qiscus_tui.errors import ConfigError
from qiscus_tui.store.paths import find_paths


@pytest.mark.parametrize(
    ("given", "config", "data", "state"),
    [
        ({}, None, None, None),
        ({"CONFIG": "c"}, "c", None, None),
        ({"DATA": "d"}, None, "d", "d/state"),
        ({"CONFIG": "c", "DATA": "d"}, "c", "d", "d/state"),
    ],
)
def test_each_variable_moves_its_own_files_and_the_others_are_in_the_home(
    home: Path, given: dict[str, str], config: str | None, data: str | None, state: str | None
) -> None:
    top = home.parent / "elsewhere"
    set_ = {f"QISCUS_TUI_{name}_DIR": str(top / folder) for name, folder in given.items()}
    paths = find_paths({"HOME": str(home), **set_})
    files = ((paths.config_file, config), (paths.secrets_file, data), (paths.audit_file, state))
    for file, folder in files:
        assert file.parent == top / folder if folder else file.is_relative_to(home)
    assert paths.ids_file.parent == top / "d/cache" if data else paths.ids_file.is_relative_to(home)
    assert not any(home.iterdir())


@pytest.mark.parametrize("given", ["relative/folder", "~/qiscus"])
@pytest.mark.parametrize("name", ["QISCUS_TUI_CONFIG_DIR", "QISCUS_TUI_DATA_DIR"])
def test_a_relative_folder_is_refused(name: str, given: str) -> None:
    with pytest.raises(ConfigError, match=f"{name} is '{given}'"):
        find_paths({name: given})


def test_without_a_home_of_the_environment_or_the_system_it_says_which_variables_help(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def unknown(_uid: int) -> None:
        raise KeyError

    def check(environ: dict[str, str]) -> None:
        with pytest.raises(ConfigError, match="no home folder") as caught:
            find_paths(environ)
        assert "QISCUS_TUI_DATA_DIR" in caught.value.hint

    for home in ("", "somewhere"):
        check({"HOME": home})
    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.setattr("pwd.getpwuid", unknown)
    check({})
