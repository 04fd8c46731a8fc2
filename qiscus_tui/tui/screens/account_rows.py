"""The rows of the accounts: which there are, and what each column says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qiscus_tui.errors import UsageError
from qiscus_tui.model.account import Role, Storage
from qiscus_tui.model.text import safe
from qiscus_tui.service.account.directory import KnownAccount
from qiscus_tui.service.account.switching import must_not_be_given
from qiscus_tui.service.account_selection import ENVIRONMENT_NAME
from qiscus_tui.tui.widgets.cells import created_cell
from qiscus_tui.tui.widgets.text_table import TextColumn, TextRow

if TYPE_CHECKING:
    from qiscus_tui.service.workspace import Workspace
    from qiscus_tui.tui.feed import Feed

COLUMNS = (
    TextColumn("", 1, 100),
    TextColumn("ACCOUNT", 48, 99, least=20),
    TextColumn("SERVER", 32, 60, least=16),
    TextColumn("USER", 28, 20, least=12),
    TextColumn("ROLE", 21, 50),
    TextColumn("STORAGE", 13, 80),
    TextColumn("LAST USED", 17, 70),
)


def is_in_use(one: KnownAccount, feed: Feed | None) -> bool:
    """Return whether the feed is of this account."""
    return feed is not None and one.account.key == feed.account.key and one.storage is feed.storage


def with_account_in_use(kept: list[KnownAccount], feed: Feed | None) -> list[KnownAccount]:
    """Return the accounts, the one in use first where it is the environment's or this run's."""
    if feed is None or any(is_in_use(one, feed) for one in kept):
        return kept
    account = feed.account
    name = ENVIRONMENT_NAME if feed.storage is Storage.ENVIRONMENT else account.name
    return [KnownAccount(name, account, feed.storage), *kept]


def account_row(one: KnownAccount, now: float, *, in_use: bool) -> TextRow:
    """Return one row."""
    account = one.account
    role = "" if account.role is Role.UNKNOWN else account.role.value
    parts = [role, "read-only" if account.readonly else ""]
    used = "unknown" if one.last_used is None else created_cell(one.last_used, now)
    return TextRow(
        (
            "●" if in_use else " ",
            safe(one.name),
            account.origin.netloc,
            account.user or "unknown",
            ", ".join(filter(None, parts)) or "unknown",
            one.storage.value,
            "in use" if in_use else used,
        )
    )


def why_not_switch(workspace: Workspace) -> UsageError | None:
    """Return why no account can be chosen here: the environment has the last word."""
    try:
        must_not_be_given(workspace)
    except UsageError as error:
        return error
    return None
