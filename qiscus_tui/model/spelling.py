"""Suggests the words that a misspelt one may stand for."""

from collections.abc import Iterable

from qiscus_tui.model.text import safe

_LONGEST = 40
"""Characters of a misspelt word that are compared, at most."""


def similar(word: str, names: Iterable[str]) -> tuple[str, ...]:
    """Return the names that `word` may stand for, none if it is like none of them.

    Those that it is the beginning of; else those with the smallest edit distance, which must not
    be more than a third of the word's length.
    """
    word = word[:_LONGEST].lower()
    candidates = tuple(names)
    begun = tuple(name for name in candidates if len(word) > 1 and name.startswith(word))
    if begun:
        return begun
    distances = [edit_distance(word, name) for name in candidates]
    least = min(distances, default=0)
    if least > max(1, len(word) // 3):
        return ()
    pairs = zip(candidates, distances, strict=True)
    return tuple(name for name, distance in pairs if distance == least)


def did_you_mean(word: str, names: Iterable[str], otherwise: str = "") -> str:
    """Return `Did you mean X or Y?` as safe text; `otherwise` where the word is like no name."""
    near = " or ".join(safe(name, 60) for name in similar(word, names))
    return f"Did you mean {near}?" if near else otherwise


def edit_distance(a: str, b: str) -> int:
    """Return how many letters are added, dropped, replaced or swapped to make `b` of `a`."""
    rows = [list(range(len(b) + 1))]
    for i, letter in enumerate(a, 1):
        above, row = rows[-1], [i]
        for j, other in enumerate(b, 1):
            cost = min(above[j] + 1, row[-1] + 1, above[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == b[j - 2] and a[i - 2] == other:
                cost = min(cost, rows[-2][j - 2] + 1)
            row.append(cost)
        rows.append(row)
    return rows[-1][-1]
