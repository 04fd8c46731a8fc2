"""An account's sessions in numbers, for a list of accounts. Nothing is changed by it."""

import asyncio
from dataclasses import dataclass

from qiscus_tui.query import Moment
from qiscus_tui.service.account.directory import connected_to
from qiscus_tui.service.account.workspace import Workspace
from qiscus_tui.service.overview.bars import Bars
from qiscus_tui.service.overview.counting import Overview, count_overview
from qiscus_tui.service.sessions.session_list import SessionList
from qiscus_tui.service.visits import mark_without_visiting


@dataclass(frozen=True)
class AccountFigures:
    """What the list of an account has."""

    live: int
    new: int
    """Sessions whose client and network no earlier visit saw."""
    expiring: int
    clients: Bars
    """Sessions by client, the largest first."""
    networks: Bars
    """Sessions by network, the largest first."""
    is_whole: bool
    """Whether every live session was counted."""


async def figures_of(listed: SessionList, moment: Moment) -> AccountFigures:
    """Return the numbers of a list, counted in turns."""
    overview = await asyncio.to_thread(count_overview, listed, moment)
    return counted_figures(listed, overview, moment)


def counted_figures(listed: SessionList, overview: Overview, moment: Moment) -> AccountFigures:
    """Return the numbers of a list that was counted."""
    return AccountFigures(
        live=len(listed),
        new=sum(listed.new),
        expiring=moment.count_expiring(overview.ends),
        clients=overview.clients,
        networks=overview.networks,
        is_whole=listed.is_whole,
    )


async def read_figures(workspace: Workspace, name: str) -> AccountFigures:
    """Read the list of an account that is not in use. Only its numbers are held afterwards.

    No visit is ended, no token made or forgotten. May wait for the keyring. Raises LoginNeeded,
    ServerError, OutOfReach, StorageError.
    """
    connection = await asyncio.to_thread(connected_to, workspace, name)
    try:
        mark_without_visiting(connection)
        listed = await connection.look()
        moment = Moment(connection.server_now(), workspace.config.ui.expiring)
        return await figures_of(listed, moment)
    finally:
        await connection.close()
