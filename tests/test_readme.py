"""What README says of the tests is so."""

import re
from pathlib import Path

PROJECT = Path(__file__).parents[1]


def test_every_test_that_keeps_a_promise_is_there() -> None:
    readme = (PROJECT / "README.md").read_text()
    _, found, promises = readme.partition("## Promises, and the tests that keep them")
    named = re.findall(r"`(tests/[\w/]+\.py)`", promises)
    assert found
    assert named
    assert [one for one in named if not (PROJECT / one).is_file()] == []
