"""What the help says, as sections: the keys of the screen in front, the filter, signs, others."""

from collections.abc import Sequence
from dataclasses import dataclass

from qiscus_tui.query.terms import State
from qiscus_tui.tui.commands import registry
from qiscus_tui.tui.commands.command import LIST, Command, Scope
from qiscus_tui.tui.commands.context import Context
from qiscus_tui.tui.sessions.group_table import SOME_MARKED
from qiscus_tui.tui.sessions.row_render import MARK, Badge

BY_NAME = ":"
"""Shown where a command has no key of its own: it is among the commands."""

PLACES = {
    Scope.SESSIONS: "In the list",
    Scope.GROUPS: "In the groups",
    Scope.DETAIL: "In the detail",
    Scope.OVERVIEW: "In the overview",
    Scope.ACCOUNTS: "Among the accounts",
    Scope.AUDIT: "In the audit",
    Scope.PLAN: "In a plan of the audit",
    Scope.LOGIN: "At the login",
}
"""Where the keys of a scope work; also how the help of a command begins that works there alone."""

FILTERED = frozenset({None, *LIST, Scope.DETAIL, Scope.OVERVIEW})
"""Where filters matter: elsewhere they are among the rest of the help."""

LANGUAGE: tuple[tuple[str, str], ...] = (
    ("words", 'Each must occur; "two words" in quotes are one.'),
    ("-word", "Must not occur; also not:word, and -key:value."),
    ("id:3fa9c01b", "How the id begins."),
    ("client:curl", 'The program that made it; client:="curl 8" is exactly that one.'),
    ("ua:Windows", "The user agent as it was sent; ua:=Go-http-client/1.1 is exactly that one."),
    ("user:a@b.c", "Whose it is, where the server says so."),
    ("label:billing", "The name of a known integration."),
    ("ip:10.2", "How the address begins; ip:10.2.0.0/16, ip:=10.2.0.7."),
    ("age:>7d", "Made more than 7 days ago; age:<24h, age:unknown."),
    ("expires:<24h", "Ends within 24 hours."),
    ("idle:>7d", "Last used more than 7 days ago; idle:<24h, idle:unknown."),
    ("created:today", "Made on that day; created:2026-10-01, created:>2026-10-01T12:00."),
    ("is:expiring", f"Also is: {', '.join(state.value for state in State)}."),
    ("times", "90s, 15m, 24h, 7d, 2w. What is unknown matches no comparison."),
)
"""What a filter is written of: a form of each key, and what it finds."""

EXAMPLES: tuple[tuple[str, str], ...] = (
    ("client:Guzzle idle:>7d", "unused for a week"),
    ("idle:>7d -is:known", "and not known"),
    ("ip:10.2 -client:curl", "a network, no curl"),
    ("age:<24h", "made within a day"),
    ("is:expiring", "about to end"),
    ("created:today", "made today"),
    ("is:new", "new client or place"),
    ("client:=unknown", "client not named"),
    ("idle:unknown", "last use unknown"),
)
"""Filters, and what they leave; their numbers run them."""

SIGNS: tuple[tuple[str, str], ...] = (
    (Badge.LIVE.value, "A live session."),
    (Badge.NOT_REVOCABLE.value, "Can't be revoked: the server lists no token."),
    (Badge.PROTECTED.value, "A protected integration: it stays out of plans, unless added."),
    (Badge.EXPIRED.value, "Expired since the list was read."),
    (MARK, "Marked; of a group: all of its sessions."),
    (SOME_MARKED, "Some sessions of the group are marked."),
    ("~", "Before a countdown: computed, because the server names no expiry."),
    ("LIKE THIS", "Sessions with the same client and network, and their share of all."),
)


@dataclass(frozen=True)
class Entry:
    """A key or word, what it is, and why it can't be used now."""

    key: str
    words: str
    why_not: str = ""


@dataclass(frozen=True)
class Section:
    """Entries under a heading."""

    title: str
    entries: tuple[Entry, ...]


def here(commands: Sequence[Command], scope: Scope | None, context: Context) -> list[Section]:
    """Return the commands of the screen in front under their headings; none without a scope."""
    if scope is None:
        return []
    offered = [one for one in commands if {scope, Scope.APP} & {*one.scopes}]
    offered.sort(key=lambda one: Scope.APP in one.scopes)
    prefix = f"{PLACES[scope]}: "
    return [
        Section(group.value, tuple(_entry(one, prefix, context) for one in members))
        for group, members in registry.by_group(offered).items()
    ]


def elsewhere(commands: Sequence[Command], scope: Scope | None) -> list[Section]:
    """Return the commands that the screen in front does not have, under their headings."""
    others = [one for one in commands if scope is None or not {scope, Scope.APP} & {*one.scopes}]
    return [
        Section(group.value, tuple(Entry(_key(one), one.help) for one in members))
        for group, members in registry.by_group(others).items()
    ]


def signs() -> Section:
    """Return the signs of the list."""
    return Section("Signs", tuple(Entry(*one) for one in SIGNS))


def filters(*, can_run: bool) -> list[Section]:
    """Return examples of filters, and what they are written of.

    `can_run`: a digit filters the list behind by an example.
    """
    title = "Filter: a digit runs an example" if can_run else "Filter: examples"
    width = 2 + max(len(text) for text, _ in EXAMPLES)
    examples = [(f"{text:<{width}}", words) for text, words in EXAMPLES]
    if can_run:
        examples = [
            (f"{number}  {text}", words) for number, (text, words) in enumerate(examples, 1)
        ]
    return [
        Section(title, tuple(Entry(*one) for one in examples)),
        Section("Filter: words and keys", tuple(Entry(*one) for one in LANGUAGE)),
    ]


def _entry(command: Command, prefix: str, context: Context) -> Entry:
    words = command.help.removeprefix(prefix)
    words = words[:1].upper() + words[1:]
    return Entry(_key(command), words, command.unavailable(context) or "")


def _key(command: Command) -> str:
    return command.key_shown or BY_NAME
