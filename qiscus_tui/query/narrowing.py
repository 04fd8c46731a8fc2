"""Whether a filter that is being typed only narrows the previous one."""

from qiscus_tui.query.terms import Anywhere, IdPrefix, InField, InNetwork, Query, Word


def narrows(old: Query, new: Query) -> bool:
    """Return whether every match of `new` is certainly a match of `old`, in the same list.

    Then only the matches of `old` need to be checked. Words that depend on the clock or the marks
    never count: their matches may have changed since.
    """
    return all(any(_implies(word, wanted) for word in new.words) for wanted in old.words)


def _implies(narrow: Word, wide: Word) -> bool:
    """Return whether every match of `narrow` is certainly one of `wide`."""
    if narrow.negated != wide.negated or wide.depends_on_moment:
        return False
    inner, outer = (wide, narrow) if narrow.negated else (narrow, wide)
    match inner.test, outer.test:
        case Anywhere(longer), Anywhere(shorter):
            return shorter in longer
        case InField(field, longer), InField(same, shorter):
            return field is same and shorter in longer
        case IdPrefix(longer), IdPrefix(shorter):
            return longer.startswith(shorter)
        case InNetwork(first, last), InNetwork(lowest, highest):
            return lowest <= first and last <= highest
        case _:
            return narrow.test == wide.test
