"""The rows of the accounts: which there are, and what each column says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qiscus_tui.errors import QiscusTuiError, UsageError
from qiscus_tui.model.account import Role, Storage
from qiscus_tui.model.durations import as_typed
from qiscus_tui.model.text import safe
from qiscus_tui.service.account.directory import KnownAccount, must_not_be_given
from qiscus_tui.service.account.selection import ENVIRONMENT_NAME
from qiscus_tui.service.account_figures import AccountFigures
from qiscus_tui.tui.widgets.cells import created_cell, fit_middle
from qiscus_tui.tui.widgets.facts import Fact
from qiscus_tui.tui.widgets.text_table import TextColumn, TextRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qiscus_tui.service.account.workspace import Workspace
    from qiscus_tui.tui.listed.feed import Feed

Found = AccountFigures | QiscusTuiError | None
"""The sessions of an account in numbers, or why they could not be read; None until then."""

COLUMNS = (
    TextColumn("", 1, 100),
    TextColumn("ACCOUNT", 48, 99, least=16, fit=fit_middle),
    TextColumn("SESSIONS", 40, 98, least=36),
    TextColumn("SERVER", 32, 97, least=16, fit=fit_middle),
    TextColumn("USER", 28, 8),
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


def account_row(one: KnownAccount, sessions: str, now: float, *, in_use: bool) -> TextRow:
    """Return one row."""
    account = one.account
    return TextRow(
        (
            "●" if in_use else " ",
            safe(one.name),
            sessions,
            account.origin.netloc,
            account.user or "unknown",
            _role_words(one),
            one.storage.value,
            _use_words(one, now, in_use=in_use),
        )
    )


def _role_words(one: KnownAccount) -> str:
    account = one.account
    role = "" if account.role is Role.UNKNOWN else account.role.value
    return ", ".join(filter(None, (role, "read-only" if account.readonly else ""))) or "unknown"


def _use_words(one: KnownAccount, now: float, *, in_use: bool) -> str:
    if in_use:
        return "in use"
    return "unknown" if one.last_used is None else created_cell(one.last_used, now)


def session_cells(found: Sequence[Found]) -> list[str]:
    """Return `1,284 live    3 new   12 expiring` of each account, numbers below each other."""
    counts = [
        (f"{one.live:,}{'' if one.is_whole else '+'}", f"{one.new:,}", f"{one.expiring:,}")
        for one in found
        if isinstance(one, AccountFigures)
    ]
    widths = [max(map(len, column)) for column in zip(*counts, strict=True)]
    rest = iter(counts)
    cells: list[str] = []
    for one in found:
        match one:
            case None:
                cells.append("reading…")
            case AccountFigures():
                live, new, soon = (f"{n:>{w}}" for n, w in zip(next(rest), widths, strict=True))
                cells.append(f"{live} live  {new} new  {soon} expiring")
            case _:
                cells.append(one.message)
    return cells


def account_facts(
    one: KnownAccount,
    found: Found,
    now: float,
    expiring: float,
    last_login: float | None,
    *,
    in_use: bool,
) -> list[Fact]:
    """Return what is known of an account, what could not be read in full."""
    account = one.account
    login = "unknown" if last_login is None else created_cell(last_login, now)
    return [
        *_session_facts(found, expiring),
        Fact("Storage", one.storage.value),
        Fact("Last login", login),
        Fact("Last used", _use_words(one, now, in_use=in_use)),
        Fact("Account", safe(one.name)),
        Fact("Server", str(account.origin)),
        Fact("App code", safe(account.app_code)),
        Fact("User", account.user or "unknown"),
        Fact("Role", _role_words(one)),
    ]


def _session_facts(found: Found, expiring: float) -> list[Fact]:
    match found:
        case None:
            return [Fact("Sessions", "reading…")]
        case AccountFigures():
            partly = "" if found.is_whole else ", at least: the list is incomplete"
            return [
                Fact("Live", f"{found.live:,}{partly}"),
                Fact("New", f"{found.new:,} since the last visit"),
                Fact("Expiring", f"{found.expiring:,} within {as_typed(expiring)}"),
            ]
        case _:
            return [Fact("Sessions", f"not read. {found.text}")]


def why_not_switch(workspace: Workspace) -> UsageError | None:
    """Return why no account can be chosen here: the environment has the last word."""
    try:
        must_not_be_given(workspace)
    except UsageError as error:
        return error
    return None
