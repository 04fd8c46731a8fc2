"""What SECURITY.md says of packages, standards and tests is so."""

import re
import tomllib

import pytest

from tests.pages import PROJECT, SECURITY, cells

ASVS = (
    *("7.1.2", "7.2.4", "7.4.3", "7.4.5", "7.5.2", "7.5.3"),
    *("13.1.1", "13.1.2", "13.1.3", "13.1.4", "16.1.1"),
    *("16.2.1", "16.2.2", "16.2.3", "16.2.4", "16.2.5"),
    *("16.3.1", "16.3.2", "16.3.3", "16.3.4", "16.4.1", "16.4.2", "16.4.3"),
)
STANDARDS = [
    *(f"ASVS 5.0 {one}:" for one in ASVS),
    *("NIST SP 800-63B-4 5.1:", "NIST SP 800-63B-4 5.3:", "RFC 7009 2.2:"),
    *(f"OWASP NHI{number}:2025" for number in range(1, 11)),
]


JUDGED = cells(SECURITY, "| requirement | met? | how, and the test; or why not |")


@pytest.mark.parametrize("standard", STANDARDS)
def test_each_requirement_is_judged_and_what_is_met_has_a_test(standard: str) -> None:
    ((_, judged, how),) = [row for row in JUDGED if row[0].startswith(standard)]
    tests = re.findall(r"`(tests/[\w/]+\.py)`", how)
    assert judged in {"met", "partly", "not"}
    assert bool(tests) == (judged != "not")
    assert [one for one in tests if not (PROJECT / one).is_file()] == []


def test_no_other_requirement_is_in_the_table() -> None:
    assert len(JUDGED) == len(STANDARDS)


def test_every_locked_package_is_named_with_who_needs_it() -> None:
    lock = tomllib.loads((PROJECT / "pylock.toml").read_text())
    rows = cells(SECURITY, "| package | who needs it | could it go? |")
    named = [name for row in rows for name in row[0].split(", ")]
    assert sorted(named) == sorted(package["name"] for package in lock["packages"])
