"""Ids for the shell's completion: kept in passing."""

import pytest

from qiscus_tui.service import completion_ids
from qiscus_tui.service.account.storage import LocalFiles
from qiscus_tui.store.locks import store_lock


def test_what_is_no_id_is_never_typed_into_a_shell(on_disk: LocalFiles) -> None:
    completion_ids.remember_ids(on_disk, ["3fa9c01b77be", "\x1b]0;owned\x07", "$(reboot)"])
    assert completion_ids.remembered_ids(on_disk) == ["3fa9c01b77be"]


def test_a_list_is_not_held_up_by_its_completion(
    on_disk: LocalFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(completion_ids, "LOCK_TIMEOUT", 0.01)
    with store_lock(on_disk.paths.state_dir):
        completion_ids.remember_ids(on_disk, ["3fa9c01b77be"])
    assert completion_ids.remembered_ids(on_disk) == []
    completion_ids.remember_ids(on_disk, ["3fa9c01b77be"])
    assert completion_ids.remembered_ids(on_disk) == ["3fa9c01b77be"]
