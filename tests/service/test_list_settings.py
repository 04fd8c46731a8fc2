"""How the list is shown: by a view of the configuration, and as it was shown last."""

import pytest

from qiscus_tui.model.account import Account, parse_origin
from qiscus_tui.model.group_keys import GroupKey
from qiscus_tui.query import SortKey
from qiscus_tui.service.account.workspace import LocalFiles
from qiscus_tui.service.list_settings import (
    ListSettings,
    last_settings,
    named_views,
    remember_settings,
)
from qiscus_tui.service.sessions.groups import GroupFact
from qiscus_tui.store.config import View

ONE = Account(parse_origin("https://a.example"), "app", "a@b.c")
OTHER = Account(parse_origin("https://a.example"), "app", "d@e.f")
SHOWN = ListSettings(
    is_grouped=True,
    group_by=(GroupKey.DAY,),
    group_sort=GroupKey.DAY,
    group_reverse=True,
    sort=SortKey.IP,
)


def test_the_list_of_an_account_is_shown_as_it_was_last(on_disk: LocalFiles):
    assert last_settings(on_disk, ONE) == ListSettings()

    remember_settings(on_disk, ONE, SHOWN)

    assert last_settings(LocalFiles(on_disk.paths, {}), ONE) == SHOWN
    assert last_settings(on_disk, OTHER) == ListSettings()


@pytest.mark.parametrize(
    ("written", "damaged"),
    [('{\n "version"', "{"), ("shown", "?"), ('"day"', '"moon"'), ('"ip"', "1")],
)
def test_a_damaged_file_means_the_usual_way(on_disk: LocalFiles, written: str, damaged: str):
    remember_settings(on_disk, ONE, SHOWN)
    file = on_disk.paths.shown_file
    assert written in file.read_text()
    file.write_text(file.read_text().replace(written, damaged))
    assert last_settings(on_disk, ONE) == ListSettings()
    remember_settings(on_disk, ONE, SHOWN)
    assert last_settings(on_disk, ONE) == SHOWN


def test_a_view_is_filter_grouping_and_order():
    crons, old = named_views(
        [
            View("crons", "client:GuzzleHttp", ("network",), "count", reverse=True),
            View("\x1b[31mold", sort="created", reverse=True),
        ]
    )
    assert crons.filter == "client:GuzzleHttp"
    assert crons.settings == ListSettings(
        is_grouped=True,
        group_by=(GroupKey.NETWORK,),
        group_sort=GroupFact.COUNT,
        group_reverse=True,
    )
    assert crons.words == "client:GuzzleHttp · by network · count, reversed"
    assert old.settings == ListSettings(sort=SortKey.CREATED, reverse=True)
    assert old.words == "created, reversed"
    assert old.name.isprintable()
