"""Whatever is on the wire, in the configuration or in a file of ours, it is read or refused."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from tests.faults.inputs import PROPERTIES, Property

INPUTS = int(os.environ.get("QISCUS_TUI_INPUTS", "40"))
"""Of each property; a hundred thousand by hand."""


@pytest.mark.parametrize("one", PROPERTIES, ids=lambda one: one.name)
def test_any_input_is_read_or_refused(one: Property, tmp_path: Path) -> None:
    @settings(
        max_examples=INPUTS,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(one.inputs)
    def holds(given_input: object) -> None:
        one.holds(given_input, tmp_path)

    holds()
