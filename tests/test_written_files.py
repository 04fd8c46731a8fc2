"""The list of all files that are written is whole: see also `tests/e2e/test_planted_secrets.py`."""

from pathlib import Path

from qiscus_tui.store.paths import Paths
from tests.written_files import inventory


def test_every_file_with_a_name_of_its_own_is_listed_in_its_folder() -> None:
    paths = Paths(Path("config"), Path("data"), Path("state"), Path("cache"))
    names = [name for name in dir(paths) if name.endswith("_file") and name != "config_file"]
    files: list[Path] = [getattr(paths, name) for name in names]
    assert len(files) >= 12
    listed = inventory()
    assert {file.name: (str(file.parent), 0o600) for file in files}.items() <= listed.items()
    assert {mode for _, mode in listed.values()} == {0o600}
