"""What is known of processes."""

import subprocess
import sys
import time

import pytest

AGE = """
import time
from qiscus_tui.store.processes import process_age
age = process_age()
print(time.clock_gettime(time.CLOCK_BOOTTIME) - age)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the age is not known")
def test_a_process_is_never_taken_for_older_than_it_is() -> None:
    for _ in range(3):
        before = time.clock_gettime(time.CLOCK_BOOTTIME)
        done = subprocess.run(
            [sys.executable, "-c", AGE], capture_output=True, text=True, check=True
        )
        assert float(done.stdout) >= before
