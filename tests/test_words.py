"""Plain English: words of the early versions that cost every reader a second, and stay away."""

import re

from tests.pages import PROJECT

UNWANTED = {
    r"\bmend(s|ed|ing)?\b": "fix, correct, repair",
    r"\banew\b": "again",
    r"\bcan't be had\b": "is not available",
    r"\bcould not be told\b": "can't tell",
    r"\blives on\b": "remains valid",
    r"\bnobody can be asked\b": "there is no terminal to ask on",
    r"\bthe order round\b": "reverse the order",
    r"\bapp id\b": "app code",
    r"\bdiary\b": "record, audit log",
    r"\bdoes not take\b": "rejects, does not accept",
    r"\bis in (no setting|no list)\b": "unknown",
    r"\b(helpers?|patience|wishes|census|attendance)\b": "the field's own name for it",
}
"""Pattern: what to write instead. In code, messages, help and documentation."""


def test_no_word_of_the_old_dialect_comes_back() -> None:
    pages = [*PROJECT.glob("qiscus_tui/**/*.py"), *PROJECT.glob(".github/**/*.md")]
    found = [
        f"{path.relative_to(PROJECT)}:{number}: {word[0]!r}: write {instead}"
        for path in [*pages, PROJECT / "README.md"]
        for number, line in enumerate(path.read_text().splitlines(), 1)
        for pattern, instead in UNWANTED.items()
        if (word := re.search(pattern, line, re.IGNORECASE))
    ]
    assert found == []
