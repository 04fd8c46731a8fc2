"""Retention rules: what is kept of each group of sessions.

One Struct is a policy's, a plan file's, the dialog's, and that of the options: all take it whole.
"""

import enum
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta, Struct
from msgspec.structs import replace

from qiscus_tui.model.clock import DAY, as_typed, duration_between
from qiscus_tui.model.group_keys import GroupKey

if TYPE_CHECKING:  # the configuration is read before the first frame
    from qiscus_tui.model.session import Session

Count = Annotated[int, Meta(ge=1)]
Age = Annotated[float, Meta(ge=1, le=1e12)]
"""Seconds, by the server's clock."""

_AGE_READER = duration_between(1, 3650 * DAY)

_CREATED, _USED = "created_at", "last_used_at"
TIMES = {_CREATED: "creation date", _USED: "last use"}
"""What rules go by, in words."""


class Rule(enum.Enum):
    """Every rule, in the order in which they are said. Its name is its field and its setting."""

    keep_newest = ("the newest {}", "keep the newest N of each group", _CREATED, False)
    keep_used_within = ("used within {}", "keep what was used since", _USED, True)
    keep_created_within = ("created within {}", "keep what is younger", _CREATED, True)

    def __init__(self, words: str, help: str, goes_by: str, is_age: bool) -> None:
        self.words = words
        """What it keeps, with a place for its value."""
        self.help = help
        self.goes_by = goes_by
        """The time of a session that it needs to know."""
        self.is_age = is_age

    def time_of(self, session: "Session") -> float | None:
        """Return the time of a session that this rule goes by."""
        return session.created_at if self.goes_by == _CREATED else session.last_used_at

    @property
    def option(self) -> str:
        """Return `--keep-newest`."""
        return f"--{self.name.replace('_', '-')}"


class RetentionRules(Struct, frozen=True, forbid_unknown_fields=True):
    """What is kept of each group; None: no such rule. `Rule` has their words."""

    keep_newest: Count | None = None
    """The newest so many by creation; all that are as old as the last of them too."""
    keep_used_within: Annotated[Age | None, _AGE_READER] = None
    keep_created_within: Annotated[Age | None, _AGE_READER] = None
    include_unknown: bool = False
    """Whether sessions are judged too of which what a rule goes by is unknown: their client and
    network, their last use, their creation."""

    def __post_init__(self) -> None:
        if any((self.value(rule) or 0) < 1 for rule in self.all_given):
            raise ValueError("a rule's value is 1 or more, or a second or more")

    @property
    def given(self) -> bool:
        """Whether there is any rule."""
        return bool(self.all_given)

    @property
    def depends_on_clock(self) -> bool:
        """Whether a wrong clock, ours or the server's, may change what is kept."""
        return any(rule.is_age for rule in self.all_given)

    def value(self, rule: Rule) -> float | None:
        """Return what is given for this rule: a number, or seconds."""
        match rule:  # a rule that is forgotten here is a type error
            case Rule.keep_newest:
                return self.keep_newest
            case Rule.keep_used_within:
                return self.keep_used_within
            case Rule.keep_created_within:
                return self.keep_created_within

    def replaced_by(self, others: "RetentionRules") -> "RetentionRules":
        """Return these rules, with those that the others give in their place."""
        given = {rule.name: others.value(rule) for rule in others.all_given}
        include_unknown = self.include_unknown or others.include_unknown
        return replace(self, **given, include_unknown=include_unknown)

    def can_judge(self, session: "Session") -> bool:
        """Return whether a rule has what it needs to know of the session."""
        return any(rule.time_of(session) is not None for rule in self.all_given)

    @property
    def all_given(self) -> list[Rule]:
        """Return the rules that are given."""
        return [rule for rule in Rule if self.value(rule) is not None]


_NAMES = [rule.name for rule in Rule]
ANY_RULE = f"{', '.join(_NAMES[:-1])} or {_NAMES[-1]}"
"""The names of the rules, of which one is needed."""


def written_rules(rules: RetentionRules) -> list[tuple[Rule, str]]:
    """Return each rule that is given with its value as it is typed: `1`, `24h`."""
    values = ((rule, rules.value(rule) or 0) for rule in rules.all_given)
    return [(rule, as_typed(value) if rule.is_age else f"{value}") for rule, value in values]


class Retention(Struct, frozen=True, forbid_unknown_fields=True):
    """How sessions are grouped, and what is kept of each group."""

    keys: Annotated[tuple[GroupKey, ...], Meta(min_length=1)]
    rules: RetentionRules
    policy: Annotated[str, Meta(max_length=1000)] = ""
    """The policy in config.toml that they come from."""

    @property
    def words(self) -> str:
        """Return `by client, network: keep the newest 1, used within 24h`."""
        kept = [rule.words.format(value) for rule, value in written_rules(self.rules)]
        words = f"by {', '.join(key.value for key in self.keys)}: keep {', '.join(kept)}"
        if self.rules.include_unknown:
            words += "; unknown ones judged too"
        return f"policy {self.policy}, {words}" if self.policy else words
