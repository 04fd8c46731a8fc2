"""Many inputs, made by hypothesis, for everything that reads what others wrote.

    python -m tests.benchmarks.fuzz [inputs]

Prints what was tried and how long it took; the first input that breaks a property ends it.
"""

import sys
import tempfile
import time
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.faults.inputs import PROPERTIES, Property

AT_ONCE = 10
"""Inputs of one example: what hypothesis does around each takes longer than many of them."""

ROUND = 1000
"""Examples of one run of hypothesis: it remembers them all."""

LENIENT = (
    HealthCheck.data_too_large,
    HealthCheck.filter_too_much,
    HealthCheck.large_base_example,
    HealthCheck.too_slow,
)


def tried(one: Property, wanted: int, folder: Path, first_seed: int) -> int:
    """Try so many inputs; gives how many it really were."""
    count = 0

    def check(inputs: list[object]) -> None:
        nonlocal count
        for given_input in inputs:
            count += 1
            one.holds(given_input, folder)

    many = st.lists(one.inputs, min_size=AT_ONCE, max_size=AT_ONCE)
    number = first_seed
    while count < wanted:
        before = count
        run = settings(
            max_examples=min(ROUND, -(-(wanted - count) // AT_ONCE)),
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=LENIENT,
        )(seed(number)(given(many)(check)))
        run()
        number += 1
        if count == before:
            break
    return count


def main(wanted: int) -> int:
    """Share the inputs out among the properties."""
    started, total = time.perf_counter(), 0
    fast = Path("/dev/shm")  # noqa: S108  the files are rewritten for every input
    with tempfile.TemporaryDirectory(dir=fast if fast.is_dir() else None) as folder:
        for one in PROPERTIES:
            begun = time.perf_counter()
            count = tried(one, wanted * one.share // 100, Path(folder), 1)
            total += count
            took = time.perf_counter() - begun
            print(f"{one.name:30} {count:>9,} inputs {took:>8.1f} s", flush=True)
    print(
        f"{'in all':30} {total:>9,} inputs {time.perf_counter() - started:>8.1f} s; none broke it"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000))
