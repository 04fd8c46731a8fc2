"""A list that is read again takes memory only for what changed."""

import gc
from dataclasses import replace

import pytest

from qiscus_tui.service.sessions.held_lists import HeldLists
from tests.service.conftest import SandboxMaker
from tests.service.scripted import listed, new_session


@pytest.mark.parametrize("dialect", ["plain", "masked", "ids", "extra", "numbered", "current-mark"])
async def test_sessions_that_did_not_change_are_the_same_objects(
    sandbox: SandboxMaker, dialect: str
):
    here = sandbox(dialect)
    connection = await here.connected()
    before = await connection.read_list()
    here.state.end(here.state.sessions()[3].token)
    after = await connection.read_list()
    assert len(after) == len(before) - 1
    assert all(before.get(session.id) is session for session in after.sessions)
    first = after.sessions[0].id
    assert after.search[after.positions[first]] is before.search[before.positions[first]]


def test_what_is_no_longer_used_is_not_held():
    lists = HeldLists()
    one = listed([new_session(1)])
    lists.add(one)
    assert lists.held().get(new_session(1).id) is one.sessions[0]
    del one
    gc.collect()
    assert lists.held().size == 0
    assert lists.held().get(new_session(1).id) is None


def test_every_list_that_is_held_counts_for_what_it_does_not_share():
    lists = HeldLists()
    sessions = [new_session(n) for n in range(10)]
    old = replace(listed(sessions), size=1000)
    new = (new_session(n) for n in range(20, 25))
    half_new = replace(listed([*sessions[:5], *new]), size=1000)
    other = replace(listed([new_session(n) for n in range(30, 40)]), size=700)
    for one in (old, half_new):
        lists.add(one)
    assert lists.held().size == 1500
    lists.add(other)
    assert lists.held().size == 2700
