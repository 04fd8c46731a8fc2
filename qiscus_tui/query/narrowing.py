"""Whether a filter that is being typed only narrows the one before it."""

from qiscus_tui.query.terms import Anywhere, IdPrefix, InField, InNetwork, Query, Word


def narrows(old: Query, new: Query) -> bool:
    """True where every match of `new` is surely a match of `old`, of the same list.

    Then only the matches of `old` need to be looked at. Words that the clock or the marks decide
    never count: what they matched a moment ago need not be what they match now.
    """
    return all(any(_implies(word, wanted) for word in new.words) for wanted in old.words)


def _implies(narrow: Word, wide: Word) -> bool:
    """Whether what `narrow` matches is surely matched by `wide`."""
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
